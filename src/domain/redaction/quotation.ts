/** How many backslashes stand directly before `index`; more than eight are not told apart. */
export function backslashesBefore(text: string, index: number): number {
  let count = 0;
  while (count < 8 && text[index - 1 - count] === '\\') count += 1;
  return count;
}

/**
 * True when the quote at `at` closes the one that was opened behind `depth` backslashes: JSON in
 * JSON writes both as `\"`, and a quote within it as `\\\"`.
 */
export function closes(text: string, at: number, depth: number): boolean {
  const escaped = backslashesBefore(text, at);
  return escaped <= depth || (depth === 0 && escaped % 2 === 0);
}
