import type { Firing, ScheduleState, SkipReason, SlotOutcome, Timetable } from '../domain/slot.ts';
import { isWithinActiveHours } from './active-hours.ts';
import { fingerprintOf } from './fingerprint.ts';
import { numberOf } from './phase.ts';
import type { Slots } from './slots.ts';

export interface Moment {
  readonly timetables: readonly Timetable[];
  /** What is kept, by name of runbook. */
  readonly states: ReadonlyMap<string, ScheduleState>;
  /** Wall clock, milliseconds since the epoch. */
  readonly now: number;
  readonly slots: Slots;
}

export interface Due {
  /** What is to be written, each in one transaction; who was due most lately comes first. */
  readonly firings: readonly Firing[];
  /** When something will be due next; `now` when more is due already than fits one round; null: never. */
  readonly wakeAt: number | null;
}

/**
 * A slot that is no later than this is on time, whatever catch-up says: the loop sleeps up to 30 s,
 * a busy machine blocks it for some seconds, and a restart takes a few.
 */
export const ON_TIME_MS = 60_000;
/** Missed slots of one runbook that get a row each: a year of half hours fits. */
export const ROWS_PER_RUNBOOK = 20_000;
/** Rows of one round, more or less: a month away with a thousand runbooks must neither fill memory nor hold up who is on time. */
export const ROWS_PER_ROUND = 5_000;
/** Catch-ups start spread over this long, for each runbook there is, at most over SPREAD_MAX_MS. */
export const SPREAD_PER_RUNBOOK_MS = 250;
export const SPREAD_MAX_MS = 30_000;

/**
 * What becomes of every slot up to now: exactly one outcome each (docs/schedules.md). A runbook that
 * is new, or whose schedule was edited, gets its next slot and nothing else: nothing runs because it
 * was only just written. Cron is evaluated only for what is due.
 */
export function whatIsDue(moment: Moment): Due {
  const { timetables, states, now } = moment;
  const firings: Firing[] = [];
  const due: Overdue[] = [];
  let wakeAt = Number.POSITIVE_INFINITY;
  for (const timetable of timetables) {
    const state = states.get(timetable.runbook);
    const fingerprint = fingerprintOf(timetable);
    if (state?.fingerprint !== fingerprint) {
      firings.push(reckonedAnew(timetable, fingerprint, state, moment));
    } else if (state.nextSlot !== null && state.nextSlot <= now) {
      due.push({ timetable, state, nextSlot: state.nextSlot });
    } else {
      wakeAt = Math.min(wakeAt, state.nextSlot ?? Number.POSITIVE_INFINITY);
    }
  }

  let rows = 0;
  for (const overdue of due.toSorted(byRecency)) {
    if (rows >= ROWS_PER_ROUND) {
      wakeAt = now;
      break;
    }
    const firing = firingOf(overdue, moment);
    rows += firing.outcomes.length;
    firings.push(firing);
  }
  for (const { nextSlot } of firings) wakeAt = Math.min(wakeAt, nextSlot ?? Number.POSITIVE_INFINITY);
  return { firings, wakeAt: wakeAt === Number.POSITIVE_INFINITY ? null : wakeAt };
}

interface Overdue {
  readonly timetable: Timetable;
  readonly state: ScheduleState;
  readonly nextSlot: number;
}

/** What has only just come due must not wait for somebody's backlog. */
function byRecency(one: Overdue, other: Overdue): number {
  return other.nextSlot - one.nextSlot;
}

function reckonedAnew(
  timetable: Timetable,
  fingerprint: string,
  state: ScheduleState | undefined,
  { now, slots }: Moment,
): Firing {
  return {
    runbook: timetable.runbook,
    fingerprint,
    expected: state?.nextSlot ?? null,
    outcomes: [],
    omitted: null,
    nextSlot: slots.nextAfter(timetable, now),
  };
}

function firingOf({ timetable, state, nextSlot }: Overdue, moment: Moment): Firing {
  // From just before it, not from it: should the rules of its zone have changed since, it is no slot any more.
  const missed = moment.slots.between(timetable, nextSlot - 1, moment.now, ROWS_PER_RUNBOOK);
  return {
    runbook: timetable.runbook,
    fingerprint: state.fingerprint,
    expected: nextSlot,
    outcomes: outcomesOf(missed.slots, timetable, state, moment),
    omitted: missed.omitted,
    nextSlot: missed.next,
  };
}

function outcomesOf(
  missed: readonly number[],
  timetable: Timetable,
  state: ScheduleState,
  moment: Moment,
): readonly SlotOutcome[] {
  const refused = missed.map((slot) => refusalOf(slot, timetable, state, moment.now));
  const latest = refused.lastIndexOf(null);
  return missed.map((slot, index) => {
    const reason = refused[index] ?? (index < latest ? 'collapsed' : overlapOf(timetable, state));
    return reason === null ? fire(slot, timetable, moment) : { slot, outcome: 'skip', reason };
  });
}

function refusalOf(slot: number, timetable: Timetable, state: ScheduleState, now: number): SkipReason | null {
  const { activeHours, zone, catchUpMs } = timetable;
  if (state.paused) return 'paused';
  if (activeHours !== null && !isWithinActiveHours(activeHours, zone, slot)) return 'outside-hours';
  return now - slot > Math.max(catchUpMs, ON_TIME_MS) ? 'too-late' : null;
}

function overlapOf({ overlap }: Timetable, { running, waiting }: ScheduleState): SkipReason | null {
  return waiting || (running && overlap === 'skip') ? 'overlap' : null;
}

function fire(slot: number, { runbook }: Timetable, { now, timetables }: Moment): SlotOutcome {
  if (now - slot <= ON_TIME_MS) return { slot, outcome: 'fire', trigger: 'schedule', notBefore: slot };
  const spreadMs = Math.min(SPREAD_MAX_MS, timetables.length * SPREAD_PER_RUNBOOK_MS);
  return { slot, outcome: 'fire', trigger: 'catch-up', notBefore: now + (numberOf(runbook) % spreadMs) };
}
