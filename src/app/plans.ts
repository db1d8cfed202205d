import type { Actor } from '../domain/actor.ts';
import type { Hold } from '../domain/gate-store.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { Plan, PlanStatus } from '../domain/plan.ts';
import type { PlanEvent } from '../domain/plan-transition.ts';
import { changePlan } from '../maker/change-plan.ts';
import { expireDue } from '../maker/expire.ts';
import { jobsTable } from '../store/jobs.ts';
import type { StatefulApp } from './app.ts';
import type { Gate } from './gate.ts';
import { theOne } from './the-one.ts';

/** The operator, by the name of the account. */
export function operator({
  surroundings: { user },
}: Pick<StatefulApp, 'surroundings'>): Extract<Actor, { kind: 'operator' }> {
  return { kind: 'operator', name: user };
}

/** The plan that an id or its beginning means, as it stands now. */
export function thePlan(gate: Gate, id: string): Plan {
  expireDue(gate);
  const bare = id.replace(/^p-/i, '').toUpperCase();
  return theOne('plan', id, gate.store.byId(`p-${bare}`));
}

/**
 * Who brought a plan from a file, by the audit log; null for one that was sealed here. What such a plan says of its
 * origin is only said.
 */
export function broughtBy(app: Pick<StatefulApp, 'audit'>, { id, sealed }: Plan): Actor | null {
  const [entry] = app.audit.list({ limit: 1, object: id, verb: 'plan-sealed' });
  if (entry === undefined) return null;
  const { actor } = entry;
  return actor.kind === sealed.origin.actor.kind && actor.name === sealed.origin.actor.name ? null : actor;
}

export interface PlanListing {
  readonly all: boolean;
  readonly limit: number;
}

/** Statuses of plans that may still come to something. */
export const OPEN: readonly PlanStatus[] = ['queued', 'authorised', 'applying', 'unknown', 'partial', 'applied'];

export function listPlans(gate: Gate, { all, limit }: PlanListing): readonly Plan[] {
  expireDue(gate);
  return gate.store.list({ statuses: all ? null : OPEN, limit });
}

export type OperatorVerb = 'reject' | 'withdraw' | 'revoke' | 'abandon';

/** What an operator decides over a plan without letting it be applied. */
export function decideOverPlan(
  app: StatefulApp,
  gate: Gate,
  id: string,
  verb: OperatorVerb,
  reason: string | undefined,
): Plan {
  const by = operator(app);
  const event: PlanEvent = { event: verb, by, reason: reason === undefined ? null : app.redactor.text(reason) };
  return changePlan(gate, thePlan(gate, id).id, by, () => event);
}

/** The kill switch: until `release`, nothing is applied, by whomever it was authorised. */
export function hold(app: StatefulApp, gate: Gate, reason: string | undefined): Hold {
  const by = operator(app);
  const set: Hold = {
    at: gate.clock.now(),
    by,
    reason: reason === undefined ? null : app.redactor.text(reason),
  };
  gate.store.transaction(() => {
    gate.store.setHold(set);
    gate.store.audit.append({
      actor: by,
      verb: 'held',
      object: '',
      outcome: 'held',
      detail: app.redactor.data({ reason: set.reason }),
    });
  });
  return set;
}

/** Ends the hold. NOT_HELD when there is none. */
export function release(app: StatefulApp, gate: Gate): void {
  gate.store.transaction(() => {
    if (gate.store.hold() === null)
      throw new CodedError('NOT_HELD', 'nothing is held', { next: '`holdfast status` says what waits' });
    gate.store.setHold(null);
    jobsTable(app.database).hasten('apply', gate.clock.now());
    gate.store.audit.append({
      actor: operator(app),
      verb: 'released',
      object: '',
      outcome: 'released',
      detail: app.redactor.data({}),
    });
  });
}
