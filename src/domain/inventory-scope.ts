import type { JsonObject } from './json.ts';

/** Which part of the world an inventory is of: what a runbook names beside its baseline. */
export type InventoryScope = readonly ScopePart[];

export interface ScopePart {
  /** A source of facts, or a pattern over them: `host/*`. */
  readonly sources: string;
  /** What these sources are told: `{ context: "prod", namespaces: ["shop"] }`. */
  readonly settings: JsonObject;
}

/** Where a runbook says no more than a name: this machine, and nothing that has to be asked over a network. */
export const THIS_MACHINE: InventoryScope = [{ sources: 'host/*', settings: {} }];
