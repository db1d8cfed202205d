import { digestOfBytes } from '../../src/domain/digest.ts';
import type { Mistake } from '../../src/domain/mistake.ts';
import type { Explanation, Policy, PolicyQuestion, PolicyStep } from '../../src/domain/policy.ts';
import { decide } from '../../src/maker/policy/decide.ts';
import { loadPolicy, type LoadedPolicy } from '../../src/maker/policy/load.ts';

/** As the app loads a file with this text. */
export function load(text: string, path = 'policy.yaml'): LoadedPolicy {
  return loadPolicy({ path, text, digest: digestOfBytes(text) });
}

/** The policy of a text without mistakes. */
export function policyFrom(text: string): Policy {
  const { policy, mistakes } = load(text);
  if (policy === null) throw new Error(mistakes.map(said).join('\n'));
  return policy;
}

/** A policy with these rules, each the lines of one as YAML without its dash. */
export function policyWith(...rules: readonly string[]): Policy {
  return policyFrom(`policy: test\nowner: ana\n${rulesOf(rules)}`);
}

/** As `policyWith`, with an end. */
export function endingPolicy(expires: string, ...rules: readonly string[]): Policy {
  return policyFrom(`policy: test\nowner: ana\nexpires: ${expires}\n${rulesOf(rules)}`);
}

export function rulesOf(rules: readonly string[]): string {
  const entries = rules.map((rule) => `  - ${rule.trim().replaceAll(/\n\s*/g, '\n    ')}\n`);
  return `rules:\n${entries.join('')}`;
}

/** `CODE line:column message`, warnings with a `?` before. */
export function said({ level, code, where, message }: Mistake): string {
  return `${level === 'warning' ? '? ' : ''}${code} ${where.line}:${where.column} ${message}`;
}

/** Something that a CI job of acme asks on a Tuesday at ten in Amsterdam; everything of it is known. */
export function question(but: Partial<PolicyQuestion> = {}): PolicyQuestion {
  return {
    at: Date.parse('2026-11-24T10:00:00+01:00'),
    actor: { kind: 'ci', name: 'github', claims: { repository: 'acme/shop', ref: 'refs/heads/main' } },
    target: { provider: 'kubernetes', id: 'cluster-1' },
    environment: 'staging',
    runbook: null,
    destructive: false,
    risk: 'low',
    costMonthly: 30,
    steps: [step()],
    durable: true,
    used: new Map(),
    ...but,
  };
}

export function step(but: Partial<PolicyStep> = {}): PolicyStep {
  return {
    action: 'kubernetes/scale-workload',
    resource: 'k8s:cluster-1/apps/deployment/shop/web',
    params: { namespace: 'shop', replicas: 4 },
    before: { replicas: 2 },
    after: { replicas: 4 },
    ...but,
  };
}

/** `allow scale`: what is decided and by which rule. */
export function decided(policy: Policy | null, asked: PolicyQuestion): string {
  const { effect, rule } = decide(policy, asked).decision;
  return rule === null ? effect : `${effect} ${rule}`;
}

/** `clause (was seen)` of the clauses of a rule that do not hold. */
export function failing({ rules }: Explanation, id: string): string[] {
  const rule = rules.find((each) => each.id === id);
  return (rule?.clauses ?? []).filter(({ holds }) => !holds).map(({ clause, was }) => `${clause} (was ${was})`);
}
