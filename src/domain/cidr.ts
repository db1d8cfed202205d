/** Addresses in one piece, both ends included. */
interface AddressRange {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
  /** Its length, where it is one block as it was written; null: to be cut into blocks. */
  readonly length: number | null;
}

/**
 * The same addresses in the fewest blocks, in canonical form: `10.0.0.0/24`, `2001:db8::/32`; IPv4 first, then by
 * address. An address without a length is a block of one. What is no block of addresses stands as it was, at the end.
 */
export function mergeCidrs(texts: Iterable<string>): readonly string[] {
  const ranges: AddressRange[] = [];
  const others: string[] = [];
  for (const text of texts) {
    const range = rangeOf(text.trim());
    if (range === null) others.push(text);
    else ranges.push(range);
  }
  return [...joined(ranges).flatMap(blocksOf), ...[...new Set(others)].toSorted()];
}

function joined(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const merged: AddressRange[] = [];
  for (const range of ranges.toSorted(byVersionAndFirst)) {
    const last = merged.at(-1);
    if (last !== undefined && last.version === range.version && range.first <= last.last + 1n)
      merged[merged.length - 1] = range.last > last.last ? { ...last, last: range.last, length: null } : last;
    else merged.push(range);
  }
  return merged;
}

function byVersionAndFirst(a: AddressRange, b: AddressRange): number {
  if (a.version !== b.version) return a.version - b.version;
  return a.first < b.first ? -1 : a.first > b.first ? 1 : 0;
}

/** The largest blocks that fit, from the first address on. */
function blocksOf({ version, first, last, length }: AddressRange): readonly string[] {
  if (length !== null) return [`${version === 4 ? textOf4(first) : textOf6(first)}/${length}`];
  const width = version === 4 ? 32 : 128;
  const blocks: string[] = [];
  let at = first;
  while (at <= last) {
    let bits = 0;
    while (bits < width && (at & ((1n << BigInt(bits + 1)) - 1n)) === 0n && at + (1n << BigInt(bits + 1)) - 1n <= last)
      bits += 1;
    blocks.push(`${version === 4 ? textOf4(at) : textOf6(at)}/${width - bits}`);
    at += 1n << BigInt(bits);
  }
  return blocks;
}

function rangeOf(text: string): AddressRange | null {
  const [, address = '', length] = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = address.includes(':') ? 6 : 4;
  const width = version === 4 ? 32 : 128;
  const number = version === 4 ? numberOf4(address) : numberOf6(address);
  const bits = length === undefined ? width : Number(length);
  if (number === null || bits > width) return null;
  const size = 1n << BigInt(width - bits);
  const first = (number / size) * size;
  return { version, first, last: first + size - 1n, length: bits };
}

function numberOf4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return null;
  return BigInt(parts.reduce((sum, part) => sum * 256 + Number(part), 0));
}

/** Eight groups of sixteen bits, of which `::` stands for a row of noughts; the last two may be written as IPv4. */
function numberOf6(text: string): bigint | null {
  const [, head = '', tail] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  const four = tail === undefined ? null : numberOf4(tail);
  if (tail !== undefined && four === null) return null;
  const whole = four === null ? text : `${head}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  const sides = whole.split('::');
  if (sides.length > 2) return null;
  const [left = [], right = []] = sides.map((side) => (side === '' ? [] : side.split(':')));
  const missing = 8 - left.length - right.length;
  if (sides.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function textOf4(number: bigint): string {
  const bits = Number(number);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}

/** RFC 5952: lower case, no leading noughts, the first longest row of two and more noughts as `::`. */
function textOf6(number: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((number >> BigInt(112 - index * 16)) & 0xffffn).toString(16),
  ).join(':');
  const rows = [...groups.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)];
  const longest = rows.toSorted((a, b) => b[0].length - a[0].length || a.index - b.index)[0];
  if (longest === undefined) return groups;
  const left = groups.slice(0, longest.index).replace(/:$/, '');
  const right = groups.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${left}::${right}`;
}
