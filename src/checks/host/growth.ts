/** An amount at an instant (milliseconds since the epoch). */
export interface Point {
  readonly at: number;
  readonly amount: number;
}

export interface Growth {
  readonly perHour: number;
  /** Milliseconds until `room` is used up at this rate. */
  readonly fullInMs: number;
  /** How long it was watched, and in how many points. */
  readonly watchedMs: number;
  readonly points: number;
}

/**
 * When a growing amount will have used up `room`, or null when it does not steadily grow or when
 * there is too little to tell by: fewer than three points, less than an hour, or an end that lies
 * more than twelve times as far ahead as was looked back.
 *
 * The rate is the median of the slopes between all pairs of points (Theil 1950, Sen 1968), which one
 * burst or one clean-up does not move. What rises and is cleaned up again in turns is not growth:
 * the last amount must be as high as any before, but for `tolerance`.
 */
export function growthOf(points: readonly Point[], room: number, tolerance: number): Growth | null {
  const series = thinned(points.toSorted((a, b) => a.at - b.at));
  const first = series.at(0);
  const last = series.at(-1);
  if (first === undefined || last === undefined || series.length < POINTS_AT_LEAST) return null;
  const watchedMs = last.at - first.at;
  if (watchedMs < WATCHED_AT_LEAST_MS) return null;
  if (series.some((point) => point.amount > last.amount + tolerance)) return null;
  const perMs = medianSlope(series);
  if (perMs <= 0) return null;
  const fullInMs = room / perMs;
  return fullInMs > watchedMs * LOOK_AHEAD
    ? null
    : { perHour: perMs * 3_600_000, fullInMs, watchedMs, points: series.length };
}

const POINTS_AT_LEAST = 3;
const WATCHED_AT_LEAST_MS = 3_600_000;
const LOOK_AHEAD = 12;
/** Enough for a median, few enough for all their pairs. */
const POINTS_AT_MOST = 60;

function thinned(series: readonly Point[]): readonly Point[] {
  if (series.length <= POINTS_AT_MOST) return series;
  const step = (series.length - 1) / (POINTS_AT_MOST - 1);
  return Array.from({ length: POINTS_AT_MOST }, (_, index) => series[Math.round(index * step)]).filter(
    (point) => point !== undefined,
  );
}

function medianSlope(series: readonly Point[]): number {
  const slopes: number[] = [];
  for (const [index, from] of series.entries()) {
    for (const to of series.slice(index + 1)) {
      if (to.at > from.at) slopes.push((to.amount - from.amount) / (to.at - from.at));
    }
  }
  slopes.sort((a, b) => a - b);
  const middle = slopes.length / 2;
  return ((slopes[Math.floor(middle)] ?? 0) + (slopes[Math.ceil(middle) - 1] ?? 0)) / 2;
}
