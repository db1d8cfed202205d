/** Ports of one protocol, both ends included. */
export interface PortRange {
  /** `tcp`, `udp`, `sctp`, in lower case; `all` where none is meant in particular. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
}

/** The same ports in the fewest ranges: what overlaps or touches is one. Sorted by protocol, then port. */
export function mergePortRanges(ranges: Iterable<PortRange>): readonly PortRange[] {
  const merged: PortRange[] = [];
  for (const range of [...ranges].map(upwards).toSorted(byProtocolAndPort)) {
    const last = merged.at(-1);
    if (last !== undefined && last.protocol === range.protocol && range.from <= last.to + 1)
      merged[merged.length - 1] = { ...last, to: Math.max(last.to, range.to) };
    else merged.push(range);
  }
  return merged;
}

/** `443/tcp`, `8000-8010/tcp`. */
export function portRangeText({ protocol, from, to }: PortRange): string {
  return `${from === to ? from : `${from}-${to}`}/${protocol}`;
}

function upwards({ protocol, from, to }: PortRange): PortRange {
  return { protocol: protocol.toLowerCase(), from: Math.min(from, to), to: Math.max(from, to) };
}

function byProtocolAndPort(a: PortRange, b: PortRange): number {
  if (a.protocol !== b.protocol) return a.protocol < b.protocol ? -1 : 1;
  return a.from - b.from || a.to - b.to;
}
