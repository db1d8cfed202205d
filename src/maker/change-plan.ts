import type { Actor } from '../domain/actor.ts';
import type { AuditVerb } from '../domain/audit.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { PlanId } from '../domain/id.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Plan, PlanState } from '../domain/plan.ts';
import { transition, type PlanEvent } from '../domain/plan-transition.ts';
import type { GateDeps } from './gate-deps.ts';

/** The plan of exactly this id, proved as it is read; NOT_FOUND when there is none. */
export function exactPlan({ store }: Pick<GateDeps, 'store'>, id: PlanId): Plan {
  const plan = store.byId(id).find((candidate) => candidate.id === id);
  if (plan === undefined)
    throw new CodedError('NOT_FOUND', `there is no plan "${id}"`, { next: '`holdfast plan list` lists them' });
  return plan;
}

/**
 * Reads a plan, decides what happens to it, and writes how it then stands with its audit entry: one transaction.
 * PLAN_STATE when it does not stand so that this can happen to it.
 */
export function changePlan(
  deps: GateDeps,
  id: PlanId,
  actor: Actor,
  decide: (plan: Plan, at: number) => PlanEvent,
): Plan {
  return deps.store.transaction(() => {
    const plan = exactPlan(deps, id);
    const at = deps.clock.now();
    return writeEvent(deps, plan, actor, decide(plan, at), at);
  });
}

/** Inside a transaction: the plan after the event, written with its audit entry. */
export function writeEvent(
  deps: GateDeps,
  plan: Plan,
  actor: Actor,
  event: PlanEvent,
  at: number,
  audit: { readonly verb: AuditVerb; readonly detail: JsonObject } = { verb: verbOf(event), detail: {} },
): Plan {
  const next = transition(plan, event, at);
  if (!next.ok) throw refused(plan, event.event);
  const changed = withState(plan, next.state);
  deps.store.write(changed);
  deps.store.audit.append({
    actor,
    verb: audit.verb,
    object: plan.id,
    outcome: changed.status,
    detail: deps.redactor.data({
      digest: plan.digest,
      ...(changed.status === plan.status ? {} : { from: plan.status }),
      ...(changed.reason === null ? {} : { reason: changed.reason }),
      ...audit.detail,
    }),
  });
  return changed;
}

/** The same plan, standing otherwise. */
export function withState({ id, bytes, digest, sealed, intent }: Plan, state: PlanState): Plan {
  return { id, bytes, digest, sealed, intent, ...state };
}

function verbOf(event: PlanEvent): AuditVerb {
  switch (event.event) {
    case 'authorise':
      return 'plan-authorised';
    case 'claim':
    case 'resume':
      return 'apply-began';
    case 'verify':
      return 'plan-verified';
    default:
      return 'plan-changed';
  }
}

const CAN_NOT: Readonly<Record<PlanEvent['event'], string>> = {
  authorise: 'be approved',
  reject: 'be rejected',
  withdraw: 'be withdrawn',
  expire: 'expire',
  supersede: 'be superseded',
  stale: 'become stale',
  revoke: 'be revoked',
  claim: 'be applied',
  resume: 'be resumed',
  progress: 'go on',
  'not-done': 'go back',
  finish: 'end',
  reconcile: 'be reconciled',
  verify: 'be verified',
  abandon: 'be abandoned',
};

function refused(plan: Plan, event: PlanEvent['event']): CodedError {
  const why = plan.reason === null ? '' : ` (${plan.reason})`;
  return new CodedError('PLAN_STATE', `plan ${plan.id} is ${plan.status}${why}, so it can't ${CAN_NOT[event]}`, {
    where: plan.id,
    next: `holdfast plan show ${plan.id}`,
  });
}
