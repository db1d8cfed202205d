import type { PlanStatus } from '../domain/plan.ts';
import type { Severity } from '../domain/severity.ts';
import type { Runbook } from '../domain/runbook.ts';
import type { ScheduleState } from '../domain/slot.ts';
import type { RunbookStatus, Status } from '../domain/status.ts';
import { findingsTable } from '../store/findings.ts';
import { ownerNow } from '../store/owner.ts';
import { createQueue } from '../store/queue.ts';
import { databaseBytes } from '../store/retention.ts';
import { runsTable } from '../store/runs.ts';
import { schedulesTable } from '../store/schedules.ts';
import { createGateStore } from '../store/gate.ts';
import type { StatefulApp } from './app.ts';
import { loadAll } from './load-runbooks.ts';
import { nextSlots } from './next-slots.ts';
import { scheduleText } from './schedule-text.ts';
import { machineZone } from './timetable.ts';

/** What runs, what is next, what waits: of the runbooks that `up` would find from here. */
export async function status(app: StatefulApp): Promise<Status> {
  const { files } = await loadAll(app);
  const runbooks = files.flatMap(({ runbook }) => runbook ?? []);
  const queue = createQueue(app.database, { clock: app.surroundings.clock });
  const states = schedulesTable(app.database).states();
  const owner = ownerNow(app.database, app.stateDir.ownerLock);
  const count = async (state: 'waiting' | 'claimed' | 'dead'): Promise<number> =>
    (await queue.list(state, MANY)).length;
  return {
    up: owner === null ? null : { pid: owner.pid, since: owner.since },
    instance: app.stateDir.instance,
    zone: machineZone(),
    database: { path: app.stateDir.database, bytes: databaseBytes(app.database) },
    runbooks: await Promise.all(runbooks.map((runbook) => statusOf(app, runbook, states.get(runbook.name)))),
    findings: openBySeverity(app),
    ...gateNow(app),
    jobs: { waiting: await count('waiting'), claimed: await count('claimed'), dead: await count('dead') },
  };
}

/** More than this many jobs need no exact count. */
const MANY = 10_000;

async function statusOf(app: StatefulApp, runbook: Runbook, state: ScheduleState | undefined): Promise<RunbookStatus> {
  const [next] = await nextSlots(runbook, app.surroundings.clock.now(), 1);
  const [lastRun] = runsTable(app.database).latest({ limit: 1, runbook: runbook.name });
  return {
    name: runbook.name,
    schedule: scheduleText(runbook.schedule),
    paused: state?.paused ?? false,
    next: next?.at ?? null,
    lastRun: lastRun ?? null,
  };
}

function openBySeverity(app: StatefulApp): Readonly<Record<Severity, number>> {
  const open = findingsTable(app.database).all({ resolved: false });
  const tally = (severity: Severity): number => open.filter((finding) => finding.severity === severity).length;
  return {
    critical: tally('critical'),
    high: tally('high'),
    medium: tally('medium'),
    low: tally('low'),
    info: tally('info'),
  };
}

function gateNow(app: StatefulApp): Pick<Status, 'plans' | 'held'> {
  const store = createGateStore(app.database, app.stateDir.gateKey, app.audit);
  const hold = store.hold();
  const tally = (...statuses: PlanStatus[]): number => store.list({ statuses, limit: MANY }).length;
  return {
    plans: {
      queued: tally('queued'),
      underWay: tally('authorised', 'applying', 'applied'),
      stuck: tally('partial', 'unknown'),
    },
    held: hold === null ? null : { since: hold.at, reason: hold.reason },
  };
}
