import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../src/store/database.ts';
import { openStateDir } from '../../src/store/state-dir.ts';

/** Processes that open each folder below `folder`, one after the other and all at once, as the first; what each of them read. */
export async function raceOpening(folder: string, processes: number, times: number): Promise<readonly string[]> {
  const file = fileURLToPath(import.meta.url);
  const racers = Array.from({ length: processes }, () =>
    spawn(process.execPath, [file, folder, String(times)], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  await Promise.all(racers.map((racer) => once(racer.stdout, 'data')));
  const answers = racers.map((racer) => text(racer.stdout));
  for (const racer of racers) racer.stdin.end('go');
  return await Promise.all(answers);
}

/** All that two processes must agree on. */
function opened(path: string): string {
  const state = openStateDir(path);
  openDatabase(state.database).close();
  return [state.instance, ...[state.redactionKey, state.gateKey].map((key) => Buffer.from(key).toString('hex'))].join();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder = '', times = '0'] = process.argv;
  process.stdout.write(' '); // ready
  await once(process.stdin.resume(), 'end');
  for (let index = 0; index < Number(times); index++) {
    let told: string;
    try {
      told = opened(join(folder, String(index)));
    } catch (error) {
      told = String(error);
    }
    process.stdout.write(`${told}\n`);
  }
}
