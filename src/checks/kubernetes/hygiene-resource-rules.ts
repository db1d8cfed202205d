import { quantityOf, type PlacedContainer, type Resources } from '../../providers/kubernetes/reader.ts';
import type { ResourceField, ResourceName, Surroundings } from './hygiene-surroundings.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import type { Field } from './problems.ts';
import { anyOf, inContainers, type Found, type WorkloadRule } from './workload-rule.ts';

export interface ResourceSettings extends Surroundings {
  readonly bounds: Readonly<Partial<Record<BoundName, Bound | undefined>>>;
}
export type BoundName = 'cpuRequest' | 'cpuLimit' | 'memoryRequest' | 'memoryLimit';
/** Quantities, as in a manifest. */
export interface Bound {
  readonly min?: string | number | undefined;
  readonly max?: string | number | undefined;
}

const SEE = 'See what it uses: kubectl top pods --containers. What it asks for: kubectl get {object} -o yaml';

/** What workloads ask of their nodes. Only of containers that stay: init containers are gone before they matter. */
export const RESOURCE_RULES: readonly WorkloadRule<ResourceSettings>[] = [
  {
    id: 'no-cpu-request',
    severity: 'low',
    optional: true,
    needs: ['LimitRange'],
    title: 'asks for no CPU: {about}',
    why: 'It is placed as if it needed none, and gets what others leave where its node is busy.',
    next: SEE,
    find: (workload, settings) => without(workload, settings, 'requests', 'cpu'),
  },
  {
    id: 'no-memory-request',
    severity: 'low',
    optional: true,
    needs: ['LimitRange'],
    title: 'asks for no memory: {about}',
    why: 'It is placed as if it needed none, and is among the first to be evicted when its node runs short.',
    next: SEE,
    find: (workload, settings) => without(workload, settings, 'requests', 'memory'),
  },
  {
    id: 'no-memory-limit',
    severity: 'low',
    optional: true,
    needs: ['LimitRange'],
    title: 'has no limit on its memory: {about}',
    why: 'A leak takes the memory of its node, and with it other pods, before anything stops it.',
    next: SEE,
    find: (workload, settings) => without(workload, settings, 'limits', 'memory'),
  },
  {
    id: 'no-cpu-limit',
    severity: 'info',
    optional: true,
    needs: ['LimitRange'],
    title: 'has no limit on its CPU: {about}',
    why: 'It may use what is idle, which is what many want; but how fast it is depends on its neighbours.',
    next: SEE,
    find: (workload, settings) => without(workload, settings, 'limits', 'cpu'),
  },
  {
    id: 'cpu-request-by-limit',
    severity: 'info',
    optional: true,
    title: 'says a limit on its CPU and no request, which is then as high: {about}',
    why: 'It keeps as much from others as it may use at most.',
    next: SEE,
    find: (workload) => byLimit(workload, 'cpu'),
  },
  {
    id: 'memory-request-by-limit',
    severity: 'info',
    optional: true,
    title: 'says a limit on its memory and no request, which is then as high: {about}',
    why: 'It keeps as much from others as it may use at most.',
    next: SEE,
    find: (workload) => byLimit(workload, 'memory'),
  },
  {
    id: 'resources-out-of-bounds',
    severity: 'medium',
    title: 'asks for more or less than is usual here: {about}',
    why: 'The bounds are those of the runbook.',
    next: SEE,
    find: (workload, { bounds }) =>
      inContainers(workload, ({ container, path }) =>
        anyOf(
          BOUNDS.flatMap(([name, field, resource]) => {
            const value = container.resources?.[field]?.[resource];
            return value !== undefined && isOutside(value, bounds[name])
              ? [{ path: `${path}.resources.${field}.${resource}`, value }]
              : [];
          }),
        ),
      ),
  },
];

const BOUNDS = [
  ['cpuRequest', 'requests', 'cpu'],
  ['cpuLimit', 'limits', 'cpu'],
  ['memoryRequest', 'requests', 'memory'],
  ['memoryLimit', 'limits', 'memory'],
] as const satisfies readonly (readonly [BoundName, ResourceField, ResourceName])[];

function isOutside(value: string | number, bound: Bound | undefined): boolean {
  const quantity = quantityOf(value);
  if (bound === undefined || quantity === null) return false;
  const min = quantityOf(bound.min);
  const max = quantityOf(bound.max);
  return (min !== null && quantity < min) || (max !== null && quantity > max);
}

/** A request that is left out is as high as the limit; what the pod says as a whole, it says for its containers. */
function without(
  workload: JudgedWorkload,
  { isGiven }: Surroundings,
  field: ResourceField,
  resource: ResourceName,
): readonly Found[] {
  const isSaid = (resources: Resources | undefined): boolean =>
    isSome(resources, field, resource) || (field === 'requests' && isSome(resources, 'limits', resource));
  if (isSaid(workload.pods.spec.resources)) return [];
  if (isGiven(workload.object.metadata.namespace, field, resource)) return [];
  return inStaying(workload, ({ container, path }) =>
    isSaid(container.resources)
      ? null
      : [
          {
            path: `${path}.resources.${field}.${resource}`,
            value: container.resources?.[field]?.[resource] ?? null,
          },
        ],
  );
}

function byLimit(workload: JudgedWorkload, resource: ResourceName): readonly Found[] {
  return inStaying(workload, ({ container: { resources }, path }) =>
    isSome(resources, 'limits', resource) && !isSome(resources, 'requests', resource)
      ? [{ path: `${path}.resources.requests.${resource}`, value: null }]
      : null,
  );
}

/** Nothing is nothing, said or not. */
function isSome(resources: Resources | undefined, field: ResourceField, resource: ResourceName): boolean {
  const value = resources?.[field]?.[resource];
  return value !== undefined && quantityOf(value) !== 0;
}

function inStaying(
  workload: JudgedWorkload,
  ask: (placed: PlacedContainer) => readonly Field[] | null,
): readonly Found[] {
  return inContainers(workload, (placed) => (placed.sort === 'main' || placed.sort === 'sidecar' ? ask(placed) : null));
}
