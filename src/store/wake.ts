import type { Database } from './database.ts';

/** Tells the listeners of this process that a job of this database may be due. */
export interface Wake {
  listen(listener: () => void): () => void;
  /** The listeners are called once this turn of work is over, and once for all calls in it: a transaction ends first. */
  call(): void;
}

const wakes = new WeakMap<Database, Wake>();

/** The wake-up of a database, shared by all who write jobs through it. */
export function wakeOf(database: Database): Wake {
  const known = wakes.get(database);
  if (known !== undefined) return known;
  const made = makeWake();
  wakes.set(database, made);
  return made;
}

function makeWake(): Wake {
  const listeners = new Set<() => void>();
  let called = false;
  return {
    listen: (listener) => {
      const own = (): void => listener(); // the same function may listen twice
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    call: () => {
      if (called) return;
      called = true;
      queueMicrotask(() => {
        called = false;
        for (const listener of listeners) listener();
      });
    },
  };
}
