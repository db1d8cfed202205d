import * as z from 'zod';
import type { Check, Observation } from '../../domain/check.ts';
import type { KindName, KubeObject, KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { judgedWorkloads, workloadShape, workloadWants } from './judged-workloads.ts';
import { PLACEMENT_RULES } from './placement-rules.ts';
import { inUseProblems, isPlacedInDefault, kubeletProblems, placedProblem, volumeProblems } from './placement.ts';
import { judgePosture, seePosture } from './posture.ts';
import type { Problem } from './problems.ts';
import { chosenRules, ruleChoiceShape, rulesInWords } from './rule-choice.ts';
import { lookAtCluster, tallyWords, type Scene, type Wants } from './scene.ts';

const placementParams = z.strictObject({
  ...workloadShape,
  rules: ruleChoiceShape(PLACEMENT_RULES).rules,
  oldestKubelet: z
    .string()
    .regex(/^v?\d+\.\d+/, 'a version is written like "1.34"')
    .default('1.34')
    .describe('The oldest version of Kubernetes that is maintained: upstream it is this since the autumn of 2026.'),
});
type PlacementParams = z.output<typeof placementParams>;

/** What lies in namespaces beside workloads. */
const PLACED = [
  'ConfigMap',
  'CSIStorageCapacity',
  'Endpoints',
  'EndpointSlice',
  'HorizontalPodAutoscaler',
  'Ingress',
  'Lease',
  'LimitRange',
  'NetworkPolicy',
  'PersistentVolumeClaim',
  'PodDisruptionBudget',
  'PodTemplate',
  'ResourceQuota',
  'Role',
  'RoleBinding',
  'Secret',
  'Service',
  'ServiceAccount',
] as const satisfies readonly KindName[];

export const check: Check<KubernetesReader, PlacementParams> = {
  id: 'kubernetes/posture-placement',
  title: 'What lies where it should not, and what is out of date',
  keywords: ['security', 'posture', 'deprecated', 'default', 'namespace', 'version'],
  description: `Looks at what was put into the namespace \`default\`, at the versions of kubelets, and at the classes of volumes.

Reports:
${rulesInWords(PLACEMENT_RULES)}

What Kubernetes lays there itself (its Service and the addresses of it, the root certificate, the default service account) is no finding; workloads are told once, at the top of their owners. By default the namespace is told as a whole; with \`in-default-namespace\` every object is, of eighteen kinds beside workloads, and of Secrets the names alone.

Can't see: whether a volume is encrypted in fact; how long a provider maintains a version on its own. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  nightly: true,
  params: placementParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    return lookAtCluster(reader, params, context, wantsOf(params), (scene) => seePlacement(scene, params));
  },

  judge(seen, { rules }) {
    return judgePosture(seen, chosenRules(PLACEMENT_RULES, rules));
  },

  summary: tallyWords,
};

function asks({ rules }: PlacementParams, rule: string): boolean {
  return chosenRules(PLACEMENT_RULES, rules).some(({ id }) => id === rule);
}

/** Eighteen more kinds are read by whoever asks for their names. */
function wantsOf(params: PlacementParams): Wants {
  const { needs, helps = [] } = workloadWants(params);
  const needsClasses = asks(params, 'volume-unencrypted');
  return {
    needs: [...needs, ...(needsClasses ? (['StorageClass'] as const) : [])],
    helps: [
      ...helps,
      'Namespace',
      'Node',
      ...(needsClasses ? (['PersistentVolume'] as const) : []),
      ...(asks(params, 'in-default-namespace') ? PLACED : []),
    ],
  };
}

function seePlacement(scene: Scene, params: PlacementParams): readonly Observation[] {
  const asked = new Set(chosenRules(PLACEMENT_RULES, params.rules).map(({ id }) => id));
  const only = (problems: readonly Problem[]): readonly Problem[] => problems.filter(({ rule }) => asked.has(rule));
  const workloads = judgedWorkloads(scene, { system: false }).filter(
    ({ named }) => named.metadata.namespace === 'default',
  );
  const others = PLACED.flatMap((kind): readonly KubeObject[] => scene.all(kind)).filter(isPlacedInDefault);
  const classes = new Map(scene.all('StorageClass').map((each) => [each.metadata.name, each]));
  const home = scene.all('Namespace').find(({ metadata }) => metadata.name === 'default');
  return [
    ...(home === undefined ? [] : seePosture(scene, home, only(inUseProblems(workloads.map(({ named }) => named))))),
    ...[...workloads.map(({ named }) => named), ...others].flatMap((each) =>
      seePosture(scene, each, only([placedProblem()])),
    ),
    ...scene.all('Node').flatMap((node) => seePosture(scene, node, only(kubeletProblems(node, params.oldestKubelet)))),
    ...scene
      .all('PersistentVolume')
      .flatMap((volume) => seePosture(scene, volume, only(volumeProblems(volume, classes)))),
  ];
}
