/** Lets so many at once through; the others wait in the order they came, but for those that are urgent. */
export interface Turns {
  take<Value>(work: () => Promise<Value>, isUrgent?: boolean): Promise<Value>;
}

export function createTurns(atOnce: number): Turns {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  return {
    take: async (work, isUrgent = false) => {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => void (isUrgent ? waiting.unshift(resolve) : waiting.push(resolve)));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
