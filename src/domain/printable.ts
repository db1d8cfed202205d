/**
 * `text` with everything that is not plainly visible written as `\u{…}`: control characters (so
 * ANSI escapes and newlines too), what turns the direction of writing, what takes no room, and
 * lone surrogates. A file or a mount may bear any name; a name must not rewrite the line that
 * shows it, nor look like another name. The sets follow Unicode TR 36 and CVE-2021-42574.
 */
export function printable(text: string): string {
  return text.replaceAll(NOT_VISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** As `printable`, on one line of at most `limit` characters: for text of which only the start matters. */
export function printableStart(text: string, limit: number): string {
  // A character becomes at most ten, so what lies beyond `limit` can not come back into view.
  const shown = printable(text.slice(0, limit + 1));
  return shown.length > limit ? `${shown.slice(0, limit)}…` : shown;
}

const NOT_VISIBLE = new RegExp(
  [
    '[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}', // C0, C1, DEL; lone surrogates; line and paragraph separators
    '\\p{Bidi_Control}', // marks, embeddings, overrides, isolates
    '\\u{AD}\\u{180E}\\u{200B}-\\u{200D}\\u{2060}-\\u{2064}\\u{FEFF}', // soft hyphen and what takes no room
    '\\u{FFF9}-\\u{FFFB}\\u{E0000}-\\u{E007F}]', // annotations and tags
  ].join(''),
  'gu',
);
