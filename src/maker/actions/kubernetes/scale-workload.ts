import * as z from 'zod';
import type { Action, ActionContext, Observed, Risk } from '../../../domain/action.ts';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import { noCost } from '../../../domain/money.ts';
import { printable } from '../../../domain/printable.ts';
import type { Change, KubernetesReader } from '../../../providers/kubernetes/reader.ts';
import { autoscalerOf } from './autoscaler.ts';
import { budgetsOver, podLabels } from './budget.ts';
import { isOurs } from './field-owner.ts';
import { NOT_KNOWN } from './known.ts';
import { listAt, textAt, type Fields, wordOf } from './object-fields.ts';
import { namespacedParams, yesParam } from './object-params.ts';
import { costOfPods, podPriceShown } from './pod-price.ts';
import { relyingOn } from './relying.ts';
import { replicasOf, rolloutOf } from './rollout.ts';
import { hindrance, identifySubject, lookAt, observedObject, uidOf } from './subject.ts';
import { stepDraft } from './step-draft.ts';
import { reconciledBy, writeStep, type FieldNow } from './write-step.ts';

const params = z.strictObject({
  ...namespacedParams,
  kind: z
    .enum(['Deployment', 'StatefulSet', 'ReplicaSet'])
    .default('Deployment')
    .describe('Of which kind the workload is.'),
  replicas: z.coerce.number().int().min(0).max(1_000).describe('How many replicas there are to be, 0 to 1000.'),
  despiteAutoscaler: yesParam().describe('Scale although an autoscaler sets the replicas, which may set them back.'),
});
type Params = z.output<typeof params>;

export const action: Action<KubernetesReader, Params> = {
  id: 'kubernetes/scale-workload',
  version: 1,
  title: 'Scale a workload of a Kubernetes cluster',
  description: `Sets \`spec.replicas\` of a Deployment, StatefulSet or ReplicaSet through its scale subresource, and nothing else of it.

Refuses a workload that an autoscaler scales, as that would set it back, unless \`despiteAutoscaler\` says that this is meant; and a ReplicaSet that belongs to a Deployment. Sealed are the object's uid, its replicas, its autoscaler and that it is not being deleted; the version just read goes with the write.

Verified: the count is set, the controller took notice, and there are so many pods. Whether they are ready is told, and is no part of it. Tried against the recorded answers of a real API server (1.36) made writable; not against a live cluster.`,
  params,
  settleMs: 10_000,

  identify: identifySubject,

  async observe(reader, given, context) {
    const looked = await lookAt(reader, given, context);
    if (looked.status === 'unknown') return looked;
    const { cluster, object } = looked.value;
    if (object === null) return seen(observedObject(null, {}, {}));
    const autoscaler = await autoscalerOf(cluster, given, context.signal);
    const replicas = replicasOf(object);
    return seen(
      observedObject(
        object,
        { replicas, autoscaler, owner: deploymentAbove(object) },
        {
          Replicas: replicas,
          Ready: rolloutOf(object).ready,
          Autoscaler: autoscaler ?? 'none',
          Budget: await budgetsOver(cluster, given.namespace, podLabels(object), context.signal),
          ...(await podPriceShown(cluster, object, context)),
        },
      ),
    );
  },

  async preview(reader, given, observed, context) {
    const refusal = hindrance(observed, given) ?? autoscalerRefusal(given, observed) ?? ownerRefusal(observed);
    if (refusal !== null) return refusal;
    const would = await tryOut(reader, given, context);
    if (would.status === 'unknown') return would;
    const { replicas: after, warnings } = would.value;
    const now = countIn(observed);
    return seen({
      summary: `Scale ${given.name} from ${now} to ${after} replicas`,
      noop: now === after,
      by: 'server',
      after: { replicas: after },
      shown: { Replicas: after },
      diff: [`-spec.replicas: ${now}`, `+spec.replicas: ${after}`, ...warnings.map((warning) => `! ${warning}`)],
    });
  },

  cost: ({ replicas }, { observed }, settings) =>
    replicas === countIn(observed)
      ? noCost('the number of replicas stays')
      : costOfPods(observed, replicas - countIn(observed), settings),

  risk: ({ replicas }, { observed }) => riskOf(replicas, observed),

  destructive: () => false,

  dependents: (reader, given, _observed, context) => relyingOn(reader, given, context),

  apply: (step, context) => writeStep(step, changeOf(step.params), context),

  async verify(reader, { params: given, sealed }, context) {
    const looked = await lookAt(reader, given, context);
    if (looked.status === 'unknown') return looked;
    const { object } = looked.value;
    if (object === null || uidOf(object) !== sealed.before.identity?.['uid'])
      return seen({ asPromised: false, seen: ['It is gone, or another one of that name.'] });
    const { noticed, pods, ready, stuck } = rolloutOf(object);
    const replicas = replicasOf(object);
    return seen({
      asPromised: replicas === given.replicas && noticed && pods === given.replicas,
      seen: [
        `${replicas} replicas are asked for, there are ${pods}, and ${ready} are ready.`,
        ...(noticed ? [] : ['Its controller has not taken notice yet.']),
        ...(stuck === null ? [] : [`It is stuck: ${stuck}`]),
      ],
    });
  },

  undo: (given, before) => ({
    possible: true,
    words: `scale to ${wordOf(before.rests['replicas'])} (recorded)`,
    draft: stepDraft('kubernetes/scale-workload', { ...given, replicas: before.rests['replicas'] }),
  }),

  async reconcile(reader, { params: given, sealed }, context) {
    const looked = await lookAt(reader, given, context);
    if (looked.status === 'unknown') return looked;
    const { object } = looked.value;
    const uid = sealed.before.identity?.['uid'];
    return reconciledBy(
      object === null || uidOf(object) !== uid
        ? 'gone'
        : fieldNow(object, given.replicas, sealed.before.rests['replicas']),
      { uid: uidOf(object) },
      `${given.kind} ${given.name}`,
    );
  },
};

