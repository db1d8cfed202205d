import { describe, expect, it, onTestFinished } from 'vitest';
import { KEYS_KEPT_MS, type ClaimedJob, type JobRequest, type Queue } from '../../src/domain/queue.ts';
import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import { redactor } from './sighting.ts';

/** An empty queue of the engine under test, and its clock. */
export interface QueueUnderTest {
  readonly queue: Queue;
  now(): number;
  /** Lets so much time pass for the engine. */
  advance(ms: number): void | Promise<void>;
  close(): void | Promise<void>;
}

const LEASE = 30_000;
const KINDS = ['run'];
const TROUBLE = redactor.text('the handler threw');

/** What every engine of the queue port must do, in terms of the port alone. */
export function describeQueue(name: string, makeQueue: () => Promise<QueueUnderTest>): void {
  const open = async () => {
    const made = await makeQueue();
    onTestFinished(() => made.close());
    const { queue } = made;
    const request = (key: string, edit: Partial<JobRequest> = {}): JobRequest => ({
      kind: 'run',
      key,
      payload: {},
      runAt: made.now(),
      maxAttempts: 3,
      backoff: { baseMs: 1_000, factor: 2, maxMs: 3_000 },
      ...edit,
    });
    return {
      ...made,
      add: (key: string, edit?: Partial<JobRequest>) => queue.enqueue(request(key, edit)),
      take: (owner = 'worker', kinds: readonly string[] = KINDS) => queue.claim(kinds, owner, LEASE),
      taken: async (owner = 'worker'): Promise<ClaimedJob> => {
        const job = await queue.claim(KINDS, owner, LEASE);
        if (job === null) throw new Error('there was no job to claim');
        return job;
      },
    };
  };

  describe(`${name}: keys`, () => {
    it('adds a job once under its key, whatever became of it', async () => {
      const { queue, add, taken } = await open();
      const first = await add('a', { payload: { n: 1 } });
      expect(first.duplicate).toBe(false);
      const duplicate = { id: first.id, duplicate: true };
      expect(await add('a', { payload: { n: 2 } })).toEqual(duplicate);
      const job = await taken();
      expect(await add('a')).toEqual(duplicate);
      await queue.complete(job);
      expect(await add('a')).toEqual(duplicate);
      expect(await queue.get(first.id)).toMatchObject({ key: 'a', payload: { n: 1 }, status: 'done' });
      expect(await queue.claim(KINDS, 'worker', LEASE)).toBeNull();
    });

    it('gives one of many that add the same key at once the job, and all of them its id', async () => {
      const { queue, add } = await open();
      const all = await Promise.all(Array.from({ length: 50 }, () => add('same')));
      expect(all.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
      expect(new Set(all.map(({ id }) => id)).size).toBe(1);
      expect(await queue.list('waiting', 10)).toHaveLength(1);
    });

    it('finds a job by id and by key, and nothing under what was never given', async () => {
      const { queue, add } = await open();
      const { id } = await add('run:heartbeat@1');
      expect((await queue.byKey('run:heartbeat@1'))?.id).toBe(id);
      expect((await queue.get(id))?.key).toBe('run:heartbeat@1');
      expect(await queue.byKey('run:heartbeat@2')).toBeNull();
      for (const other of ['', 'j-', 'j-x', `${id}0`, `${id} OR 1=1`]) expect(await queue.get(other)).toBeNull();
    });

    it('tells keys apart that differ in case, in spaces or at the end only', async () => {
      const { add } = await open();
      const keys = ['a', 'A', 'a ', ' a', 'a\u0000', 'a\u0000b', 'ä', 'a\u0308', 'a%', "a'; DROP TABLE jobs; --"];
      for (const key of keys) expect(await add(key)).toMatchObject({ duplicate: false });
      for (const key of keys) expect(await add(key)).toMatchObject({ duplicate: true });
    });
  });

  describe(`${name}: claiming`, () => {
    it('hands out what has been due longest first, and what came first of those due together', async () => {
      const { queue, add, now, take } = await open();
      await add('second', { runAt: now() - 10 });
      await add('third', { runAt: now() - 10 });
      await add('first', { runAt: now() - 20 });
      const order = [await take(), await take(), await take(), await take()];
      expect(order.map((job) => job?.key ?? null)).toEqual(['first', 'second', 'third', null]);
      expect(await queue.list('claimed', 10)).toHaveLength(3);
    });

    it('hands a job to nobody before its time', async () => {
      const { add, advance, now, take } = await open();
      await add('later', { runAt: now() + 5_000 });
      expect(await take()).toBeNull();
      await advance(4_999);
      expect(await take()).toBeNull();
      await advance(1);
      expect(await take()).toMatchObject({ key: 'later', status: 'claimed', attempts: 1, owner: 'worker' });
    });

    it('hands out only the kinds that were asked for, the longest due of all of them first', async () => {
      const { add, now, take } = await open();
      await add('n', { kind: 'notify', runAt: now() - 5 });
      await add('r', { kind: 'run', runAt: now() - 3 });
      await add('x', { kind: 'other', runAt: now() - 9 });
      expect(await take('w', [])).toBeNull();
      expect(await take('w', ['run'])).toMatchObject({ key: 'r' });
      expect(await take('w', ['run'])).toBeNull();
      await add('r2', { kind: 'run', runAt: now() - 1 });
      expect(await take('w', ['run', 'notify'])).toMatchObject({ key: 'n' });
      expect(await take('w', ['run', 'notify'])).toMatchObject({ key: 'r2' });
    });

    it('has one winner for each job among 200 that claim at once', async () => {
      const { add, take } = await open();
      for (let index = 0; index < 60; index++) await add(`job ${index}`);
      const claims = await Promise.all(Array.from({ length: 200 }, (_, index) => take(`worker ${index}`)));
      const won = claims.flatMap((job) => (job === null ? [] : [job.id]));
      expect(won).toHaveLength(60);
      expect(new Set(won).size).toBe(60);
    });

    it('hands back a job as it was asked for', async () => {
      const { add, taken, now } = await open();
      const runAt = now() - 1;
      await add('whole', { payload: { run: 'r-1', deep: [{ x: null }] }, runAt, maxAttempts: 7 });
      expect(await taken()).toMatchObject({
        kind: 'run',
        key: 'whole',
        payload: { run: 'r-1', deep: [{ x: null }] },
        runAt,
        maxAttempts: 7,
        backoff: { baseMs: 1_000, factor: 2, maxMs: 3_000 },
        lastError: null,
        endedAt: null,
        leaseUntil: now() + LEASE,
      });
    });
  });

  describe(`${name}: ending`, () => {
    it('ends a job once, and gives it to nobody after', async () => {
      const { queue, add, taken, take, now } = await open();
      const { id } = await add('a');
      const job = await taken();
      expect(await queue.complete(job)).toBe(true);
      expect(await queue.complete(job)).toBe(false);
      expect(await queue.fail(job, TROUBLE)).toBe('lost');
      expect(await queue.release(job)).toBe(false);
      expect(await queue.extend(job, LEASE)).toBe(false);
      expect(await queue.get(id)).toMatchObject({ status: 'done', attempts: 1, endedAt: now(), lastError: null });
      expect(await take()).toBeNull();
    });

    it('tries again after a pause that grows up to its limit, and then gives up', async () => {
      const { queue, add, taken, take, advance, now } = await open();
      const { id } = await add('a', { maxAttempts: 4 });
      for (const pause of [1_000, 2_000, 3_000]) {
        expect(await queue.fail(await taken(), TROUBLE)).toBe('again');
        expect(await queue.get(id)).toMatchObject({ status: 'waiting', runAt: now() + pause, lastError: TROUBLE });
        await advance(pause - 1);
        expect(await take()).toBeNull();
        await advance(1);
      }
      expect(await queue.fail(await taken(), redactor.text('the last straw'))).toBe('dead');
      expect(await queue.get(id)).toMatchObject({
        status: 'dead',
        attempts: 4,
        lastError: 'the last straw',
        endedAt: now(),
      });
      await advance(1_000_000);
      expect(await take()).toBeNull();
    });

    it('a job that may be tried once is dead after its first failure', async () => {
      const { queue, add, taken } = await open();
      await add('once', { maxAttempts: 1 });
      expect(await queue.fail(await taken(), TROUBLE)).toBe('dead');
    });

    it('handed back, a job is due at once, in its old place, and the attempt does not count', async () => {
      const { queue, add, taken, now } = await open();
      await add('first', { runAt: now() - 10, maxAttempts: 1 });
      await add('second', { runAt: now() - 5 });
      for (let round = 0; round < 3; round++) {
        const job = await taken();
        expect(job).toMatchObject({ key: 'first', attempts: 1 });
        expect(await queue.release(job)).toBe(true);
        expect(await queue.byKey('first')).toMatchObject({ status: 'waiting', attempts: 0 });
      }
    });

    it('a dead job is listed, and can be made to wait again with all its attempts', async () => {
      const { queue, add, taken, take } = await open();
      const { id } = await add('a', { maxAttempts: 1 });
      expect(await queue.redrive(id)).toBe(false);
      await queue.fail(await taken(), TROUBLE);
      expect((await queue.list('dead', 10)).map((job) => job.id)).toEqual([id]);
      expect(await queue.redrive('j-999999')).toBe(false);
      expect(await queue.redrive(id)).toBe(true);
      expect(await queue.redrive(id)).toBe(false);
      expect(await queue.list('dead', 10)).toEqual([]);
      expect(await take()).toMatchObject({ id, attempts: 1, endedAt: null });
    });

    it('lists by status, oldest first, as many as are wanted', async () => {
      const { queue, add } = await open();
      for (const key of ['a', 'b', 'c']) await add(key);
      expect((await queue.list('waiting', 2)).map(({ key }) => key)).toEqual(['a', 'b']);
      expect(await queue.list('done', 2)).toEqual([]);
    });
  });

  describe(`${name}: a worker that is slow or dead`, () => {
    it('keeps its job by prolonging the claim, for as long as it likes', async () => {
      const { queue, add, taken, take, advance } = await open();
      await add('long');
      const job = await taken('slow');
      for (let round = 0; round < 5; round++) {
        await advance(LEASE - 1);
        expect(await queue.extend(job, LEASE)).toBe(true);
        expect(await take('other')).toBeNull();
      }
      expect(await queue.complete(job)).toBe(true);
    });

    it('loses its job when its lease is over; the attempt counts and says why', async () => {
      const { add, taken, advance, take } = await open();
      await add('a');
      const first = await taken('late');
      await advance(LEASE - 1);
      expect(await take('other')).toBeNull();
      await advance(1);
      const second = await taken('other');
      expect(second).toMatchObject({ id: first.id, attempts: 2, owner: 'other' });
      expect(second.lastError).toMatch(/worker/);
      expect(second.fence).toBeGreaterThan(first.fence);
    });

    it('changes nothing with a claim that it lost', async () => {
      const { queue, add, taken, advance } = await open();
      await add('a');
      const late = await taken('late');
      await advance(LEASE);
      const current = await taken('other');
      expect(await queue.extend(late, 10 * LEASE)).toBe(false);
      expect(await queue.complete(late)).toBe(false);
      expect(await queue.fail(late, redactor.text('from the grave'))).toBe('lost');
      expect(await queue.release(late)).toBe(false);
      const job = await queue.get(late.id);
      expect(job).toMatchObject({ status: 'claimed', attempts: 2 });
      expect(job?.lastError).not.toBe('from the grave');
      expect(await queue.complete(current)).toBe(true);
    });

    it('changes nothing after its job died, was redriven and is in other hands', async () => {
      const { queue, add, taken, advance, take } = await open();
      await add('a', { maxAttempts: 1 });
      const late = await taken('late');
      await advance(LEASE);
      expect(await take('other')).toBeNull(); // it dies here
      expect(await queue.complete(late)).toBe(false);
      await queue.redrive(late.id);
      expect(await queue.complete(late)).toBe(false);
      const current = await taken('other');
      expect(await queue.complete(late)).toBe(false);
      expect(await queue.complete(current)).toBe(true);
    });

    it('kills the job when that was its last attempt, and the next one is handed out all the same', async () => {
      const { queue, add, taken, advance, take, now } = await open();
      const { id } = await add('poison', { maxAttempts: 2 });
      await taken('a');
      await advance(LEASE);
      await taken('b');
      await advance(LEASE);
      await add('next');
      expect(await take('c')).toMatchObject({ key: 'next' });
      expect(await queue.get(id)).toMatchObject({ status: 'dead', attempts: 2, endedAt: now() });
      expect((await queue.get(id))?.lastError).toMatch(/worker/);
    });

    it('that is certainly dead gives back at once all it held, and only that', async () => {
      const { queue, add, taken, take, now } = await open();
      await add('a', { maxAttempts: 2 });
      await add('b', { maxAttempts: 1 });
      await add('c');
      await add('done');
      const [a, b] = [await taken('dead'), await taken('dead')];
      const other = await taken('alive');
      await queue.complete(await taken('dead'));
      const recovered = await queue.recover('dead');
      expect(recovered.map(({ job, outcome }) => [job.key, job.status, outcome]).toSorted()).toEqual([
        ['a', 'waiting', 'waiting'],
        ['b', 'dead', 'dead'],
      ]);
      expect(await queue.recover('dead')).toEqual([]);
      expect(await queue.complete(a)).toBe(false);
      expect(await queue.fail(b, TROUBLE)).toBe('lost');
      expect(await queue.get(b.id)).toMatchObject({ status: 'dead', endedAt: now() });
      expect(await take('new')).toMatchObject({ key: 'a', attempts: 2 });
      expect(await take('new')).toBeNull();
      expect(await queue.complete(other)).toBe(true);
    });
  });

  describe(`${name}: waking up`, () => {
    it('knows when the next job is due, or the next claim runs out', async () => {
      const { queue, add, now, taken } = await open();
      expect(await queue.nextDue()).toBeNull();
      await add('later', { runAt: now() + 90_000 });
      expect(await queue.nextDue()).toBe(now() + 90_000);
      await add('now');
      expect(await queue.nextDue()).toBe(now());
      const job = await taken();
      expect(await queue.nextDue()).toBe(now() + LEASE);
      await queue.complete(job);
      expect(await queue.nextDue()).toBe(now() + 90_000);
    });

    it('calls after whatever can make a job due, and after nothing else', async () => {
      const { queue, add, taken, now } = await open();
      let calls = 0;
      queue.onWake(() => (calls += 1));
      const callsOf = async (work: () => Promise<unknown>): Promise<boolean> => {
        const before = calls;
        await work();
        await new Promise((resolve) => setTimeout(resolve, 5));
        return calls > before;
      };
      expect(await callsOf(() => add('a', { maxAttempts: 2 }))).toBe(true);
      expect(await callsOf(() => add('a'))).toBe(false);
      expect(await callsOf(() => add('later', { runAt: now() + 60_000 }))).toBe(true);
      expect(await callsOf(async () => queue.release(await taken()))).toBe(true);
      const job = await taken('x');
      expect(await callsOf(() => queue.extend(job, LEASE))).toBe(false);
      expect(await callsOf(() => queue.recover('nobody'))).toBe(false);
      expect(await callsOf(() => queue.recover('x'))).toBe(true);
      expect(await callsOf(() => queue.complete(job))).toBe(false);
      const second = await taken('y');
      expect(await callsOf(() => queue.fail(second, TROUBLE))).toBe(false); // dead: nothing is due
      expect(await callsOf(() => queue.redrive(job.id))).toBe(true);
      const third = await taken('z');
      expect(await callsOf(() => queue.fail(third, TROUBLE))).toBe(true);
    });

    it('calls every listener, and one that stopped no more', async () => {
      const { queue, add } = await open();
      const calls: string[] = [];
      const stop = queue.onWake(() => calls.push('first'));
      queue.onWake(() => calls.push('second'));
      await add('a');
      await new Promise((resolve) => setTimeout(resolve, 5));
      stop();
      stop();
      await add('b');
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(calls).toEqual(['first', 'second', 'second']);
    });
  });

  describe(`${name}: pruning`, () => {
    it('forgets what ended before then, with its key, and nothing that is alive', async () => {
      const { queue, add, taken, advance, now } = await open();
      await add('done');
      await queue.complete(await taken());
      await add('dead', { maxAttempts: 1 });
      await queue.fail(await taken(), TROUBLE);
      await add('claimed');
      await taken();
      await add('waiting', { runAt: now() + 10 * KEYS_KEPT_MS });
      await advance(KEYS_KEPT_MS + 1);
      await add('younger', { runAt: now() - KEYS_KEPT_MS * 2 });
      await queue.complete(await taken());
      expect(await queue.prune(now())).toBe(2);
      for (const key of ['done', 'dead']) expect(await queue.byKey(key)).toBeNull();
      for (const key of ['claimed', 'waiting', 'younger']) expect(await queue.byKey(key)).not.toBeNull();
      expect(await add('done')).toMatchObject({ duplicate: false });
    });

    it('keeps a key as long as its slot may be asked for again, whatever it is told', async () => {
      const { queue, add, taken, advance, now } = await open();
      await add('a');
      await queue.complete(await taken());
      await advance(KEYS_KEPT_MS);
      expect(await queue.prune(now() + 1)).toBe(0);
      expect(await add('a')).toMatchObject({ duplicate: true });
    });

    it('never gives the id of a forgotten job again, so that a claim on it fits nothing', async () => {
      const { queue, add, taken, advance, now } = await open();
      const { id } = await add('a');
      const old = await taken();
      await queue.complete(old);
      await advance(KEYS_KEPT_MS + 1);
      await queue.prune(now());
      const again = await add('a');
      expect(again.id).not.toBe(id);
      await taken();
      expect(await queue.complete(old)).toBe(false);
      expect(await queue.get(again.id)).toMatchObject({ status: 'claimed' });
    });

    it('forgets thousands', async () => {
      const { queue, add, take, advance, now } = await open();
      for (let index = 0; index < 1_200; index++) {
        await add(`job ${index}`);
        const job = await take();
        if (job !== null) await queue.complete(job);
      }
      await advance(KEYS_KEPT_MS + 1);
      expect(await queue.prune(now())).toBe(1_200);
      expect(await queue.list('done', 1)).toEqual([]);
    });
  });

  describe(`${name}: what others wrote`, () => {
    it.each(hostilePayloads())('keeps a payload with %s as it is', async (_what, payload) => {
      const { add, taken } = await open();
      await add('hostile', { payload });
      expect(JSON.stringify((await taken()).payload)).toBe(JSON.stringify(payload));
    });

    it('refuses a payload that is no JSON at all, and keeps nothing of it', async () => {
      const { queue, add } = await open();
      const circle: Record<string, JsonValue> = {};
      circle['self'] = circle;
      await expect(add('circle', { payload: circle })).rejects.toThrow(/circular/i);
      expect(await queue.byKey('circle')).toBeNull();
    });

    it('keeps an error with quotes, line ends, NUL and other alphabets as it is', async () => {
      const { queue, add, taken } = await open();
      const { id } = await add('a');
      const error = redactor.text(`it's "bad"\n\u0000 { "a": 1 } 日本語 🜂 %s ${'x'.repeat(10_000)}`);
      await queue.fail(await taken(), error);
      expect((await queue.get(id))?.lastError).toBe(error);
    });
  });
}

function hostilePayloads(): readonly [string, JsonObject][] {
  let deep: JsonValue = 'bottom';
  for (let level = 0; level < 2_000; level++) deep = [deep];
  return [
    ['nothing', {}],
    ['a key __proto__', JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}') as JsonObject],
    ['quotes and statements', { "';--": "'; DROP TABLE jobs; --", '"': '\\"' }],
    ['control characters', { text: '\u0000\u001b[31m\r\n\u2028\ufeff' }],
    ['half a character', { text: '\ud800' }],
    ['2,000 levels', { deep }],
    ['2 MB', { text: 'x'.repeat(2_000_000) }],
    ['numbers at the edge', { max: Number.MAX_SAFE_INTEGER, tiny: 5e-324, huge: 1.7976931348623157e308, zero: 0 }],
    ['keys of columns', { status: 'done', fence: -1, owner: 'me' }],
  ];
}
