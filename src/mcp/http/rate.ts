/** How many requests may come at once, and how fast the allowance comes back. */
export interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

export interface Rate {
  /** Null: go on. Else how long to wait, milliseconds. */
  take(caller: string): number | null;
}

interface Bucket {
  left: number;
  at: number;
}

/** Callers that are remembered: those that were silent longest are forgotten first, and begin with a full allowance. */
const MOST_CALLERS = 1_024;

/** One bucket for each caller and one for all together: a caller may call itself what it likes. */
export function createRate(each: Allowance, all: Allowance, now: () => number): Rate {
  const callers = new Map<string, Bucket>();
  const together: Bucket = { left: all.burst, at: now() };
  return {
    take: (caller) => {
      const at = now();
      const own = callers.get(caller) ?? { left: each.burst, at };
      callers.delete(caller);
      callers.set(caller, own);
      const [oldest] = callers.keys();
      if (callers.size > MOST_CALLERS && oldest !== undefined) callers.delete(oldest);
      return takenFrom(own, each, at) ?? takenFrom(together, all, at);
    },
  };
}

function takenFrom(bucket: Bucket, { burst, perSecond }: Allowance, at: number): number | null {
  bucket.left = Math.min(burst, bucket.left + (Math.max(0, at - bucket.at) * perSecond) / 1000);
  bucket.at = at;
  if (bucket.left < 1) return Math.ceil(((1 - bucket.left) / perSecond) * 1000);
  bucket.left -= 1;
  return null;
}
