import type { ActiveHours, Schedule } from './schedule.ts';

/** What deciding about slots needs to know of a runbook. */
export interface Timetable {
  readonly runbook: string;
  readonly schedule: Schedule;
  /** IANA zone, resolved. */
  readonly zone: string;
  readonly activeHours: ActiveHours | null;
  readonly overlap: 'skip' | 'queue-one';
  /** How late a missed slot may still run, milliseconds. */
  readonly catchUpMs: number;
}

/** What is kept of a runbook's schedule. */
export interface ScheduleState {
  readonly runbook: string;
  /** What moves its slots (fingerprintOf): when it differs from the timetable's, the next slot is reckoned anew. */
  readonly fingerprint: string;
  /** The first slot that has no row yet, milliseconds since the epoch; null: there will be none. */
  readonly nextSlot: number | null;
  readonly paused: boolean;
  /** A run of it is in progress. */
  readonly running: boolean;
  /** A run of it waits for its turn. */
  readonly waiting: boolean;
}

/** Why a slot has a row but no run. */
export type SkipReason = 'overlap' | 'outside-hours' | 'too-late' | 'paused' | 'collapsed';

/** What becomes of one slot: exactly one row. */
export type SlotOutcome =
  | {
      readonly slot: number;
      readonly outcome: 'fire';
      readonly trigger: 'schedule' | 'catch-up';
      /** The earliest instant at which it may start: catch-ups of a start-up are spread. */
      readonly notBefore: number;
    }
  | { readonly slot: number; readonly outcome: 'skip'; readonly reason: SkipReason };

/** What is to be done about one runbook, in one transaction. */
export interface Firing {
  readonly runbook: string;
  readonly fingerprint: string;
  /** The next slot as it must still stand on disk: otherwise somebody else was first. */
  readonly expected: number | null;
  readonly outcomes: readonly SlotOutcome[];
  /** The oldest slots when there are too many to have a row each (a clock set forward by years): one row, at `to`. */
  readonly omitted: OmittedSlots | null;
  readonly nextSlot: number | null;
}

/** Missed slots that are told together. */
export interface OmittedSlots {
  readonly count: number;
  /** False: at least `count`; so many cron slots are not worth counting. */
  readonly exact: boolean;
  /** The first and the last of them. */
  readonly from: number;
  readonly to: number;
}
