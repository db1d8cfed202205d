import type { Plan } from '../domain/plan.ts';
import { printable } from '../domain/printable.ts';
import type { Queue } from '../domain/queue.ts';
import type { Redacted, Redactor } from '../domain/redaction/redacted.ts';
import type { RunReport } from '../domain/run.ts';
import type { NotifyTarget, Runbook } from '../domain/runbook.ts';
import type { Severity } from '../domain/severity.ts';
import type { NotificationBook, Trouble } from '../domain/told.ts';
import { openNotifiers } from '../notify/catalog.ts';
import { DEAD_MAN_FAILS, openDeadMan, tickDeadMan } from '../notify/dead-man.ts';
import { createTelling } from '../notify/telling.ts';
import { PLAN_WAITING, troubleKey } from '../notify/trouble.ts';
import { isWithinActiveHours } from '../scheduler/active-hours.ts';
import type { JobHandler } from '../scheduler/worker.ts';
import { jobsTable } from '../store/jobs.ts';
import { createNotificationBook } from '../store/notifications.ts';
import type { StatefulApp } from './app.ts';
import type { Log } from './log-entry.ts';
import { mutedBook } from './muting.ts';
import type { Registry } from './registry.ts';
import { machineZone } from './timetable.ts';

/** How `up` tells the operator. Trouble with telling is logged; it never ends a run. */
export interface Telling {
  /** After a run: routes what changed, through the runbook's own ways or the configured ones. */
  report(report: RunReport, runbook: Pick<Runbook, 'notify'>): void;
  /** Trouble of Holdfast itself: told once, and again after the repeat interval. `subject` is a runbook's name, or empty. */
  trouble(code: string, subject: string, text: string, severity?: Severity): void;
  /** What a model answered to the questions of a runbook; null: it had nothing to tell, and what it told before is over. */
  modelSpoke(runbook: string, text: string | null): void;
  /** That a plan waits for the operator: told once, with the command to approve it, and again after the repeat interval. */
  planWaits(plan: Plan): void;
  /** That it waits no longer, however it ended. */
  planWaitsNoLonger(id: string): void;
  /** Ids of plans that were told to wait, by this process or one before. */
  toldPlans(): readonly string[];
  /** Once at the start: what a dead process learnt and never told. */
  begin(): Promise<void>;
  /** After every round: what was held back, and the sign of life. */
  tick(): Promise<void>;
  readonly deliver: JobHandler;
}

export function openTelling(
  app: StatefulApp,
  queue: Queue,
  registry: Registry,
  options: {
    readonly log: Log;
    readonly terminal: ((text: Redacted<string>) => void) | null;
    readonly signal: AbortSignal;
  },
): Telling {
  const { env, home, platform, clock, random } = app.surroundings;
  const { redactor, database } = app;
  const config = app.config.notify;
  const deps = { env, home, platform, clock, redactor, terminal: options.terminal };
  const jobs = jobsTable(database);
  const book = mutedBook(app, createNotificationBook(database));
  const telling = createTelling({
    config,
    notifiers: openNotifiers(config, deps),
    book,
    queue,
    clock,
    redactor,
    random,
    enqueueNow: (request) => void jobs.insert(request),
    targetsOf: (runbook): readonly NotifyTarget[] | null => registry.runbooks().get(runbook)?.notify ?? null,
    isWithin: isWithinActiveHours,
    zone: machineZone(),
    onLost: (text) => options.log('error', 'not-told', text),
  });
  let told: Set<string> | null = null;
  // Read from the book once: it is a look at every row there is.
  const waiting = (): Set<string> => (told ??= plansToldIn(book));
  const deadMan = openDeadMan(config.deadMan, deps);
  const logged = (what: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      options.log(
        'error',
        'not-told',
        `${what} could not be told: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
  const trouble: Telling['trouble'] = (code, subject, text, severity = 'high') => {
    options.log('error', code.toLowerCase().replaceAll('_', '-'), text, { subject });
    const runbook = registry.runbooks().has(subject) ? subject : null;
    logged(text, () => {
      telling.trouble({ code, subject, severity, text: redactor.text(text), runbook, notThrough: [] });
    });
  };
  return {
    report: (report, runbook) => {
      logged(`the report of ${report.run.runbook}`, () => {
        telling.afterRun(report, runbook);
      });
    },
    trouble,
    modelSpoke: (runbook, text) => {
      logged(`the answer of a model to ${runbook}`, () => {
        if (text === null) telling.over({ code: MODEL_ANSWERED, subject: runbook });
        else telling.trouble({ ...answerTrouble(runbook), text: redactor.text(printable(text)) });
      });
    },
    planWaits: (plan) => {
      waiting().add(plan.id);
      logged(`plan ${plan.id}`, () => {
        telling.trouble(planTrouble(plan, redactor));
      });
    },
    planWaitsNoLonger: (id) => {
      waiting().delete(id);
      logged(`the end of plan ${id}`, () => {
        telling.over({ code: PLAN_WAITING, subject: id });
      });
    },
    toldPlans: () => [...waiting()],
    begin: () => telling.begin(),
    tick: async () => {
      await telling.tick();
      // Not waited for: an address that hangs must not hold up the schedules.
      void tickDeadMan(deadMan, true, options.signal).then((sign) =>
        logged('the sign of life', () => {
          if (typeof sign === 'object') telling.trouble(sign);
          else if (sign === 'given') telling.over({ code: DEAD_MAN_FAILS, subject: '' });
        }),
      );
    },
    deliver: (job, signal) => telling.deliver(job, signal),
  };
}

/** An answer is told as trouble is: once, and again after the repeat interval while it is given. */
function answerTrouble(runbook: string): Omit<Trouble, 'text'> {
  return { code: MODEL_ANSWERED, subject: runbook, severity: 'medium', runbook, notThrough: [] };
}

const MODEL_ANSWERED = 'MODEL_ANSWERED';

function plansToldIn(book: NotificationBook): Set<string> {
  const prefix = troubleKey({ code: PLAN_WAITING, subject: '' });
  const ids = new Set<string>();
  book.look((view) => {
    for (const { key } of view.everything().told) if (key.startsWith(prefix)) ids.add(key.slice(prefix.length));
    return { messages: [], told: [], forgotten: [] };
  });
  return ids;
}

/** The runbook's own ways get it, when a runbook proposed it. */
function planTrouble({ id, sealed }: Plan, redactor: Redactor): Trouble {
  const { actor } = sealed.origin;
  return {
    code: PLAN_WAITING,
    subject: id,
    severity: sealed.destructive || sealed.risk.level === 'high' ? 'high' : 'medium',
    text: redactor.text(printable(`${sealed.title}. Read it and decide: holdfast plan approve ${id}`)),
    runbook: actor.kind === 'runbook' ? actor.name : null,
    notThrough: [],
  };
}
