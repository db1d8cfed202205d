import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase, pragma, type Database } from '../../src/store/database.ts';
import { createQueue } from '../../src/store/queue.ts';
import { codeOfAsync } from '../support/errors.ts';
import { mayMount, sh } from '../support/mounting.ts';
import { describeQueue } from '../support/queue-contract.ts';
import { race } from '../support/racers.ts';
import { redactor } from '../support/sighting.ts';
import { tempFolder } from '../support/temp.ts';

const clock = { now: () => 5_000, monotonic: () => 0 };
const JOB = { kind: 'run', payload: {}, runAt: 0, maxAttempts: 3, backoff: { baseMs: 1, factor: 1, maxMs: 1 } };

describeQueue('the embedded queue', async () => {
  const database = openDatabase(join(tempFolder(), 'holdfast.db'));
  const own = { time: 1_800_000_000_000, now: () => own.time, monotonic: () => own.time };
  return {
    queue: createQueue(database, { clock: own }),
    now: own.now,
    advance: (ms) => {
      own.time += ms;
    },
    close: () => database.close(),
  };
});

function open(folder = tempFolder()) {
  const database = openDatabase(join(folder, 'holdfast.db'));
  onTestFinished(() => {
    if (database.sqlite.isOpen) database.close();
  });
  return { database, queue: createQueue(database, { clock }), path: database.path };
}

describe('two processes on one embedded queue', () => {
  it('share 500 jobs, and none is done twice', async () => {
    const { database, queue, path } = open();
    await Promise.all(Array.from({ length: 500 }, (_, index) => queue.enqueue({ ...JOB, key: `job ${index}` })));
    const won = await race('jobs', path, 2);
    expect(won.flat().toSorted()).toEqual(Array.from({ length: 500 }, (_, index) => `job ${index}`).toSorted());
    expect(await queue.list('done', 1_000)).toHaveLength(500);
    expect((await queue.list('done', 1_000)).every(({ attempts }) => attempts === 1)).toBe(true);
    expect(pragma(database.sqlite, 'integrity_check')).toBe('ok');
  });

  it('see what the other added', async () => {
    const folder = tempFolder();
    const [one, two] = [open(folder), open(folder)];
    await one.queue.enqueue({ ...JOB, key: 'a' });
    expect(await two.queue.enqueue({ ...JOB, key: 'a' })).toMatchObject({ duplicate: true });
    expect(await two.queue.claim(['run'], 'two', 1_000)).toMatchObject({ key: 'a' });
    expect(await one.queue.claim(['run'], 'one', 1_000)).toBeNull();
  });
});

describe('a queue without room', () => {
  it('refuses a job that does not fit, keeps nothing of it, and takes it when there is room', async () => {
    const { database, queue } = open();
    await queue.enqueue({ ...JOB, key: 'before' });
    const pages = Number(pragma(database.sqlite, 'page_count'));
    database.sqlite.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const large = { ...JOB, key: 'large', payload: { text: 'x'.repeat(100_000) } };
    expect(await codeOfAsync(() => queue.enqueue(large))).toBe('STORE_FULL');
    expect(await queue.byKey('large')).toBeNull();
    const job = await queue.claim(['run'], 'w', 1_000);
    const long = redactor.text('long words '.repeat(10_000));
    if (job === null) throw new Error('there was no job');
    expect(await codeOfAsync(() => queue.fail(job, long))).toBe('STORE_FULL');
    expect(await queue.get(job.id)).toMatchObject({ status: 'claimed', lastError: null });
    database.sqlite.exec('PRAGMA max_page_count = 1073741823');
    expect(await queue.enqueue(large)).toMatchObject({ duplicate: false });
    expect(await queue.complete(job)).toBe(true);
    expect(pragma(database.sqlite, 'integrity_check')).toBe('ok');
  });

  it.skipIf(!mayMount)('says so of every change, when the disk itself is full (needs leave to mount)', async () => {
    const folder = tempFolder();
    sh(`mount -t tmpfs -o size=1m,mode=0700 tmpfs '${folder}'`);
    let database: Database | null = null;
    onTestFinished(() => {
      database?.close();
      sh(`umount '${folder}'`);
    });
    database = openDatabase(join(folder, 'holdfast.db'));
    const queue = createQueue(database, { clock });
    for (const key of ['held', 'waiting', 'dead'])
      await queue.enqueue({ ...JOB, key, maxAttempts: key === 'dead' ? 1 : 3 });
    const held = await queue.claim(['run'], 'w', 60_000);
    if (held === null) throw new Error('there was no job');
    const before = database.sqlite.prepare('SELECT * FROM jobs').all();
    sh(`cat /dev/zero > '${folder}/fill' 2>/dev/null || true`);
    const fullOf = (work: () => Promise<unknown>): Promise<string> => codeOfAsync(work);
    expect(await fullOf(() => queue.enqueue({ ...JOB, key: 'new' }))).toBe('STORE_FULL');
    expect(await fullOf(() => queue.claim(['run'], 'w', 60_000))).toBe('STORE_FULL');
    expect(await fullOf(() => queue.extend(held, 90_000))).toBe('STORE_FULL');
    expect(await fullOf(() => queue.complete(held))).toBe('STORE_FULL');
    expect(await fullOf(() => queue.fail(held, redactor.text('x')))).toBe('STORE_FULL');
    expect(await fullOf(() => queue.release(held))).toBe('STORE_FULL');
    expect(await fullOf(() => queue.recover('w'))).toBe('STORE_FULL');
    expect(database.sqlite.prepare('SELECT * FROM jobs').all()).toEqual(before);
    sh(`rm '${folder}/fill'`);
    expect(await queue.complete(held)).toBe(true);
    expect(await queue.claim(['run'], 'w', 60_000)).toMatchObject({ key: 'waiting' });
    expect(pragma(database.sqlite, 'integrity_check')).toBe('ok');
  });
});
