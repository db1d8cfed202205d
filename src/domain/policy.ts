import type { Actor, ActorKind } from './actor.ts';
import type { Digest } from './digest.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { Weekday } from './schedule.ts';

/**
 * Pre-authorisation, as its file says it (docs/policy.md): rules that deny, allow or queue. deny > allow > queue,
 * and what no rule speaks of is queued.
 */
export interface Policy {
  readonly name: string;
  /** Who answers for it. */
  readonly owner: string;
  /** After this instant it allows nothing, milliseconds since the epoch; null: it has no end. */
  readonly expiresAt: number | null;
  /** `sha256:` over the file's bytes: what is pinned and what a grant binds. */
  readonly digest: Digest;
  readonly rules: readonly PolicyRule[];
  readonly tests: readonly PolicyTest[];
}

export type PolicyEffect = 'deny' | 'allow' | 'queue';

export interface PolicyRule {
  readonly id: string;
  readonly effect: PolicyEffect;
  readonly match: PolicyMatch;
  /** Path into the plan (`after.replicas`, `before.files`, `cost.monthly`, `steps`) -> what it may be. */
  readonly bounds: Readonly<Record<string, PolicyBound>>;
  readonly window: PolicyWindow | null;
  readonly limits: readonly PolicyLimit[];
}

/** Every clause that is there must hold; a list holds when one of it does. `not` holds when none of its clauses does. */
export interface PolicyMatch {
  readonly actor?:
    | {
        readonly kind?: readonly ActorKind[] | undefined;
        readonly name?: readonly string[] | undefined;
        /** Each must be there and equal; verified claims only. */
        readonly claims?: Readonly<Record<string, readonly JsonValue[]>> | undefined;
      }
    | undefined;
  /** Ids, or `provider/*`, or `*`. */
  readonly action?: readonly string[] | undefined;
  readonly target?:
    | { readonly provider?: readonly string[] | undefined; readonly id?: readonly string[] | undefined }
    | undefined;
  /** Names from the operator's configuration, never from the target's own labels. */
  readonly environment?: readonly string[] | undefined;
  /** Ids, or patterns with `*`. */
  readonly resource?: readonly string[] | undefined;
  /** Exact values of sealed params. */
  readonly params?: Readonly<Record<string, readonly JsonValue[]>> | undefined;
  /** Digests of runbook files. */
  readonly runbook?: readonly string[] | undefined;
  readonly destructive?: boolean | undefined;
  readonly risk?: readonly string[] | undefined;
  readonly not?: Omit<PolicyMatch, 'not'> | undefined;
}

/** A number, or values; what is missing, no number or of another type satisfies none of them. */
export interface PolicyBound {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly oneOf?: readonly JsonValue[] | undefined;
}

/** `from` included, `to` excluded; over midnight when `from` > `to`: then `days` says when it begins. */
export interface PolicyWindow {
  readonly days: readonly Weekday[];
  /** `HH:MM`. */
  readonly from: string;
  /** `HH:MM` or `24:00`. */
  readonly to: string;
  /** IANA. */
  readonly timezone: string;
  /** Instants, milliseconds since the epoch, both included: the window holds only between them. */
  readonly notBefore: number | null;
  readonly notAfter: number | null;
}

/** How often, or how much in sum, an allow rule may allow within the last hour, or the last 24: no midnight refills it. */
export interface PolicyLimit {
  /** `applies`, or a path as in bounds whose absolute values are summed. */
  readonly of: string;
  readonly max: number;
  readonly per: 'hour' | 'day';
  /** Counted for the rule as a whole, or for each target, or resource, by itself. */
  readonly each: 'rule' | 'target' | 'resource';
}

/** A case written into the policy's file: `policy test` plays it. */
export interface PolicyTest {
  readonly name: string;
  readonly given: JsonObject;
  readonly expect: PolicyEffect;
  /** The rule that must have decided; null: whichever. */
  readonly rule: string | null;
}

/** What is asked of a policy. Data only, so that an answer is the same wherever and whenever it is asked. */
export interface PolicyQuestion {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: Actor;
  readonly target: { readonly provider: string; readonly id: string };
  readonly environment: string | null;
  /** Digest of the runbook that proposed it. */
  readonly runbook: string | null;
  readonly destructive: boolean;
  readonly risk: string;
  /** null or NaN: not known, which satisfies no bound. */
  readonly costMonthly: number | null;
  readonly steps: readonly PolicyStep[];
  /** Whether counters of this installation last: without, a rule with limits queues. */
  readonly durable: boolean;
  /** What was used so far, as `usageKey` names it; what is absent is nought. */
  readonly used: ReadonlyMap<string, number>;
}

export interface PolicyStep {
  /** Id without its version. */
  readonly action: string;
  readonly resource: string;
  readonly params: JsonObject;
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** What a policy says of one plan: every step must be allowed by the same rule. */
export interface Decision {
  readonly effect: PolicyEffect;
  /** null: there was no policy in force. */
  readonly policy: { readonly name: string; readonly digest: Digest } | null;
  /** The rule that decided; null: none spoke of it. */
  readonly rule: string | null;
  /** One sentence for the card. */
  readonly why: string;
}

/** Every clause of every rule with how it fared: nothing is cut short. */
export interface Explanation {
  readonly decision: Decision;
  readonly rules: readonly RuleVerdict[];
  /** What `decision.effect` allow would use up, to be counted in the transaction that claims the grant. */
  readonly uses: readonly PolicyUse[];
}

export interface RuleVerdict {
  readonly id: string;
  readonly effect: PolicyEffect;
  readonly holds: boolean;
  readonly clauses: readonly ClauseVerdict[];
}

export interface ClauseVerdict {
  /** `after.replicas max 10`, `window mon-fri 09:00-17:00 Europe/Amsterdam`. */
  readonly clause: string;
  readonly holds: boolean;
  /** What it was held against: `11`, `sat 18:00`, `missing`. */
  readonly was: string;
}

export interface PolicyUse {
  /** Names policy, rule, limit, and what `each` tells apart; not the file's digest: an edit refills nothing. */
  readonly key: string;
  readonly amount: number;
  readonly per: 'hour' | 'day';
}
