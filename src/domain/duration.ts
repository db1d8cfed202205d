export type DurationUnit = 'ms' | 's' | 'm' | 'h' | 'd';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Milliseconds of `30m`, `1h30m`, `1.5h`, `2d`; null when `text` is not a duration.
 * A bare number is minutes unless another unit is given. White space round it is ignored, within it is not.
 * The grammar is that of OpenClaw 2026.7.1 (facts/heartbeat-runtimes.md 1.4).
 */
export function parseDuration(text: string, defaultUnit: DurationUnit = 'm'): number | null {
  const source = text.trim().toLowerCase();
  const single = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(source);
  if (single) return finite(toMs(single[1], single[2] ?? defaultUnit));
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(source)) return null;
  let total = 0;
  for (const [, amount, unit] of source.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) total += toMs(amount, unit);
  return finite(total);
}

function toMs(amount: string | undefined, unit: string | undefined): number {
  return Math.round(Number(amount) * (UNIT_MS[unit ?? 'm'] ?? Number.NaN));
}

function finite(ms: number): number | null {
  return Number.isFinite(ms) ? ms : null;
}

/** How to write a duration that someone wrote another way (`30 min`, `1w`, `PT30M`, `hourly`); null when it cannot be guessed. */
export function suggestDuration(text: string): string | null {
  const source = text.trim().toLowerCase();
  const known = WORDS.get(source);
  if (known !== undefined) return known;
  const parts = [
    ...source
      .replace(/^pt?(?=\d)/, '')
      .replace(/^every\s+/, '')
      .matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)[\s,]*/g),
  ];
  const written = parts.map(([, amount, unit]) => unitOf(amount ?? '', unit ?? '')).join('');
  return written !== '' && parseDuration(written) !== null ? written : null;
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['hourly', '1h'],
  ['daily', '1d'],
  ['weekly', '7d'],
]);

function unitOf(amount: string, unit: string): string {
  if (unit === '') return `${amount}m`;
  if (/^(?:ms|msecs?|millis|milliseconds?)$/.test(unit)) return `${amount}ms`;
  if (/^(?:w|wk|weeks?)$/.test(unit)) return `${Number(amount) * 7}d`;
  const short = /^(s|m|h|d)(?:ecs?|econds?|ins?|inutes?|rs?|ours?|ays?)?$/.exec(unit);
  return short === null ? '?' : `${amount}${short[1]}`;
}

/** `1 d 4 h`, `12 min`, `850 ms`: the two largest units, for people. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  const parts: string[] = [];
  let rest = Math.round(ms / 1_000);
  for (const [seconds, name] of [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const) {
    const count = Math.floor(rest / seconds);
    if (count > 0) parts.push(`${count} ${name}`);
    rest -= count * seconds;
  }
  return parts.slice(0, 2).join(' ');
}
