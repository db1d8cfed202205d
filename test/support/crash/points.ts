import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const SCENARIO = join(import.meta.dirname, 'scenario.ts');

export interface Played {
  readonly killed: boolean;
  /** How many statements were run; null when it was killed. */
  readonly statements: number | null;
}

/** Plays the scenario in a process of its own that is killed before its `point`-th statement; 0: not at all. */
export async function playInProcess(folder: string, point: number): Promise<Played> {
  const child = spawn(process.execPath, [SCENARIO, folder, String(point)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (signal === 'SIGKILL') return { killed: true, statements: null };
  if (code !== 0) throw new Error(`the scenario failed by itself at point ${point} (code ${String(code)})`);
  return { killed: false, statements: Number(said) };
}
