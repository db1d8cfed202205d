import type { Together } from '../../domain/check.ts';
import type { Connection } from './connection.ts';

/** The connections of one run: each server is begun with once, whoever asks it, and ended soon after the last call. */
export interface Connections {
  /** Lends a connection for as long as `work` takes. What can't be connected with is not tried again in the same run. */
  with<T>(server: string, together: Together, work: (connection: Connection) => Promise<T>): Promise<T>;
}

interface Kept {
  readonly opening: Promise<Connection>;
  users: number;
  idle: NodeJS.Timeout | null;
}

/** The next check of the run comes at once, if it comes. */
const IDLE_MS = 250;

export function createConnections(connect: (server: string, signal: AbortSignal) => Promise<Connection>): Connections {
  const runs = new WeakMap<Together, Map<string, Kept>>();
  return {
    with: async (server, together, work) => {
      const open = runs.get(together) ?? new Map<string, Kept>();
      runs.set(together, open);
      const kept = open.get(server) ?? { opening: connect(server, together.signal), users: 0, idle: null };
      open.set(server, kept);
      if (kept.idle !== null) clearTimeout(kept.idle);
      kept.idle = null;
      kept.users += 1;
      try {
        return await work(await kept.opening);
      } finally {
        kept.users -= 1;
        if (kept.users === 0) kept.idle = setTimeout(() => void endKept(open, server, kept), IDLE_MS);
      }
    },
  };
}

async function endKept(open: Map<string, Kept>, server: string, kept: Kept): Promise<void> {
  const [opened] = await Promise.allSettled([kept.opening]);
  // What could not be connected with stays known as that.
  if (opened.status === 'rejected' || kept.users > 0) return;
  open.delete(server);
  await opened.value.close();
}
