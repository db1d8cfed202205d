/**
 * True when the whole text fits the glob: `*` stands for any characters, none and `/` among them; everything else is
 * itself, `?`, `[` and `.` too (they stand in resource ids). In time linear in the text for each `*`, whatever was written.
 */
export function matchesGlob(glob: string, text: string): boolean {
  const [first = '', ...others] = glob.split('*');
  const last = others.pop();
  if (last === undefined) return glob === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
