import type { Actor } from '../domain/actor.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { Digest } from '../domain/digest.ts';
import type { Approval } from '../domain/grant.ts';
import { newGrantId, type PlanId } from '../domain/id.ts';
import { shortCode, type Plan } from '../domain/plan.ts';
import { printableStart } from '../domain/printable.ts';
import { exactPlan, writeEvent } from './change-plan.ts';
import { otherEngine } from './claim.ts';
import type { GateDeps } from './gate-deps.ts';

/** An operator's yes, and how it is known that it is one. */
export interface Yes {
  readonly by: Approval['by'];
  readonly assurance: Approval['assurance'];
  readonly key: string | null;
  /** The digest that the operator was shown: the whole of it. */
  readonly digest: string;
  readonly allowDestructive: boolean;
  /** What was typed for a plan that destroys; null when nothing was. */
  readonly code: string | null;
  /** How long it waits to be applied, milliseconds. */
  readonly validForMs: number;
}

/**
 * Authorises a queued plan by the digest that the operator was shown. `authorised` is called with it inside the same
 * transaction, for the job that will apply it. PLAN_DIGEST for another digest, APPROVAL_DESTRUCTIVE when a plan that
 * destroys lacks its consent, PLAN_STATE when somebody decided before. A refusal is audited too.
 */
export function approvePlan(deps: GateDeps, id: PlanId, yes: Yes, authorised: (plan: Plan) => void): Plan {
  try {
    return deps.store.transaction(() => {
      const plan = exactPlan(deps, id);
      const at = deps.clock.now();
      refuseUnfit(deps, plan, yes, at);
      const grant: Approval = {
        kind: 'approval',
        id: newGrantId(deps.random),
        plan: plan.id,
        digest: plan.digest,
        at,
        expiresAt: Math.min(plan.sealed.expiresAt, at + yes.validForMs),
        instance: deps.instance,
        by: yes.by,
        assurance: yes.assurance,
        key: yes.key,
        allowDestructive: yes.allowDestructive,
      };
      const approved = writeEvent(deps, plan, yes.by, { event: 'authorise', grant }, at, {
        verb: 'plan-authorised',
        detail: { grant: grant.id, assurance: yes.assurance, signedBy: yes.key, expiresAt: grant.expiresAt },
      });
      authorised(approved);
      return approved;
    });
  } catch (error) {
    if (error instanceof CodedError && error.code !== 'NOT_FOUND') auditRefusal(deps, id, yes.by, error);
    throw error;
  }
}

/** A no to an approval, whoever gave it, is written down. Called outside of the transaction that was given up. */
export function auditRefusal({ store, redactor }: GateDeps, id: PlanId, by: Actor, error: CodedError): void {
  if (error.code.startsWith('STORE_')) return; // nothing can be written, and the error says so
  store.audit.append({
    actor: by,
    verb: 'approval-refused',
    object: id,
    outcome: error.code,
    detail: redactor.data({ why: error.message }),
  });
}

function refuseUnfit(deps: GateDeps, plan: Plan, yes: Yes, at: number): void {
  if (plan.status !== 'queued')
    throw new CodedError('PLAN_STATE', `plan ${plan.id} is ${plan.status}: it was decided before, or has ended`, {
      where: plan.id,
      next: `holdfast plan show ${plan.id}`,
    });
  if (yes.digest !== plan.digest)
    throw new CodedError('PLAN_DIGEST', `${printableStart(yes.digest, 80)} is not the digest of plan ${plan.id}`, {
      where: plan.id,
      next: `read it again: holdfast plan show ${plan.id}`,
    });
  if (at >= plan.sealed.expiresAt)
    throw new CodedError('PLAN_STATE', `plan ${plan.id} has expired`, { where: plan.id, next: 'make a new plan' });
  const other = otherEngine(deps, plan);
  if (other !== null)
    throw new CodedError('PLAN_NEWER', `plan ${plan.id} can't be approved: ${other}`, {
      where: plan.id,
      next: 'make a new plan',
    });
  if (plan.sealed.destructive && !(yes.allowDestructive && isConsent(yes, plan.digest)))
    throw new CodedError('APPROVAL_DESTRUCTIVE', `plan ${plan.id} destroys what can't be had back`, {
      where: plan.id,
      next: `add --allow-destructive, and type its short code when asked (or give it with --code)`,
    });
}

/** A signature covers the consent itself (approvalChallenge); everybody else types the short code. */
function isConsent({ assurance, code }: Yes, digest: Digest): boolean {
  return assurance === 'signature' || code === shortCode(digest);
}

/** The namespace of approvals' signatures: `ssh-keygen -Y sign -n holdfast-approval`. */
export const APPROVAL_NAMESPACE = 'holdfast-approval';

/** The bytes that an approval by signature signs: this plan, on this installation, with or without the consent to destroy. */
export function approvalChallenge(
  plan: Pick<Plan, 'id' | 'digest'>,
  instance: string,
  allowDestructive: boolean,
): string {
  return `${canonicalJson({
    purpose: 'holdfast-approval',
    v: 1,
    plan: plan.id,
    digest: plan.digest,
    instance,
    allowDestructive,
  })}\n`;
}
