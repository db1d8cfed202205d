import type { StatefulApp } from '../app/app.ts';

const EVERY_MS = 2_000;

/** Copies the head of the audit log when calls were written into it: not at each call, of which there may be many. */
export function sealNowAndThen({ audit }: StatefulApp, onTrouble: (error: unknown) => void): () => void {
  const timer = setInterval(() => {
    try {
      audit.sealHead();
    } catch (error) {
      onTrouble(error);
    }
  }, EVERY_MS).unref();
  return () => clearInterval(timer);
}
