import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { anEntry, openLog } from './audit.ts';
import { killBefore } from './crash/kill-at.ts';

/** The fs calls that change something for the audit. */
const WRITES = ['writeFileSync', 'renameSync', 'linkSync', 'rmSync', 'fsyncSync'] as const;

/**
 * Appends three entries in `folder`, each with a commit and a seal, in a process that is killed before its `statement`-th
 * SQLite statement, or before its `write`-th write to a file; nought: never. Returns how many of each it came to and how
 * often it said that a commit was done; null when it was killed.
 */
export async function appendUntilKilled(
  folder: string,
  at: { readonly statement: number; readonly write: number },
): Promise<{ readonly counts: readonly [statements: number, writes: number] | null; readonly committed: number }> {
  const file = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [file, folder, String(at.statement), String(at.write)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const committed = said.split('committed').length - 1;
  if (signal === 'SIGKILL') return { counts: null, committed };
  if (code !== 0) throw new Error(`it failed by itself (code ${String(code)}) at ${JSON.stringify(at)}`);
  const [statements = 0, writes = 0] = said.split(' ').slice(-2).map(Number);
  return { counts: [statements, writes], committed };
}

function killBeforeWrite(point: number): () => number {
  let writes = 0;
  for (const name of WRITES) {
    const original: unknown = Reflect.get(fs, name);
    if (typeof original !== 'function') throw new Error(`node:fs has no ${name} any more`);
    Reflect.set(fs, name, (...args: unknown[]): unknown => {
      writes += 1;
      if (writes === point) process.kill(process.pid, 'SIGKILL');
      return Reflect.apply(original, fs, args);
    });
  }
  syncBuiltinESMExports();
  return () => writes;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder = '', statement = '0', write = '0'] = process.argv;
  const statements = killBefore(Number(statement));
  const writes = killBeforeWrite(Number(write));
  const { log, database } = openLog(folder);
  for (let index = 0; index < 3; index++) {
    log.append(anEntry());
    fs.writeSync(1, 'committed ');
    log.sealHead();
  }
  database.close();
  fs.writeSync(1, `${statements()} ${writes()}`);
}
