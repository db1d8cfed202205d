/** A name of the wire, in lower case and without the last dot, and where it ended. */
export interface WireName {
  readonly name: string;
  readonly end: number;
}

/**
 * Reads a name at an offset, compression and all (RFC 1035, 4.1.4); null when there is none. A pointer
 * must lead backwards, so that a message can't send us round in circles.
 */
export function readName(bytes: Buffer, from: number): WireName | null {
  const labels: string[] = [];
  let [at, before, end] = [from, from, -1];
  let length = 0;
  for (;;) {
    const head = bytes[at];
    if (head === undefined) return null;
    if (head === 0) return { name: labels.join('.').toLowerCase(), end: end === -1 ? at + 1 : end };
    if (head >= 0xc0) {
      const low = bytes[at + 1];
      if (low === undefined) return null;
      const to = (head - 0xc0) * 256 + low;
      if (to >= before) return null;
      if (end === -1) end = at + 2;
      [at, before] = [to, to];
      continue;
    }
    length += head + 1;
    if (head > 63 || length > 254 || at + 1 + head > bytes.length) return null;
    labels.push(shownLabel(bytes.subarray(at + 1, at + 1 + head)));
    at += head + 1;
  }
}

/** @param name labels of at most 63 plain characters, with dots between them. */
export function writeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label, 'latin1')]),
    Buffer.from([0]),
  ]);
}

/** What is not plain is written `\DDD` (RFC 1035, 5.1), so that a label can neither hide a dot nor turn the line round. */
function shownLabel(label: Buffer): string {
  return [...label]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[\w*/-]/.test(character) ? character : `\\${String(byte).padStart(3, '0')}`;
    })
    .join('');
}
