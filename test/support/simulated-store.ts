import type { Firing, ScheduleState, SkipReason } from '../../src/domain/slot.ts';

/** What the simulated year asks of a store; test/stories/simulated-year.test.ts says what is behind it. */
export interface YearStore {
  states(): ReadonlyMap<string, ScheduleState>;
  /** One transaction; the slots that fired now (not those that had a row), or null when somebody else was first. */
  commit(firing: Firing): readonly number[] | null;
  /** One transaction: skipped rows of slots after `now` go, and the firings' next slots are kept. */
  setBack(now: number, firings: readonly Firing[]): void;
  start(runbook: string, slot: number): void;
  end(runbook: string, slot: number): void;
  setPaused(runbook: string, paused: boolean): void;
  mark(): number | null;
  keepMark(wall: number): void;
  /** What became of each slot of a runbook that has a row. */
  rows(runbook: string): ReadonlyMap<number, RowOutcome>;
}

export type RowOutcome = 'schedule' | 'catch-up' | SkipReason;

/** The store as a few maps. */
export function simulatedStore(): YearStore {
  const states = new Map<string, ScheduleState>();
  const rows = new Map<string, Map<number, RowOutcome>>();
  let mark: number | null = null;

  const rowsOf = (runbook: string): Map<number, RowOutcome> => {
    const known = rows.get(runbook) ?? new Map<number, RowOutcome>();
    rows.set(runbook, known);
    return known;
  };
  const change = (runbook: string, changes: Partial<ScheduleState>): void => {
    const blank = { runbook, fingerprint: '', nextSlot: null, paused: false, running: false, waiting: false };
    states.set(runbook, { ...(states.get(runbook) ?? blank), ...changes });
  };
  return {
    states: () => states,
    commit: (firing) => {
      const { runbook, fingerprint, nextSlot } = firing;
      if ((states.get(runbook)?.nextSlot ?? null) !== firing.expected) return null;
      const fired: number[] = [];
      for (const outcome of firing.outcomes) {
        if (rowsOf(runbook).has(outcome.slot)) continue;
        rowsOf(runbook).set(outcome.slot, outcome.outcome === 'fire' ? outcome.trigger : outcome.reason);
        if (outcome.outcome === 'fire') fired.push(outcome.slot);
      }
      change(runbook, { fingerprint, nextSlot, ...(fired.length > 0 ? { waiting: true } : {}) });
      return fired;
    },
    setBack: (now, firings) => {
      for (const table of rows.values()) {
        for (const [slot, outcome] of table) {
          if (slot > now && outcome !== 'schedule' && outcome !== 'catch-up') table.delete(slot);
        }
      }
      for (const { runbook, nextSlot } of firings) change(runbook, { nextSlot });
    },
    start: (runbook) => change(runbook, { waiting: false, running: true }),
    end: (runbook) => change(runbook, { running: false }),
    setPaused: (runbook, paused) => change(runbook, { paused }),
    mark: () => mark,
    keepMark: (wall) => (mark = wall),
    rows: rowsOf,
  };
}
