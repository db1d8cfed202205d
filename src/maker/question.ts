import type { Actor } from '../domain/actor.ts';
import type { Plan, SealedStep } from '../domain/plan.ts';
import type { PolicyQuestion, PolicyStep } from '../domain/policy.ts';
import { targetKey } from '../domain/target.ts';

/** Names of environments, from the operator's configuration, and the targets that bear them. */
export type Environments = Readonly<Record<string, { readonly targets: readonly string[] }>>;

/**
 * What a policy is asked about a plan: only what was sealed, who asks, the operator's own names and the
 * clock. Nothing of it comes from the target's labels or tags, and nothing of who asks from the plan: one that was
 * imported says what it likes of where it comes from.
 */
export function questionOf(
  plan: Pick<Plan, 'sealed'>,
  about: {
    readonly at: number;
    readonly actor: Actor;
    readonly environments: Environments;
    readonly durable: boolean;
    readonly used: ReadonlyMap<string, number>;
  },
): PolicyQuestion {
  const { target, destructive, risk, cost, steps } = plan.sealed;
  return {
    at: about.at,
    actor: about.actor,
    target: { provider: target.provider, id: target.id },
    environment: environmentOf(targetKey(target), about.environments),
    runbook: about.actor.kind === 'runbook' ? about.actor.digest : null,
    destructive,
    risk: risk.level,
    costMonthly: cost.amount,
    steps: steps.map(policyStep),
    durable: about.durable,
    used: about.used,
  };
}

/** A target that two environments claim belongs to none: which was meant can't be known. */
export function environmentOf(target: string, environments: Environments): string | null {
  const names = Object.entries(environments).flatMap(([name, { targets }]) => (targets.includes(target) ? [name] : []));
  return names.length === 1 ? (names[0] ?? null) : null;
}

function policyStep({ action, resource, params, before, after }: SealedStep): PolicyStep {
  return {
    action: action.slice(0, action.lastIndexOf('@')),
    resource,
    params,
    before: before.rests,
    after: after.fields,
  };
}
