import type { JsonObject } from './json.ts';

/**
 * The outside system that a plan changes, by an identity that can't be switched under it: the uid of a
 * cluster's namespace kube-system, an AWS account, a machine's id. Never a name, a context or a profile.
 */
export interface Target {
  /** `host`, `kubernetes`, `aws`. */
  readonly provider: string;
  /** The identity, as the provider's reader read it. */
  readonly id: string;
  /** What a person calls it; nothing is decided by it. */
  readonly name: string;
  /** What more identifies it, where there is more: a partition, a principal, an API server's key. */
  readonly details: JsonObject;
}

/** What a lock of the target is named by. */
export function targetKey({ provider, id }: Target): string {
  return `${provider}:${id}`;
}
