import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { anEntry, openLog } from './audit.ts';

/** Processes that append `entries` entries each to the log in `folder`, all at once, each with a commit and a seal. */
export async function raceAppending(folder: string, processes: number, entries: number): Promise<void> {
  const file = fileURLToPath(import.meta.url);
  const racers = Array.from({ length: processes }, () =>
    spawn(process.execPath, [file, folder, String(entries)], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  await Promise.all(racers.map((racer) => once(racer.stdout, 'data')));
  const ends = racers.map((racer) => once(racer, 'close'));
  for (const racer of racers) racer.stdin.end('go');
  for (const [code] of await Promise.all(ends)) if (code !== 0) throw new Error(`a racer failed (${String(code)})`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder = '', entries = '0'] = process.argv;
  const { log, database } = openLog(folder);
  process.stdout.write(' '); // ready
  await once(process.stdin.resume(), 'end');
  for (let index = 0; index < Number(entries); index++) {
    log.append(anEntry());
    if (index % 10 === 0) log.sealHead();
  }
  log.sealHead();
  database.close();
}
