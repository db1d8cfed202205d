/** Longer values of annotations, messages and the like are cut: they are evidence at most. */
const LONGEST_TEXT = 1_024;

/** `slice` would keep the whole text alive behind its beginning. */
export function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${Buffer.from(text.slice(0, LONGEST_TEXT)).toString()}…`;
}
