import type { IncomingMessage } from 'node:http';
import { MOST_BODY_BYTES, refusal, tooLarge, type Refusal } from './guard.ts';

/** JSON-RPC of a tool call is four or five levels; arguments add their own. */
const MOST_LEVELS = 64;

export type ReadBody =
  | { readonly status: 'read'; readonly value: unknown }
  | { readonly status: 'refused'; readonly refusal: Refusal };

/** Reads a body to its end, but no further than it may reach, and no deeper. */
export async function readBody(request: IncomingMessage): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MOST_BODY_BYTES) return { status: 'refused', refusal: tooLarge() };
    chunks.push(bytes);
  }
  return parsed(Buffer.concat(chunks));
}

function parsed(bytes: Buffer): ReadBody {
  if (levelsOf(bytes) > MOST_LEVELS)
    return { status: 'refused', refusal: refusal(400, `the body is nested more than ${MOST_LEVELS} levels deep`) };
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return { status: 'read', value };
  } catch {
    return { status: 'refused', refusal: refusal(400, 'the body is not JSON in UTF-8') };
  }
}

const [QUOTE, BACKSLASH] = ['"'.charCodeAt(0), '\\'.charCodeAt(0)];
const OPENING = new Set(['{'.charCodeAt(0), '['.charCodeAt(0)]);
const CLOSING = new Set(['}'.charCodeAt(0), ']'.charCodeAt(0)]);

/** How deep JSON text nests, without making anything of it. */
function levelsOf(bytes: Buffer): number {
  let [level, deepest, isString] = [0, 0, false];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (isString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isString = false;
    } else if (byte === QUOTE) isString = true;
    else if (OPENING.has(byte)) {
      level += 1;
      deepest = Math.max(deepest, level);
    } else if (CLOSING.has(byte)) level -= 1;
  }
  return deepest;
}
