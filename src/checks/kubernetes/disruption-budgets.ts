import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import type { KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { durationParam } from '../duration-param.ts';
import { budgetProblems, type BudgetSurroundings, type Maker } from './budget-problems.ts';
import { clusterShape } from './cluster-params.ts';
import { judgeLasting, type LastingRule } from './lasting-judgement.ts';
import { blindness, sampleLasting, seeLasting, type Blind } from './lasting.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';

/** What a budget is for: the API server knows how many pods these make. */
const MAKERS = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'] as const;

const budgetsParams = z.strictObject({
  ...clusterShape,
  after: durationParam('0s', '7d').prefault('15m').describe('How long it may stand in the way, or lack pods.'),
  evictionPolicy: z.boolean().default(false).describe('Report (info) budgets without unhealthyPodEvictionPolicy, too.'),
});
type BudgetsParams = z.output<typeof budgetsParams>;

export const check: Check<KubernetesReader, BudgetsParams> = {
  id: 'kubernetes/disruption-budgets',
  title: 'Disruption budgets that block, or protect nothing',
  keywords: ['disruption', 'budget', 'pdb', 'eviction', 'drain'],
  description: `Looks at each PodDisruptionBudget, and at what makes the pods that it selects.

Reports:
- **never-allows** (medium) a budget that never lets a pod go: maxUnavailable 0, minAvailable 100 %; **needs-all:replicas**, **needs-all:autoscaler** (medium) one that needs as many as there are at the least, by the replicas of what makes them or by the minReplicas of its autoscaler. Shares are rounded up, as Kubernetes does.
- **short** (medium) fewer are healthy than it needs, **blocked** (medium) it lets none go, for \`after\` by the time of the condition DisruptionAllowed, or by earlier looks.
- **selects-nothing** (low) no pod has its labels, and nothing would make one that has.
- **eviction-policy-unset** (info) with \`evictionPolicy\`.

Scalers of others (KEDA) are not looked at, but for the autoscaler that they make. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  params: budgetsParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    return lookAtCluster(
      reader,
      params,
      context,
      { needs: ['PodDisruptionBudget'], helps: ['Pod', 'HorizontalPodAutoscaler', ...MAKERS] },
      (scene) => seeBudgets(scene, params, context),
    );
  },

  judge(seen, { after }, history) {
    return judgeLasting(seen, budgetRules(after), history);
  },

  sample: sampleLasting,
  summary: tallyWords,
};

async function seeBudgets(
  scene: Scene,
  { evictionPolicy }: BudgetsParams,
  context: ReadContext,
): Promise<readonly Observation[]> {
  const makers = MAKERS.flatMap((kind): readonly Maker[] => scene.all(kind)).filter(
    ({ metadata }) => !(metadata.ownerReferences ?? []).some(({ controller }) => controller === true),
  );
  const seen = scene.all('PodDisruptionBudget').map(async (budget) => {
    const { namespace } = budget.metadata;
    const around: BudgetSurroundings = {
      makers: MAKERS.every((kind) => scene.knows(kind, namespace)) ? makers : null,
      scalers: scene.all('HorizontalPodAutoscaler'),
      pods: scene.knows('Pod', namespace) ? scene.all('Pod') : null,
      evictionPolicy,
    };
    return seeLasting(scene, context, budget, budgetProblems(budget, around), await blindFor(scene, namespace));
  });
  return (await Promise.all(seen)).flat();
}

async function blindFor(scene: Scene, namespace: string | undefined): Promise<readonly Blind[]> {
  const blind = await Promise.all([
    blindness(scene, 'Pod', namespace, ['selects-nothing']),
    blindness(scene, 'HorizontalPodAutoscaler', namespace, ['needs-all']),
    ...MAKERS.map((kind) => blindness(scene, kind, namespace, ['selects-nothing', 'needs-all'])),
  ]);
  return blind.filter((each) => each !== null);
}

function budgetRules(afterMs: number): readonly LastingRule[] {
  return [
    {
      id: 'never-allows',
      severity: 'medium',
      afterMs: 0,
      title: 'never lets a pod go: {about}',
      why: 'No node that one of these pods runs on can be drained: an upgrade of the cluster stops there.',
      next: 'See what it protects: {describe}',
    },
    {
      id: 'needs-all',
      severity: 'medium',
      afterMs: 0,
      title: 'needs all pods that there are at the least: {about}',
      why: 'While no more of them run, no node that one of them runs on can be drained.',
      next: 'Run one more, or ask for one less: {describe}',
    },
    {
      id: 'short',
      severity: 'medium',
      afterMs,
      title: 'lacks healthy pods: {about}',
      why: 'What it protects is below what was said to be the least; and no node of theirs can be drained.',
      next: 'See which pods are not healthy: {describe}',
    },
    {
      id: 'blocked',
      severity: 'medium',
      afterMs,
      title: 'lets no pod go: {about}',
      why: 'No node that one of these pods runs on can be drained.',
      next: 'See how many run, and how many it needs: {describe}',
    },
    {
      id: 'selects-nothing',
      severity: 'low',
      afterMs: 3_600_000,
      looks: true,
      title: 'protects nothing: no pod has the labels of its selector',
      why: 'What it was written for was renamed or is gone; whatever runs in its place is not protected.',
      next: 'Compare its selector with the labels of the pods there: {describe}',
    },
    {
      id: 'eviction-policy-unset',
      severity: 'info',
      afterMs: 0,
      title: 'leaves open what becomes of pods that are not healthy',
      why: 'By default a pod that is not healthy, and may never be, holds up the drain of its node all the same.',
      next: 'See the choices: {kubectl} explain pdb.spec.unhealthyPodEvictionPolicy',
    },
  ];
}
