import {
  conditionOf,
  isEmptySelector,
  podDescriptionOf,
  selects,
  type HorizontalPodAutoscaler,
  type KubeObject,
  type LabelSelector,
  type PodDisruptionBudget,
} from '../../providers/kubernetes/reader.ts';
import { conditionPath, timeOf, untold, type LastingProblem } from './lasting.ts';
import type { Field } from './problems.ts';

/** What makes pods in the namespace of a budget, and the pods' own labels. */
export interface BudgetSurroundings {
  /** null: not all of them could be read. */
  readonly makers: readonly Maker[] | null;
  readonly scalers: readonly HorizontalPodAutoscaler[];
  /** Labels of pods; null: they could not be read. */
  readonly pods: readonly KubeObject[] | null;
  /** Report budgets that leave open what becomes of pods that are not healthy. */
  readonly evictionPolicy: boolean;
}

export type Maker = KubeObject & {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector };
};

export function budgetProblems(budget: PodDisruptionBudget, around: BudgetSurroundings): readonly LastingProblem[] {
  const forever = foreverProblems(budget, around);
  return [
    ...forever,
    ...(forever.length > 0 ? [] : figureProblems(budget)),
    ...selectionProblems(budget, around),
    ...policyProblems(budget, around.evictionPolicy),
  ];
}

/** A budget that never lets a pod go, whatever runs; or not as many as there are at the least. */
function foreverProblems(budget: PodDisruptionBudget, around: BudgetSurroundings): readonly LastingProblem[] {
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  const [least, most] = [amountOf(minAvailable), amountOf(maxUnavailable)];
  if (most !== null && most.value === 0) return [never('never-allows', 'maxUnavailable', maxUnavailable, [])];
  if (least?.isShare === true && least.value >= 100) return [never('never-allows', 'minAvailable', minAvailable, [])];
  if (least === null) return [];
  return (around.makers ?? [])
    .filter((maker) => isMadeFor(budget, maker))
    .flatMap((maker) => {
      const { replicas, field, apart } = replicasOf(maker, around.scalers);
      const needed = least.isShare ? Math.ceil((replicas * least.value) / 100) : least.value;
      if (replicas === 0 || needed < replicas) return [];
      return [{ ...never('needs-all', 'minAvailable', minAvailable, [field]), apart }];
    });
}

function never(rule: string, name: string, value: unknown, fields: readonly Field[]): LastingProblem {
  const shown = typeof value === 'number' || typeof value === 'string' ? value : null;
  return {
    rule,
    about: `${name} ${shown ?? ''}`,
    since: 0,
    fields: [{ path: `spec.${name}`, value: shown }, ...fields],
  };
}

interface Amount {
  readonly value: number;
  readonly isShare: boolean;
}

/** `2`, `50%`; null: neither. */
function amountOf(value: unknown): Amount | null {
  if (typeof value === 'number') return { value, isShare: false };
  const match = typeof value === 'string' ? /^(\d+)(%?)$/.exec(value) : null;
  return match === null ? null : { value: Number(match[1]), isShare: match[2] === '%' };
}

function isMadeFor({ metadata, spec }: PodDisruptionBudget, maker: Maker): boolean {
  const labels = podDescriptionOf(maker)?.labels ?? maker.spec?.selector?.matchLabels;
  return maker.metadata.namespace === metadata.namespace && labels !== undefined && selects(spec?.selector, labels);
}

/** As few as there may be: those of its autoscaler, or its own. */
function replicasOf(
  maker: Maker,
  scalers: readonly HorizontalPodAutoscaler[],
): { readonly replicas: number; readonly field: Field; readonly apart: string } {
  const scaler = scalers.find(
    ({ metadata, spec }) =>
      metadata.namespace === maker.metadata.namespace &&
      spec?.scaleTargetRef?.kind === maker.kind &&
      spec.scaleTargetRef.name === maker.metadata.name,
  );
  const replicas = scaler === undefined ? (maker.spec?.replicas ?? 1) : (scaler.spec?.minReplicas ?? 1);
  return {
    replicas,
    apart: scaler === undefined ? 'replicas' : 'autoscaler',
    field:
      scaler === undefined
        ? { path: `${maker.kind} ${maker.metadata.name}: spec.replicas`, value: replicas }
        : { path: `HorizontalPodAutoscaler ${scaler.metadata.name}: spec.minReplicas`, value: replicas },
  };
}

/** What its own figures say. The condition is found by its type; one that asks for nothing can not stand in the way. */
function figureProblems(budget: PodDisruptionBudget): readonly LastingProblem[] {
  const { spec, status } = budget;
  if (spec?.minAvailable === undefined && spec?.maxUnavailable === undefined) return [];
  const { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods } = status ?? {};
  const condition = conditionOf(status?.conditions, 'DisruptionAllowed');
  const isShort = (currentHealthy ?? 0) < (desiredHealthy ?? 0);
  const isBlocked =
    condition === null
      ? disruptionsAllowed === 0 && (expectedPods ?? 0) > 0
      : condition.status === 'False' && (expectedPods === undefined || expectedPods > 0);
  if (!isShort && !isBlocked) return [];
  return [
    {
      rule: isShort ? 'short' : 'blocked',
      about: isShort
        ? `${currentHealthy ?? 0} of ${desiredHealthy ?? 0} healthy`
        : `${currentHealthy ?? 0} healthy, ${desiredHealthy ?? 0} needed`,
      since: condition?.status === 'False' ? timeOf(condition.lastTransitionTime) : untold(budget),
      fields: [
        { path: 'status.currentHealthy', value: currentHealthy ?? null },
        { path: 'status.desiredHealthy', value: desiredHealthy ?? null },
        { path: 'status.disruptionsAllowed', value: disruptionsAllowed ?? null },
        { path: 'status.expectedPods', value: expectedPods ?? null },
        { path: conditionPath('DisruptionAllowed', 'reason'), value: condition?.reason ?? null },
      ],
    },
  ];
}

/** Nothing runs that it selects, and nothing would make such pods; in policy/v1 an empty selector means all pods. */
function selectionProblems(budget: PodDisruptionBudget, around: BudgetSurroundings): readonly LastingProblem[] {
  const selector = budget.spec?.selector;
  const { makers, pods } = around;
  if (makers === null || pods === null || (selector !== undefined && isEmptySelector(selector))) return [];
  if ((budget.status?.expectedPods ?? 0) > 0 || makers.some((maker) => isMadeFor(budget, maker))) return [];
  const isSelected = pods.some(
    ({ metadata }) => metadata.namespace === budget.metadata.namespace && selects(selector, metadata.labels),
  );
  if (isSelected) return [];
  return [
    {
      rule: 'selects-nothing',
      since: untold(budget) === 0 ? 0 : null,
      fields: [
        ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({
          path: `spec.selector.matchLabels["${key}"]`,
          value,
        })),
        ...(selector === undefined ? [{ path: 'spec.selector', value: null }] : []),
        { path: 'status.expectedPods', value: budget.status?.expectedPods ?? null },
      ],
    },
  ];
}

function policyProblems({ spec }: PodDisruptionBudget, isWished: boolean): readonly LastingProblem[] {
  if (!isWished || spec?.unhealthyPodEvictionPolicy !== undefined) return [];
  return [
    { rule: 'eviction-policy-unset', since: 0, fields: [{ path: 'spec.unhealthyPodEvictionPolicy', value: null }] },
  ];
}
