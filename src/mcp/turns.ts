import { CodedError } from '../domain/coded-error.ts';

export interface Turns {
  /** Does the work when it is its turn; one that is cancelled meanwhile leaves the queue. */
  take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** At most so many at once; the others wait, first come first served. */
export function createTurns(most: number): Turns {
  const waiting: (() => void)[] = [];
  let busy = 0;

  const turn = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(cancelled());
      };
      waiting.push(go);
      signal.addEventListener('abort', leave, { once: true });
    });

  return {
    take: async (signal, work) => {
      if (signal.aborted) throw cancelled();
      if (busy >= most) await turn(signal);
      else busy += 1;
      try {
        return await work();
      } finally {
        // Whoever is next takes over the place, so that nobody can slip in between.
        const next = waiting.shift();
        if (next === undefined) busy -= 1;
        else next();
      }
    },
  };
}

function cancelled(): CodedError {
  return new CodedError('USAGE', 'the call was cancelled before its turn came');
}
