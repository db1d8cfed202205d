import type { Firing, ScheduleState, Timetable } from '../domain/slot.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Slots } from './slots.ts';

/** Both clocks at one moment. */
export interface ClockReading {
  /** Milliseconds since the epoch. */
  readonly wall: number;
  /** Milliseconds since an arbitrary start. */
  readonly monotonic: number;
}

/**
 * `jumped-forward`: the machine slept, or the clock was set forward; what was missed meanwhile is
 * late by now, and whatIsDue says what becomes of it. `set-back`: see afterSetBack.
 */
export interface ClockEvent {
  readonly kind: 'jumped-forward' | 'set-back';
  readonly byMs: number;
}

/** Two readings are never taken at quite the same moment; and slewing by NTP (0.5 ms a second) is no step. */
export const STEP_MS = 2_000;

/**
 * Whether the wall clock made a step between two readings: it went on by more, or less, than the monotonic clock.
 * Where the monotonic clock goes on during sleep (Windows), a sleep is no event, only lateness.
 */
export function watchClock(previous: ClockReading, reading: ClockReading): ClockEvent | null {
  return stepOf(reading.wall - previous.wall - (reading.monotonic - previous.monotonic));
}

/**
 * Whether the clock was set back while nobody watched: `mark` is the last wall clock reading that was
 * kept, null when there is none. A clock that went forward meanwhile is no event: time just passed.
 */
export function watchStart(mark: number | null, wall: number): ClockEvent | null {
  return mark === null ? null : stepOf(Math.min(0, wall - mark));
}

function stepOf(byMs: number): ClockEvent | null {
  if (byMs > STEP_MS) return { kind: 'jumped-forward', byMs };
  return byMs < -STEP_MS ? { kind: 'set-back', byMs: -byMs } : null;
}

/**
 * What is to be written when the clock was set back: runbooks whose next slot now lies farther
 * ahead than it need be get the first one after now. Slots that come again, and have a row of a run
 * already, keep it: the unique (runbook, slot) row decides. Rows of slots after now that were only
 * skipped are to be taken back by the store in the same transaction, so that their slots can run.
 */
export function afterSetBack(
  states: ReadonlyMap<string, ScheduleState>,
  timetables: readonly Timetable[],
  now: number,
  slots: Slots,
): readonly Firing[] {
  return timetables.flatMap((timetable) => {
    const state = states.get(timetable.runbook);
    if (state === undefined || state.fingerprint !== fingerprintOf(timetable)) return [];
    const nextSlot = slots.nextAfter(timetable, now);
    if (nextSlot === null || (state.nextSlot !== null && state.nextSlot <= nextSlot)) return [];
    const { runbook, fingerprint, nextSlot: expected } = state;
    return [{ runbook, fingerprint, expected, outcomes: [], omitted: null, nextSlot }];
  });
}
