import type { Actor } from '../domain/actor.ts';
import type { PolicyGrant } from '../domain/grant.ts';
import type { Plan, PlanIn } from '../domain/plan.ts';
import type { Decision, Explanation, Policy } from '../domain/policy.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { PlanEvent } from '../domain/plan-transition.ts';
import { targetKey } from '../domain/target.ts';
import { exactPlan, writeEvent } from './change-plan.ts';
import type { GateDeps } from './gate-deps.ts';
import { decide, usageKeysOf } from './policy/decide.ts';
import { questionOf, type Environments } from './question.ts';

/** What becomes of an attempt to use a grant up. */
export type Claimed =
  | { readonly status: 'claimed'; readonly plan: PlanIn<'applying'> }
  /** The kill switch is on: the plan stands as it stood. */
  | { readonly status: 'held' }
  /** It can't be applied any more, and now stands so. */
  | { readonly status: 'ended'; readonly plan: Plan };

export interface ClaimDeps extends GateDeps {
  readonly environments: Environments;
  /** Whether this installation's counters last; not on a runner that is thrown away. */
  readonly durable: boolean;
}

export const APPLIER: Actor = { kind: 'holdfast', name: 'applier' };

/** A clock that was set back by more than this would open windows and refill counters again. */
const CLOCK_TOLERANCE_MS = 2_000;

/**
 * Uses up the grant of an authorised plan, in one transaction with all that it depends on: that it is still
 * authorised by this very grant, which is for this plan, digest and installation and not over; that nothing is
 * held; that it was never begun before; and, for a policy's grant, that the policy as it is now (`policy`, null
 * when it is no longer believed) still allows it within its counters, which are consumed here. Of a thousand
 * claimants one wins; for the others it no longer stands as authorised: PLAN_STATE.
 */
export function claim(deps: ClaimDeps, plan: PlanIn<'authorised'>, policy: Policy | null): Claimed {
  const { store, clock } = deps;
  return store.transaction((): Claimed => {
    const current = exactPlan(deps, plan.id);
    const at = clock.now();
    const end = (event: PlanEvent): Claimed => ({
      status: 'ended',
      plan: writeEvent(deps, current, APPLIER, event, at),
    });
    if (current.status !== 'authorised' || current.grant.id !== plan.grant.id) throw notAuthorised(current);
    refuseClockBefore(deps, at);
    if (store.audit.count('apply-began', plan.id) > 0) throw putBack(plan, 'was begun before');
    // What happens to a plan that waits, other than that it is authorised, is its end.
    if (store.audit.count('plan-changed', plan.id) > 0) throw putBack(plan, 'had ended before');
    const { grant } = current;
    if (grant.plan !== current.id || grant.digest !== current.digest || grant.instance !== deps.instance) {
      return end(staleFor(deps, 'the grant is for another plan, digest or installation'));
    }
    if (at >= grant.expiresAt || at >= current.sealed.expiresAt) return end({ event: 'expire' });
    const other = otherEngine(deps, current);
    if (other !== null) return end(staleFor(deps, other));
    if (store.hold() !== null) return { status: 'held' };
    if (grant.kind === 'policy') {
      const { decision, uses } = askAgain(deps, current, grant, policy, at);
      if (decision.effect !== 'allow') {
        return end({ event: 'revoke', by: APPLIER, reason: deps.redactor.text(decision.why) });
      }
      store.use(uses, current.id, at);
    }
    const fence = store.nextFence(targetKey(current.sealed.target));
    const claimed = writeEvent(deps, current, APPLIER, { event: 'claim', fence }, at, {
      verb: 'apply-began',
      detail: { grant: grant.id, fence },
    });
    if (claimed.status !== 'applying') throw notAuthorised(claimed);
    return { status: 'claimed', plan: claimed };
  });
}

