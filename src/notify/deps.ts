import type { Clock } from '../domain/clock.ts';
import type { Notification } from '../domain/notification.ts';
import type { Redacted, Redactor } from '../domain/redaction/redacted.ts';

/** What the ways out need of the world; handed in by the app. */
export interface NotifierDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  /** Its `learn` is called with every credential that is loaded, so that it can never be shown. */
  readonly redactor: Pick<Redactor, 'text' | 'learn'>;
  /** Writes on the terminal's standard error; null when this process has none that anybody reads. */
  readonly terminal: ((text: Redacted<string>) => void) | null;
  /** What the button of a bubble does; without it bubbles have none. Linux only. */
  onOpen?(notification: Notification): void;
}
