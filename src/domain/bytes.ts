const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `12 GiB`, `1.8 TiB`, `512 B`: for people, in powers of 1024. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  // 1023.6 would be rounded to 1024 of its unit.
  while (unit < UNITS.length - 1 && value >= (unit === 0 ? 1_024 : 1_023.5)) {
    value /= 1_024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1;
  return `${bytes < 0 ? '-' : ''}${value.toFixed(digits).replace(/\.0$/, '')} ${UNITS[unit]}`;
}

const FACTORS: Readonly<Record<string, number>> = {
  b: 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  pib: 2 ** 50,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  pb: 1e15,
};

/** Bytes of `512`, `10 MiB`, `1.5GB`; null when `text` is not a size. `KiB` is 1024, `kB` is 1000 (IEC 80000-13). */
export function parseBytes(text: string): number | null {
  const match = /^(\d{1,16}(?:\.\d{1,6})?)\s?([a-z]{1,3})?$/i.exec(text.trim());
  const factor = FACTORS[(match?.[2] ?? 'b').toLowerCase()];
  if (!match || factor === undefined) return null;
  const bytes = Math.round(Number(match[1]) * factor);
  return Number.isSafeInteger(bytes) ? bytes : null;
}
