import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Place } from './clients.ts';

export const SERVER = join(import.meta.dirname, 'server.ts');

/** A server in a process of its own. */
export interface Child extends Place {
  /** Ends it; the most memory that it ever held, MiB. */
  end(): Promise<number>;
}

export async function startServer(mode: 'product' | 'bare', stateDir: string): Promise<Child> {
  const child = spawn(process.execPath, [SERVER, mode, stateDir], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  const { url, token } = JSON.parse(await next());
  return {
    url,
    token,
    end: async () => {
      child.stdin.end();
      const kib = Number(await next());
      if (child.exitCode === null) await once(child, 'exit');
      return kib / 1_024;
    },
  };
}
