import type { Actor } from '../../domain/actor.ts';
import type { Policy, PolicyQuestion, PolicyTest } from '../../domain/policy.ts';
import { type Given, givenSchema } from './schema.ts';
import { usageOf } from './usage.ts';

/** A Monday at noon in UTC. Fixed, so that a test says the same every day. */
const AT = Date.parse('2026-01-05T12:00:00Z');

/**
 * What a test of the file asks. What it leaves out is not known, and so fails closed as it would in a plan, but:
 * the instant above, an operator, nothing destructive, low risk, counters that last and that nothing was counted by.
 * null when `given` is not what the loader accepts.
 */
export function questionOf(policy: Policy, test: PolicyTest): PolicyQuestion | null {
  const parsed = givenSchema.safeParse(test.given);
  if (!parsed.success) return null;
  const given = parsed.data;
  const steps = (given.steps ?? [given]).map(({ action, resource, params, before, after }) => ({
    action: action ?? '',
    resource: resource ?? '',
    params: params ?? {},
    before: before ?? {},
    after: after ?? {},
  }));
  const question: PolicyQuestion = {
    at: given.at ?? AT,
    actor: actorOf(given),
    target: { provider: given.target?.provider ?? '', id: given.target?.id ?? '' },
    environment: given.environment ?? null,
    runbook: given.runbook ?? null,
    destructive: given.destructive ?? false,
    risk: given.risk ?? 'low',
    costMonthly: given.cost?.monthly ?? null,
    steps,
    durable: given.durable ?? true,
    used: new Map(),
  };
  return { ...question, used: usedOf(policy, given, question) };
}

/** An actor of any kind may bear claims here, so that a test can show that they count for CI alone. */
function actorOf({ actor, runbook }: Given): Actor {
  const kind = actor?.kind ?? 'operator';
  const name = actor?.name ?? 'test';
  if (kind === 'ci') return { kind, name, claims: actor?.claims ?? null };
  const claims = actor?.claims === undefined ? {} : { claims: actor.claims };
  return kind === 'runbook' ? { kind, name, digest: runbook ?? '', ...claims } : { kind, name, ...claims };
}

/** The counters of the limits that `used` names, for the targets and resources that are asked about. */
function usedOf(policy: Policy, { used }: Given, question: PolicyQuestion): ReadonlyMap<string, number> {
  const counts = (used ?? []).flatMap(({ rule: id, of, amount }) =>
    policy.rules
      .filter((rule) => rule.id === id)
      .flatMap((rule) =>
        rule.limits
          .filter((limit) => limit.of === of)
          .flatMap((limit) => usageOf({ policy: policy.name, rule, limit }, question) ?? []),
      )
      .map(({ key }): [string, number] => [key, amount]),
  );
  return new Map(counts);
}
