import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { ownerNow, takeOwnership, type OwnerDeps } from '../../src/store/owner.ts';
import { createQueue } from '../../src/store/queue.ts';
import { runsTable } from '../../src/store/runs.ts';
import { aRun } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

const clock = { now: () => 5_000, monotonic: () => 0 };
const JOB = { kind: 'run', payload: {}, runAt: 0, maxAttempts: 2, backoff: { baseMs: 1, factor: 1, maxMs: 1 } };

function open() {
  const folder = tempFolder();
  const path = join(folder, 'holdfast.db');
  const lockPath = join(folder, 'owner.lock');
  const database = openDatabase(path);
  onTestFinished(() => database.close());
  let bytes = 0;
  const take = (edit: Partial<OwnerDeps> = {}) =>
    takeOwnership(database, lockPath, {
      clock,
      random: (size) => new Uint8Array(size).fill((bytes += 1)),
      pid: 42,
      ...edit,
    });
  return { path, lockPath, database, take, queue: createQueue(database, { clock }) };
}

describe('ownership of a state directory', () => {
  it('is one process at a time, and can be seen', () => {
    const { take, database, lockPath } = open();
    expect(ownerNow(database, lockPath)).toBeNull();
    const first = take();
    expect(take()).toBeNull();
    expect(ownerNow(database, lockPath)).toEqual({ id: first?.id, pid: 42, since: 5_000 });
    first?.release();
    expect(ownerNow(database, lockPath)).toBeNull();
    const second = take();
    expect(second?.id).not.toBe(first?.id);
    expect(second?.previous?.id).toBe(first?.id);
    second?.release();
  });

  it('recovers at once what the owner before held, and nobody else', async () => {
    const { take, queue } = open();
    for (const key of ['held', 'done', 'of another', 'waiting']) await queue.enqueue({ ...JOB, key });
    const first = take();
    expect(first).toMatchObject({ previous: null, recovered: [] });
    await queue.claim(['run'], first?.id ?? '', 3_600_000);
    const done = await queue.claim(['run'], first?.id ?? '', 3_600_000);
    if (done !== null) await queue.complete(done);
    await queue.claim(['run'], 'a run by hand', 3_600_000);
    first?.release();
    const second = take();
    expect(second?.recovered.map(({ job, outcome }) => [job.key, outcome])).toEqual([['held', 'waiting']]);
    second?.release();
    expect((await queue.list('claimed', 5)).map(({ key }) => key)).toEqual(['of another']);
    const third = take();
    expect(third).toMatchObject({ previous: { id: second?.id }, recovered: [] });
    third?.release();
  });

  it('keeps what is decided about the recovered with the recovery, or neither', async () => {
    const { take, queue, database } = open();
    await queue.enqueue({ ...JOB, key: 'held' });
    const first = take();
    await queue.claim(['run'], first?.id ?? '', 3_600_000);
    first?.release();
    const failing = (): void => {
      runsTable(database).write(aRun({}));
      throw new Error('a bug');
    };
    expect(() => take({ onRecovered: failing })).toThrow('a bug');
    expect(runsTable(database).active()).toEqual([]);
    expect(await queue.list('claimed', 5)).toHaveLength(1);
    const second = take({ onRecovered: () => runsTable(database).write(aRun({})) }); // the lock was given back
    expect(second?.recovered).toHaveLength(1);
    expect(runsTable(database).active()).toHaveLength(1);
    second?.release();
  });

  it('is free, and its work recovered, the moment its process is killed', async () => {
    const { take, queue, path, lockPath } = open();
    await queue.enqueue({ ...JOB, key: 'held' });
    const source = (file: string): string => JSON.stringify(join(import.meta.dirname, '../../src/store', file));
    const holder = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { openDatabase } from ${source('database.ts')};
       import { takeOwnership } from ${source('owner.ts')};
       import { createQueue } from ${source('queue.ts')};
       const clock = { now: () => 5_000, monotonic: () => 0 };
       const database = openDatabase(${JSON.stringify(path)});
       const owner = takeOwnership(database, ${JSON.stringify(lockPath)}, { clock, random: (size) => new Uint8Array(size), pid: process.pid });
       await createQueue(database, { clock }).claim(['run'], owner.id, 3_600_000);
       process.stdout.write('held');
       setInterval(() => {}, 1_000);`,
    ]);
    await once(holder.stdout, 'data');
    expect(take()).toBeNull();
    expect(await queue.claim(['run'], 'me', 1_000)).toBeNull();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const owner = take();
    expect(owner?.recovered).toHaveLength(1);
    expect(await queue.claim(['run'], owner?.id ?? '', 1_000)).toMatchObject({ key: 'held', attempts: 2 });
    owner?.release();
  });
});
