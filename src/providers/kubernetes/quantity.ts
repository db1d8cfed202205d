/** 10^n and 2^n suffixes of resource.Quantity; `m` is a thousandth, and the small ones are of metrics. */
const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A quantity as a number: cores, bytes or pieces. null: it is none. */
export function quantityOf(text: string | number | undefined): number | null {
  if (typeof text === 'number') return Number.isFinite(text) ? text : null;
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(text?.trim() ?? '');
  if (match === null) return null;
  const factor = SUFFIXES[match[2] ?? ''];
  return factor === undefined ? null : Number(match[1]) * factor;
}
