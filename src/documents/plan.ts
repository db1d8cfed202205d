import { actorWords, type Actor } from '../domain/actor.ts';
import type { Grant } from '../domain/grant.ts';
import { shortCode, type Plan, type SealedStep, type StepProgress } from '../domain/plan.ts';
import type { PlanDocument } from './plan-schema.ts';
import { time } from './time.ts';

/** What is known of a plan beside what was sealed. */
export interface PlanContext {
  /** What the operator's configuration calls its target; null: nothing. */
  readonly environment: string | null;
  /** Who imported it; null: it was sealed here. */
  readonly broughtBy: Actor | null;
}

/** The plan as the operator's surfaces show it. */
export function planDocument(plan: Plan, { environment, broughtBy }: PlanContext): PlanDocument {
  const { sealed } = plan;
  const progress = 'progress' in plan ? plan.progress : [];
  return {
    id: plan.id,
    status: plan.status,
    since: time(plan.since),
    reason: plan.reason,
    digest: plan.digest,
    shortCode: shortCode(plan.digest),
    title: sealed.title,
    why: sealed.why,
    target: { ...sealed.target, details: { ...sealed.target.details } },
    environment,
    steps: sealed.steps.map((step) => stepDocument(step, progress)),
    cost: { ...sealed.cost },
    risk: { level: sealed.risk.level, reasons: [...sealed.risk.reasons] },
    destructive: sealed.destructive,
    origin: {
      actor: { kind: sealed.origin.actor.kind, name: sealed.origin.actor.name },
      findings: [...sealed.origin.findings],
    },
    broughtBy: broughtBy === null ? null : { kind: broughtBy.kind, name: broughtBy.name },
    reverts: sealed.reverts,
    supersedes: sealed.supersedes,
    createdAt: time(sealed.createdAt),
    expiresAt: time(sealed.expiresAt),
    decision:
      'decision' in plan
        ? {
            effect: plan.decision.effect,
            policy: plan.decision.policy?.name ?? null,
            rule: plan.decision.rule,
            why: plan.decision.why,
          }
        : null,
    grant: 'grant' in plan ? grantDocument(plan.grant) : null,
    moved: plan.status === 'stale' ? plan.moved.map((moved) => ({ ...moved })) : [],
    seen: 'seen' in plan ? [...plan.seen] : [],
  };
}

function stepDocument(step: SealedStep, all: readonly StepProgress[]): PlanDocument['steps'][number] {
  const progress = all.find((candidate) => candidate.step === step.id);
  return {
    id: step.id,
    action: step.action,
    params: { ...step.params },
    resource: step.resource,
    name: step.name,
    summary: step.summary,
    before: step.before.identity === null ? null : { ...step.before.rests },
    now: { ...step.before.shown },
    after: { ...step.after.fields },
    intended: { ...step.after.shown },
    preview: step.preview.by,
    diff: [...step.preview.diff],
    cost: { ...step.cost },
    risk: { level: step.risk.level, reasons: [...step.risk.reasons] },
    destructive: step.destructive,
    dependents: [...step.dependents],
    undo: { ...step.undo },
    progress:
      progress === undefined
        ? null
        : {
            status: progress.status,
            at: time(progress.at),
            failure: 'failure' in progress ? { ...progress.failure } : null,
          },
  };
}

/** Who let it happen: `operator ana`, `policy ci-staging, rule scale`. */
export function grantWords(grant: Grant): string {
  return grant.kind === 'approval'
    ? `${actorWords(grant.by)} (${grant.assurance}${grant.key === null ? '' : `, ${grant.key}`})`
    : `policy ${grant.policy.name}, rule ${grant.rule}, for ${actorWords(grant.actor)}`;
}

function grantDocument(grant: Grant): NonNullable<PlanDocument['grant']> {
  return {
    id: grant.id,
    by: grantWords(grant),
    assurance: grant.kind === 'approval' ? grant.assurance : 'policy',
    at: time(grant.at),
    expiresAt: time(grant.expiresAt),
  };
}
