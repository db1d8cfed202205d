import { dispositionOf, type Finding } from '../domain/finding.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Plan } from '../domain/plan.ts';
import type { Runbook } from '../domain/runbook.ts';
import type { RunReport } from '../domain/run.ts';
import { propose } from '../maker/propose.ts';
import type { StatefulApp } from './app.ts';
import { schemaOf, OFFERED, type Offered } from './ask/model-draft.ts';
import { paramsOf, type Candidate } from './ask/draft-target.ts';
import { takesKind } from './ask/draft.ts';
import { openGate } from './gate.ts';
import { chosenModel, openModels, spendingOf } from './models.ts';
import { depsFor, NO_REMEDIES, type Remedies } from './remedies.ts';
import { budgetOf } from './triage-run.ts';

const SYSTEM = `You read findings of a check run and may propose one change. Choose an action only if it plainly helps with a finding on that target.
If in doubt, the action is "none". A person decides; you decide nothing.`;
const MAX_OUTPUT_TOKENS = 200;
const TARGETS = 20;

/**
 * Lets the runbook's model propose one change for what is new: an action of `mayPropose`, on a resource of those findings,
 * nowhere else. It sees their checks, severities and names, and no text of the outside. The plan waits like any other.
 */
export async function proposeByModel(
  app: StatefulApp,
  runbook: Runbook,
  report: RunReport,
  signal: AbortSignal,
): Promise<Remedies> {
  const { agent } = runbook;
  if (agent === null || agent.when === 'never' || app.unkept !== null || report.run.status !== 'done')
    return NO_REMEDIES;
  const actions = agent.mayPropose.filter((action): action is Offered => Object.hasOwn(OFFERED, action));
  const now = app.surroundings.clock.now();
  const news = report.findings.filter(
    (finding) =>
      (finding.standing === 'new' || finding.standing === 'changed') && dispositionOf(finding, now) !== 'muted',
  );
  const targets = targetsOf(news, actions);
  const model = chosenModel(app, agent.model);
  if (targets.length === 0 || model.status === 'unknown') return NO_REMEDIES;
  const ids = targets.map(({ id }) => id);
  const answered = await openModels(app).structured({
    model: model.value,
    purpose: 'draft',
    runbook: runbook.name,
    run: report.run.id,
    escalatedBecause: null,
    spending: spendingOf(app, budgetOf(agent), runbook.name, report.run.id),
    signal,
    timeoutMs: app.config.models.timeout,
    system: app.redactor.text(SYSTEM),
    prompt: app.redactor.text(`${targets.map(({ id, words }) => `${id}: ${words}`).join('\n')}\n\nAnswer in JSON.`),
    schema: schemaOf(ids, actions),
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  });
  if (answered.status === 'unknown')
    return { plans: [], troubles: [`${model.value} proposes nothing: ${answered.failure.message}`] };
  const { action, target: chosen, replicas } = answered.value.value;
  const offered = actions.find((one) => one === action);
  const target = targets.find(({ id }) => id === chosen);
  if (offered === undefined || target === undefined || !takes(offered, target.candidate)) return NO_REMEDIES;
  const params: JsonObject = {
    ...paramsOf(target.candidate, await takesKind(offered)),
    ...(OFFERED[offered].takes.length > 0 && typeof replicas === 'number' ? { replicas } : {}),
  };
  return proposed(app, runbook, { action: offered, params, findings: target.findings, model: model.value }, signal);
}

interface Target {
  readonly id: string;
  readonly candidate: Candidate;
  readonly words: string;
  readonly findings: readonly Finding[];
}

/** Resources of the findings that one of the actions could change. */
function targetsOf(news: readonly Finding[], actions: readonly Offered[]): readonly Target[] {
  const byId = new Map<string, Target>();
  for (const finding of news) {
    const candidate = candidateIn(finding.resource);
    if (candidate === null || !actions.some((action) => takes(action, candidate))) continue;
    const id = `${candidate.kind}/${candidate.namespace === null ? '' : `${candidate.namespace}/`}${candidate.name}`;
    const before = byId.get(id);
    const findings = [...(before?.findings ?? []), finding];
    byId.set(id, {
      id,
      candidate,
      findings,
      words: findings.map(({ check, severity }) => `${severity} ${check}`).join(', '),
    });
  }
  return [...byId.values()].slice(0, TARGETS);
}

function takes(action: Offered, { kind }: Candidate): boolean {
  return OFFERED[action].kinds.some((one) => one === kind);
}

const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Node', 'CronJob', 'Pod'] as const;

/** `kubernetes:<uid>/deployment/prod/web`, `kubernetes:<uid>/node/node-a`. */
function candidateIn(resource: string): Candidate | null {
  const [, written = '', first = '', second] =
    /^kubernetes:[^/]+\/([a-z]+)\/([^/]+)(?:\/([^/]+))?$/.exec(resource) ?? [];
  const kind = KINDS.find((one) => one.toLowerCase() === written);
  if (kind === undefined) return null;
  return second === undefined ? { kind, namespace: null, name: first } : { kind, namespace: first, name: second };
}

async function proposed(
  app: StatefulApp,
  runbook: Runbook,
  {
    action,
    params,
    findings,
    model,
  }: {
    readonly action: string;
    readonly params: JsonObject;
    readonly findings: readonly Finding[];
    readonly model: string;
  },
  signal: AbortSignal,
): Promise<Remedies> {
  const gate = openGate(app, { signal });
  const opened = Math.max(...findings.map(({ firstSeen, turns }) => Math.max(firstSeen, ...turns)));
  const made = await propose(
    {
      why: `${model} proposes it for: ${findings.map(({ title }) => title).join('; ')}`,
      origin: { actor: { kind: 'model', name: model }, findings: findings.map(({ id }) => id) },
      steps: [{ action, params }],
      expiresInMs: EXPIRES_MS,
      reverts: null,
    },
    { ...depsFor(app, gate, runbook), noSince: opened },
  );
  app.audit.sealHead();
  const plans: readonly Plan[] = 'plan' in made && made.plan.status !== 'noop' ? [made.plan] : [];
  const troubles = made.status === 'invalid' ? [`${action} can't be proposed: ${made.failure.message}`] : [];
  return { plans, troubles };
}

/** As long as a proposal of the runbook itself. */
const EXPIRES_MS = 24 * 3_600_000;
