import { join } from 'node:path';
import type { Notification, Notifier } from '../../../src/domain/notification.ts';
import { compare } from '../../../src/domain/standing.ts';
import type { RunReport } from '../../../src/domain/run.ts';
import type { Notifiers } from '../../../src/notify/catalog.ts';
import { createTelling, type TellingDeps } from '../../../src/notify/telling.ts';
import { isWithinActiveHours } from '../../../src/scheduler/active-hours.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { jobsTable } from '../../../src/store/jobs.ts';
import { createLedger } from '../../../src/store/ledger.ts';
import { createNotificationBook } from '../../../src/store/notifications.ts';
import { createQueue } from '../../../src/store/queue.ts';
import { aRun } from '../run.ts';
import { drafted, redactor, sighting } from '../sighting.ts';
import { tempFolder } from '../temp.ts';
import { aConfig, aReport, random } from './findings.ts';

/** How a way out of a test behaves; it may be changed while the test runs. */
export type Behaviour = (notification: Notification, signal: AbortSignal) => Promise<void>;

export const works: Behaviour = async () => undefined;
export const fails: Behaviour = async () => {
  throw new Error('the way is blocked');
};
export const hangs: Behaviour = () => new Promise(() => undefined);

/** Telling on a real database and a real queue, with a clock that is set by hand and ways that only write down. */
export function aHouse(edit: { readonly config?: unknown; readonly path?: string } = {}) {
  const path = edit.path ?? join(tempFolder(), 'holdfast.db');
  const time = { now: Date.UTC(2026, 10, 20, 12) };
  const clock = { now: () => time.now, monotonic: () => time.now };
  const ways: Record<string, Behaviour> = { desktop: works, terminal: works };
  const sent: { readonly way: string; readonly notification: Notification }[] = [];
  const notifiers: Notifiers = {
    waysOf: (targets) => (targets.length === 0 ? ['desktop'] : targets.map(String)),
    of: async (way): Promise<Notifier> => ({
      name: way,
      timeoutMs: 50,
      send: async (notification, signal) => {
        await ways[way]?.(notification, signal);
        sent.push({ way, notification });
      },
    }),
    all: ['desktop', 'terminal'],
  };
  const begin = (database: Database) => {
    const queue = createQueue(database, { clock });
    const book = createNotificationBook(database);
    const jobs = jobsTable(database);
    const deps: TellingDeps = {
      config: aConfig(edit.config),
      notifiers,
      book,
      queue,
      clock,
      redactor,
      random,
      enqueueNow: (request) => void jobs.insert(request),
      targetsOf: () => [],
      isWithin: isWithinActiveHours,
      zone: 'UTC',
    };
    return { queue, book, deps, telling: createTelling(deps) };
  };
  const database = openDatabase(path);
  const house = { ...begin(database), database, path, time, ways, sent, notifiers, begin };

  return {
    ...house,
    /** A run that finds these, compared with what the database knows, and kept in it. */
    run(severities: Readonly<Record<string, 'critical' | 'high' | 'medium'>>): RunReport {
      let report: RunReport | null = null;
      createLedger(database).settle('heartbeat', (known) => {
        const drafts = Object.entries(severities).map(([name, severity]) =>
          drafted({ severity, resource: name, title: name }),
        );
        const comparison = compare(known, sighting({ now: time.now, drafts }), { resolveAfter: 1 });
        report = { ...aReport(comparison.findings) };
        return { run: aRun({ id: `r-${time.now}`, status: 'done' }), comparison, samples: [] };
      });
      if (report === null) throw new Error('the ledger did not settle');
      return report;
    },
    /** Works off every delivery that is due, one attempt each. */
    async deliverDue(): Promise<void> {
      for (;;) {
        const job = await house.queue.claim(['notify'], 'test', 60_000);
        if (job === null) return;
        const end = await house.telling.deliver(job, new AbortController().signal);
        if (end === 'done') await house.queue.complete(job);
        else if (end === 'handed-back') await house.queue.release(job);
        else await house.queue.fail(job, end.failed);
      }
    },
    /** Lets time pass and works off what becomes due, until nothing waits. */
    async deliverAll(): Promise<void> {
      for (;;) {
        await this.deliverDue();
        const due = await house.queue.nextDue();
        if (due === null) return;
        time.now = Math.max(time.now, due);
      }
    },
    spoken: () => sent.map(({ way, notification }) => `${way}: ${notification.title}`),
  };
}
