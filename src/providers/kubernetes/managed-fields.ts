/**
 * Cuts every `"managedFields":[…]` out of JSON, in place, and returns what is left: a third of a list, of which nothing
 * is ever read, and the dearest part to parse (each key of it has a name of its own). In JSON, these characters after a
 * `{` or a `,` are that key and nothing else: inside a string the quotes would be escaped. What is written otherwise
 * (with spaces, cut off) stays, and is dropped once it is parsed.
 */
export function withoutManagedFields(json: Buffer): Buffer {
  let [kept, from] = [0, 0];
  for (;;) {
    const key = json.indexOf(KEY, from);
    if (key === -1) break;
    const before = json[key - 1];
    const end = before === COMMA || before === OPEN_MAP ? endOf(json, key + KEY.length - 1) : null;
    if (end === null) {
      const next = key + KEY.length;
      kept = move(json, from, next, kept);
      from = next;
      continue;
    }
    // With the comma that belongs to it: the one before; else, where it stands first, the one behind.
    kept = move(json, from, before === COMMA ? key - 1 : key, kept);
    from = before !== COMMA && json[end] === COMMA ? end + 1 : end;
  }
  if (from === 0) return json;
  return json.subarray(0, move(json, from, json.length, kept));
}

const KEY = Buffer.from('"managedFields":[');
const COMMA = 0x2c;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Where the list that opens at `start` is over; null: it does not end. */
function endOf(json: Buffer, start: number): number | null {
  let depth = 0;
  for (let at = start; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) {
      at += 1;
      while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
    } else if (byte === OPEN_LIST || byte === OPEN_MAP) depth += 1;
    else if (byte === CLOSE_LIST || byte === CLOSE_MAP) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}

/** Moves a part to the end of what is kept; returns the new end. */
function move(json: Buffer, from: number, to: number, kept: number): number {
  if (from !== kept) json.copyWithin(kept, from, to);
  return kept + (to - from);
}
