import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Actor } from '../domain/actor.ts';
import { CodedError } from '../domain/coded-error.ts';
import { parseDuration } from '../domain/duration.ts';
import { errorCode } from '../domain/failure.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Plan, PlanDraft } from '../domain/plan.ts';
import { jsonObject } from '../maker/json-value.ts';
import { readPlanFile } from '../maker/plan-file.ts';
import { propose, type ProposeDeps, type Proposed } from '../maker/propose.ts';
import { undoDraft } from '../maker/undo.ts';
import { parseSetting } from '../runbooks/setting.ts';
import type { StatefulApp } from './app.ts';
import { refuseActionChoice } from './client-choice.ts';
import type { Gate } from './gate.ts';
import { showFinding } from './findings.ts';
import { believedPolicy, type PolicyProof } from './policies.ts';
import { thePlan } from './plans.ts';

/** What a command line asks for. */
export interface PlanRequest {
  /** An action's id; null when a file says it all. */
  readonly action: string | null;
  /** `key=value`, for the action. */
  readonly settings: readonly string[];
  readonly file: string | undefined;
  readonly why: string | undefined;
  /** A duration. */
  readonly expires: string | undefined;
}

/** Under which policy a draft is decided, if any. */
export interface PolicyRequest {
  readonly policy: string | undefined;
  readonly proof: PolicyProof;
  readonly apply: boolean;
}

/** How long a plan waits for a decision when nobody says otherwise. */
const EXPIRES_MS = 24 * 3_600_000;
/** Longer than this nobody should rely on what was seen. */
const EXPIRES_AT_MOST_MS = 30 * 24 * 3_600_000;

/** Makes a plan of what was asked for. PLAN_INVALID when it can't be sealed. */
export async function createPlan(
  app: StatefulApp,
  gate: Gate,
  actor: Actor,
  request: PlanRequest,
  policy: PolicyRequest,
): Promise<Plan> {
  const draft = { ...asked(app, request), origin: { actor, findings: [] }, reverts: null };
  return madePlan(await propose(draft, proposeDeps(app, gate, policy)));
}

/** Makes a plan of steps that were drafted elsewhere. PLAN_INVALID when it can't be sealed. */
export async function planOf(
  app: StatefulApp,
  gate: Gate,
  draft: Pick<PlanDraft, 'steps' | 'why'> & { readonly actor: Actor },
  policy: PolicyRequest,
): Promise<Plan> {
  const { actor, steps, why } = draft;
  const whole = { why, steps, expiresInMs: EXPIRES_MS, origin: { actor, findings: [] }, reverts: null };
  return madePlan(await propose(whole, proposeDeps(app, gate, policy)));
}

/** What a client that may decide nothing wants done. */
export interface OutsideDraft extends Pick<PlanDraft, 'why' | 'steps'> {
  /** Ids of findings, or their starts. */
  readonly findings: readonly string[];
}

/** So many plans an MCP client may make a day: what floods is not read. */
const CLIENT_PLANS_PER_DAY = 20;

/**
 * Makes a plan of what an MCP client drafts: it waits for the operator, whatever policies there are. A client that drafts
 * the same at every beat gets the plan that waits. PLAN_INVALID when it
 * can't be sealed, PLAN_TOO_MANY when clients made so many within a day.
 */
export async function draftPlan(
  app: StatefulApp,
  gate: Gate,
  actor: Extract<Actor, { kind: 'mcp' }>,
  { why, steps, findings }: OutsideDraft,
): Promise<Plan> {
  for (const { action } of steps) refuseActionChoice(action);
  const since = gate.clock.now() - DAY_MS;
  const made = gate.store
    .list({ statuses: null, limit: LOOKED_THROUGH })
    .filter(({ sealed }) => sealed.origin.actor.kind === 'mcp' && sealed.createdAt >= since).length;
  if (made >= CLIENT_PLANS_PER_DAY)
    throw new CodedError('PLAN_TOO_MANY', `MCP clients drafted ${made} plans within a day`, {
      next: 'let the operator decide over those that wait: holdfast plan list',
    });
  const ids = findings.map((id) => showFinding(app, id).finding.id);
  const whole = { why, steps, expiresInMs: EXPIRES_MS, origin: { actor, findings: ids }, reverts: null };
  return madePlan(await propose(whole, proposeDeps(app, gate, NO_POLICY)));
}

