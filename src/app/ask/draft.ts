import type { Actor } from '../../domain/actor.ts';
import { CodedError } from '../../domain/coded-error.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Plan } from '../../domain/plan.ts';
import { printable } from '../../domain/printable.ts';
import { actionCatalog } from '../../maker/actions/catalog.ts';
import { paramsJsonSchema } from '../../runbooks/params-schema.ts';
import { redactedStart } from '../../domain/redaction/redacted-start.ts';
import type { StatefulApp } from '../app.ts';
import type { Gate } from '../gate.ts';
import { openCluster } from '../open-cluster.ts';
import { planOf, type PolicyRequest } from '../plan-create.ts';
import { operator } from '../plans.ts';
import { candidatesOf, paramsOf, theCandidate } from './draft-target.ts';
import { readWish, type Wanted } from './draft-verbs.ts';
import { draftByModel } from './model-draft.ts';
import type { ModelChoice } from './model-choice.ts';

export interface DraftRequest {
  readonly sentence: string;
  readonly context: string | undefined;
  readonly namespaces: readonly string[];
  readonly model: ModelChoice;
  readonly policy: PolicyRequest;
}

/** One change that a sentence asks for, with parameters that the engine saw. */
export interface Drafted {
  readonly action: string;
  readonly params: JsonObject;
  readonly actor: Actor;
}

/**
 * Makes a plan of a sentence: one catalogued action on one resource that was seen. By the plain verbs of the catalogue,
 * which is the operator's own word; else by a model, which sees the sentence and the names of what there is, and nothing
 * that a stranger could have written into a log. DRAFT_NOT_UNDERSTOOD when neither knows what is meant.
 */
export async function draftPlan(
  app: StatefulApp,
  gate: Gate,
  request: DraftRequest,
  signal: AbortSignal,
): Promise<Plan> {
  const { action, params, actor } = await drafted(app, request, signal);
  return planOf(
    app,
    gate,
    { actor, steps: [{ action, params }], why: redactedStart(app.redactor, printable(request.sentence), 500) },
    request.policy,
  );
}

async function drafted(app: StatefulApp, request: DraftRequest, signal: AbortSignal): Promise<Drafted> {
  const understood = readWish(request.sentence);
  if (understood.status === 'wanted') {
    const params = await observedParams(app, request, understood.wanted, signal);
    return { action: understood.wanted.action, params, actor: operator(app) };
  }
  if (understood.why === 'no-verb') {
    const byModel = await draftByModel(app, request, signal);
    if (byModel !== null) return byModel;
  }
  throw notUnderstood(redactedStart(app.redactor, printable(request.sentence), 200), understood.why);
}

async function observedParams(
  app: StatefulApp,
  { context, namespaces }: DraftRequest,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<JsonObject> {
  if (wanted.kinds === null) return wanted.params;
  const cluster = await openCluster(app, { context }, signal);
  const candidate = theCandidate(wanted, await candidatesOf(cluster, wanted.kinds, signal), namespaces);
  return {
    ...(context === undefined ? {} : { context }),
    ...paramsOf(candidate, await takesKind(wanted.action)),
    ...wanted.params,
  };
}

export async function takesKind(action: string): Promise<boolean> {
  const properties = paramsJsonSchema(await actionCatalog.load(action))?.['properties'];
  return typeof properties === 'object' && properties !== null && Object.hasOwn(properties, 'kind');
}

function notUnderstood(sentence: string, why: 'not-a-wish' | 'several' | 'no-verb'): CodedError {
  const said = {
    'not-a-wish': 'is a question, or says what not to do, so nothing was drafted',
    several: 'asks for more than one change, and a plan of a sentence has one',
    'no-verb': 'is no change that the catalogue has in so many words',
  }[why];
  return new CodedError('DRAFT_NOT_UNDERSTOOD', `"${sentence}" ${said}`, {
    next: 'write it like "scale billing-worker to 2 replicas", or: holdfast plan create kubernetes/scale-workload --set name=… (holdfast actions list shows what there is)',
  });
}
