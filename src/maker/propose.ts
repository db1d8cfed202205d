import type { Actor } from '../domain/actor.ts';
import type { Failure } from '../domain/check.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { PolicyGrant } from '../domain/grant.ts';
import { newGrantId } from '../domain/id.ts';
import type { Plan, PlanBody, PlanDraft, PlanState } from '../domain/plan.ts';
import type { Decision, Policy } from '../domain/policy.ts';
import { writeEvent } from './change-plan.ts';
import { askPolicy, otherEngine, type ClaimDeps } from './claim.ts';
import { lookAgain } from './look-again.ts';
import { seal, type SealDeps } from './seal.ts';

/** A policy that may grant, and why it is believed. */
export interface TrustedPolicy {
  readonly policy: Policy;
  /** Where it is read again before anything is applied. */
  readonly path: string;
  readonly trust: PolicyGrant['policy']['trust'];
}

export interface ProposeDeps extends SealDeps, ClaimDeps {
  /** null: nothing is pre-authorised; `untrusted` says why, when a policy was named. */
  readonly policy: TrustedPolicy | null;
  readonly untrusted: string | null;
  /** Whether what the policy allows is authorised at once, or waits for the operator all the same. */
  readonly apply: boolean;
  /** How many plans a runbook may make a day. */
  readonly runbookPlansPerDay: number;
  /** A rejection after this instant still holds: what the operator refused is not proposed again. Absent: none does. */
  readonly noSince?: number;
  /** Called with an authorised plan inside the transaction that keeps it, for the job that will apply it. */
  authorised(plan: Plan): void;
}

/** What became of a draft. */
export type Proposed =
  | { readonly status: 'invalid'; readonly step: string | null; readonly failure: Failure }
  | { readonly status: 'too-many'; readonly made: number }
  /** A plan for the same waits already, and still fits. */
  | { readonly status: 'waits-already'; readonly plan: Plan }
  /** The operator rejected the same, and nothing is new since. */
  | { readonly status: 'said-no'; readonly plan: Plan }
  | { readonly status: 'made'; readonly plan: Plan };

const DAY_MS = 86_400_000;

/**
 * Seals a draft and puts it into the queue, whoever thought of it. A runbook that proposes the same again gets the
 * plan that waits; when the world moved in between, the new one takes its place.
 */
export async function propose(draft: PlanDraft, deps: ProposeDeps): Promise<Proposed> {
  const sealed = await seal(draft, deps);
  if (sealed.status === 'invalid') {
    auditInvalid(draft, sealed.failure, deps);
    return sealed;
  }
  const { body, noop } = sealed;
  const { actor } = draft.origin;
  if (actor.kind !== 'runbook') return { status: 'made', plan: keep(body, noop, null, deps) };
  if (noop) return { status: 'made', plan: asPlan(body, noopState(deps)) };
  const waiting = deps.store.withIntent(body.intent, ['queued', 'authorised', 'applying']);
  for (const plan of waiting) {
    if (plan.status !== 'queued' || (await stillFits(plan, deps))) return { status: 'waits-already', plan };
  }
  const no = rejectedSince(body, deps);
  if (no !== null) return { status: 'said-no', plan: no };
  const made = deps.store.madeBy(actor.name, deps.clock.now() - DAY_MS);
  if (made >= deps.runbookPlansPerDay) return { status: 'too-many', made };
  return { status: 'made', plan: keep(body, noop, waiting[0] ?? null, deps) };
}

function rejectedSince({ intent }: PlanBody, { store, noSince }: ProposeDeps): Plan | null {
  if (noSince === undefined) return null;
  return store.withIntent(intent, ['rejected']).find(({ since }) => since >= noSince) ?? null;
}

/**
 * Puts a plan that was sealed elsewhere into this queue, decided anew here: what was decided elsewhere doesn't count.
 * It must be for this Holdfast, catalogue and time (PLAN_NEWER, PLAN_STATE); whether target and preconditions are as
 * sealed is read before it is applied, as for any plan.
 */
