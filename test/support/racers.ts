import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../src/store/database.ts';
import { createQueue } from '../../src/store/queue.ts';
import { schedulesTable } from '../../src/store/schedules.ts';
import { aFiring, maker } from './firing.ts';

/** `jobs`: claims and completes until there is nothing; `slots`: fires one slot after the other, up to 200. */
export type Race = 'jobs' | 'slots';

export const SLOTS = 200;

/** Processes that do the same work on the same database at the same time; what each of them won. */
export async function race(what: Race, path: string, processes: number): Promise<readonly (readonly string[])[]> {
  const file = fileURLToPath(import.meta.url);
  const racers = Array.from({ length: processes }, (_, index) =>
    spawn(process.execPath, [file, what, path, `racer ${index}`], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  await Promise.all(racers.map((racer) => once(racer.stdout, 'data')));
  const answers = racers.map((racer) => text(racer.stdout));
  for (const racer of racers) racer.stdin.end('go');
  return (await Promise.all(answers)).map((answer) => JSON.parse(answer) as string[]);
}

async function winJobs(path: string, name: string): Promise<readonly string[]> {
  const queue = createQueue(openDatabase(path), { clock: { now: () => 5_000, monotonic: () => 0 } });
  const won: string[] = [];
  for (;;) {
    const job = await queue.claim(['run'], name, 60_000);
    if (job === null) return won;
    if (await queue.complete(job)) won.push(job.key);
  }
}

function winSlots(path: string, name: string): readonly string[] {
  const schedules = schedulesTable(openDatabase(path));
  const won: string[] = [];
  const own = {
    ...maker,
    runOf: (...args: Parameters<typeof maker.runOf>) => ({
      ...maker.runOf(...args),
      id: `r-${name} ${args[0].slot}` as const,
    }),
  };
  for (;;) {
    const expected = schedules.states().get('heartbeat')?.nextSlot ?? null;
    const slot = expected ?? 1;
    if (slot > SLOTS) return won;
    const outcomes = [{ slot, outcome: 'fire', trigger: 'schedule', notBefore: slot }] as const;
    const { fired } = schedules.commitFiring(aFiring({ expected, outcomes, nextSlot: slot + 1 }), own);
    won.push(...fired.map((run) => String(run.slot)));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , what, path = '', name = ''] = process.argv;
  process.stdout.write(' '); // ready
  await once(process.stdin.resume(), 'end');
  process.stdout.write(JSON.stringify(what === 'jobs' ? await winJobs(path, name) : winSlots(path, name)));
}