const DAY_MS = 24 * 3_600_000;
/** The latest plans, of whomever: more are not made within a day. */
const LOOKED_THROUGH = 500;

/** Makes the plan that takes back what another did; it waits like any other. */
export async function undoPlan(app: StatefulApp, gate: Gate, id: string, actor: Actor): Promise<Plan> {
  const plan = thePlan(gate, id);
  const { steps, kept } = await undoDraft(plan, gate);
  const but = kept.length === 0 ? '' : `; not taken back: ${kept.join('; ')}`;
  const draft: PlanDraft = {
    why: `undo of ${plan.id}: ${plan.sealed.title}${but}`,
    origin: { actor, findings: plan.sealed.origin.findings },
    steps,
    expiresInMs: EXPIRES_MS,
    reverts: plan.id,
  };
  return madePlan(await propose(draft, proposeDeps(app, gate, NO_POLICY)));
}

export const NO_POLICY: PolicyRequest = {
  policy: undefined,
  proof: { digest: undefined, signature: undefined },
  apply: false,
};

/** So many plans one runbook may make a day: what floods is not read. */
const RUNBOOK_PLANS_PER_DAY = 20;

export function proposeDeps(app: StatefulApp, gate: Gate, { policy, proof, apply }: PolicyRequest): ProposeDeps {
  const believed =
    policy === undefined ? { policy: null, untrusted: null } : believedPolicy(app, gate.store, policy, proof);
  return { ...gate, ...believed, apply, runbookPlansPerDay: RUNBOOK_PLANS_PER_DAY };
}

function madePlan(proposed: Proposed): Plan {
  switch (proposed.status) {
    case 'made':
    case 'waits-already':
    case 'said-no':
      return proposed.plan;
    case 'too-many':
      throw new CodedError('PLAN_TOO_MANY', `${proposed.made} plans were made within a day`);
    case 'invalid': {
      const { code, message } = proposed.failure;
      throw new CodedError('PLAN_INVALID', message, {
        where: proposed.step === null ? code : `${proposed.step} ${code}`,
        next: 'holdfast actions list',
      });
    }
    default:
      return proposed satisfies never;
  }
}

function asked(app: StatefulApp, request: PlanRequest): Pick<PlanDraft, 'why' | 'steps' | 'expiresInMs'> {
  if (request.file === undefined) {
    if (request.action === null)
      throw new CodedError('USAGE', 'a plan needs an action, or a file', {
        next: 'holdfast plan create <action> --set key=value, or --file plan.yaml',
      });
    const params = paramsOf(request.settings);
    return {
      why: request.why ?? '',
      steps: [{ action: request.action, params }],
      expiresInMs: expiresIn(request.expires),
    };
  }
  if (request.action !== null || request.settings.length > 0)
    throw new CodedError('USAGE', 'the file says which actions: name none beside --file');
  const written = readPlanFile({ path: request.file, text: readText(app, request.file) });
  return {
    why: request.why ?? written.why ?? '',
    steps: written.steps,
    expiresInMs: expiresIn(request.expires ?? written.expires ?? undefined),
  };
}

/** YAML can say what JSON can't: a number that is none, a set, bytes. */
function paramsOf(settings: readonly string[]): JsonObject {
  const params = jsonObject.safeParse(Object.fromEntries(settings.map(parseSetting)));
  if (params.success) return params.data;
  const name = String(params.error.issues[0]?.path[0] ?? '');
  throw new CodedError('USAGE', `the value of "${name}" is nothing that a plan can hold`, { next: 'quote it' });
}

function readText(app: StatefulApp, named: string): string {
  try {
    return readFileSync(resolve(app.surroundings.cwd, named), 'utf8');
  } catch (error) {
    throw new CodedError('PLAN_FILE_INVALID', `the file can't be read (${errorCode(error) ?? String(error)})`, {
      where: named,
      cause: error,
    });
  }
}

function expiresIn(written: string | undefined): number {
  if (written === undefined) return EXPIRES_MS;
  const ms = parseDuration(written);
  if (ms === null || ms <= 0 || ms > EXPIRES_AT_MOST_MS)
    throw new CodedError('USAGE', `"${written}" is not how long a plan may wait`, {
      next: 'write --expires 60m, or up to 30d',
    });
  return ms;
}
