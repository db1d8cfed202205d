import {
  conditionOf,
  containersOf,
  podDescriptionOf,
  type HorizontalPodAutoscaler,
  type KubeObject,
  type PodSpec,
} from '../../providers/kubernetes/reader.ts';
import { conditionPath, timeOf, untold, type LastingProblem } from './lasting.ts';
import type { Field } from './problems.ts';

/** What an autoscaler scales. */
export type ScaleTarget =
  | { readonly status: 'found'; readonly object: KubeObject }
  | { readonly status: 'missing' }
  | { readonly status: 'not-scalable' }
  /** Of a kind that is not listed, or that could not be read. */
  | { readonly status: 'untold' };

/** What is asked only where a runbook asks for it. */
export interface AutoscalerWishes {
  readonly fewerThan: number | undefined;
  readonly fixed: boolean;
}

export function autoscalerProblems(
  scaler: HorizontalPodAutoscaler,
  target: ScaleTarget,
  wishes: AutoscalerWishes,
): readonly LastingProblem[] {
  const gone = targetProblems(scaler, target);
  return [
    ...gone,
    ...(target.status === 'found' ? requestProblems(scaler, target.object) : []),
    // Of what it can not find it says so by its conditions too, which is the same once more.
    ...(gone.length > 0 ? [] : [...notScaling(scaler, 'AbleToScale'), ...notScaling(scaler, 'ScalingActive')]),
    ...limitProblems(scaler),
    ...wishedProblems(scaler, wishes),
  ];
}

function targetProblems({ spec }: HorizontalPodAutoscaler, target: ScaleTarget): readonly LastingProblem[] {
  if (target.status !== 'missing' && target.status !== 'not-scalable') return [];
  const { apiVersion, kind, name } = spec?.scaleTargetRef ?? {};
  return [
    {
      rule: target.status === 'missing' ? 'target-missing' : 'target-not-scalable',
      about: `${kind ?? 'no kind'} ${name ?? 'without a name'}`,
      since: 0,
      fields: [
        { path: 'spec.scaleTargetRef.apiVersion', value: apiVersion ?? null },
        { path: 'spec.scaleTargetRef.kind', value: kind ?? null },
        { path: 'spec.scaleTargetRef.name', value: name ?? null },
      ],
    },
  ];
}

/** A share of a request can not be told where there is none. A limit stands in for a request, as the API server writes it. */
function requestProblems({ spec }: HorizontalPodAutoscaler, object: KubeObject): readonly LastingProblem[] {
  const pods = podDescriptionOf(object);
  if (pods === null) return [];
  const wanted = sharesOf(spec);
  return containersOf(pods)
    .filter(({ sort }) => sort === 'main' || sort === 'sidecar')
    .flatMap(({ container, path }) =>
      wanted
        .filter(({ resource, of }) => (of === null || of === container.name) && !asks(pods.spec, container, resource))
        .map(({ resource }) => ({
          rule: 'requests-missing',
          about: `container ${container.name} (${resource})`,
          since: 0,
          fields: [
            { path: `${object.kind} ${object.metadata.name}: ${path}.resources.requests.${resource}`, value: null },
          ],
        })),
    );
}

interface Share {
  readonly resource: string;
  /** The container that is asked; null: all. */
  readonly of: string | null;
}

/** Metrics that are a share of what containers request; an autoscaler that names no metric has that of the CPU. */
function sharesOf(spec: HorizontalPodAutoscaler['spec']): readonly Share[] {
  const metrics = spec?.metrics ?? [];
  if (metrics.length === 0) return [{ resource: 'cpu', of: null }];
  return metrics.flatMap(({ type, resource, containerResource }): readonly Share[] => {
    if (
      type === 'Resource' &&
      resource?.name !== undefined &&
      (resource.target?.type ?? 'Utilization') === 'Utilization'
    )
      return [{ resource: resource.name, of: null }];
    if (type === 'ContainerResource' && containerResource?.name !== undefined)
      return [{ resource: containerResource.name, of: containerResource.container ?? null }];
    return [];
  });
}

function asks(pod: PodSpec, { resources }: Pick<PodSpec, 'resources'>, resource: string): boolean {
  return [resources, pod.resources].some(
    (each) => each?.requests?.[resource] !== undefined || each?.limits?.[resource] !== undefined,
  );
}

/** Switched off by who scaled the target to nothing. */
const SWITCHED_OFF = 'ScalingDisabled';

function notScaling({ status }: HorizontalPodAutoscaler, type: string): readonly LastingProblem[] {
  const condition = conditionOf(status?.conditions, type);
  if (condition?.status !== 'False' || condition.reason === SWITCHED_OFF) return [];
  return [
    {
      rule: 'not-scaling',
      apart: type,
      about: condition.reason ?? condition.message ?? type,
      since: timeOf(condition.lastTransitionTime),
      fields: [
        { path: conditionPath(type, 'reason'), value: condition.reason ?? null },
        { path: conditionPath(type, 'message'), value: condition.message ?? null },
      ],
    },
  ];
}

/** At its least it is where it is meant to be; at its most it may want more. */
function limitProblems(scaler: HorizontalPodAutoscaler): readonly LastingProblem[] {
  const { spec, status } = scaler;
  const { minReplicas, maxReplicas } = spec ?? {};
  const limited = conditionOf(status?.conditions, 'ScalingLimited');
  const isLimited = limited?.status === 'True';
  const atMost =
    maxReplicas !== undefined && (status?.currentReplicas ?? 0) >= maxReplicas && maxReplicas !== (minReplicas ?? 1);
  const fields: readonly Field[] = [
    { path: 'status.currentReplicas', value: status?.currentReplicas ?? null },
    { path: 'spec.minReplicas', value: minReplicas ?? null },
    { path: 'spec.maxReplicas', value: maxReplicas ?? null },
    { path: conditionPath('ScalingLimited', 'message'), value: limited?.message ?? null },
  ];
  if (isLimited && limited.reason === 'TooFewReplicas') return [];
  if (isLimited && limited.reason !== 'TooManyReplicas')
    return [{ rule: 'limited', about: limited.reason ?? '', since: timeOf(limited.lastTransitionTime), fields }];
  if (!isLimited && !atMost) return [];
  return [
    {
      rule: 'maxed',
      about: `${maxReplicas ?? 'all'} replicas`,
      since: isLimited ? timeOf(limited.lastTransitionTime) : untold(scaler),
      worse: maxReplicas !== minReplicas,
      fields,
    },
  ];
}

function wishedProblems(
  { spec }: HorizontalPodAutoscaler,
  { fewerThan, fixed }: AutoscalerWishes,
): readonly LastingProblem[] {
  const { minReplicas, maxReplicas } = spec ?? {};
  const fields: readonly Field[] = [
    { path: 'spec.minReplicas', value: minReplicas ?? null },
    { path: 'spec.maxReplicas', value: maxReplicas ?? null },
  ];
  return [
    ...(fewerThan !== undefined && minReplicas !== undefined && minReplicas < fewerThan
      ? [{ rule: 'few-replicas', about: `${minReplicas}`, since: 0, fields }]
      : []),
    ...(fixed && isFixed(minReplicas, maxReplicas) ? [{ rule: 'fixed', since: 0, fields }] : []),
  ];
}

function isFixed(least: number | undefined, most: number | undefined): boolean {
  return most === undefined || most < 1 || (least !== undefined && (least < 1 || most <= least));
}
