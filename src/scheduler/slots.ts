import type { OmittedSlots, Timetable } from '../domain/slot.ts';
import { loadCron, type EvaluateCron } from './cron.ts';
import { nextEvery, phaseOf } from './phase.ts';

/** When runbooks are meant to run. Instants are milliseconds since the epoch. */
export interface Slots {
  /** The first slot strictly after an instant; null when there is none any more. */
  nextAfter(timetable: Scheduled, afterMs: number): number | null;
  /** The slots after `afterMs` up to and including `toMs`: the latest `limit` of them, and what was left out. */
  between(timetable: Scheduled, afterMs: number, toMs: number, limit: number): Stretch;
}

export type Scheduled = Pick<Timetable, 'runbook' | 'schedule' | 'zone'>;

export interface Stretch {
  /** Ascending. */
  readonly slots: readonly number[];
  readonly omitted: OmittedSlots | null;
  /** The first slot after the stretch. */
  readonly next: number | null;
}

/**
 * Loads what slots are reckoned with. croner is loaded here once, whether or not there is a cron
 * schedule yet: an edit may bring one at any time, and the question about it has no time to wait.
 */
export async function loadSlots(): Promise<Slots> {
  const evaluate = await loadCron();
  return {
    nextAfter: (timetable, afterMs) => chainOf(timetable, evaluate)(afterMs),
    between: (timetable, afterMs, toMs, limit) =>
      timetable.schedule.kind === 'every'
        ? everyBetween(
            timetable.schedule.everyMs,
            phaseOf(timetable.runbook, timetable.schedule.everyMs),
            afterMs,
            toMs,
            limit,
          )
        : cronBetween(chainOf(timetable, evaluate), afterMs, toMs, limit),
  };
}

type Chain = (afterMs: number) => number | null;

/** A Cron is made for each question and dropped after it: a thousand kept ones would be 80 MB. */
function chainOf({ runbook, schedule, zone }: Scheduled, evaluate: EvaluateCron): Chain {
  if (schedule.kind === 'cron') return evaluate(schedule.expression, zone);
  const phaseMs = phaseOf(runbook, schedule.everyMs);
  return (afterMs) => nextEvery(schedule.everyMs, phaseMs, afterMs);
}

function everyBetween(everyMs: number, phaseMs: number, afterMs: number, toMs: number, limit: number): Stretch {
  const from = nextEvery(everyMs, phaseMs, afterMs);
  const next = nextEvery(everyMs, phaseMs, Math.max(afterMs, toMs));
  const count = (next - from) / everyMs;
  const omitted = Math.max(0, count - limit);
  const slots = Array.from({ length: count - omitted }, (_, index) => from + (omitted + index) * everyMs);
  return {
    slots,
    omitted: omitted === 0 ? null : { count: omitted, exact: true, from, to: from + (omitted - 1) * everyMs },
    next,
  };
}

function cronBetween(chain: Chain, afterMs: number, toMs: number, limit: number): Stretch {
  // Twice the limit can still be counted; beyond that (one costs some 40 µs) only the latest are looked up.
  const found = walk(chain, afterMs, toMs, 2 * limit);
  const exact = found.next === null || found.next > toMs;
  const slots = exact ? found.slots : latest(chain, toMs, limit + 1);
  const [from, to] = [found.slots[0], slots.at(-limit - 1)];
  return {
    slots: slots.slice(-limit),
    omitted: from === undefined || to === undefined ? null : { count: found.slots.length - limit, exact, from, to },
    next: exact ? found.next : chain(toMs),
  };
}

/** The first slots of a stretch, at most `limit`, and the one after the last of them. */
function walk(chain: Chain, afterMs: number, toMs: number, limit: number): { slots: number[]; next: number | null } {
  const slots: number[] = [];
  let next = chain(afterMs);
  while (next !== null && next <= toMs && slots.length < limit) {
    slots.push(next);
    next = chain(next);
  }
  return { slots, next };
}

const WEEK_MS = 7 * 24 * 3_600_000;

/** The latest slots of a stretch that is known to hold more than `count`, and perhaps some before them. */
function latest(chain: Chain, toMs: number, count: number): number[] {
  let slots: number[] = [];
  for (let end = toMs; slots.length < count; end -= WEEK_MS) {
    slots = [...walk(chain, end - WEEK_MS, end, Number.POSITIVE_INFINITY).slots, ...slots];
  }
  return slots;
}
