import type { Firing, ScheduleState, Timetable } from '../../src/domain/slot.ts';
import { isNaivelyWithin, naiveSlots, wallClockOf } from './naive-slots.ts';
import type { RowOutcome } from './simulated-store.ts';

/** Says what ought to become of every slot, from its own listing of the year. */
export interface Oracle {
  /** What ought to be written of a runbook at `now`; empty when no slot has come since it was last accounted for. */
  expected(timetable: Timetable, state: ScheduleState | undefined, now: number): ReadonlyMap<number, RowOutcome>;
  /** The firing was written: its slots up to `now` are accounted for. */
  accounted(timetable: Timetable, now: number): void;
  /** Slots after `now` are ahead again. */
  setBack(now: number): void;
  /** Every slot of a runbook after an instant, up to and including another. */
  listed(timetable: Timetable, after: number, to: number): readonly number[];
}

interface Account {
  /** Of the schedule that it is about. */
  readonly key: string;
  readonly slots: readonly number[];
  /** Slots up to this instant have their row. */
  until: number;
  /** Index of the first slot after it. */
  next: number;
}

export function createOracle(from: number, to: number): Oracle {
  const accounts = new Map<string, Account>();
  const listings = new Map<string, readonly number[]>();

  const listing = (timetable: Timetable): readonly number[] => {
    const key = keyOf(timetable);
    const known = listings.get(key) ?? naiveSlots(timetable, from, to);
    listings.set(key, known);
    return known;
  };
  const isIn = ({ activeHours, zone }: Timetable, slot: number): boolean =>
    activeHours === null || isNaivelyWithin(activeHours, wallClockOf(zone, from, to), slot);

  return {
    expected: (timetable, state, now) => {
      const account = accounts.get(timetable.runbook);
      const first = account?.slots[account.next];
      if (account === undefined || state === undefined || first === undefined || first > now) return NOTHING;
      // An edited schedule begins anew.
      if (account.key !== keyOf(timetable)) return NOTHING;
      return fates(account.slots.slice(account.next, indexAfter(account.slots, now)), timetable, state, now, (slot) =>
        isIn(timetable, slot),
      );
    },
    accounted: (timetable, now) => {
      const slots = listing(timetable);
      accounts.set(timetable.runbook, { key: keyOf(timetable), slots, until: now, next: indexAfter(slots, now) });
    },
    setBack: (now) => {
      for (const account of accounts.values()) {
        account.until = Math.min(account.until, now);
        account.next = indexAfter(account.slots, account.until);
      }
    },
    listed: (timetable, after, until) => listing(timetable).filter((slot) => slot > after && slot <= until),
  };
}

/** Which slots there are. The zone moves none of an interval. */
function keyOf({ runbook, schedule, zone }: Timetable): string {
  return JSON.stringify([runbook, schedule, schedule.kind === 'cron' ? zone : null]);
}

const NOTHING: ReadonlyMap<number, RowOutcome> = new Map();
const MINUTE = 60_000;

/** The rules of docs/schedules.md, said once more: from the latest slot to the first. */
function fates(
  slots: readonly number[],
  { overlap, catchUpMs }: Timetable,
  { paused, running, waiting }: ScheduleState,
  now: number,
  isIn: (slot: number) => boolean,
): ReadonlyMap<number, RowOutcome> {
  const told: [number, RowOutcome][] = [];
  let taken = false;
  for (const slot of slots.toReversed()) {
    const late = now - slot;
    if (paused) told.push([slot, 'paused']);
    else if (!isIn(slot)) told.push([slot, 'outside-hours']);
    else if (late > MINUTE && late > catchUpMs) told.push([slot, 'too-late']);
    else if (taken) told.push([slot, 'collapsed']);
    else {
      taken = true;
      const mayRun = !waiting && (!running || overlap === 'queue-one');
      told.push([slot, mayRun ? (late > MINUTE ? 'catch-up' : 'schedule') : 'overlap']);
    }
  }
  return new Map(told.toReversed());
}

export function outcomesOf({ outcomes }: Firing): ReadonlyMap<number, RowOutcome> {
  return new Map(
    outcomes.map((outcome) => [outcome.slot, outcome.outcome === 'fire' ? outcome.trigger : outcome.reason]),
  );
}

/** Of ascending numbers, the index of the first one after `limit`. */
function indexAfter(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
