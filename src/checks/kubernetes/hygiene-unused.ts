import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import type { KindName, KubeObject, KubernetesReader, Role } from '../../providers/kubernetes/reader.ts';
import { sizeParam } from '../size-param.ts';
import { workloadShape, workloadWants } from './judged-workloads.ts';
import { judgeLasting } from './lasting-judgement.ts';
import { blindness, sampleLasting, seeLasting, type LastingProblem } from './lasting.ts';
import type { ReferenceRule } from './reference-rules.ts';
import { chosenRules, isSystemNamespace, ruleChoiceShape, rulesInWords } from './rule-choice.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';
import { accountProblems, claimProblems, configMapProblems, roleProblems } from './unused-problems.ts';
import { boundBy, usesOf } from './uses.ts';

const WHY = 'It says something that no longer matters to anybody, and is read by the next person who looks.';
const NEXT = 'Is it left over, or used from outside of what a description of pods says? {describe}';

const RULES: readonly ReferenceRule[] = [
  { id: 'config-map-unused', severity: 'info', afterMs: 0, title: 'is used by nothing', why: WHY, next: NEXT },
  { id: 'config-map-empty', severity: 'info', afterMs: 0, title: 'is empty', why: WHY, next: NEXT },
  {
    id: 'config-map-large',
    severity: 'low',
    afterMs: 0,
    title: 'is large: {about}',
    why: 'At 1 MiB an API server takes no more: the next change is refused.',
    next: 'See what it holds: {describe}',
  },
  {
    id: 'account-unused',
    severity: 'info',
    afterMs: 0,
    title: 'is used by nothing: no pod runs as it, and nothing is bound to it',
    why: WHY,
    next: NEXT,
  },
  {
    id: 'claim-unused',
    severity: 'info',
    afterMs: 0,
    title: 'is used by nothing',
    why: 'Its volume is paid for.',
    next: 'Is its data still needed? {describe}',
  },
  { id: 'role-unused', severity: 'info', afterMs: 0, title: 'is bound to nobody', why: WHY, next: NEXT },
];

const unusedParams = z.strictObject({
  ...workloadShape,
  ...ruleChoiceShape(RULES),
  largerThan: sizeParam().prefault('900 KiB').describe('How much a ConfigMap may hold.'),
});
type UnusedParams = z.output<typeof unusedParams>;

const HELPS = [
  'ConfigMap',
  'ServiceAccount',
  'PersistentVolumeClaim',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
] as const satisfies readonly KindName[];

export const check: Check<KubernetesReader, UnusedParams> = {
  id: 'kubernetes/hygiene-unused',
  title: 'What nothing uses',
  keywords: ['unused', 'orphan', 'leftover', 'configmap', 'secret', 'cleanup'],
  description: `Looks for ConfigMaps, service accounts, claims and roles that nothing uses. All of it is worth knowing at the most: what is used from outside can't be seen.

Reports:
${rulesInWords(RULES)}

What counts as a use: the descriptions of pods in workloads, in pods and in what was rolled back, with containers of every sort, envFrom, and projected volumes; an argument of a container or a role that names a ConfigMap; labels that sidecars look for (Grafana, Prometheus, Fluentd), Helm's releases, the locks of elections; an owner; a stateful set that would take a claim again; a role that is a part of another. \`k8sgpt.ai/skip-usage-check: "true"\` is respected. Secrets are not looked at. Left out: kube-system, kube-public and kube-node-lease unless \`system\` is set. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  nightly: true,
  params: unusedParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    const { needs, helps = [] } = workloadWants(params);
    return lookAtCluster(reader, params, context, { needs, helps: [...helps, ...HELPS] }, (scene) =>
      seeUnused(scene, params, context),
    );
  },

  judge(seen, { rules }, history) {
    const chosen = new Set(chosenRules(RULES, rules).map(({ id }) => id));
    return judgeLasting(
      seen,
      RULES.filter(({ id }) => chosen.has(id)),
      history,
    );
  },

  sample: sampleLasting,
  summary: tallyWords,
};

/** Without these something may be used all the same. */
const BINDINGS = ['RoleBinding', 'ClusterRoleBinding'] as const;
const ROLES = ['Role', 'ClusterRole'] as const;

async function seeUnused(scene: Scene, params: UnusedParams, context: ReadContext): Promise<readonly Observation[]> {
  const { needs, helps = [] } = workloadWants(params);
  const roles: readonly Role[] = ROLES.flatMap((kind) => scene.all(kind));
  const kinds = [...needs, ...helps];
  const uses = usesOf(
    kinds.flatMap((kind): readonly KubeObject[] => scene.all(kind)),
    roles,
  );
  const knowsUsers = (namespace: string | undefined): boolean => kinds.every((kind) => scene.knows(kind, namespace));
  const bound = boundBy(BINDINGS.flatMap((kind) => scene.all(kind)));
  const asked = new Set(chosenRules(RULES, params.rules).map(({ id }) => id));
  const see = async <Object extends KubeObject>(
    objects: readonly Object[],
    problemsOf: (object: Object) => readonly LastingProblem[],
    rule: string,
    without: readonly KindName[],
  ): Promise<readonly Observation[]> => {
    const seen = objects
      .filter(
        ({ metadata }) => (params.system || !isSystemNamespace(metadata.namespace)) && knowsUsers(metadata.namespace),
      )
      .map(async (object) => {
        const { namespace } = object.metadata;
        const blind = await Promise.all(without.map((kind) => blindness(scene, kind, namespace, [rule])));
        const met = blind.filter((each) => each !== null);
        const problems = problemsOf(object).filter(
          (problem) => asked.has(problem.rule) && (met.length === 0 || problem.rule !== rule),
        );
        return seeLasting(scene, context, object, problems, met);
      });
    return (await Promise.all(seen)).flat();
  };
  const parts = await Promise.all([
    see(scene.all('ConfigMap'), (each) => configMapProblems(each, uses, params.largerThan), 'config-map-unused', ROLES),
    see(scene.all('ServiceAccount'), (each) => accountProblems(each, uses, bound), 'account-unused', BINDINGS),
    see(scene.all('PersistentVolumeClaim'), (each) => claimProblems(each, uses), 'claim-unused', []),
    see(scene.all('Role'), (each) => roleProblems(each, bound), 'role-unused', ['RoleBinding']),
    // Whoever looks at some namespaces only does not see who else it is bound to.
    scene.cluster.partial
      ? []
      : see(scene.all('ClusterRole'), (each) => roleProblems(each, bound), 'role-unused', BINDINGS),
  ]);
  return parts.flat();
}
