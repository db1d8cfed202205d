import type { Place } from '../domain/mistake.ts';

/**
 * The lines of a HEARTBEAT.md without the HTML comments that begin a line; one may go on over several lines.
 * A comment after text stays, as OpenClaw 2026.7.1 was seen to leave it (facts/heartbeat-runtimes.md 1.2).
 * `openedAt` is where a comment begins that is never closed: it hides all that follows.
 */
export function withoutComments(text: string): { lines: readonly string[]; openedAt: Place | null } {
  let openedAt: Place | null = null;
  const lines = text.split('\n').map((line, index) => {
    let rest = line;
    if (openedAt !== null) {
      const end = rest.indexOf('-->');
      if (end < 0) return '';
      rest = rest.slice(end + 3);
      openedAt = null;
    }
    while (rest.trimStart().startsWith('<!--')) {
      const start = rest.indexOf('<!--');
      const end = rest.indexOf('-->', start + 4);
      if (end < 0) {
        openedAt = { line: index + 1, column: line.length - rest.length + start + 1 };
        return '';
      }
      rest = rest.slice(end + 3);
    }
    return rest;
  });
  return { lines, openedAt };
}
