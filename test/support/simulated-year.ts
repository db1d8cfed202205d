import type { Firing, Timetable } from '../../src/domain/slot.ts';
import {
  afterSetBack,
  watchClock,
  watchStart,
  type ClockEvent,
  type ClockReading,
} from '../../src/scheduler/clock-watch.ts';
import { whatIsDue } from '../../src/scheduler/due.ts';
import type { Slots } from '../../src/scheduler/slots.ts';
import { seeded, type Seeded } from './seeded.ts';
import { createOracle, outcomesOf, type Oracle } from './simulated-oracle.ts';
import type { YearStore } from './simulated-store.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LONGEST_SLEEP_MS = 30 * SECOND;

export interface YearPlan {
  readonly seed: number;
  /** By the true time, milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly timetables: readonly Timetable[];
  /** What runbooks are edited to, back and forth, by name. */
  readonly edits: ReadonlyMap<string, Timetable>;
  readonly store: YearStore;
  readonly slots: Slots;
}

export interface YearReport {
  /** What was not as it ought to be; the first twenty. */
  readonly complaints: readonly string[];
  /** How often each thing happened, so that a year in which nothing happened is no proof. */
  readonly happened: Readonly<Record<string, number>>;
  readonly oracle: Oracle;
  /** The wall clock at the first and at the last look. */
  readonly began: number;
  readonly ended: number;
  /** How often a run was begun, by `runbook@slot`. */
  readonly begun: ReadonlyMap<string, number>;
}

/**
 * A machine for a year: it sleeps, its process is killed and started again, its clock is set; and a
 * loop that looks at the clock, writes what is due and runs what waits, as scheduler/loop.ts does.
 * Whatever it decides is compared with the oracle at once.
 */
export function simulateYear(plan: YearPlan): YearReport {
  const year = new Year(plan);
  year.live();
  return year.report();
}

class Year {
  readonly #plan: YearPlan;
  readonly #random: Seeded;
  readonly #oracle: Oracle;
  readonly #complaints: string[] = [];
  readonly #happened: Record<string, number> = {};
  readonly #begun = new Map<string, number>();

  /** The true time; the wall clock shows `#skew` more. */
  #time: number;
  #skew = 0;
  #monotonic = 0;
  /** null: the process has only just started. */
  #reading: ClockReading | null = null;
  #wallAtLastLook = Number.NEGATIVE_INFINITY;
  /** How far the wall clock has stepped since the last look: by being set, or by sleep. */
  #stepped = 0;
  /** Nothing has happened to the machine since the last look. */
  #quiet = false;
  #nextIncident: number;

  #timetables: Timetable[];
  /** Runs that wait, and how long they may not start yet, by the wall clock. */
  readonly #waiting = new Map<string, { slot: number; notBefore: number }>();
  /** Runs in progress, and when they end, by the true time. */
  readonly #running = new Map<string, { slot: number; until: number }>();
  readonly #began: number;

  constructor(plan: YearPlan) {
    this.#plan = plan;
    this.#random = seeded(plan.seed);
    this.#oracle = createOracle(plan.from - 2 * DAY, plan.to + 40 * DAY);
    this.#time = plan.from;
    this.#began = plan.from;
    this.#nextIncident = plan.from + HOUR;
    this.#timetables = [...plan.timetables];
  }

  live(): void {
    while (this.#time < this.#plan.to) {
      const wakeAt = this.#look();
      if (wakeAt === 'killed') this.#restart();
      else this.#sleepUntil(wakeAt);
    }
    // The clock is right at the end, and everything that has come has been told.
    if (this.#skew !== 0) this.#setClock(0);
    for (let wakeAt = this.#look(); wakeAt === 'killed' || wakeAt <= this.#time; wakeAt = this.#look()) {
      if (wakeAt === 'killed') this.#restart();
    }
  }

  report(): YearReport {
    return {
      complaints: this.#complaints,
      happened: this.#happened,
      oracle: this.#oracle,
      began: this.#began,
      ended: this.#wall,
      begun: this.#begun,
    };
  }

  get #wall(): number {
    return this.#time + this.#skew;
  }

