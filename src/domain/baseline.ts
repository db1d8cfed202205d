import type { Actor } from './actor.ts';
import type { Digest } from './digest.ts';
import type { DriftedFact } from './drift.ts';
import type { HiddenFact, InventoryFact } from './inventory.ts';
import type { Redacted } from './redaction/redacted.ts';

/**
 * An inventory at one time: of a scan, or as it was accepted. In canonical order (`canonicalInventory`), so that two
 * inventories of the same world have the same bytes and the same digest.
 */
export interface Inventory {
  /** The kinds of facts that were asked for, whether or not there were any: sorted. */
  readonly kinds: readonly string[];
  /** Sorted by kind, then resource. */
  readonly facts: readonly InventoryFact[];
  /** What could not be read; of a baseline: what it says nothing of. Sorted alike. */
  readonly hidden: readonly HiddenFact[];
}

/** The accepted inventory of a name, or what a scan for it saw last. Times are milliseconds since the epoch. */
export interface KeptInventory {
  readonly inventory: Redacted<Inventory>;
  readonly digest: Digest;
  readonly at: number;
}

/** How a baseline came to be as it is: the first scan took it, a scan took kinds that were new, the operator accepted. */
export const BASELINE_EVENTS = ['taken', 'extended', 'accepted'] as const;
export type BaselineEventKind = (typeof BASELINE_EVENTS)[number];

/** One line of a baseline's history; never forgotten. */
export interface BaselineEvent {
  readonly at: number;
  readonly actor: Actor;
  readonly event: BaselineEventKind;
  readonly reason: Redacted<string>;
  /** Digest of the baseline before; null when there was none that could be read. */
  readonly before: Digest | null;
  readonly after: Digest;
  readonly counts: DriftCounts;
  /** What was accepted, at most EVENT_ITEMS_KEPT of it; a first scan accepts no single thing. */
  readonly items: readonly Redacted<AcceptedItem>[];
}

export type AcceptedItem = Pick<DriftedFact, 'direction' | 'kind' | 'resource' | 'name'>;

export interface DriftCounts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Facts of the baseline afterwards. */
  readonly facts: number;
}

export const EVENT_ITEMS_KEPT = 200;
