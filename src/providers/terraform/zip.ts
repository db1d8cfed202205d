import { inflateRawSync } from 'node:zlib';

/**
 * One file out of a zip archive in memory; null when there is none of that name. Throws when the bytes are no
 * zip archive, or the file is larger than `limitBytes`. Only what plan files use is known: stored and deflated
 * entries, no ZIP64, no encryption (PKWARE APPNOTE 4.3).
 */
export function fileInZip(zip: Buffer, name: string, limitBytes: number): Buffer | null {
  const end = zip.lastIndexOf(END);
  if (end < 0 || end + 22 > zip.length) throw new Error('no zip archive');
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== ENTRY) throw new Error('a broken zip directory');
    const nameLength = zip.readUInt16LE(at + 28);
    const size = 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === name) return contentOf(zip, at, limitBytes);
    at += size;
  }
  return null;
}

/** "End of central directory", which comes last. */
const END = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

function contentOf(zip: Buffer, entry: number, limitBytes: number): Buffer {
  const method = zip.readUInt16LE(entry + 10);
  const compressed = zip.readUInt32LE(entry + 20);
  const local = zip.readUInt32LE(entry + 42);
  if (local + 30 > zip.length || zip.readUInt32LE(local) !== LOCAL) throw new Error('a broken zip entry');
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const bytes = zip.subarray(start, start + compressed);
  if (bytes.length !== compressed) throw new Error('a zip entry that was cut off');
  if (method === STORED && compressed <= limitBytes) return bytes;
  if (method === DEFLATED) return inflateRawSync(bytes, { maxOutputLength: limitBytes });
  throw new Error('a zip entry of an unknown kind');
}
