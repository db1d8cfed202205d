import type { Failure, ResourceId, Together } from './check.ts';
import type { JsonObject } from './json.ts';

/**
 * One security-relevant fact of one resource: what a baseline accepts and drift is told by. `value` is canonical: sets
 * sorted, ranges merged, nothing in it that changes by itself (a pid, a counter, an ephemeral port).
 */
export interface InventoryFact {
  /** What kind of fact: `listener`, `user`, `sudo-rule`, `authorized-key`, `setuid-file`, `scheduled-job`, ... */
  readonly kind: string;
  /**
   * Stable id of the resource, made by resourceId(provider, account, kind, name) with this very `kind`; two facts of a
   * kind never share one. A source that breaks either rule is taken as one that could not be read.
   */
  readonly resource: ResourceId;
  /** What a person calls it: `0.0.0.0:22/tcp`, `ana`. */
  readonly name: string;
  readonly value: JsonObject;
}

/**
 * A resource, or everything under a prefix ending in `/*` (everyResource), whose facts could not be read: incomparable.
 * With a fact of the very same resource beside it, the resource is known to be there, and only its value is not.
 */
export interface HiddenFact {
  readonly kind: string;
  readonly resource: ResourceId;
  readonly name: string;
  readonly failure: Failure;
}

/** What one look at one part of an inventory brought. */
export interface InventoryRead {
  readonly facts: readonly InventoryFact[];
  readonly hidden: readonly HiddenFact[];
}

/** `provider/name`: its path under src/inventory. */
export type InventorySourceId = `${string}/${string}`;

/** What there is to collect. `load` throws NOT_FOUND for an unknown id. */
export interface InventoryCatalog {
  /** Sorted. */
  readonly ids: readonly InventorySourceId[];
  load(id: InventorySourceId): Promise<InventorySource>;
}

/**
 * One part of an inventory: `host/listeners`. Its id is its path under src/inventory. Only reads, by its provider's
 * reader; trouble is a HiddenFact, never an empty list.
 */
export interface InventorySource<Reader = unknown> {
  readonly id: InventorySourceId;
  readonly title: string;
  /** What is a fact here, what is left out and why, in Markdown, for the generated page. */
  readonly description: string;
  /** The kinds of its facts, and how bad it is when one is added, removed or changed. */
  readonly kinds: Readonly<Record<string, InventoryKind>>;
  /** Its own limit, milliseconds. */
  readonly timeoutMs: number;
  read(reader: Reader, context: InventoryContext): Promise<InventoryRead>;
}

export interface InventoryKind {
  /** `a listening socket`, `an authorised key`. */
  readonly noun: string;
  /** It is something that outsiders may reach: what a question about public endpoints is about. */
  readonly exposes?: true;
  readonly added: DriftSeverity;
  readonly removed: DriftSeverity;
  readonly changed: DriftSeverity;
}

type DriftSeverity = 'critical' | 'high' | 'medium' | 'low' | 'info';

export interface InventoryContext {
  readonly signal: AbortSignal;
  readonly together: Together;
  /** Files that the operator names, to be known by their digests (`inventory.files` of the configuration). */
  readonly files: readonly string[];
  /** What the configuration says for this baseline and this source's provider: `{ context: "prod", namespaces: ["shop"] }`. */
  readonly settings: JsonObject;
}
