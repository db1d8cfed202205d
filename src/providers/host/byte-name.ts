import { isUtf8 } from 'node:buffer';

/**
 * A name of the file system, which is bytes, as text that can be turned back: UTF-8 as it is; of any other name each
 * byte above ASCII becomes a lone surrogate (U+DC80 to U+DCFF), as PEP 383 has it. `printable` shows those escaped.
 */
export function textOfBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  return bytes
    .toString('latin1')
    .replaceAll(/[\u0080-\u00ff]/g, (byte) => String.fromCharCode(0xdc00 + byte.charCodeAt(0)));
}

/** The bytes of a path made of such names. */
export function bytesOfText(path: string): Buffer {
  if (path.isWellFormed()) return Buffer.from(path);
  return Buffer.concat(
    path
      .split(/([\udc80-\udcff])/u)
      .map((part) =>
        /^[\udc80-\udcff]$/u.test(part) ? Buffer.from([part.charCodeAt(0) - 0xdc00]) : Buffer.from(part),
      ),
  );
}
