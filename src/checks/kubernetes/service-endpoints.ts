import {
  conditionOf,
  createLabelIndex,
  instantOf,
  type EndpointSlice,
  type Endpoints,
  type Pod,
  type Service,
} from '../../providers/kubernetes/reader.ts';
import { isLive } from './pod-groups.ts';
import type { Scene } from './scene.ts';

/** What traffic to a Service would meet. */
export interface ServiceEndpoints {
  /** How many addresses take traffic. */
  readonly ready: number;
  /** The pods that its selector selects and that are meant to work. */
  readonly pods: readonly Pod[];
  /** Where the figure was read. */
  readonly source: 'EndpointSlice' | 'Endpoints' | 'Pod';
  /** When its slices last changed, where each of them says so: the end of their addresses, where there are none. */
  readonly changedAt: number | null;
  /** The object is the lock of an election, which was kept in such objects once: it never has addresses. */
  readonly isLock: boolean;
}

export interface EndpointsOf {
  of(service: Service): ServiceEndpoints;
}

/** What a check must list to know what is behind a Service. */
export const ENDPOINT_LISTS = ['Service', 'EndpointSlice', 'Pod'] as const;

/**
 * By EndpointSlices; by core/v1 Endpoints only where a cluster has no slice at all, as those are deprecated, and
 * by the pods themselves where neither says anything of a Service.
 */
export async function endpointsOf(scene: Scene): Promise<EndpointsOf> {
  const slices = scene.all('EndpointSlice');
  const listed = slices.length === 0 ? (await scene.cluster.list('Endpoints', scene.signal)).objects : [];
  const byService = Map.groupBy(slices, ({ metadata }) => keyOf(metadata.namespace, metadata.labels?.[SERVICE_NAME]));
  const older = new Map(listed.map((each) => [keyOf(each.metadata.namespace, each.metadata.name), each]));
  const pods = createLabelIndex(scene.all('Pod').filter(isLive));
  return {
    of(service) {
      const { namespace, name } = service.metadata;
      const key = keyOf(namespace, name);
      const selected = pods.fitting(namespace, service.spec?.selector ?? {});
      return { ...readyOf(byService.get(key), older.get(key), selected), pods: selected };
    },
  };
}

const SERVICE_NAME = 'kubernetes.io/service-name';
const LAST_CHANGE = 'endpoints.kubernetes.io/last-change-trigger-time';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';

function readyOf(
  slices: readonly EndpointSlice[] | undefined,
  older: Endpoints | undefined,
  pods: readonly Pod[],
): Omit<ServiceEndpoints, 'pods'> {
  if (slices !== undefined) {
    const ready = slices.flatMap(({ endpoints }) => endpoints ?? []).filter(isReady).length;
    return {
      ready,
      source: 'EndpointSlice',
      changedAt: latestChange(slices),
      isLock: slices.some(({ metadata }) => metadata.annotations?.[LEADER] !== undefined),
    };
  }
  if (older !== undefined) {
    const ready = (older.subsets ?? []).flatMap(({ addresses }) => addresses ?? []).length;
    return { ready, source: 'Endpoints', changedAt: null, isLock: older.metadata.annotations?.[LEADER] !== undefined };
  }
  return { ready: pods.filter(takesTraffic).length, source: 'Pod', changedAt: null, isLock: false };
}

function latestChange(slices: readonly EndpointSlice[]): number | null {
  const times = slices.map(({ metadata }) => instantOf(metadata.annotations?.[LAST_CHANGE]));
  return times.every((time) => time !== null) ? Math.max(...times) : null;
}

/** An absent condition means ready, by the API; with publishNotReadyAddresses it is always true. */
function isReady({ conditions }: NonNullable<EndpointSlice['endpoints']>[number]): boolean {
  return conditions?.ready !== false;
}

function takesTraffic({ status }: Pod): boolean {
  const ready = conditionOf(status?.conditions, 'Ready');
  return ready === null ? status?.phase === 'Running' : ready.status === 'True';
}

/** True when Kubernetes itself is to find out what is behind it: others are filled by hand, or are names. */
export function isSelecting({ spec }: Service): boolean {
  return spec?.type !== 'ExternalName' && Object.keys(spec?.selector ?? {}).length > 0;
}

/** Since when none of them takes traffic, by their own times; null: they do not say, or there are none. */
export function noneReadySince(pods: readonly Pod[]): number | null {
  const times = pods.map(({ status, metadata }) => {
    const condition = conditionOf(status?.conditions, 'Ready') ?? conditionOf(status?.conditions, 'PodScheduled');
    return instantOf(condition?.lastTransitionTime ?? metadata.creationTimestamp);
  });
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function keyOf(namespace: string | undefined, name: string | undefined): string {
  return `${namespace ?? ''}/${name ?? ''}`;
}
