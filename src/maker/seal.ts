import type { Action, ActionCatalog, ActionContext, Identified, Observed, Preview, Risk } from '../domain/action.ts';
import { RISKS } from '../domain/action.ts';
import type { ActionSettings } from '../domain/action-settings.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import type { Failure } from '../domain/check.ts';
import { CodedError } from '../domain/coded-error.ts';
import { digestOf, type Digest } from '../domain/digest.ts';
import type { Looked } from '../domain/failure.ts';
import { newPlanId, type PlanId, type Random } from '../domain/id.ts';
import type { JsonObject } from '../domain/json.ts';
import type { CostDelta } from '../domain/money.ts';
import type { PlanBody, PlanDraft, SealedPlan, SealedStep } from '../domain/plan.ts';
import { redactFailure } from '../domain/redaction/border.ts';
import type { Redactor } from '../domain/redaction/redacted.ts';
import { targetKey } from '../domain/target.ts';
import { firstSecret, firstSecretOfTarget } from './first-secret.ts';

export interface SealDeps {
  readonly catalog: ActionCatalog;
  /** The reader of a provider, as its actions take it. */
  readerOf(provider: string): Promise<unknown>;
  readonly context: ActionContext;
  readonly redactor: Redactor;
  readonly random: Random;
  /** Version of this Holdfast. */
  readonly engine: string;
}

export interface SealOptions {
  /** The plan whose place the new one takes. */
  readonly supersedes: PlanId | null;
  /** When it is sealed, milliseconds since the epoch: what is relative to now is relative to this. */
  readonly at: number;
}

/** What came of a draft. `invalid` can't be approved: there is nothing that could be. */
export type Sealed =
  | { readonly status: 'invalid'; readonly step: string | null; readonly failure: Failure }
  | { readonly status: 'sealed'; readonly body: PlanBody; readonly noop: boolean };

/**
 * Freezes a draft: resolves who and what is meant, observes it, tries it where it can be tried, reckons cost and
 * risk, and takes the digest of it all. Only reads. Why a draft is invalid is said without a secret of it, and visibly.
 */
export async function seal(draft: PlanDraft, deps: SealDeps, options: Partial<SealOptions> = {}): Promise<Sealed> {
  const at = options.at ?? deps.context.clock.now();
  const sealed = await sealedOrNot(draft, deps, { supersedes: options.supersedes ?? null, at });
  return sealed.status === 'sealed' ? sealed : { ...sealed, failure: redactFailure(deps.redactor, sealed.failure) };
}

async function sealedOrNot(draft: PlanDraft, deps: SealDeps, options: SealOptions): Promise<Sealed> {
  try {
    return await sealOf(draft, deps, options);
  } catch (error) {
    // A model may write a lone surrogate, and an action may reckon a cost that is no number: neither has a digest.
    if (!(error instanceof CodedError) || error.code !== 'CANONICAL_JSON_REFUSED') throw error;
    const where = error.where === null ? '' : ` (${error.where})`;
    return { status: 'invalid', step: null, failure: { code: error.code, message: `${error.message}${where}` } };
  }
}

async function sealOf(draft: PlanDraft, deps: SealDeps, { supersedes, at }: SealOptions): Promise<Sealed> {
  const steps: ReadyStep[] = [];
  for (const [index, { action, params }] of draft.steps.entries()) {
    const id = `s${index + 1}`;
    const ready = await readyStep(id, action, params, deps, at);
    if (ready.status === 'unknown') return { status: 'invalid', step: id, failure: ready.failure };
    steps.push(ready.value);
  }
  const trouble = troubleBetween(steps);
  if (trouble !== null) return { status: 'invalid', step: null, failure: trouble };
  const [first] = steps;
  if (first === undefined) return { status: 'invalid', step: null, failure: NO_STEPS };
  const sealedSteps = steps.map(({ step }) => step);
  const made: SealedPlan = {
    v: 1,
    id: newPlanId(deps.random),
    engine: deps.engine,
    catalogue: catalogueDigest(deps.catalog),
    title: titleOf(sealedSteps),
    why: deps.redactor.text(draft.why),
    origin: draft.origin,
    target: first.identified.target,
    steps: sealedSteps,
    cost: costOf(sealedSteps),
    risk: riskOf(sealedSteps),
    destructive: sealedSteps.some(({ destructive }) => destructive),
    reverts: draft.reverts,
    supersedes,
    createdAt: at,
    expiresAt: at + draft.expiresInMs,
    nonce: Buffer.from(deps.random(16)).toString('hex'),
  };
  const bytes = canonicalJson(made);
  // From the bytes, so that it is shown in the order in which it is ever after.
  const sealed: SealedPlan = JSON.parse(bytes);
  return {
    status: 'sealed',
    body: {
      id: sealed.id,
      bytes,
      digest: digestOf('plan', sealed),
      sealed,
      intent: intentOf(sealed),
    },
    noop: steps.every(({ preview }) => preview.noop),
  };
}

