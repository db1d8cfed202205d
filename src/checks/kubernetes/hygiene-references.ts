import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import type { Binding, KindName, KubeObject, KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { bindingProblems, type BindingSurroundings } from './binding-problems.ts';
import { byName, canTell } from './by-name.ts';
import { danglingMonitor, danglingService, podLabelsOf } from './dangling-selectors.ts';
import { judgedWorkloads, workloadShape, workloadWants } from './judged-workloads.ts';
import { judgeLasting } from './lasting-judgement.ts';
import { blindness, sampleLasting, seeLasting, type Blind, type LastingProblem } from './lasting.ts';
import { containerPortProblems, servicePortProblems } from './port-names.ts';
import { mismatchingSelector, missingReferences, type Named as NamedThings } from './reference-problems.ts';
import { REFERENCE_RULES } from './reference-rules.ts';
import { chosenRules, isSystemNamespace, ruleChoiceShape, rulesInWords } from './rule-choice.ts';
import { lookAtCluster, tallyWords, type Named, type Scene } from './scene.ts';

const referencesParams = z.strictObject({
  ...workloadShape,
  ...ruleChoiceShape(REFERENCE_RULES),
  secrets: z
    .boolean()
    .default(false)
    .describe('Whether Secrets exist, too, by their names alone; to list Secrets is a strong right.'),
});
type ReferencesParams = z.output<typeof referencesParams>;

const HELPS = [
  'Service',
  'ConfigMap',
  'ServiceAccount',
  'PersistentVolumeClaim',
  'ServiceMonitor',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
] as const satisfies readonly KindName[];

export const check: Check<KubernetesReader, ReferencesParams> = {
  id: 'kubernetes/hygiene-references',
  title: 'Names of what does not exist',
  keywords: ['reference', 'missing', 'configmap', 'secret', 'dangling'],
  description: `Looks for names of things that are not there: in the descriptions of pods (containers of every sort, volumes and projected volumes; a workload is told once, at the top of its owners), in Services, in the ServiceMonitors of Prometheus' operator, and in bindings.

Reports:
${rulesInWords(REFERENCE_RULES)}

What is optional in a description may be missing. Secrets are only looked at with \`secrets: true\`, and never their keys. Left out: kube-system, kube-public and kube-node-lease unless \`system\` is set, the service account \`default\`, and what Kubernetes binds itself. Ingresses, autoscalers, disruption budgets, webhooks and network policies have checks of their own. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  nightly: true,
  params: referencesParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    const { needs, helps = [] } = workloadWants(params);
    const more = params.secrets ? [...HELPS, 'Secret' as const] : HELPS;
    return lookAtCluster(reader, params, context, { needs, helps: [...helps, ...more] }, (scene) =>
      seeReferences(scene, params, context),
    );
  },

  judge(seen, { rules }, history) {
    const chosen = new Set(chosenRules(REFERENCE_RULES, rules).map(({ id }) => id));
    return judgeLasting(
      seen,
      REFERENCE_RULES.filter(({ id }) => chosen.has(id)),
      history,
    );
  },

  sample: sampleLasting,
  summary: tallyWords,
};

async function seeReferences(
  scene: Scene,
  params: ReferencesParams,
  context: ReadContext,
): Promise<readonly Observation[]> {
  const asked = new Set(chosenRules(REFERENCE_RULES, params.rules).map(({ id }) => id));
  const see = async (
    object: Named,
    problems: readonly LastingProblem[],
    blind: readonly Promise<Blind | null>[] = [],
  ): Promise<readonly Observation[]> => {
    if (!params.system && isSystemNamespace(object.metadata.namespace)) return [];
    const met = (await Promise.all(blind)).filter((each) => each !== null);
    const only = problems.filter(({ rule }) => asked.has(rule));
    return seeLasting(scene, context, object, only, met);
  };
  const seen = [...seeWorkloads(scene, params, see), ...seeSelectors(scene, params, see), ...seeBindings(scene, see)];
  return (await Promise.all(seen)).flat();
}

type See = (
  object: Named,
  problems: readonly LastingProblem[],
  blind?: readonly Promise<Blind | null>[],
) => Promise<readonly Observation[]>;

function seeWorkloads(scene: Scene, params: ReferencesParams, see: See): readonly Promise<readonly Observation[]>[] {
  const configMaps = byName(scene.all('ConfigMap'));
  const secrets = byName(scene.all('Secret'));
  const accounts = byName(scene.all('ServiceAccount'));
  const claims = byName(scene.all('PersistentVolumeClaim'));
  return judgedWorkloads(scene, params).map((workload) => {
    const { namespace } = workload.object.metadata;
    const named: NamedThings = {
      configMaps: scene.knows('ConfigMap', namespace) ? configMaps : null,
      secrets: params.secrets && scene.knows('Secret', namespace) ? secrets : null,
      accounts: scene.knows('ServiceAccount', namespace) ? accounts : null,
      claims: scene.knows('PersistentVolumeClaim', namespace) ? claims : null,
    };
    return see(
      workload.named,
      [
        ...missingReferences(workload, named),
        ...mismatchingSelector(workload.object),
        ...containerPortProblems(workload.pods),
      ],
      [
        blindness(scene, 'ConfigMap', namespace, ['config-map-missing', 'config-map-key-missing']),
        blindness(scene, 'ServiceAccount', namespace, ['account-missing']),
        blindness(scene, 'PersistentVolumeClaim', namespace, ['claim-missing']),
        ...(params.secrets ? [blindness(scene, 'Secret', namespace, ['secret-missing', 'pull-secret-missing'])] : []),
      ],
    );
  });
}

function seeSelectors(scene: Scene, params: ReferencesParams, see: See): readonly Promise<readonly Observation[]>[] {
  const { needs, helps = [] } = workloadWants(params);
  const kinds = [...needs, ...helps];
  const labels = podLabelsOf(kinds.flatMap((kind): readonly KubeObject[] => scene.all(kind)));
  const services = scene.all('Service');
  const isTold = (namespace: string | undefined): boolean => kinds.every((kind) => scene.knows(kind, namespace));
  return [
    ...services.map((service) =>
      see(service, [
        ...(isTold(service.metadata.namespace) ? danglingService(service, labels) : []),
        ...servicePortProblems(service),
      ]),
    ),
    ...scene.all('ServiceMonitor').map((monitor) => {
      const { any = false, matchNames = [] } = monitor.spec?.namespaceSelector ?? {};
      const places = any ? [undefined] : matchNames.length > 0 ? matchNames : [monitor.metadata.namespace];
      const areTold = !(any && scene.cluster.partial) && places.every((place) => canTell(scene, 'Service', place));
      return see(monitor, areTold ? danglingMonitor(monitor, services) : [], [
        blindness(scene, 'Service', undefined, ['monitor-selects-nothing']),
      ]);
    }),
  ];
}

function seeBindings(scene: Scene, see: See): readonly Promise<readonly Observation[]>[] {
  const roles = byName(scene.all('Role'));
  const clusterRoles = scene.knows('ClusterRole') ? byName(scene.all('ClusterRole')) : null;
  const accounts = byName(scene.all('ServiceAccount'));
  return [...scene.all('RoleBinding'), ...scene.all('ClusterRoleBinding')].map((binding: Binding) => {
    const { namespace } = binding.metadata;
    const around: BindingSurroundings = {
      roles: scene.knows('Role', namespace) ? roles : null,
      clusterRoles,
      accounts,
      knowsAccounts: (place) => canTell(scene, 'ServiceAccount', place),
    };
    return see(binding, bindingProblems(binding, around), [
      blindness(scene, 'Role', namespace, ['role-missing']),
      blindness(scene, 'ClusterRole', undefined, ['role-missing']),
      blindness(scene, 'ServiceAccount', namespace, ['subject-missing']),
    ]);
  });
}
