import type { Clock } from '../domain/clock.ts';
import type { ClaimedJob, Queue } from '../domain/queue.ts';
import type { Redacted, Redactor } from '../domain/redaction/redacted.ts';

/** What became of a job in a worker's hands. */
export type JobEnd = 'done' | { readonly failed: Redacted<string> } | 'handed-back';

/** Does one job. Rejecting is the same as failing; `signal` says that the job is to be handed back, or was lost. */
export type JobHandler = (job: ClaimedJob, signal: AbortSignal) => Promise<JobEnd>;

export interface WorkerDeps {
  readonly queue: Queue;
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Names this process in its claims. */
  readonly owner: string;
  readonly handlers: Readonly<Record<string, { readonly atOnce: number; readonly handle: JobHandler }>>;
  /** Trouble with the queue itself: told, and the job is left to its lease. */
  onTrouble(error: unknown): void;
}

export interface Workers {
  /** Claims what is due, as far as there are hands. Called at every wake-up. */
  pump(): Promise<void>;
  /** No new claims; waits for what is in hand, up to `graceMs`, then hands it back. Resolves when all hands are empty. */
  stop(graceMs: number): Promise<void>;
  readonly busy: number;
}

/** A claim holds this long without being extended; it is extended three times as often. */
const LEASE_MS = 60_000;

export function startWorkers(deps: WorkerDeps): Workers {
  const inHand = new Map<ClaimedJob, { readonly abort: AbortController; readonly ended: Promise<void> }>();
  let stopping = false;
  let pumping: Promise<void> = Promise.resolve();

  const countOf = (kind: string): number => [...inHand.keys()].filter((job) => job.kind === kind).length;
  const take = (job: ClaimedJob): void => {
    const abort = new AbortController();
    const ended = doJob(job, abort, deps).finally(() => {
      inHand.delete(job);
      void pump();
    });
    inHand.set(job, { abort, ended });
  };
  const claimAll = async (): Promise<void> => {
    // After a sleep leases may have lapsed while the work went on: hold on to what is in hand before claiming more.
    for (const [job, { abort }] of inHand) await keepLease(job, abort, deps);
    for (const [kind, { atOnce }] of Object.entries(deps.handlers)) {
      // oxlint-disable-next-line eslint/no-unmodified-loop-condition -- stop() modifies it while a claim is awaited
      while (!stopping && countOf(kind) < atOnce) {
        const job = await deps.queue.claim([kind], deps.owner, LEASE_MS);
        if (job === null) break;
        take(job);
      }
    }
  };
  const pump = (): Promise<void> => {
    pumping = pumping.then(claimAll).catch((error: unknown) => deps.onTrouble(error));
    return pumping;
  };
  return {
    pump,
    stop: async (graceMs) => {
      stopping = true;
      await pumping;
      const all = Promise.all([...inHand.values()].map(({ ended }) => ended));
      const timer = setTimeout(() => {
        for (const { abort } of inHand.values()) abort.abort();
      }, graceMs);
      await all;
      clearTimeout(timer);
    },
    get busy() {
      return inHand.size;
    },
  };
}

async function doJob(job: ClaimedJob, abort: AbortController, deps: WorkerDeps): Promise<void> {
  const heart = setInterval(() => void keepLease(job, abort, deps), LEASE_MS / 3);
  try {
    await report(job, await endOf(job, abort.signal, deps), deps);
  } catch (error) {
    deps.onTrouble(error);
  } finally {
    clearInterval(heart);
  }
}

async function keepLease(job: ClaimedJob, abort: AbortController, deps: WorkerDeps): Promise<void> {
  try {
    if (!(await deps.queue.extend(job, LEASE_MS))) abort.abort();
  } catch (error) {
    deps.onTrouble(error);
  }
}

async function endOf(job: ClaimedJob, signal: AbortSignal, deps: WorkerDeps): Promise<JobEnd> {
  const handler = deps.handlers[job.kind];
  if (handler === undefined) return { failed: deps.redactor.text(`nobody handles jobs of kind ${job.kind}`) };
  try {
    return await handler.handle(job, signal);
  } catch (error) {
    deps.onTrouble(error);
    return { failed: deps.redactor.text(error instanceof Error ? error.message : String(error)) };
  }
}

async function report(job: ClaimedJob, end: JobEnd, { queue }: WorkerDeps): Promise<void> {
  if (end === 'done') await queue.complete(job);
  else if (end === 'handed-back') await queue.release(job);
  else await queue.fail(job, end.failed);
}
