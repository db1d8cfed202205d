import { formatDuration } from '../domain/duration.ts';
import type { Timetable } from '../domain/slot.ts';
import { afterSetBack, watchStart, type ClockEvent } from '../scheduler/clock-watch.ts';
import type { Slots } from '../scheduler/slots.ts';
import type { SchedulesTable } from '../store/schedules.ts';
import type { StatefulApp } from './app.ts';
import type { Log } from './log-entry.ts';
import type { Telling } from './telling.ts';

export interface ClockKeeper {
  onEvent(event: ClockEvent): void;
  /** Keeps how far the wall clock has come, so that a step back is noticed after a restart too. */
  remember(now: number): void;
}

/** What follows from steps of the clock: they are said, and a clock set back loses no slot and repeats none. */
export function keepClock(
  app: StatefulApp,
  schedules: SchedulesTable,
  slots: Slots,
  timetables: () => readonly Timetable[],
  telling: Telling,
  log: Log,
): ClockKeeper {
  const onEvent = (event: ClockEvent): void => {
    const by = formatDuration(event.byMs);
    if (event.kind === 'jumped-forward') {
      log(
        'warning',
        'clock-forward',
        `the clock went ${by} further than time did: the machine slept, or the clock was set`,
        { byMs: event.byMs },
      );
      return;
    }
    const now = app.surroundings.clock.now();
    const takenBack = schedules.setBack(afterSetBack(schedules.states(), timetables(), now, slots), now);
    log(
      'warning',
      'clock-back',
      `the clock was set back by ${by}; ${takenBack} skipped slots that come again were taken back`,
      { byMs: event.byMs, takenBack },
    );
    telling.trouble('CLOCK_BACK', '', `The clock of this machine was set back by ${by}`, 'medium');
  };
  const atStart = watchStart(schedules.highWaterMark(), app.surroundings.clock.now());
  if (atStart !== null) onEvent(atStart);
  let remembered = Number.NEGATIVE_INFINITY;
  return {
    onEvent,
    remember: (now) => {
      if (Math.abs(now - remembered) < MARK_EVERY_MS) return;
      schedules.raiseHighWaterMark(now);
      remembered = now;
    },
  };
}

/** The mark may lag this far behind: a step back that is no longer than that moves no slot far. It costs a write to disk. */
const MARK_EVERY_MS = 10_000;
