import type { JsonValue } from '../../domain/json.ts';
import type { Truth } from './truth.ts';

/** Whether an action is meant by an id, by `provider/*` or by `*`. There are no other patterns of actions. */
export function isAction(seen: unknown, listed: JsonValue): Truth {
  if (typeof seen !== 'string' || seen === '' || typeof listed !== 'string') return null;
  if (listed === '*') return true;
  return listed.endsWith('/*') ? seen.startsWith(listed.slice(0, -1)) : seen === listed;
}

/** Whether a resource is meant by an id, or by a pattern in which each `*` stands for any characters, `/` among them. */
export function isResource(seen: unknown, listed: JsonValue): Truth {
  if (typeof seen !== 'string' || seen === '' || typeof listed !== 'string') return null;
  return fits(seen, listed);
}

/** Without going back: the leftmost place for each piece leaves the most room for the next. */
function fits(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

/** Whether all that `narrow` means is meant by `wide` as well; false when that is not plain to see. */
export function coversPattern(wide: string, narrow: string): boolean {
  if (wide === narrow || wide === '*') return true;
  // A star of the narrow one stands for anything, so it is no letter of a piece of the wide one.
  return fits(narrow.replaceAll('*', '\0'), wide);
}
