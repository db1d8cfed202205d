import type { Clock } from '../domain/clock.ts';
import type { Firing, ScheduleState, Timetable } from '../domain/slot.ts';
import { watchClock, type ClockEvent, type ClockReading } from './clock-watch.ts';
import { whatIsDue } from './due.ts';
import type { Slots } from './slots.ts';

/** However long nothing is due, the loop looks at the clock this often: it may have been set, or the machine slept. */
export const LONGEST_SLEEP_MS = 30_000;

export interface LoopDeps {
  readonly clock: Clock;
  readonly slots: Slots;
  /** The runbooks' timetables as they are now. */
  timetables(): readonly Timetable[];
  states(): ReadonlyMap<string, ScheduleState>;
  /** Writes what is due, each firing in one transaction. */
  commit(firings: readonly Firing[]): void;
  /** The next instant at which a job of the queue is due; null when none waits. */
  nextJob(): Promise<number | null>;
  /** Hands out due jobs. */
  pump(): Promise<void>;
  onClock(event: ClockEvent): void;
  /**
   * Before anything of a round is written: how far the clock has come (so that a step back is noticed
   * even when the process dies in this round), and what changed on disk.
   */
  beforeRound(now: number): Promise<void>;
  /** After every round: dead man's switch, retention. */
  afterRound(now: number): Promise<void>;
  /** Trouble of a round that must not end the loop. */
  onTrouble(error: unknown): void;
}

export interface Loop {
  /** Ends the sleep: something may be due. */
  wake(): void;
  /** Resolves when the loop has ended, after its signal was aborted. */
  readonly ended: Promise<void>;
}

/** Looks at the clock, writes what is due, hands out jobs, sleeps; until `signal` is aborted. */
export function startLoop(deps: LoopDeps, signal: AbortSignal): Loop {
  let wake: () => void = () => undefined;
  let woken = false;
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, woken || signal.aborted ? 0 : ms);
      wake = () => {
        clearTimeout(timer);
        // oxlint-disable-next-line promise/no-multiple-resolved -- the timer that would resolve it is cleared
        resolve();
      };
    });
  const run = async (): Promise<void> => {
    let handled: ClockReading | null = null;
    while (!signal.aborted) {
      woken = false;
      const reading = { wall: deps.clock.now(), monotonic: deps.clock.monotonic() };
      try {
        const sleepMs = await round(deps, handled, reading);
        handled = reading;
        await sleep(sleepMs);
      } catch (error) {
        // The old reading stays: a step of the clock that could not be handled is seen again.
        deps.onTrouble(error);
        await sleep(RETRY_MS);
      }
    }
  };
  signal.addEventListener('abort', () => wake());
  return {
    wake: () => {
      woken = true;
      wake();
    },
    ended: run(),
  };
}

/** One round; resolves to how long nothing will be due, at most LONGEST_SLEEP_MS. */
async function round(deps: LoopDeps, before: ClockReading | null, reading: ClockReading): Promise<number> {
  const event = before === null ? null : watchClock(before, reading);
  if (event !== null) deps.onClock(event);
  await deps.beforeRound(reading.wall);
  const { firings, wakeAt } = whatIsDue({
    timetables: deps.timetables(),
    states: deps.states(),
    now: reading.wall,
    slots: deps.slots,
  });
  if (firings.length > 0) deps.commit(firings);
  await deps.pump();
  await deps.afterRound(reading.wall);
  const job = await deps.nextJob();
  const now = deps.clock.now();
  const untilJob = job === null ? LONGEST_SLEEP_MS : Math.max(OVERDUE_JOB_MS, job - now);
  const untilSlot = wakeAt === null ? LONGEST_SLEEP_MS : Math.max(0, wakeAt - now);
  return Math.min(LONGEST_SLEEP_MS, untilJob, untilSlot);
}

/** A job that is due and was not claimed waits for a free hand, which will claim it; this is only the second line. */
const OVERDUE_JOB_MS = 250;

/** After a round that failed (a full disk, a busy database) the next one is not at once. */
const RETRY_MS = 5_000;
