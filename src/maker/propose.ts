import type { Actor } from '../domain/actor.ts';
import type { Failure } from '../domain/check.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { PolicyGrant } from '../domain/grant.ts';
import { newGrantId, type PlanId } from '../domain/id.ts';
import type { Plan, PlanBody, PlanDraft, PlanState, PlanStatus } from '../domain/plan.ts';
import type { Decision, Policy } from '../domain/policy.ts';
import { printableStart } from '../domain/printable.ts';
import { exactPlan, writeEvent } from './change-plan.ts';
import { askPolicy, otherEngine, type ClaimDeps } from './claim.ts';
import { lookAgain } from './look-again.ts';
import { differsHere } from './seal-again.ts';
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
 * plan that waits, and its policy is asked once more: its window may have opened since. When the world moved in
 * between, the new plan takes its place.
 */
export async function propose(draft: PlanDraft, deps: ProposeDeps): Promise<Proposed> {
  const sealed = await seal(draft, deps);
  if (sealed.status === 'invalid') {
    auditInvalid(draft, sealed.failure, deps);
    return sealed;
  }
  const { body, noop } = sealed;
  const { actor } = draft.origin;
  // What a beat proposes, by the runbook's own word, by its model or by a client that asks at every beat, comes again and again.
  const isRepeated =
    actor.kind === 'runbook' || actor.kind === 'mcp' || (actor.kind === 'model' && deps.noSince !== undefined);
  if (!isRepeated) return { status: 'made', plan: keep(body, noop, actor, [], deps) };
  if (noop) return { status: 'made', plan: asPlan(body, noopState(deps)) };
  const outdated: PlanId[] = [];
  for (const plan of deps.store.withIntent(body.intent, OPEN)) {
    if (plan.status !== 'queued') return { status: 'waits-already', plan };
    if (await stillFits(plan, deps)) return { status: 'waits-already', plan: decideAgain(plan, actor, deps) };
    outdated.push(plan.id);
  }
  const [older] = outdated;
  const inItsPlace = older === undefined ? sealed : await seal(draft, deps, { supersedes: older });
  if (inItsPlace.status === 'invalid') {
    auditInvalid(draft, inItsPlace.failure, deps);
    return inItsPlace;
  }
  if (inItsPlace.noop) return { status: 'made', plan: asPlan(inItsPlace.body, noopState(deps)) };
  return deps.store.transaction(() => keepOfRunbook(inItsPlace.body, actor, outdated, deps));
}

/** What the policy allows by now is authorised by now; whatever else it says, the plan goes on waiting for the operator. */
function decideAgain({ id }: Plan, actor: Actor, deps: ProposeDeps): Plan {
  return deps.store.transaction(() => {
    const plan = exactPlan(deps, id);
    if (plan.status !== 'queued') return plan;
    const decided = stateFor(plan, actor, deps);
    if (decided.status !== 'authorised') return plan;
    const { grant } = decided;
    const event = { event: 'authorise', grant } as const;
    const authorised = writeEvent(deps, plan, actor, event, deps.clock.now(), {
      verb: 'plan-authorised',
      detail: { grant: { ...grant } },
    });
    deps.authorised(authorised);
    return authorised;
  });
}

/** Statuses in which a plan may still be applied by itself: another one for the same would be one too many. */
const OPEN: readonly PlanStatus[] = ['queued', 'authorised', 'applying'];

/** Inside a transaction, because somebody may have decided, or proposed the same, while this one was sealed. */
function keepOfRunbook(body: PlanBody, actor: Actor, outdated: readonly PlanId[], deps: ProposeDeps): Proposed {
  const open = deps.store.withIntent(body.intent, OPEN);
  const plan = open.find(({ id, status }) => status !== 'queued' || !outdated.includes(id));
  if (plan !== undefined) return { status: 'waits-already', plan };
  const no = rejectedSince(body, deps);
  if (no !== null) return { status: 'said-no', plan: no };
  const made = deps.store.madeBy(actor.name, deps.clock.now() - DAY_MS);
  if (made >= deps.runbookPlansPerDay) return { status: 'too-many', made };
  return { status: 'made', plan: keep(body, false, actor, open, deps) };
}

function rejectedSince({ intent }: PlanBody, { store, noSince }: ProposeDeps): Plan | null {
  if (noSince === undefined) return null;
  return store.withIntent(intent, ['rejected']).find(({ since }) => since >= noSince) ?? null;
}

/** By how much the clock of the machine that sealed a plan may be ahead. */
const CLOCKS_DIFFER_MS = 60_000;

/**
 * Puts a plan that was sealed elsewhere into this queue, decided anew here, for `by`, who brings it: neither what was
 * decided elsewhere counts, nor who it says to come from. It must be for this Holdfast, catalogue and time (PLAN_NEWER,
 * PLAN_STATE). Nothing proves who wrote it, so it must say what would be sealed of its steps here and now, or its card
 * and its policy would be shown a lie: PLAN_STATE when it doesn't, PLAN_INVALID when that can't be found out.
 */
export async function admit(body: PlanBody, by: Actor, deps: ProposeDeps): Promise<Plan> {
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
  const now = deps.clock.now();
  if (body.sealed.createdAt > now + CLOCKS_DIFFER_MS)
    throw new CodedError('PLAN_STATE', `plan ${body.id} was sealed ${body.sealed.createdAt - now} ms from now`, {
      where: body.id,
      next: 'set the clocks right, and make a new plan',
    });
  if (now >= body.sealed.expiresAt)
    throw new CodedError('PLAN_STATE', `plan ${body.id} has expired`, { where: body.id, next: 'make a new plan' });
  const differs = await differsHere(body.sealed, deps);
  if (differs !== null)
    throw new CodedError('PLAN_STATE', `plan ${body.id} can't be taken: ${differs} is not what is found here`, {
      where: body.id,
      next: 'something moved since it was sealed, or the file was forged: make the plan anew',
    });
  return keep(body, false, by, [], deps);
}

async function stillFits(plan: Plan, deps: ProposeDeps): Promise<boolean> {
  if (deps.clock.now() >= plan.sealed.expiresAt) return false;
  for (const step of plan.sealed.steps) if ((await lookAgain(plan.sealed, step, deps)).status !== 'same') return false;
  return true;
}

/** Decides for `actor` and writes in one transaction; the plans that this one takes the place of are superseded in it. */
function keep(body: PlanBody, noop: boolean, actor: Actor, older: readonly Plan[], deps: ProposeDeps): Plan {
  return deps.store.transaction(() => {
    const plan = asPlan(body, noop ? noopState(deps) : stateFor(body, actor, deps));
    deps.store.insert(plan);
    deps.store.audit.append({
      actor,
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
    for (const each of older) writeEvent(deps, each, actor, { event: 'supersede', by: plan.id }, deps.clock.now());
    if (plan.status === 'authorised') deps.authorised(plan);
    return plan;
  });
}

function stateFor(body: PlanBody, actor: Actor, deps: ProposeDeps): PlanState {
  const at = deps.clock.now();
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
    detail: redactor.data({
      why: failure.message,
      actions: draft.steps.map(({ action }) => printableStart(action, 200)),
    }),
  });
}
