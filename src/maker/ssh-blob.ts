/** Reads the fields of SSH's wire format (RFC 4251, section 5) one after the other; null once it does not fit. */
export interface SshFields {
  /** A length and as many bytes; null when the length is more than `most`, or than what is left. */
  bytes(most: number): Buffer | null;
  /** As `bytes`, as printable ASCII: names of algorithms, namespaces. */
  text(most: number): string | null;
  uint32(): number | null;
  byte(): number | null;
  /** Exactly `expected` comes next. */
  literally(expected: string): boolean;
  /** Nothing is left. */
  isAtEnd(): boolean;
}

export function readSshFields(blob: Uint8Array): SshFields {
  const buffer = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  let at = 0;
  const take = (length: number): Buffer | null => {
    if (length > buffer.length - at) return null;
    at += length;
    return buffer.subarray(at - length, at);
  };
  const uint32 = (): number | null => take(4)?.readUInt32BE() ?? null;
  const bytes = (most: number): Buffer | null => {
    const length = uint32();
    return length === null || length > most ? null : take(length);
  };
  return {
    bytes,
    text: (most) => {
      const text = bytes(most)?.toString('latin1') ?? null;
      return text !== null && /^[\x20-\x7e]*$/.test(text) ? text : null;
    },
    uint32,
    byte: () => take(1)?.[0] ?? null,
    literally: (expected) => take(expected.length)?.toString('latin1') === expected,
    isAtEnd: () => at === buffer.length,
  };
}

/** A field as it is written: its length, then its bytes. */
export function sshString(value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
