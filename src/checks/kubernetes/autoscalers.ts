import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import type { HorizontalPodAutoscaler, KubeObject, KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { durationParam } from '../duration-param.ts';
import { autoscalerProblems, type ScaleTarget } from './autoscaler-problems.ts';
import { byName } from './by-name.ts';
import { clusterShape } from './cluster-params.ts';
import { judgeLasting, type LastingRule } from './lasting-judgement.ts';
import { blindness, sampleLasting, seeLasting, type Blind } from './lasting.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';

const SCALABLE = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'] as const;
type Scalable = (typeof SCALABLE)[number];

const autoscalersParams = z.strictObject({
  ...clusterShape,
  brokenAfter: durationParam('0s', '1d').prefault('5m').describe('How long it may be unable to scale.'),
  maxedAfter: durationParam('0s', '7d').prefault('15m').describe('How long it may stand at its limit.'),
  fewerThan: z
    .int()
    .min(2)
    .optional()
    .describe('Report (low) autoscalers that may go below so many replicas; not at all by default.'),
  fixed: z
    .boolean()
    .default(false)
    .describe('Report (low) autoscalers that have nothing to choose, as minReplicas is maxReplicas.'),
});
type AutoscalersParams = z.output<typeof autoscalersParams>;

export const check: Check<KubernetesReader, AutoscalersParams> = {
  id: 'kubernetes/autoscalers',
  title: 'Autoscalers that do not scale',
  keywords: ['autoscaler', 'hpa', 'scale', 'scaling', 'keda'],
  description: `Looks at each HorizontalPodAutoscaler and what it scales.

Reports:
- **target-missing** (high) what it is to scale does not exist; **target-not-scalable** (high) it is of a kind that has no number of replicas. Of kinds of others (a Rollout, say) nothing is said.
- **requests-missing** (high) containers without the request that a metric is a share of; a limit stands in for a request, and the pod's own for all of its containers.
- **not-scaling:AbleToScale**, **not-scaling:ScalingActive** (high) the condition is False for \`brokenAfter\`, but not where the target was scaled to nothing.
- **maxed** (medium; low where minReplicas is the same) at maxReplicas for \`maxedAfter\`, by the time of ScalingLimited, or by earlier looks; **limited** (low) held back by anything else for as long. At minReplicas it is where it is meant to be.
- **few-replicas** (low) with \`fewerThan\`; **fixed** (low) with \`fixed\`.

Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  params: autoscalersParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    return lookAtCluster(reader, params, context, { needs: ['HorizontalPodAutoscaler'], helps: SCALABLE }, (scene) =>
      seeAutoscalers(scene, params, context),
    );
  },

  judge(seen, params, history) {
    return judgeLasting(seen, autoscalerRules(params), history);
  },

  sample: sampleLasting,
  summary: tallyWords,
};

async function seeAutoscalers(
  scene: Scene,
  params: AutoscalersParams,
  context: ReadContext,
): Promise<readonly Observation[]> {
  const targets = new Map(SCALABLE.map((kind) => [kind, byName<KubeObject>(scene.all(kind))]));
  const wishes = { fewerThan: params.fewerThan, fixed: params.fixed };
  const targetOf = ({ metadata, spec }: HorizontalPodAutoscaler): ScaleTarget => {
    const { apiVersion = '', kind = '', name = '' } = spec?.scaleTargetRef ?? {};
    if (!isScalable(kind)) return { status: isOfOthers(apiVersion) ? 'untold' : 'not-scalable' };
    const object = targets.get(kind)?.get(metadata.namespace, name);
    if (object !== undefined) return { status: 'found', object };
    return { status: scene.knows(kind, metadata.namespace) && !isOfOthers(apiVersion) ? 'missing' : 'untold' };
  };
  const seen = scene.all('HorizontalPodAutoscaler').map(async (scaler) => {
    const problems = autoscalerProblems(scaler, targetOf(scaler), wishes);
    return seeLasting(scene, context, scaler, problems, await blindFor(scene, scaler));
  });
  return (await Promise.all(seen)).flat();
}

function isScalable(kind: string): kind is Scalable {
  return SCALABLE.some((each) => each === kind);
}

/** The API groups of Kubernetes itself have no dot, or end in k8s.io. */
function isOfOthers(apiVersion: string): boolean {
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
  return group.includes('.') && !group.endsWith('.k8s.io');
}

async function blindFor(scene: Scene, { metadata, spec }: HorizontalPodAutoscaler): Promise<readonly Blind[]> {
  const kind = spec?.scaleTargetRef?.kind ?? '';
  if (!isScalable(kind)) return [];
  const blind = await blindness(scene, kind, metadata.namespace, ['target-missing', 'requests-missing']);
  return blind === null ? [] : [blind];
}

function autoscalerRules({ brokenAfter, maxedAfter }: AutoscalersParams): readonly LastingRule[] {
  return [
    {
      id: 'target-missing',
      severity: 'high',
      afterMs: 0,
      title: 'scales what does not exist: {about}',
      why: 'It does nothing; what was to be scaled is gone, or was renamed.',
      next: 'See what it says: {describe}',
    },
    {
      id: 'target-not-scalable',
      severity: 'high',
      afterMs: 0,
      title: 'is to scale what has no number of replicas: {about}',
      why: 'It does nothing.',
      next: 'See what it says: {describe}',
    },
    {
      id: 'requests-missing',
      severity: 'high',
      afterMs: 0,
      title: 'measures a share of a request that is not there: {about}',
      why: 'Without a request there is no share of it: it can not tell how busy the pods are, and does not scale.',
      next: 'See what it says: {describe}',
    },
    {
      id: 'not-scaling',
      severity: 'high',
      afterMs: brokenAfter,
      title: 'can not scale: {about}',
      why: 'It leaves the number of replicas as it is, however much there is to do.',
      next: 'Read the message, and see whether metrics are served: {describe}; {kubectl} get apiservices',
    },
    {
      id: 'maxed',
      severity: 'low',
      worse: 'medium',
      afterMs: maxedAfter,
      title: 'stands at its most: {about}',
      why: 'If there is more to do still, nothing is left to give.',
      next: 'See what it measures: {describe}',
    },
    {
      id: 'limited',
      severity: 'low',
      afterMs: maxedAfter,
      title: 'is held back: {about}',
      why: 'It would choose another number of replicas than it may.',
      next: 'See what holds it back: {describe}',
    },
    {
      id: 'few-replicas',
      severity: 'low',
      afterMs: 0,
      title: 'may leave only {about} running',
      why: 'Where few are running, a node that goes away takes a large part of them.',
      next: 'See what it scales: {describe}',
    },
    {
      id: 'fixed',
      severity: 'low',
      afterMs: 0,
      title: 'has nothing to choose',
      why: 'Its least and its most are the same, so that it never scales.',
      next: 'See what it scales: {describe}',
    },
  ];
}
