import type { Mistake, Place } from '../domain/mistake.ts';
import type { Runbook } from '../domain/runbook.ts';

/** A runbook file, judged. */
export interface LoadedRunbook {
  /** null when there is a mistake of level `error`. */
  readonly runbook: Runbook | null;
  /** In the order of the file, at most 100, errors before warnings when there are more. */
  readonly mistakes: readonly Mistake[];
  /** The keys that the file itself writes, and where; `tasks` and `prose` in a bare HEARTBEAT.md. */
  readonly written: ReadonlyMap<string, Place>;
}
