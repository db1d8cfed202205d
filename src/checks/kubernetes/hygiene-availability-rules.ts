import { isEmptySelector, selects, type Deployment, type PodAffinityTerm } from '../../providers/kubernetes/reader.ts';
import { isLongRunning, replicasOf, type Surroundings } from './hygiene-surroundings.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import { inPods, type Found, type WorkloadRule } from './workload-rule.ts';

export interface AvailabilitySettings extends Surroundings {
  readonly minimumReplicas: number;
  readonly priorityClasses: readonly string[];
}

const SEE = 'See what it says now: kubectl get {object} -o yaml';

/** Whether a workload lives through the loss of a node, and a drain. */
export const AVAILABILITY_RULES: readonly WorkloadRule<AvailabilitySettings>[] = [
  {
    id: 'few-replicas',
    severity: 'low',
    optional: true,
    needs: ['HorizontalPodAutoscaler'],
    title: 'has too few copies: {about}',
    why: 'When its node goes, or is drained, nothing is left to answer until another copy has started.',
    next: SEE,
    find: (workload, settings) => fewReplicas(workload, settings),
  },
  {
    id: 'no-disruption-budget',
    severity: 'low',
    optional: true,
    needs: ['PodDisruptionBudget'],
    title: 'has no PodDisruptionBudget',
    why: 'Drains of nodes may take all of its copies at once.',
    next: 'See which budgets there are: kubectl get poddisruptionbudgets -A',
    find: ({ object, pods }, { budgets }) => {
      if (!DEPLOYED.has(object.kind)) return [];
      const isKept = budgets(object.metadata.namespace).some(({ spec }) =>
        spec?.selector !== undefined && isEmptySelector(spec.selector) ? true : selects(spec?.selector, pods.labels),
      );
      return isKept ? [] : [{ fields: [{ path: 'spec.template.metadata.labels', value: labelsInWords(pods.labels) }] }];
    },
  },
  {
    id: 'no-anti-affinity',
    severity: 'low',
    optional: true,
    title: 'does not keep its copies apart',
    why: 'All of them may run on one node, and go with it.',
    next: SEE,
    find: (workload) =>
      (replicasOf(workload) ?? 0) < 2 || isSpread(workload) ? [] : inPods(workload, 'affinity.podAntiAffinity', null),
  },
  {
    id: 'no-topology-spread',
    severity: 'info',
    optional: true,
    title: 'does not say how its copies are spread over zones and nodes',
    why: 'What the scheduler does by itself is a preference, which a full cluster overrules.',
    next: SEE,
    find: (workload) =>
      !isLongRunning(workload) || (workload.pods.spec.topologySpreadConstraints ?? []).length > 0
        ? []
        : inPods(workload, 'topologySpreadConstraints', null),
  },
  {
    id: 'no-node-affinity',
    severity: 'info',
    optional: true,
    title: 'does not say on which nodes it belongs',
    why: 'It may land on nodes that were meant for something else.',
    next: SEE,
    find: (workload) =>
      workload.pods.spec.affinity?.nodeAffinity === undefined ? inPods(workload, 'affinity.nodeAffinity', null) : [],
  },
  {
    id: 'no-rolling-update',
    severity: 'info',
    optional: true,
    title: 'is stopped for each update',
    why: 'With another strategy than RollingUpdate all copies go before the first new one comes. That is right where two may not run at once.',
    next: SEE,
    find: ({ object }) => {
      const type = DEPLOYED.has(object.kind) ? (object as Deployment).spec?.strategy?.type : undefined;
      return type === undefined || type === 'RollingUpdate' || type === 'Rolling'
        ? []
        : [{ fields: [{ path: 'spec.strategy.type', value: type }] }];
    },
  },
  {
    id: 'no-priority-class',
    severity: 'info',
    optional: true,
    title: 'has no priority class',
    why: 'Where nodes are full, nothing says whether it goes before others.',
    next: 'See which classes there are: kubectl get priorityclasses',
    find: (workload) =>
      workload.pods.spec.priorityClassName === undefined ? inPods(workload, 'priorityClassName', null) : [],
  },
  {
    id: 'other-priority-class',
    severity: 'low',
    title: 'has a priority class that is not expected here: {about}',
    why: 'The list of priority classes is that of the runbook; a high one takes the place of other pods.',
    next: 'See which classes there are: kubectl get priorityclasses',
    find: (workload, { priorityClasses }) => {
      const name = workload.pods.spec.priorityClassName;
      if (priorityClasses.length === 0 || name === undefined || name === '' || priorityClasses.includes(name))
        return [];
      return inPods(workload, 'priorityClassName', name).map((found) => ({ ...found, about: name }));
    },
  },
  {
    id: 'never-restarted',
    severity: 'info',
    optional: true,
    title: 'is not restarted in place when it fails',
    why: 'With restartPolicy Never a failure ends the pod: right for many jobs, and nothing else.',
    next: SEE,
    find: (workload) =>
      workload.pods.spec.restartPolicy === 'Never' ? inPods(workload, 'restartPolicy', 'Never') : [],
  },
];

const DEPLOYED: ReadonlySet<string> = new Set(['Deployment', 'DeploymentConfig']);

/** None at all is meant; and where a scaler decides, its minimum counts. */
function fewReplicas(workload: JudgedWorkload, { minimumReplicas, scalers }: AvailabilitySettings): readonly Found[] {
  const { object } = workload;
  const replicas = DEPLOYED.has(object.kind) ? replicasOf(workload) : null;
  if (replicas === null || replicas === 0) return [];
  const scaler = scalers(object.metadata.namespace).find(
    ({ spec }) => spec?.scaleTargetRef?.kind === object.kind && spec.scaleTargetRef.name === object.metadata.name,
  );
  const copies = scaler === undefined ? replicas : (scaler.spec?.minReplicas ?? 1);
  if (copies >= minimumReplicas) return [];
  return [
    {
      about: `${copies} of at least ${minimumReplicas}`,
      fields: [{ path: 'spec.replicas', value: writtenReplicas(workload) }],
    },
  ];
}

function writtenReplicas({ object }: JudgedWorkload): number | null {
  return (object as Deployment).spec?.replicas ?? null;
}

/** Kept apart by a rule that is about its own pods, in its own namespace; or spread, which does as much. */
function isSpread({ pods, object }: JudgedWorkload): boolean {
  if ((pods.spec.topologySpreadConstraints ?? []).length > 0) return true;
  const { podAntiAffinity } = pods.spec.affinity ?? {};
  const terms: readonly (PodAffinityTerm | undefined)[] = [
    ...(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((each) => each.podAffinityTerm),
  ];
  return terms.some((term) => {
    const { namespace } = object.metadata;
    const isHere =
      term?.namespaceSelector !== undefined ||
      (term?.namespaces ?? []).length === 0 ||
      (namespace !== undefined && term?.namespaces?.includes(namespace) === true);
    return isHere && selects(term?.labelSelector, pods.labels);
  });
}

function labelsInWords(labels: Readonly<Record<string, string>> | undefined): string | null {
  const words = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return words.length === 0 ? null : words.join(', ');
}