function changeOf({ replicas, ...object }: Params): Change {
  const { kind, namespace, name } = object;
  return { type: 'scale', object: { kind, namespace, name }, replicas };
}

async function tryOut(
  reader: KubernetesReader,
  given: Params,
  context: ActionContext,
): Promise<Looked<{ readonly replicas: number; readonly warnings: readonly string[] }>> {
  const looked = await lookAt(reader, given, context);
  if (looked.status === 'unknown') return looked;
  const would = await looked.value.cluster.tryOut(changeOf(given), context.signal);
  if (would.status === 'unknown') return would;
  // Of a Scale, nought is left out, and means nought.
  const spec = would.value.object['spec'];
  return seen({ replicas: replicasOfScale(spec), warnings: would.value.warnings });
}

function replicasOfScale(spec: unknown): number {
  const count: unknown = typeof spec === 'object' && spec !== null ? Reflect.get(spec, 'replicas') : undefined;
  return typeof count === 'number' ? count : 0;
}

function fieldNow(object: Fields, wanted: number, before: unknown): FieldNow {
  const now = replicasOf(object);
  if (now === wanted) return isOurs(object, ['f:spec', 'f:replicas']) ? 'wanted-by-us' : 'wanted-by-others';
  return now === before ? 'before' : 'neither';
}

/** A ReplicaSet of a Deployment is set back by it at once. */
function deploymentAbove(object: Fields): string | null {
  const owner = listAt(object, 'metadata', 'ownerReferences').find((reference) => reference['controller'] === true);
  return owner === undefined ? null : `${textAt(owner, 'kind') ?? ''} ${textAt(owner, 'name') ?? ''}`;
}

function ownerRefusal({ rests }: Observed): Looked<never> | null {
  const { owner } = rests;
  return typeof owner === 'string'
    ? unknown('OWNED', `It belongs to ${printable(owner)}, which would set it back: scale that.`)
    : null;
}

function autoscalerRefusal({ despiteAutoscaler }: Params, { rests }: Observed): Looked<never> | null {
  const { autoscaler } = rests;
  if (despiteAutoscaler || typeof autoscaler !== 'string' || autoscaler === NOT_KNOWN) return null;
  return unknown(
    'AUTOSCALED',
    `The autoscaler ${printable(autoscaler)} sets its replicas and would set them back: change its minReplicas or maxReplicas, or say despiteAutoscaler.`,
  );
}

function riskOf(wanted: number, { rests, shown }: Observed): Risk {
  const now = typeof rests['replicas'] === 'number' ? rests['replicas'] : 0;
  const { autoscaler } = rests;
  const reasons = [
    ...(wanted === 0 && now > 0 ? ['no replica would be left'] : []),
    ...(wanted === 1 && now > 1 ? ['one replica would be left: it has no stand-in'] : []),
    ...(typeof autoscaler === 'string'
      ? [
          autoscaler === NOT_KNOWN
            ? 'whether an autoscaler sets its replicas is not known'
            : `the autoscaler ${autoscaler} may set it back`,
        ]
      : []),
    ...(wanted < now && shown['Budget'] !== 'none'
      ? [`scaling down asks no disruption budget (${wordOf(shown['Budget'])})`]
      : []),
  ];
  if (wanted === 0 && now > 0) return { level: 'high', reasons };
  if (reasons.length > 0) return { level: 'medium', reasons };
  return {
    level: 'low',
    reasons: [wanted > now ? 'replicas are added' : `${wanted} replicas stay`, 'no autoscaler sets them'],
  };
}

function countIn({ rests }: Observed): number {
  return typeof rests['replicas'] === 'number' ? rests['replicas'] : 0;
}
