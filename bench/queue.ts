import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Queue as BullQueue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { JobRequest } from '../src/domain/queue.ts';
import { openDatabase } from '../src/store/database.ts';
import { takeOwnership } from '../src/store/owner.ts';
import { createQueue } from '../src/store/queue.ts';

const JOBS = 1_000;
const ROUNDS = 5;
const RESTARTS = 7;
const REDIS_WAIT_MS = 1_000;
const THIS = fileURLToPath(import.meta.url);
const clock = { now: () => Date.now(), monotonic: () => performance.now() };

/**
 * Jobs a second through the queue port, each job added, claimed and completed by itself and on disk
 * before the next; beside BullMQ on Redis, in turn, when one answers (REDIS_URL, or 127.0.0.1:6379).
 * Then how long work that a killed process held waits after the restart.
 */
export async function queueSpeed(): Promise<{ name: string; lines: string[] }> {
  const redis = await redisThatAnswers();
  const lines = [...(await speeds(redis)), ...(await restarts())];
  if ('client' in redis) redis.client.disconnect();
  return { name: 'queue', lines };
}

interface Speed {
  readonly added: number;
  readonly done: number;
}

async function speeds(redis: FoundRedis): Promise<string[]> {
  const ours: Speed[] = [];
  const bull: Speed[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const speed = await inFolder(ourSpeed);
    const other = 'client' in redis ? await bullSpeed(redis.client) : null;
    if (round < 0) continue; // warming up
    ours.push(speed);
    if (other !== null) bull.push(other);
  }
  const lines = [
    `embedded queue, every change on disk (synchronous=FULL): ${said(ours)} (median of ${ROUNDS} rounds of ${JOBS})`,
  ];
  if ('missing' in redis) return [...lines, `BullMQ was skipped: ${redis.missing}`];
  const ratio = (part: keyof Speed): string =>
    median(ours.map((speed, index) => speed[part] / (bull[index]?.[part] ?? Number.NaN))).toFixed(1);
  return [
    ...lines,
    `BullMQ 6.7.0 on Redis (${await durabilityOf(redis.client)}), in turn with it: ${said(bull)}; ours ${ratio('added')}x adding, ${ratio('done')}x claiming and completing`,
  ];
}

async function ourSpeed(folder: string): Promise<Speed> {
  const database = openDatabase(join(folder, 'holdfast.db'));
  const queue = createQueue(database, { clock });
  const added = await perSecond(async (index) => queue.enqueue(request(`job ${index}`)));
  const done = await perSecond(async () => {
    const job = await queue.claim(['run'], 'bench', 60_000);
    if (job === null || !(await queue.complete(job))) throw new Error('a job is missing');
  });
  database.close();
  return { added, done };
}

async function bullSpeed(client: Redis): Promise<Speed> {
  const name = `holdfast-bench-${randomBytes(6).toString('hex')}`;
  const queue = new BullQueue(name, { connection: client });
  const worker = new Worker(name, null, { connection: client, autorun: false });
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  const added = await perSecond(async (index) => queue.add('run', { index }, { jobId: `job-${index}`, attempts: 3 }));
  const done = await perSecond(async () => {
    const job = await worker.getNextJob('bench', { block: false });
    if (job === undefined) throw new Error('a job is missing');
    await job.moveToCompleted(null, 'bench', false);
  });
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  return { added, done };
}

type FoundRedis = { readonly client: Redis } | { readonly missing: string };

async function redisThatAnswers(): Promise<FoundRedis> {
  const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: REDIS_WAIT_MS,
    maxRetriesPerRequest: null,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined); // connect() rejects with the same, and that is said
  try {
    await client.connect();
    await client.ping();
    return { client };
  } catch (error) {
    client.disconnect();
    const why = error instanceof Error ? error.message : String(error);
    return { missing: `no Redis answers at ${new URL(url).host} (${why}); set REDIS_URL or start one` };
  }
}

/** Whether it keeps as much as ours does when the power goes. */
async function durabilityOf(client: Redis): Promise<string> {
  const setting = async (name: string): Promise<string> => {
    const answer: unknown = await client.config('GET', name);
    return Array.isArray(answer) ? String(answer[1]) : 'not known';
  };
  const file = await setting('appendonly');
  return file === 'yes' ? `AOF, fsync ${await setting('appendfsync')}` : 'no AOF: nothing is on disk';
}

/** From the start of the new process, Node itself included, to the claim of the job that the killed one held. */
async function restarts(): Promise<string[]> {
  const whole: number[] = [];
  const inside: number[] = [];
  for (let round = 0; round < RESTARTS; round++) {
    await inFolder(async (folder) => {
      const holder = spawn(process.execPath, [THIS, 'hold', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(holder.stdout, 'data');
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      const started = performance.now();
      inside.push(Number(execFileSync(process.execPath, [THIS, 'resume', folder], { encoding: 'utf8' })));
      whole.push(performance.now() - started);
    });
  }
  return [
    `work of a process killed by SIGKILL is claimed again ${ms(inside)} after the new one opens the database; with the start of Node and of this bench ${ms(whole)} (median of ${RESTARTS}; the lease, 60 s, is not waited for)`,
  ];
}

/** Becomes the owner, claims the one job, and holds it until killed. */
async function hold(folder: string): Promise<void> {
  const { queue, owner } = become(folder);
  await queue.enqueue(request('held'));
  await queue.claim(['run'], owner, 60_000);
  process.stdout.write('held');
  setInterval(() => undefined, 60_000);
}

async function resume(folder: string): Promise<void> {
  const started = performance.now();
  const { queue, owner } = become(folder);
  const job = await queue.claim(['run'], owner, 60_000);
  if (job?.attempts !== 2) throw new Error('the held job did not come back');
  process.stdout.write(String(performance.now() - started));
}

function become(folder: string) {
  const database = openDatabase(join(folder, 'holdfast.db'));
  const random = (size: number): Uint8Array => randomBytes(size);
  const owner = takeOwnership(database, join(folder, 'owner.lock'), { clock, random, pid: process.pid });
  if (owner === null) throw new Error('the lock of a killed process is still held');
  return { queue: createQueue(database, { clock }), owner: owner.id };
}

function request(key: string): JobRequest {
  const backoff = { baseMs: 1_000, factor: 2, maxMs: 60_000 };
  return { kind: 'run', key, payload: { run: 'r-0123456789AB' }, runAt: 0, maxAttempts: 3, backoff };
}

async function perSecond(work: (index: number) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let index = 0; index < JOBS; index++) await work(index);
  return (JOBS / (performance.now() - started)) * 1_000;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-queue-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function said(rounds: readonly Speed[]): string {
  const of = (part: keyof Speed): string => Math.round(median(rounds.map((speed) => speed[part]))).toLocaleString('en');
  return `${of('added')} added/s, ${of('done')} claimed and completed/s`;
}

function ms(times: readonly number[]): string {
  return `${median(times).toFixed(0)} ms`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

if (process.argv[1] === THIS) {
  const [, , part, folder = ''] = process.argv;
  if (part === 'hold') await hold(folder);
  else if (part === 'resume') await resume(folder);
  else {
    const { name, lines } = await queueSpeed();
    process.stdout.write(`${name}\n${lines.map((line) => `  ${line}\n`).join('')}`);
  }
}