  /** One round of the loop; the true time at which the next one is due. */
  #look(): number | 'killed' {
    const { store, slots } = this.#plan;
    const now = this.#wall;
    this.#settleRuns();
    const reading = { wall: now, monotonic: this.#monotonic };
    const event = this.#reading === null ? watchStart(store.mark(), now) : watchClock(this.#reading, reading);
    this.#checkEvent(event, now);
    this.#reading = reading;
    if (event !== null) this.#onClock(event, now);
    // Before anything is written under this clock: should it be wrong, a restart will notice.
    store.keepMark(now);

    const { firings, wakeAt } = whatIsDue({ timetables: this.#timetables, states: store.states(), now, slots });
    const isCutShort = wakeAt === now;
    if (isCutShort) this.#count('more due than fits one round');
    this.#compare(firings, isCutShort, now);
    for (const firing of firings) {
      if (this.#happens('killed between two firings', 0.0005)) return 'killed';
      this.#commit(firing, now);
    }
    this.#quiet = !isCutShort;
    const jobAt = Math.min(...[...this.#waiting].map(([runbook, { notBefore }]) => this.#startOf(runbook, notBefore)));
    return Math.min((wakeAt ?? Number.POSITIVE_INFINITY) - this.#skew, jobAt);
  }

  /** Every step of more than two seconds is noticed, and nothing else is. */
  #checkEvent(event: ClockEvent | null, now: number): void {
    const stepped = this.#reading === null ? Math.min(0, now - this.#wallAtLastLook) : this.#stepped;
    const noticed = event === null ? 0 : event.kind === 'set-back' ? -event.byMs : event.byMs;
    if (noticed !== (Math.abs(stepped) > 2 * SECOND ? stepped : 0))
      this.#complain(`a step of ${stepped} ms was taken for ${noticed} ms`);
    if (this.#reading === null && event !== null) this.#count('clock set-back while nobody watched');
    this.#wallAtLastLook = now;
    this.#stepped = 0;
  }

  #onClock(event: ClockEvent, now: number): void {
    this.#count(`clock ${event.kind}`);
    this.#quiet = false;
    if (event.kind === 'jumped-forward') return;
    const { store, slots } = this.#plan;
    store.setBack(now, afterSetBack(store.states(), this.#timetables, now, slots));
    this.#oracle.setBack(now);
    // What waits for an instant that was reckoned by the wrong clock may start at once.
    for (const job of this.#waiting.values()) job.notBefore = Math.min(job.notBefore, now);
  }

  /** What was decided against what ought to be, for every runbook; also for those of which nothing was said, unless there was more to say. */
  #compare(firings: readonly Firing[], isCutShort: boolean, now: number): void {
    const states = this.#plan.store.states();
    const byRunbook = new Map(firings.map((firing) => [firing.runbook, firing]));
    for (const timetable of this.#timetables) {
      const firing = byRunbook.get(timetable.runbook);
      if (firing === undefined && isCutShort) continue;
      const decided = firing === undefined ? NOTHING : outcomesOf(firing);
      const expected = this.#oracle.expected(timetable, states.get(timetable.runbook), now);
      if (!isSame(decided, expected))
        this.#complain(`${timetable.runbook}: ${told(decided)} instead of ${told(expected)}`);
      for (const [slot, outcome] of decided) {
        this.#count(outcome);
        if (this.#quiet && slot !== now)
          this.#complain(`${timetable.runbook}: ${now - slot} ms late though nothing happened`);
      }
    }
  }

  #commit(firing: Firing, now: number): void {
    const { store } = this.#plan;
    const timetable = this.#timetables.find(({ runbook }) => runbook === firing.runbook);
    const fired = store.commit(firing);
    if (fired === null || timetable === undefined) return this.#complain(`${firing.runbook}: was not written`);
    if (firing.nextSlot !== firing.expected && store.commit(firing) !== null)
      this.#complain(`${firing.runbook}: was written twice`);
    this.#oracle.accounted(timetable, now);
    for (const outcome of firing.outcomes) {
      if (outcome.outcome === 'skip' || !fired.includes(outcome.slot)) continue;
      this.#waiting.set(firing.runbook, { slot: outcome.slot, notBefore: outcome.notBefore });
    }
    this.#settleRuns();
  }

  /** Ends the runs whose time is over, and begins those that wait and may. */
  #settleRuns(): void {
    const { store } = this.#plan;
    for (const [runbook, { slot, until }] of this.#running) {
      if (until > this.#time) continue;
      this.#running.delete(runbook);
      store.end(runbook, slot);
    }
    for (const [runbook, { slot, notBefore }] of this.#waiting) {
      if (this.#startOf(runbook, notBefore) > this.#time) continue;
      this.#waiting.delete(runbook);
      store.start(runbook, slot);
      const key = `${runbook}@${slot}`;
      this.#begun.set(key, (this.#begun.get(key) ?? 0) + 1);
      const isSlow = this.#random.chance(0.05);
      const lasts = isSlow ? this.#random.magnitude(5 * MINUTE, 3 * HOUR) : this.#random.magnitude(50, 20 * SECOND);
      this.#running.set(runbook, { slot, until: this.#time + lasts });
    }
  }

  /** By the true time. */
  #startOf(runbook: string, notBefore: number): number {
    return Math.max(notBefore - this.#skew, this.#running.get(runbook)?.until ?? 0);
  }

  /** The loop sleeps; something may happen to the machine before it wakes. */
  #sleepUntil(wakeAt: number): void {
    if (wakeAt < this.#nextIncident) return this.#pass(Math.max(1, Math.min(wakeAt, this.#plan.to) - this.#time));
    this.#pass(Math.max(0, this.#nextIncident - this.#time));
    this.#nextIncident = this.#time + this.#random.magnitude(10 * MINUTE, 2 * DAY);
    this.#incident();
  }

  #incident(): void {
    this.#quiet = false;
    const kinds: readonly [number, () => void][] = [
      [40, () => this.#suspend()],
      [15, () => this.#restart()],
      [10, () => this.#blockLoop()],
      [15, () => this.#setClock(this.#random.chance(0.5) ? 0 : this.#wrongBy())],
      [10, () => this.#pauseOrResume()],
      [10, () => this.#edit()],
    ];
    let left = this.#random.between(1, 100);
    for (const [share, happen] of kinds) {
      left -= share;
      if (left > 0) continue;
      happen();
      break;
    }
    // It is noticed when the loop wakes next, if the process lives.
    if (this.#reading !== null) this.#pass(this.#random.between(0, LONGEST_SLEEP_MS));
  }

  #suspend(): void {
    this.#count('suspended');
    const slept = this.#random.chance(0.1)
      ? this.#random.between(DAY, 4 * DAY)
      : this.#random.magnitude(MINUTE, 12 * HOUR);
    this.#time += slept;
    this.#stepped += slept;
  }

  #blockLoop(): void {
    this.#count('blocked');
    this.#pass(this.#random.magnitude(3 * SECOND, 2 * MINUTE));
  }

  /** Killed and started again; what ran is interrupted, what waits goes on waiting. */
  #restart(): void {
    this.#count('restarted');
    this.#quiet = false;
    this.#reading = null;
    for (const [runbook, { slot }] of this.#running) this.#plan.store.end(runbook, slot);
    this.#running.clear();
    this.#time += this.#random.magnitude(SECOND, 10 * HOUR);
    this.#monotonic = this.#random.between(0, DAY);
    if (this.#random.chance(0.2)) this.#setClock(this.#random.chance(0.7) ? 0 : this.#wrongBy());
  }

  #setClock(skew: number): void {
    this.#count(skew > this.#skew ? 'clock set forward' : 'clock set back');
    this.#quiet = false;
    this.#stepped += skew - this.#skew;
    this.#skew = skew;
  }

  #wrongBy(): number {
    const ms = this.#random.chance(0.1) ? this.#random.between(DAY, 20 * DAY) : this.#random.magnitude(500, 3 * HOUR);
    // A clock that is days behind would leave the listing.
    return this.#random.chance(0.5) ? ms : -Math.min(ms, DAY);
  }

  /** A pause lasts some days: most of these resume what is paused. */
  #pauseOrResume(): void {
    const { store } = this.#plan;
    const paused = this.#timetables.filter(({ runbook }) => store.states().get(runbook)?.paused === true);
    const resumes = paused.length > 0 && this.#random.chance(0.6);
    const { runbook } = this.#random.pick(resumes ? paused : this.#timetables);
    this.#count(resumes ? 'resumed' : 'paused by hand');
    store.setPaused(runbook, !resumes);
  }

  /** A runbook that is edited, back or forth. */
  #edit(): void {
    const [runbook] = this.#random.pick([...this.#plan.edits]);
    this.#count('edited');
    const original = this.#plan.timetables.find((timetable) => timetable.runbook === runbook);
    const edited = this.#plan.edits.get(runbook);
    this.#timetables = this.#timetables.map((timetable) => {
      if (timetable.runbook !== runbook) return timetable;
      return (timetable === edited ? original : edited) ?? timetable;
    });
  }

  #pass(ms: number): void {
    this.#time += ms;
    this.#monotonic += ms;
  }

  #happens(what: string, probability: number): boolean {
    if (!this.#random.chance(probability)) return false;
    this.#count(what);
    return true;
  }

  #count(what: string): void {
    this.#happened[what] = (this.#happened[what] ?? 0) + 1;
  }

  #complain(what: string): void {
    if (this.#complaints.length < 20) this.#complaints.push(`${new Date(this.#wall).toISOString()} ${what}`);
  }
}

const NOTHING: ReadonlyMap<number, string> = new Map();

function isSame(one: ReadonlyMap<number, string>, other: ReadonlyMap<number, string>): boolean {
  return one.size === other.size && [...one].every(([slot, outcome]) => other.get(slot) === outcome);
}

function told(outcomes: ReadonlyMap<number, string>): string {
  const all = [...outcomes].map(([slot, outcome]) => `${new Date(slot).toISOString()} ${outcome}`);
  return all.length === 0
    ? 'nothing'
    : `${all.slice(0, 6).join(', ')}${all.length > 6 ? ` and ${all.length - 6} more` : ''}`;
}
