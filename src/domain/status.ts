import type { Run } from './run.ts';
import type { Severity } from './severity.ts';

/** What runs, what is next, what waits. Times are milliseconds since the epoch. */
export interface Status {
  /** The `up` of this state directory; null when none runs. */
  readonly up: { readonly pid: number; readonly since: number } | null;
  /** Random id of this installation: what a plan is exported for. */
  readonly instance: string;
  readonly zone: string;
  readonly database: { readonly path: string; readonly bytes: number };
  readonly runbooks: readonly RunbookStatus[];
  /** Open findings by severity. */
  readonly findings: Readonly<Record<Severity, number>>;
  readonly plans: {
    /** Wait for the operator. */
    readonly queued: number;
    readonly underWay: number;
    /** Done in part, or of unknown outcome: they need a word of the operator. */
    readonly stuck: number;
  };
  /** The kill switch; null when nothing is held. */
  readonly held: { readonly since: number; readonly reason: string | null } | null;
  readonly jobs: { readonly waiting: number; readonly claimed: number; readonly dead: number };
}

export interface RunbookStatus {
  readonly name: string;
  /** For people; null when it is run by hand only. */
  readonly schedule: string | null;
  readonly paused: boolean;
  readonly next: number | null;
  readonly lastRun: Run | null;
}
