import path from 'node:path';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PolicyQuestion } from '../src/domain/policy.ts';
import { decide } from '../src/maker/policy/decide.ts';
import { loadPolicy } from '../src/maker/policy/load.ts';

const RULES = 20;
const ROUNDS = 7;
const DECISIONS = 2_000;

/**
 * Microseconds of one decision by a policy of 20 rules, those of the shipped example over and over, on a plan of one
 * step and of five; as a ratio to the least that knowing a question costs: to copy it through JSON.
 */
export function policySpeed(): { name: string; lines: string[] } {
  const text = twentyRules();
  const { policy, mistakes } = loadPolicy({ path: 'bench.yaml', text, digest: 'sha256:bench' });
  if (policy === null) throw new Error(mistakes.map(({ message }) => message).join('; '));
  const lines = [1, 5].map((steps) => {
    const question = questionOf(steps);
    const { decision } = decide(policy, question);
    const ours = fastest(() => decide(policy, question));
    const limit = fastest(() => JSON.parse(JSON.stringify({ ...question, used: [...question.used] })));
    return `${policy.rules.length} rules, a plan of ${steps} ${steps === 1 ? 'step' : 'steps'}: ${ours.toFixed(1)} µs a decision (${decision.effect}; target 200), ${(ours / limit).toFixed(0)}x a copy of the question`;
  });
  const loading = fastest(() => loadPolicy({ path: 'bench.yaml', text, digest: 'sha256:bench' }), 20);
  lines.push(`loading it, ${(text.length / 1_000).toFixed(1)} kB: ${(loading / 1_000).toFixed(1)} ms`);
  return { name: 'policy', lines };
}

/** Each rule under a name of its own; only the last environment is the one that is asked about. */
function twentyRules(): string {
  const example = readFileSync(path.join(import.meta.dirname, '../policies/ci-staging-scale.yaml'), 'utf8');
  const rules = /\nrules:\n(.*?)\n# /s.exec(example)?.[1] ?? '';
  const copies = Array.from({ length: RULES }, (_, index) =>
    rules.replaceAll(/- id: (\S+)/g, `- id: $1-${index}`).replaceAll('environment: staging', `environment: e${index}`),
  );
  const entries = copies.join('\n').split(/(?=^ {2}- id: )/m);
  const allows = entries.filter((entry) => entry.includes('effect: allow')).slice(0, RULES - 4);
  const denies = entries.filter((entry) => entry.includes('effect: deny')).slice(0, 4);
  return `policy: bench\nowner: bench\nexpires: 2027-02-01\nrules:\n${[...denies, ...allows].join('')}`;
}

function questionOf(steps: number): PolicyQuestion {
  return {
    at: Date.parse('2026-11-24T10:00:00+01:00'),
    actor: { kind: 'ci', name: 'github', claims: { repository: 'acme/shop', ref: 'refs/heads/main', run_id: '77' } },
    target: { provider: 'kubernetes', id: 'put-the-uid-of-your-staging-cluster-here' },
    environment: `e${RULES - 5}`,
    runbook: null,
    destructive: false,
    risk: 'low',
    costMonthly: 31,
    steps: Array.from({ length: steps }, (_, index) => ({
      action: 'kubernetes/scale-workload',
      resource: `k8s:put-the-uid-of-your-staging-cluster-here/apps/deployment/shop/web-${index}`,
      params: { namespace: 'shop', name: `web-${index}`, replicas: 4 },
      before: { replicas: 2 },
      after: { replicas: 4 },
    })),
    durable: true,
    used: new Map(),
  };
}

/** Microseconds of one call, the fastest of some rounds. */
function fastest(work: () => unknown, calls = DECISIONS): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    for (let call = 0; call < calls; call += 1) work();
    best = Math.min(best, ((performance.now() - started) * 1_000) / calls);
  }
  return best;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { name, lines } = policySpeed();
  process.stdout.write(`${name}\n${lines.map((line) => `  ${line}\n`).join('')}`);
}
