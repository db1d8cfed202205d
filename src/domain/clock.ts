/** Time, handed in so that nothing inside reads it for itself. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Monotonic clock, milliseconds since an arbitrary start; for durations. */
  monotonic(): number;
}
