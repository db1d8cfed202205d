import type { Actor } from './actor.ts';
import type { Digest } from './digest.ts';
import type { GrantId, PlanId } from './id.ts';

/**
 * What lets one plan be applied, once: an operator's approval of its digest, or a policy's. Times are
 * milliseconds since the epoch. Kept with a keyed code over its canonical bytes: one byte changed, and it is none.
 */
export type Grant = Approval | PolicyGrant;

interface Common {
  readonly id: GrantId;
  readonly plan: PlanId;
  readonly digest: Digest;
  readonly at: number;
  /** It must have been claimed before. Never later than the plan's own end. */
  readonly expiresAt: number;
  /** The installation that it is for. */
  readonly instance: string;
}

export interface Approval extends Common {
  readonly kind: 'approval';
  readonly by: Extract<Actor, { kind: 'operator' }>;
  /** How it is known that it was the operator. */
  readonly assurance: 'terminal' | 'signature' | 'non-interactive' | 'console';
  /** Fingerprint of the key that signed; null without a signature. */
  readonly key: string | null;
  readonly allowDestructive: boolean;
}

export interface PolicyGrant extends Common {
  readonly kind: 'policy';
  readonly actor: Actor;
  readonly policy: {
    readonly name: string;
    readonly digest: Digest;
    /** Where it is read again before the plan is applied. */
    readonly path: string;
    /** Why it is believed: pinned on this machine, or its digest, or a signature, came with the command. */
    readonly trust: 'pin' | 'digest' | 'signature';
  };
  /** The rule that allows it. */
  readonly rule: string;
}