/** What tells two plans that want the same from two that don't: not how things are, but what is to become of them. */
export function intentOf({ target, steps, origin }: SealedPlan): Digest {
  const who = origin.actor.kind === 'runbook' ? ['runbook', origin.actor.name] : [origin.actor.kind];
  return digestOf('intent', [
    who,
    targetKey(target),
    steps.map(({ action, resource, params }) => [action, resource, withoutMoments(params)]),
  ]);
}

/** A parameter that an action fixed to an instant (`before`) differs each time though the same is wanted. */
function withoutMoments(params: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'before'));
}

/** Digest of the catalogue: which actions there are, and of which version. */
export function catalogueDigest({ refs }: ActionCatalog): Digest {
  return digestOf('catalogue', refs);
}

const NO_STEPS: Failure = { code: 'PLAN_EMPTY', message: 'The plan has no step.' };

interface ReadyStep {
  readonly identified: Identified;
  readonly preview: Preview;
  readonly step: SealedStep;
}

async function readyStep(
  id: string,
  named: string,
  asked: JsonObject,
  deps: SealDeps,
  at: number,
): Promise<Looked<ReadyStep>> {
  canonicalJson(asked); // what can't be sealed goes no further
  const loaded = await loadAction(named, deps.catalog);
  if (loaded.status === 'unknown') return loaded;
  const action = loaded.value;
  const params = parsedParams(action, asked);
  if (params.status === 'unknown') return params;
  return readStep(id, action, fixedParams(action, params.value, deps.context, at), deps);
}

async function loadAction(named: string, catalog: ActionCatalog): Promise<Looked<Action>> {
  try {
    return { status: 'seen', value: await catalog.load(named) };
  } catch (error) {
    // An action that there is not is a draft's mistake, not a defect: a model may invent any name.
    if (!(error instanceof CodedError) || error.code !== 'NOT_FOUND') throw error;
    const next = error.next === null ? '' : ` (${error.next})`;
    return { status: 'unknown', failure: { code: 'ACTION_UNKNOWN', message: `${error.message}${next}` } };
  }
}

function parsedParams(action: Action, asked: JsonObject): Looked<unknown> {
  const result = action.params.safeParse(asked);
  if (result.success) return { status: 'seen', value: result.data };
  const said = result.error.issues
    .map(({ path, message }) => `${path.length === 0 ? '' : `${path.map(String).join('.')}: `}${message}`)
    .join('; ');
  return {
    status: 'unknown',
    failure: { code: 'PARAMS_INVALID', message: `${action.id}: ${said} (holdfast actions show ${action.id})` },
  };
}

/** What is relative to now is relative to the instant that the plan bears: nobody can seal it to mean another. */
function fixedParams(action: Action, params: unknown, context: ActionContext, at: number): unknown {
  if (action.fix === undefined) return params;
  const clock = { now: () => at, monotonic: () => context.clock.monotonic() };
  return action.fix(params, { ...context, clock });
}

async function readStep(id: string, action: Action, params: unknown, deps: SealDeps): Promise<Looked<ReadyStep>> {
  const { context } = deps;
  const reader = await deps.readerOf(providerOf(action));
  const identified = await action.identify(reader, params, context);
  if (identified.status === 'unknown') return identified;
  const observed = await action.observe(reader, params, context);
  if (observed.status === 'unknown') return observed;
  const preview = await action.preview(reader, params, observed.value, context);
  if (preview.status === 'unknown') return preview;
  const dependents = await action.dependents(reader, params, observed.value, context);
  if (dependents.status === 'unknown') return dependents;
  const step = sealedStep(id, action, params, {
    identified: identified.value,
    observed: observed.value,
    preview: preview.value,
    dependents: dependents.value,
    redactor: deps.redactor,
    settings: context.settings,
  });
  const { target } = identified.value;
  const secret = firstSecret(step, deps.redactor) ?? firstSecretOfTarget(target, deps.redactor);
  if (secret !== null) return { status: 'unknown', failure: holdsSecret(action, secret) };
  return { status: 'seen', value: { identified: identified.value, preview: preview.value, step } };
}

