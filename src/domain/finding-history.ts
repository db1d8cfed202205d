import type { FindingEventKind } from './standing.ts';

export type OperatorEventKind = 'acknowledged' | 'muted' | 'unmuted';

/** A line of a finding's history; `run` is null for what the operator did. */
export interface FindingHistoryEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly run: string | null;
  readonly kind: FindingEventKind | OperatorEventKind;
  readonly detail: string | null;
}
