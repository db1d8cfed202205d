/** Milliseconds of one piece of work, each time that it was done, in order. */
export type Times = number[];

export async function timed(times: Times, work: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  await work();
  times.push(performance.now() - started);
}

/** The value that so many in a hundred do not exceed. */
export function percentile(times: readonly number[], percent: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** `p50 1.20 ms, p99 3.40 ms` */
export function said(times: readonly number[]): string {
  return `p50 ${percentile(times, 50).toFixed(2)} ms, p99 ${percentile(times, 99).toFixed(2)} ms`;
}
