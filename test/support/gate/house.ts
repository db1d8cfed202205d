import type { StepDraft } from '../../../src/domain/action.ts';
import type { Actor } from '../../../src/domain/actor.ts';
import type { AuditEntry, AuditVerb } from '../../../src/domain/audit.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { Plan, PlanDraft, PlanIn, PlanStatus } from '../../../src/domain/plan.ts';
import { shortCode } from '../../../src/domain/plan.ts';
import { approvePlan, type Yes } from '../../../src/maker/approve.ts';
import type { Attempt } from '../../../src/maker/apply.ts';
import { propose, type ProposeDeps } from '../../../src/maker/propose.ts';
import { pursue } from '../../../src/maker/pursue.ts';
import { fakeProvider, type FakeProvider } from '../fake-provider/server.ts';
import { HOUR, openGate, type GateAtHand, type GateOptions } from './deps.ts';

export const ANA = { kind: 'operator', name: 'ana' } as const satisfies Actor;
export const NIGHTLY = { kind: 'runbook', name: 'nightly', digest: 'sha256:0' } as const satisfies Actor;

/** A gate before a fake cluster, and what tests do with them in one word. */
export interface GateHouse extends AsyncDisposable {
  readonly fake: FakeProvider;
  readonly gate: GateAtHand;
  /** Proposes, and takes nothing but a plan for an answer. */
  made(draft: PlanDraft, deps?: Partial<ProposeDeps>): Promise<Plan>;
  approved(plan: Plan, edit?: Partial<Yes>): PlanIn<'authorised'>;
  /** Proposes, approves and pursues. */
  carriedOut(draft: PlanDraft): Promise<Attempt>;
  pursued(plan: Plan, resume?: boolean): Promise<Attempt>;
  now(plan: Plan): Plan;
  entries(verb?: AuditVerb): readonly AuditEntry[];
}

export async function gateHouse(options: Partial<GateOptions> = {}): Promise<GateHouse> {
  const fake = await fakeProvider();
  const gate = openGate(fake, options);
  const made: GateHouse['made'] = async (draft, deps = {}) => {
    const proposed = await propose(draft, { ...gate, ...deps });
    if (proposed.status !== 'made') throw new Error(`no plan: ${JSON.stringify(proposed)}`);
    return proposed.plan;
  };
  const approved: GateHouse['approved'] = (plan, edit = {}) => {
    const authorised = approvePlan(gate, plan.id, yesTo(plan, edit), () => undefined);
    if (authorised.status !== 'authorised') throw new Error(`it is ${authorised.status}`);
    return authorised;
  };
  const pursued: GateHouse['pursued'] = (plan, resume = false) => pursue(plan.id, gate, { resume });
  return {
    fake,
    gate,
    made,
    approved,
    pursued,
    carriedOut: async (draft) => pursued(approved(await made(draft))),
    now: (plan) => {
      const [found] = gate.store.byId(plan.id);
      if (found === undefined) throw new Error(`there is no ${plan.id}`);
      return found;
    },
    entries: (verb) => gate.log.list({ limit: 1_000, object: null, verb: verb ?? null }).toReversed(),
    async [Symbol.asyncDispose]() {
      gate.database.close();
      await fake[Symbol.asyncDispose]();
    },
  };
}

/** An operator's yes to all of it, at a terminal. */
export function yesTo(plan: Plan, edit: Partial<Yes> = {}): Yes {
  return {
    by: ANA,
    assurance: 'terminal',
    key: null,
    digest: plan.digest,
    allowDestructive: true,
    code: shortCode(plan.digest),
    validForMs: HOUR,
    ...edit,
  };
}

export function aDraft(steps: readonly StepDraft[], edit: Partial<PlanDraft> = {}): PlanDraft {
  return {
    why: 'it is too large',
    origin: { actor: ANA, findings: [] },
    steps,
    expiresInMs: 24 * HOUR,
    reverts: null,
    ...edit,
  };
}

/** What scales `name` to so many replicas. */
export function scale(name: string, replicas: number, more: JsonObject = {}): StepDraft {
  return { action: 'fake/scale-deployment', params: { name, replicas, ...more } };
}

export function create(name: string, replicas: number): StepDraft {
  return { action: 'fake/create-deployment', params: { name, replicas } };
}

export function remove(name: string): StepDraft {
  return { action: 'fake/delete-deployment', params: { name } };
}

/** The plan of an attempt that ended so; fails for any other end. */
export function endedIn<Status extends PlanStatus>(attempt: Attempt, status: Status): Plan & { status: Status } {
  if (attempt.status !== 'ended' || !isIn(attempt.plan, status))
    throw new Error(`it ${attempt.status} ${attempt.plan.status} (${JSON.stringify(attempt.plan.reason)})`);
  return attempt.plan;
}

function isIn<Status extends PlanStatus>(plan: Plan, status: Status): plan is Plan & { status: Status } {
  return plan.status === status;
}
