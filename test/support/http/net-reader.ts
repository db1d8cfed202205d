import { createNetReader, type NetReader } from '../../../src/providers/net/reader.ts';

const testClock = { now: () => Date.now(), monotonic: () => performance.now() };

/** A reader of the real network with an environment of its own; `learnt` is what it was told to hide. */
export function netReader(env: Record<string, string> = {}): NetReader & { readonly learnt: readonly string[] } {
  const learnt: string[] = [];
  return {
    ...createNetReader({ clock: testClock, env, home: '/nowhere', learn: (secret) => learnt.push(secret) }),
    learnt,
  };
}
