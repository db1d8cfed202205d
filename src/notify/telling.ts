import type { Random } from '../domain/id.ts';
import type { ClaimedJob, JobRequest } from '../domain/queue.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import type { RunReport } from '../domain/run.ts';
import type { NotifyTarget, Runbook } from '../domain/runbook.ts';
import type { ActiveHours } from '../domain/schedule.ts';
import type { Addressed, Routing, Told, ToldView, Trouble } from '../domain/told.ts';
import { deliverJob, type DeliveryDeps, type DeliveryEnd } from './deliver.ts';
import { deliveryJob } from './delivery-job.ts';
import { fallBackForDead, WAY_FAILS } from './fall-back.ts';
import { routeHeld, routeRun } from './route.ts';
import { routeTrouble, routeTroubleOver } from './route-trouble.ts';
import { RUN_FAILED, RUN_INTERRUPTED } from './run-trouble.ts';
import { routingRules, type Circumstances } from './rules.ts';
import { troubleKey } from './trouble.ts';
import { cannotBeKept, createUnkept } from './unkept.ts';

export interface TellingDeps extends Omit<DeliveryDeps, 'onTrouble' | 'onWorking'> {
  readonly random: Random;
  /** Adds a job inside the transaction that is open: jobsTable(database).insert of the embedded engine. */
  enqueueNow(request: JobRequest): void;
  /** What the `notify` of a runbook says now; null for one that there is no more. */
  targetsOf(runbook: string): readonly NotifyTarget[] | null;
  /** scheduler/active-hours.ts. */
  isWithin(hours: ActiveHours, zone: string, at: number): boolean;
  /** A notification that could be neither kept nor sent; see unkept.ts. */
  onLost?(text: Redacted<string>): void;
  /** IANA zone of this machine. */
  readonly zone: string;
}

/**
 * Everything that tells the operator; each call is one transaction, and what it makes is sent by `deliver`.
 * `afterRun` and `trouble` throw STORE_FULL or STORE_READ_ONLY when nothing can be kept; what they had to
 * say is then being sent all the same, once.
 */
export interface Telling {
  /** After every run that has a report, a failed one included. */
  afterRun(report: RunReport, runbook: Pick<Runbook, 'notify'>): Routing;
  /** Trouble of Holdfast itself; told once, and again after the repeat interval while it is reported. */
  trouble(trouble: Trouble): Routing;
  /** That a trouble is over: told when the trouble was. */
  over(trouble: Pick<Trouble, 'code' | 'subject'>): Routing;
  /** Once at the start: what a dead process learnt and never told, and deliveries that died with it. */
  begin(): Promise<void>;
  /** After every round of the loop: what was held back and may be told now. */
  tick(): Promise<void>;
  /** The handler of jobs of kind `notify`. */
  deliver(job: ClaimedJob, signal: AbortSignal): Promise<DeliveryEnd>;
}

/** What is held back is looked at no more often than this, however often the loop goes round. */
const LOOK_MS = 10_000;
/** And while quiet hours last no more often than this: only a cap on what is critical can end meanwhile. */
const QUIET_LOOK_MS = 5 * 60_000;

export function createTelling(deps: TellingDeps): Telling {
  const { config, book, clock } = deps;
  const rules = routingRules(config);
  const seenDead = new Set<string>();
  let lastLook = Number.NEGATIVE_INFINITY;

  const waysOf = (runbook: string | null): readonly string[] =>
    deps.notifiers.waysOf(runbook === null ? [] : (deps.targetsOf(runbook) ?? []));
  const enqueue = ({ notification, ways }: Addressed): void => {
    for (const way of ways) if (way !== 'inbox') deps.enqueueNow(deliveryJob(notification, way));
  };
  const momentOf = (view: ToldView): Circumstances => {
    const now = clock.now();
    const { redactor, random } = deps;
    return { now, quiet: isQuiet(deps, now), lately: view.lately(now), redactor, random };
  };
  const decide = (route: (view: ToldView, moment: Circumstances) => Routing): Routing =>
    book.record((view) => route(view, momentOf(view)), enqueue);
  const unkept = createUnkept({ ...deps, onLost: (text) => deps.onLost?.(text) });
  const decideAnyhow: typeof decide = (route) => {
    try {
      const routing = decide(route);
      unkept.forget();
      return routing;
    } catch (error) {
      if (cannotBeKept(error)) unkept.tell((view) => route(view, momentOf(view)));
      throw error;
    }
  };
  const trouble = (what: Trouble): Routing =>
    decideAnyhow((view, moment) => routeTrouble(what, view.byKey(troubleKey(what)), config, rules, moment));
  const over = (what: Pick<Trouble, 'code' | 'subject'>): Routing =>
    decide((view, moment) => routeTroubleOver(view.byKey(troubleKey(what)), config, rules, moment));
  const delivery: DeliveryDeps = {
    ...deps,
    onTrouble: (what) => {
      trouble(what);
    },
    onWorking: (way) => {
      over({ code: WAY_FAILS, subject: way });
    },
  };

  return {
    afterRun: (report, runbook) =>
      decideAnyhow((view, moment) =>
        routeRun(report, rowsFor(report.run.runbook, view), deps.notifiers.waysOf(runbook.notify), rules, moment),
      ),
    trouble,
    over,
    begin: async () => {
      decide((view, moment) => {
        const { findings, told } = view.everything();
        return routeHeld(findings, told, waysOf, rules, moment);
      });
      await fallBackForDead(seenDead, delivery);
    },
    tick: async () => {
      await fallBackForDead(seenDead, delivery);
      if (!book.isHolding()) return;
      const wait = isQuiet(deps, clock.now()) ? QUIET_LOOK_MS : LOOK_MS;
      if (clock.monotonic() - lastLook < wait) return;
      lastLook = clock.monotonic();
      decide((view, moment) => {
        const { findings, told } = view.held();
        return routeHeld(findings, told, waysOf, rules, moment);
      });
    },
    deliver: (job, signal) => deliverJob(job, signal, delivery),
  };
}

/** What was told of a runbook's findings, and of the runs themselves by whoever told it. */
function rowsFor(runbook: string, view: ToldView): readonly Told[] {
  const ofRuns = [RUN_FAILED, RUN_INTERRUPTED].flatMap(
    (code) => view.byKey(troubleKey({ code, subject: runbook })) ?? [],
  );
  return [...view.ofRunbook(runbook).filter(({ finding }) => finding !== null), ...ofRuns];
}

function isQuiet({ config, isWithin, zone }: TellingDeps, now: number): boolean {
  const hours = config.quietHours;
  if (hours === undefined) return false;
  const { from, to, days, timezone } = hours;
  return isWithin({ from, to, ...(days === undefined ? {} : { days }) }, timezone ?? zone, now);
}
