import type { Finding } from './finding.ts';
import type { FindingId, NotificationId } from './id.ts';
import type { Delivery, Notification } from './notification.ts';
import type { Redacted } from './redaction/redacted.ts';
import type { Severity } from './severity.ts';

/**
 * What the operator knows of one finding, or of one trouble of Holdfast itself. It is compared
 * with how things are: what differs is news. So nothing is lost with a process, and nothing is
 * told twice. Times are milliseconds since the epoch.
 */
export interface Told {
  /** The finding's key, or `trouble:<code>:<subject>`. */
  readonly key: string;
  /** null for trouble that belongs to no runbook. */
  readonly runbook: string | null;
  readonly finding: FindingId | null;
  /** As it was last seen: what a resolution is told with. */
  readonly text: Redacted<string>;
  /** The worst severity that was told since it opened; of what was never told, the one that waits. */
  readonly severity: Severity;
  /**
   * What was said last. `nothing`: it waits to be told. `ending`: of trouble that is over, and whose
   * end waits to be told. A row whose end was told is forgotten.
   */
  readonly said: 'nothing' | 'open' | 'ending';
  /** When it was last told; when it was not yet, since when it waits. */
  readonly at: number;
  /** That it comes and goes was told; until that ends nothing but a rise is. */
  readonly flapping: boolean;
  /** When it last opened or resolved. */
  readonly turnedAt: number;
  /** Since when news of it are held back by quiet hours or a cap; null: nothing waits. */
  readonly heldSince: number | null;
}

/** Trouble of Holdfast itself, which is no finding: a run that failed, a clock set back, a way out that is dead. */
export interface Trouble {
  /** Upper snake case; with `subject` its identity. */
  readonly code: string;
  /** A runbook's name, a way's name; empty when there is only one. */
  readonly subject: string;
  readonly severity: Severity;
  readonly text: Redacted<string>;
  readonly runbook: string | null;
  /** Ways that are no use for telling it: they are the trouble. */
  readonly notThrough: readonly string[];
}

/** A notification and the ways it is to go; no ways: it is kept, and nobody is told. */
export interface Addressed {
  readonly notification: Notification;
  readonly ways: readonly string[];
}

/** What is to be told, and what the operator then knows: kept all or nothing. */
export interface Routing {
  readonly messages: readonly Addressed[];
  /** New and changed rows only. */
  readonly told: readonly Told[];
  /** Keys of rows that have become pointless. */
  readonly forgotten: readonly string[];
}

/** How many notifications there were lately: what the caps are held against. Tests are not counted. */
export interface ToldLately {
  readonly lastHour: number;
  readonly lastDay: number;
}

/**
 * Where is kept what was told and how it went. The port of store/notifications.ts.
 */
export interface NotificationBook {
  /**
   * Decides and writes in one transaction, the delivery jobs among it: `enqueue` is called inside
   * it for every notification and must be synchronous. A process that dies leaves all of it or nothing.
   */
  record(decide: (view: ToldView) => Routing, enqueue: (addressed: Addressed) => void): Routing;
  /** Decides and writes nothing: for when nothing can be written. */
  look(decide: (view: ToldView) => Routing): Routing;
  notification(id: string): Notification | null;
  /** True when the notification was delivered through that way. */
  wasDelivered(notification: NotificationId, way: string): boolean;
  deliveriesOf(notification: NotificationId): readonly Delivery[];
  /** Writes an attempt; its number is one more than that of the last. */
  recordDelivery(delivery: Omit<Delivery, 'attempt'>): void;
  /** Whether anything waits for the end of quiet hours, or for room. */
  isHolding(): boolean;
  /** Latest first. */
  latest(limit: number): readonly Notification[];
  /** Forgets notifications made before `before`, with their deliveries; resolves to how many. */
  prune(before: number): number;
}

/** What is known while deciding. */
export interface ToldView {
  /** Every row of a runbook's findings. */
  ofRunbook(runbook: string): readonly Told[];
  byKey(key: string): Told | undefined;
  /** Rows that are held back, and the findings of them as they are now. */
  held(): { readonly told: readonly Told[]; readonly findings: readonly Finding[] };
  /** All rows, every open finding, and every finding that has a row. */
  everything(): { readonly told: readonly Told[]; readonly findings: readonly Finding[] };
  lately(now: number): ToldLately;
}
