import type { FindingId, NotificationId, RunId } from './id.ts';
import type { Redacted } from './redaction/redacted.ts';
import type { Severity } from './severity.ts';

/** A message to the operator: what changed in one run, or trouble of Holdfast itself. */
export interface Notification {
  readonly id: NotificationId;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: 'findings' | 'trouble' | 'plan' | 'test';
  /** null: of several runbooks, or of none. */
  readonly runbook: string | null;
  readonly run: RunId | null;
  /** The worst of its lines; null when there is only good news. */
  readonly severity: Severity | null;
  readonly title: Redacted<string>;
  /** Worst first, good news last. */
  readonly lines: readonly NotificationLine[];
  /** Lines that were left out because there were too many. */
  readonly more: number;
}

export interface NotificationLine {
  readonly finding: FindingId | null;
  readonly severity: Severity;
  /** `still`: a repeated reminder; `plan`: a plan waits for the operator. */
  readonly news: 'new' | 'raised' | 'resolved' | 'flapping' | 'still' | 'trouble' | 'plan';
  readonly text: Redacted<string>;
}

/** A way out for a notification. */
export interface Notifier {
  /** For people: `desktop`, `webhook hooks.example.com`. Holds no secret. */
  readonly name: string;
  /** How long one attempt may take, milliseconds. */
  readonly timeoutMs: number;
  /**
   * Rejects when it could not be delivered; the message of the error says why, without a secret.
   * Never takes much longer than `timeoutMs`, and ends soon after `signal` is aborted.
   */
  send(notification: Notification, signal: AbortSignal): Promise<void>;
}

/** One attempt to deliver. */
export interface Delivery {
  readonly notification: NotificationId;
  readonly way: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly at: number;
  readonly outcome: 'delivered' | 'failed';
  /** Why it failed; null when it did not. */
  readonly error: Redacted<string> | null;
}
