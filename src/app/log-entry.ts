import type { JsonObject } from '../domain/json.ts';

/** Something that `up` did or noticed. `event` is stable, `text` is for people. */
export interface LogEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly event: string;
  readonly text: string;
  readonly fields: JsonObject;
}

export type Log = (level: LogEntry['level'], event: string, text: string, fields?: JsonObject) => void;
