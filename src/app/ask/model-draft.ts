import { CodedError } from '../../domain/coded-error.ts';
import type { JsonObject } from '../../domain/json.ts';
import { redactedStart } from '../../domain/redaction/redacted-start.ts';
import type { StatefulApp } from '../app.ts';
import { chosenModel, openModels, spendingOf, USUAL_BUDGET } from '../models.ts';
import { openCluster } from '../open-cluster.ts';
import { candidatesOf, paramsOf, type Candidate } from './draft-target.ts';
import { takesKind, type Drafted, type DraftRequest } from './draft.ts';

/** Actions that a model may draft: of those alone the parameters beside the target are few and plain. */
export const OFFERED = {
  'kubernetes/scale-workload': { kinds: ['Deployment', 'StatefulSet'], takes: ['replicas'] },
  'kubernetes/restart-rollout': { kinds: ['Deployment', 'StatefulSet', 'DaemonSet'], takes: [] },
  'kubernetes/cordon-node': { kinds: ['Node'], takes: [] },
  'kubernetes/uncordon-node': { kinds: ['Node'], takes: [] },
  'kubernetes/suspend-cronjob': { kinds: ['CronJob'], takes: [] },
  'kubernetes/resume-cronjob': { kinds: ['CronJob'], takes: [] },
  'kubernetes/evict-pod': { kinds: ['Pod'], takes: [] },
} as const;
export type Offered = keyof typeof OFFERED;

const MAX_OUTPUT_TOKENS = 200;
/** More targets than these do not fit a small model's window. */
const TARGETS_OFFERED = 80;

const SYSTEM = `You turn an operator's sentence into one change. Choose the action and the target that the sentence names, and nothing else.
If the sentence does not clearly ask for one of these changes on one of these targets, the action is "none".`;

/**
 * Lets a model say which action and which target a sentence means. It sees the sentence and names of what there is: no log, no
 * annotation, nothing that steers it. Only a target whose name stands in the sentence is taken. null: no model, or it knows none.
 */
export async function draftByModel(
  app: StatefulApp,
  request: DraftRequest,
  signal: AbortSignal,
): Promise<Drafted | null> {
  if (request.model.none) return null;
  const model = chosenModel(app, request.model.named);
  if (model.status === 'unknown') return null;
  const cluster = await openCluster(app, { context: request.context }, signal);
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Node', 'CronJob', 'Pod'] as const;
  const named = (await candidatesOf(cluster, kinds, signal)).filter((one) => isNamedIn(request, one));
  if (named.length === 0) return null;
  const models = openModels(app, { localOnly: request.model.localOnly });
  const targets = named.slice(0, TARGETS_OFFERED).map(idOf);
  const answered = await models.structured({
    model: model.value,
    purpose: 'draft',
    runbook: null,
    run: null,
    escalatedBecause: null,
    spending: spendingOf(app, USUAL_BUDGET, null),
    signal,
    timeoutMs: app.config.models.timeout,
    system: app.redactor.text(SYSTEM),
    prompt: app.redactor.text(
      `Sentence of the operator: ${redactedStart(app.redactor, request.sentence, 500)}\n\nTargets: ${targets.join(', ')}\n\nAnswer in JSON.`,
    ),
    schema: schemaOf(targets, Object.keys(OFFERED).filter(isOffered)),
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  });
  if (answered.status === 'unknown')
    throw new CodedError(
      'DRAFT_NOT_UNDERSTOOD',
      `${model.value} was asked what is meant, and gave no answer: ${answered.failure.message}`,
      {
        next: 'write it like "scale billing-worker to 2 replicas"',
      },
    );
  const { action, target, replicas } = answered.value.value;
  const offered = typeof action === 'string' && isOffered(action) ? action : null;
  const candidate = named.find((one) => idOf(one) === target);
  if (offered === null || candidate === undefined || !OFFERED[offered].kinds.some((kind) => kind === candidate.kind))
    return null;
  const params: JsonObject = {
    ...(request.context === undefined ? {} : { context: request.context }),
    ...paramsOf(candidate, await takesKind(offered)),
    ...(OFFERED[offered].takes.length > 0 && typeof replicas === 'number' ? { replicas } : {}),
  };
  return { action: offered, params, actor: { kind: 'model', name: model.value } };
}

/** Its name as a word of the sentence: what an operator did not name a model can't choose. */
function isNamedIn({ sentence, namespaces }: DraftRequest, { name, namespace }: Candidate): boolean {
  if (namespaces.length > 0 && namespace !== null && !namespaces.includes(namespace)) return false;
  const words = sentence
    .toLowerCase()
    .split(/[^a-z0-9./_-]+/)
    .map((word) => word.replace(/[.]+$/, ''));
  return words.some((word) => word === name || word === `${namespace ?? ''}/${name}`);
}

function idOf({ kind, namespace, name }: Candidate): string {
  return `${kind}/${namespace === null ? name : `${namespace}/${name}`}`;
}

function isOffered(action: string): action is Offered {
  return Object.hasOwn(OFFERED, action);
}

/** Closed: one of these actions on one of these targets, or none. */
export function schemaOf(targets: readonly string[], actions: readonly Offered[]): JsonObject {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['action', 'target'],
    properties: {
      action: { type: 'string', enum: ['none', ...actions] },
      target: { type: 'string', enum: [...targets] },
      replicas: { type: 'integer', minimum: 0, maximum: 1000, description: 'only for kubernetes/scale-workload' },
    },
  };
}
