/** Text that Markdown shows as it is: no links, no HTML, no table cells or headings of its own. */
export function markdown(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]<>|#~!]/g, (mark) => (mark === '<' ? '&lt;' : mark === '>' ? '&gt;' : `\\${mark}`))
    .replaceAll(/\s*\n\s*/g, ' ');
}