export function admit(body: PlanBody, deps: ProposeDeps): Plan {
  const known = deps.store.byId(body.id).find(({ id }) => id === body.id);
  if (known !== undefined && known.digest === body.digest) return known;
  if (known !== undefined)
    throw new CodedError('PLAN_STATE', `there is another plan ${body.id} here`, { where: body.id });
  const other = otherEngine(deps, body);
  if (other !== null)
    throw new CodedError('PLAN_NEWER', `plan ${body.id} can't be taken: ${other}`, {
      where: body.id,
      next: 'make the plan anew here, or use the Holdfast that sealed it',
    });
  if (deps.clock.now() >= body.sealed.expiresAt)
    throw new CodedError('PLAN_STATE', `plan ${body.id} has expired`, { where: body.id, next: 'make a new plan' });
  return keep(body, false, null, deps);
}

async function stillFits(plan: Plan, deps: ProposeDeps): Promise<boolean> {
  if (deps.clock.now() >= plan.sealed.expiresAt) return false;
  for (const step of plan.sealed.steps) if ((await lookAgain(plan.sealed, step, deps)).status !== 'same') return false;
  return true;
}

/** Decides and writes in one transaction; the plan that this one takes the place of is superseded in it. */
function keep(body: PlanBody, noop: boolean, older: Plan | null, deps: ProposeDeps): Plan {
  return deps.store.transaction(() => {
    const plan = asPlan(body, noop ? noopState(deps) : stateFor(body, deps));
    deps.store.insert(plan);
    deps.store.audit.append({
      actor: plan.sealed.origin.actor,
      verb: 'plan-sealed',
      object: plan.id,
      outcome: plan.status,
      detail: deps.redactor.data({
        digest: plan.digest,
        title: plan.sealed.title,
        ...('decision' in plan ? { decision: { ...plan.decision } } : {}),
        ...(plan.status === 'authorised' ? { grant: { ...plan.grant } } : {}),
      }),
    });
    if (older !== null)
      writeEvent(deps, older, plan.sealed.origin.actor, { event: 'supersede', by: plan.id }, deps.clock.now());
    if (plan.status === 'authorised') deps.authorised(plan);
    return plan;
  });
}

function stateFor(body: PlanBody, deps: ProposeDeps): PlanState {
  const at = deps.clock.now();
  const { actor } = body.sealed.origin;
  const { decision } = askPolicy(deps, body, actor, deps.policy?.policy ?? null, at);
  const known: Decision = deps.untrusted === null ? decision : { ...decision, why: deps.untrusted };
  const reason = null;
  if (known.effect === 'deny') return { status: 'denied', since: at, reason, decision: known };
  if (known.effect === 'allow' && deps.apply && deps.policy !== null && known.rule !== null) {
    return { status: 'authorised', since: at, reason, grant: policyGrant(body, actor, deps.policy, known.rule, deps) };
  }
  return { status: 'queued', since: at, reason, decision: known };
}

/** How long a policy's grant waits to be applied: it is asked again then. */
const GRANT_MS = 3_600_000;

function policyGrant(
  body: PlanBody,
  actor: Actor,
  { policy, path, trust }: TrustedPolicy,
  rule: string,
  deps: ProposeDeps,
): PolicyGrant {
  const at = deps.clock.now();
  return {
    kind: 'policy',
    id: newGrantId(deps.random),
    plan: body.id,
    digest: body.digest,
    at,
    expiresAt: Math.min(body.sealed.expiresAt, at + GRANT_MS),
    instance: deps.instance,
    actor,
    policy: { name: policy.name, digest: policy.digest, path, trust },
    rule,
  };
}

function asPlan(body: PlanBody, state: PlanState): Plan {
  return { ...body, ...state };
}

function noopState({ clock }: ProposeDeps): PlanState {
  return { status: 'noop', since: clock.now(), reason: null };
}

function auditInvalid(draft: PlanDraft, failure: Failure, { store, redactor }: ProposeDeps): void {
  store.audit.append({
    actor: draft.origin.actor,
    verb: 'plan-refused',
    object: '',
    outcome: failure.code,
    detail: redactor.data({ why: failure.message, actions: draft.steps.map(({ action }) => action) }),
  });
}