/** Why a plan belongs to another Holdfast than this one; null when it doesn't. */
export function otherEngine(
  deps: Pick<GateDeps, 'engine' | 'catalogue'>,
  { sealed }: Pick<Plan, 'sealed'>,
): string | null {
  if (sealed.engine !== deps.engine) return `it was sealed by Holdfast ${sealed.engine}, this is ${deps.engine}`;
  return sealed.catalogue === deps.catalogue ? null : 'it was sealed with another catalogue of actions';
}

/** The policy is asked anew, with the counters and the clock as they are now: an edit kills every grant it gave. */
function askAgain(
  deps: ClaimDeps,
  plan: Plan,
  grant: PolicyGrant,
  policy: Policy | null,
  at: number,
): Pick<Explanation, 'decision' | 'uses'> {
  if (policy === null || policy.digest !== grant.policy.digest) return { decision: noLongerThere(grant), uses: [] };
  return askPolicy(deps, plan, grant.actor, policy, at);
}

function noLongerThere({ policy }: PolicyGrant): Decision {
  const why = `the policy ${policy.name} was edited, is gone, or is no longer trusted`;
  return { effect: 'queue', policy: null, rule: null, why };
}

/**
 * Why what is left of a plan may no longer be done at an instant; null when it may. Its policy is asked as it is now,
 * but without its counters: there the whole plan was counted when it began.
 */
export function whyNoLonger(
  deps: Pick<ClaimDeps, 'environments' | 'durable'>,
  { sealed, grant }: PlanIn<'applying' | 'partial'>,
  policy: Policy | null,
  at: number,
): string | null {
  if (at >= sealed.expiresAt) return 'the plan has expired';
  if (grant.kind === 'approval') return null;
  if (policy === null || policy.digest !== grant.policy.digest) return noLongerThere(grant).why;
  const { environments, durable } = deps;
  const about = { at, actor: grant.actor, environments, durable, used: new Map<string, number>() };
  const { decision } = decide(policy, questionOf({ sealed }, about));
  return decision.effect === 'allow' ? null : decision.why;
}

/** PLAN_TAMPERED for a row of a plan in the middle that was seen through before: an older one was put back. */
export function refuseEnded({ store }: Pick<GateDeps, 'store'>, plan: Plan): void {
  if (store.audit.count('plan-verified', plan.id) > 0) throw putBack(plan, 'was seen through before');
}

/** What a policy says of a plan at an instant, with the counters as they are. */
export function askPolicy(
  deps: Pick<ClaimDeps, 'store' | 'environments' | 'durable'>,
  plan: Pick<Plan, 'sealed'>,
  actor: Actor,
  policy: Policy | null,
  at: number,
): Explanation {
  const about = { at, actor, environments: deps.environments, durable: deps.durable };
  const unused = questionOf(plan, { ...about, used: new Map() });
  if (policy === null) return decide(null, unused);
  return decide(policy, questionOf(plan, { ...about, used: deps.store.used(usageKeysOf(policy, unused), at) }));
}

function staleFor({ redactor }: GateDeps, why: string): PlanEvent {
  return { event: 'stale', moved: [], reason: redactor.text(why) };
}

function notAuthorised(plan: Plan): CodedError {
  return new CodedError('PLAN_STATE', `plan ${plan.id} is ${plan.status}, so it can't be applied`, {
    where: plan.id,
    next: `holdfast plan show ${plan.id}`,
  });
}

/** An older row of the plan was put back: it proves right by itself, but the audit knows better. */
function putBack({ id }: Plan, what: string): CodedError {
  return new CodedError('PLAN_TAMPERED', `plan ${id} ${what}, though its row says otherwise`, {
    where: id,
    next: 'make a new plan, and find out who writes to the state directory',
  });
}

/** The audit's time never goes back: when the clock is behind it, it was set back. */
export function refuseClockBefore({ store }: GateDeps, at: number): void {
  const behind = (store.audit.latestAt() ?? at) - at;
  if (behind <= CLOCK_TOLERANCE_MS) return;
  throw new CodedError('CLOCK_BACK', `the clock is ${behind} ms behind the latest audit entry`, {
    next: 'set the clock right: with a clock set back, windows would open and counters refill again',
  });
}