/** `host` of `host/prune-directory`. */
export function providerOf({ id }: Pick<Action, 'id'>): string {
  return id.slice(0, id.indexOf('/'));
}

interface Findings {
  readonly identified: Identified;
  readonly observed: Observed;
  readonly preview: Preview;
  readonly dependents: readonly string[];
  readonly redactor: Redactor;
  readonly settings: ActionSettings;
}

/** Words are redacted here; what is acted on must not need it (first-secret.ts). */
function sealedStep(id: string, action: Action, params: unknown, found: Findings): SealedStep {
  const { identified, observed, preview, dependents, redactor, settings } = found;
  const seen = { observed, preview };
  const risk = action.risk(params, seen);
  const before = { identity: observed.identity, rests: observed.rests, shown: shownData(observed.shown, redactor) };
  const undo = action.undo(params, before, null);
  const cost = action.cost(params, seen, settings);
  return {
    id,
    action: `${action.id}@${action.version}`,
    params: plainParams(params, action),
    resource: identified.resource,
    name: identified.name,
    summary: redactor.text(preview.summary),
    before,
    after: { fields: preview.after, shown: shownData(preview.shown, redactor) },
    preview: { by: preview.by, diff: preview.diff.map((line) => redactor.text(line)) },
    cost: { ...cost, basis: redactor.text(cost.basis) },
    risk: { level: risk.level, reasons: risk.reasons.map((reason) => redactor.text(reason)) },
    destructive: action.destructive(params, seen),
    dependents: dependents.map((dependent) => redactor.text(dependent)),
    undo: { possible: undo.possible, words: redactor.text(undo.words) },
  };
}

function shownData(data: JsonObject, redactor: Redactor): JsonObject {
  const redacted: JsonObject | string = redactor.data(data);
  return typeof redacted === 'string' ? { withheld: redacted } : redacted;
}

/** Sealed params are plain JSON that parses to itself: else what is applied would not be what was sealed. */
function plainParams(params: unknown, action: Action): JsonObject {
  const plain: unknown = JSON.parse(canonicalJson(params));
  const again = action.params.safeParse(plain);
  if (!isJsonObject(plain) || !again.success || canonicalJson(again.data) !== canonicalJson(params))
    throw new CodedError('INTERNAL', `the parameters of ${action.id} do not parse to themselves`, { where: action.id });
  return plain;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function holdsSecret(action: Action, path: string): Failure {
  return {
    code: 'PLAN_HOLDS_SECRET',
    message: `${action.id}: ${path} looks like a secret, and a plan holds none. Name the thing without it; if it is none, please report the pattern.`,
  };
}

function troubleBetween(steps: readonly ReadyStep[]): Failure | null {
  const targets = new Set(steps.map(({ identified }) => targetKey(identified.target)));
  if (targets.size > 1) {
    return {
      code: 'PLAN_TARGETS_DIFFER',
      message: `One plan changes one target, and these are ${targets.size}: ${[...targets].join(', ')}. Make a plan for each.`,
    };
  }
  const resources = steps.map(({ step }) => step.resource);
  const twice = resources.find((resource, index) => resources.indexOf(resource) !== index);
  if (twice === undefined) return null;
  return {
    code: 'PLAN_STEPS_COLLIDE',
    message: `Two steps change ${twice}, so what the second rests on is not known yet. Make a plan for each.`,
  };
}

function titleOf(steps: readonly SealedStep[]): string {
  const [first] = steps;
  const more = steps.length - 1;
  return `${first?.summary ?? ''}${more > 0 ? `, and ${more} more ${more === 1 ? 'step' : 'steps'}` : ''}`;
}

/** A sum of which one part is not known is not known. */
function costOf(steps: readonly SealedStep[]): CostDelta {
  const [first, ...others] = steps.map(({ cost }) => cost);
  if (first === undefined) throw new CodedError('INTERNAL', 'a plan without steps has no cost');
  if (others.length === 0) return first;
  const all = [first, ...others];
  const known = all.every(({ amount, currency }) => amount !== null && currency === first.currency);
  return {
    amount: known ? all.reduce((sum, { amount }) => sum + (amount ?? 0), 0) : null,
    currency: first.currency,
    per: 'month',
    basis: [...new Set(all.map(({ basis }) => basis))].join('; '),
  };
}

function riskOf(steps: readonly SealedStep[]): Risk {
  const rank = Math.max(...steps.map(({ risk }) => RISKS.indexOf(risk.level)));
  return {
    level: RISKS[rank] ?? 'high',
    reasons: [...new Set(steps.flatMap(({ risk }) => risk.reasons))],
  };
}
