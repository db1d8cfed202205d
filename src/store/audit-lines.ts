import { closeSync, openSync, readSync } from 'node:fs';

const BLOCK_BYTES = 1 << 16;
/** An entry is a few hundred bytes: more than this is no line of ours. */
const LONGEST_LINE_BYTES = 1 << 20;
const NEWLINE = 0x0a;

/**
 * The lines of a file, one at a time, however long the file is. What is no UTF-8, or longer than 1 MiB, comes as a
 * line that is no JSON, so that whoever reads it refuses it. The errors of `fs` pass.
 */
export function* linesOf(path: string): Generator<string> {
  const file = openSync(path, 'r');
  try {
    const block = Buffer.alloc(BLOCK_BYTES);
    let rest = Buffer.alloc(0);
    for (;;) {
      const length = readSync(file, block);
      if (length === 0) break;
      let text = Buffer.concat([rest, block.subarray(0, length)]);
      for (let end = text.indexOf(NEWLINE); end !== -1; end = text.indexOf(NEWLINE)) {
        yield decoded(text.subarray(0, end));
        text = text.subarray(end + 1);
      }
      rest = text;
      if (rest.length > LONGEST_LINE_BYTES) break;
    }
    if (rest.length > 0) yield decoded(rest);
  } finally {
    closeSync(file);
  }
}

function decoded(bytes: Uint8Array): string {
  if (bytes.length > LONGEST_LINE_BYTES) return '';
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return ''; // no UTF-8
  }
}
