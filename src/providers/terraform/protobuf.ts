/**
 * The length-delimited fields of a protobuf message with that number, in order. Throws when the bytes are no
 * message (https://protobuf.dev/programming-guides/encoding/).
 */
export function bytesFields(message: Buffer, field: number): readonly Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  while (at < message.length) {
    const tag = varint(message, at);
    at = tag.next;
    const kind = Number(tag.value & 7n);
    if (kind === VARINT) at = varint(message, at).next;
    else if (kind === FIXED_64) at += 8;
    else if (kind === FIXED_32) at += 4;
    else if (kind === LENGTH_DELIMITED) {
      const length = varint(message, at);
      const end = length.next + Number(length.value);
      if (end > message.length) throw new Error('a field that was cut off');
      if (tag.value >> 3n === BigInt(field)) found.push(message.subarray(length.next, end));
      at = end;
    } else throw new Error(`a field of an unknown kind (${kind})`);
  }
  return found;
}

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

function varint(bytes: Buffer, start: number): { readonly value: bigint; readonly next: number } {
  let value = 0n;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value, next: start + index + 1 };
  }
  throw new Error('a number that was cut off');
}
