import * as z from 'zod';
import type { Action, Observed } from '../../../domain/action.ts';
import { seen } from '../../../domain/failure.ts';
import { noCost } from '../../../domain/money.ts';
import type { Change, KubernetesReader } from '../../../providers/kubernetes/reader.ts';
import { contentDigest, contentOf } from './content.ts';
import { goneWords } from './gone.ts';
import { countAt, listAt, textAt } from './object-fields.ts';
import { namespacedParams } from './object-params.ts';
import { costOfPods, podPriceShown } from './pod-price.ts';
import { relyingOn } from './relying.ts';
import { hindrance, identifySubject, lookAt, observedObject } from './subject.ts';
import { writeStep } from './write-step.ts';

/** No namespaces, no volumes and claims, no rights, no Secrets, no definitions, no webhooks. */
export const DELETABLE_KINDS = [
  'ConfigMap',
  'CronJob',
  'DaemonSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'Ingress',
  'Job',
  'NetworkPolicy',
  'Pod',
  'PodDisruptionBudget',
  'ReplicaSet',
  'Service',
  'StatefulSet',
] as const;

const params = z.strictObject({
  ...namespacedParams,
  kind: z.enum(DELETABLE_KINDS).describe('Of which kind the object is; other kinds are never deleted.'),
});
type Params = z.output<typeof params>;

export const action: Action<KubernetesReader, Params> = {
  id: 'kubernetes/delete-resource',
  version: 1,
  title: 'Delete one object of a Kubernetes cluster',
  description: `Deletes one object of a closed list of kinds (${DELETABLE_KINDS.join(', ')}), with what belongs to it (its pods), in the background. Namespaces, volumes, claims, Secrets, roles and bindings, definitions and webhooks are never deleted.

It destroys, so it needs the short code. Sealed are the object's uid and a digest of what somebody wrote of it; uid and version go with the call, so that an object made anew, or changed meanwhile, is not meant. Claims of a StatefulSet stay, with their data.

Verified: it is gone or on its way; an object with a finalizer may stay so for long. It can't be undone: apply its manifest again. Tried against the recorded answers of a real API server (1.36) made writable; not against a live cluster.`,
  params,
  settleMs: 5_000,

  identify: identifySubject,

  async observe(reader, given, context) {
    const looked = await lookAt(reader, given, context);
    if (looked.status === 'unknown') return looked;
    const { cluster, object } = looked.value;
    if (object === null) return seen(observedObject(null, {}, {}));
    const pods = given.kind === 'Pod' ? {} : podsShown(object);
    const owner = listAt(object, 'metadata', 'ownerReferences').find((reference) => reference['controller'] === true);
    const controller = owner === undefined ? null : `${textAt(owner, 'kind') ?? ''} ${textAt(owner, 'name') ?? ''}`;
    const { annotations: _annotations, ...content } = contentOf(object);
    return seen(
      observedObject(
        object,
        { content: contentDigest(content), controller },
        {
          Made: textAt(object, 'metadata', 'creationTimestamp'),
          Controller: controller ?? 'none',
          ...pods,
          ...(pods.Pods === undefined ? {} : await podPriceShown(cluster, object, context)),
        },
      ),
    );
  },

  async preview(reader, given, observed, context) {
    const refusal = hindrance(observed, given);
    if (refusal !== null) return refusal;
    const looked = await lookAt(reader, given, context);
    if (looked.status === 'unknown') return looked;
    const would = await looked.value.cluster.tryOut(changeOf(given, uidIn(observed)), context.signal);
    if (would.status === 'unknown') return would;
    return seen({
      summary: `Delete ${given.kind} ${given.name} in ${given.namespace}`,
      noop: false,
      by: 'server',
      after: { there: false },
      shown: { There: 'no' },
      diff: [
        `-${given.kind} ${given.namespace}/${given.name}`,
        ...would.value.warnings.map((warning) => `! ${warning}`),
      ],
    });
  },

  cost: (_params, { observed }, settings) =>
    typeof observed.shown['Pods'] === 'number' && observed.shown['Pods'] > 0
      ? costOfPods(observed, -observed.shown['Pods'], settings)
      : noCost('it has no pods of its own'),

  risk: ({ kind }, { observed }) => ({
    level: 'high',
    reasons: [
      'what is deleted does not come back by itself',
      ...(typeof observed.rests['controller'] === 'string'
        ? [`${observed.rests['controller']} may make another one`]
        : []),
      ...(kind === 'NetworkPolicy' ? ['traffic that it kept out may come in'] : []),
      ...(kind === 'PodDisruptionBudget' ? ['nothing limits any more how many of its pods are moved at once'] : []),
    ],
  }),

  destructive: () => true,
  dependents: (reader, given, _observed, context) => relyingOn(reader, given, context),
  apply: (step, context) =>
    writeStep(step, changeOf(step.params, uidIn(step.observed)), context, {
      receipt: () => ({ uid: uidIn(step.observed) }),
    }),

  async verify(reader, { params: given, sealed }, context) {
    const looked = await lookAt(reader, given, context);
    return looked.status === 'unknown' ? looked : seen(goneWords(looked.value.object, sealed.before.identity?.['uid']));
  },

  undo: () => ({ possible: false, words: 'apply its manifest again: it is another object then' }),
};

function podsShown(object: Parameters<typeof countAt>[0]): { readonly Pods?: number } {
  const pods =
    countAt(object, 'status', 'replicas') ||
    countAt(object, 'status', 'currentNumberScheduled') ||
    countAt(object, 'status', 'active');
  return pods > 0 ? { Pods: pods } : {};
}

function changeOf({ kind, namespace, name }: Params, uid: string): Change {
  return { type: 'delete', object: { kind, namespace, name }, uid, dependents: 'Background' };
}

function uidIn({ identity }: Observed): string {
  return typeof identity?.['uid'] === 'string' ? identity['uid'] : '';
}
