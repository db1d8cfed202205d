/** Buffers that are used again and again: pages are read one after another, and each is as large as the last. */
export interface Room {
  take(): Buffer;
  giveBack(buffer: Buffer): void;
}

/** A larger one is let go: a single long list must not keep its room for the rest of a run. */
const KEPT_AT_MOST = 16 * 1024 * 1024;

export function createRoom(): Room {
  const free: Buffer[] = [];
  return {
    take: () => free.pop() ?? Buffer.alloc(0),
    giveBack: (buffer) => {
      if (buffer.length <= KEPT_AT_MOST) free.push(buffer);
    },
  };
}
