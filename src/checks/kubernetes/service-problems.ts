import {
  conditionOf,
  containersOf,
  fits,
  podDescriptionOf,
  type KubeObject,
  type Pod,
  type Service,
  type ServicePort,
} from '../../providers/kubernetes/reader.ts';
import { counted } from './counted.ts';
import { untold, type LastingProblem } from './lasting.ts';
import type { Field } from './problems.ts';
import { isSelecting, noneReadySince, type ServiceEndpoints } from './service-endpoints.ts';

/** What is around a Service. */
export interface ServiceSurroundings {
  readonly endpoints: ServiceEndpoints;
  /** What sends traffic to it: `Ingress prod/web`. */
  readonly routes: readonly string[];
  /** False: there may be others. */
  readonly knowsRoutes: boolean;
  /** What makes pods in its namespace, with how many it is told to make; null: it does not say. */
  readonly makers: readonly Maker[];
}

export interface Maker {
  readonly object: KubeObject;
  readonly replicas: number | null;
}

const LEADER = 'control-plane.alpha.kubernetes.io/leader';

export function serviceProblems(service: Service, around: ServiceSurroundings): readonly LastingProblem[] {
  if (!isSelecting(service) || around.endpoints.isLock || service.metadata.annotations?.[LEADER] !== undefined)
    return [];
  return [...noEndpoints(service, around), ...portProblems(service, around.endpoints.pods)];
}

function noEndpoints(
  service: Service,
  { endpoints, routes, knowsRoutes, makers }: ServiceSurroundings,
): readonly LastingProblem[] {
  const { ready, pods, source, changedAt } = endpoints;
  if (ready > 0) return [];
  const zero = pods.length === 0 ? atZero(service, makers) : [];
  const since = noneReadySince(pods) ?? changedAt;
  return [
    {
      rule: zero.length > 0 ? 'scaled-to-zero' : 'no-endpoints',
      about: `${zero.length > 0 ? zero.map(words).join(', ') : whyNone(pods)}${routes.length > 0 ? `, and ${routes[0]} sends traffic to it` : ''}`,
      since: since ?? untold(service),
      worse: routes.length > 0 || (knowsRoutes ? false : null),
      fields: [
        ...selectorFields(service),
        { path: source === 'Pod' ? 'pods that are ready' : `${source}s: endpoints that are ready`, value: 0 },
        { path: 'pods that it selects', value: pods.length },
        ...pods.slice(0, PODS_SHOWN).flatMap(whyNotReady),
        ...zero.map(({ object }) => ({ path: `${words({ object })}: spec.replicas`, value: 0 })),
        ...routes.slice(0, PODS_SHOWN).map((route) => ({ path: 'traffic is sent to it by', value: route })),
      ],
    },
  ];
}

const PODS_SHOWN = 3;

function whyNone(pods: readonly Pod[]): string {
  return pods.length === 0 ? 'no pod has the labels of its selector' : `0 of ${counted(pods.length, 'pod')} ready`;
}

/** Of what would make its pods, when all of that is told to make none. */
function atZero({ spec, metadata }: Service, makers: readonly Maker[]): readonly Maker[] {
  const mine = makers.filter(
    ({ object }) =>
      object.metadata.namespace === metadata.namespace && fits(spec?.selector ?? {}, podDescriptionOf(object)?.labels),
  );
  return mine.every(({ replicas }) => replicas === 0) ? mine : [];
}

function words({ object }: Pick<Maker, 'object'>): string {
  return `${object.kind} ${object.metadata.name}`;
}

function selectorFields({ spec }: Service): readonly Field[] {
  return Object.entries(spec?.selector ?? {}).map(([key, value]) => ({ path: `spec.selector["${key}"]`, value }));
}

function whyNotReady({ metadata, status }: Pod): readonly Field[] {
  const ready = conditionOf(status?.conditions, 'Ready');
  const waits = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].find(
    ({ state }) => state?.waiting?.reason !== undefined,
  );
  return [
    {
      path: `Pod ${metadata.name}: status.conditions[?(@.type=="Ready")].message`,
      value: ready?.message ?? ready?.reason ?? status?.phase ?? null,
    },
    ...(waits === undefined
      ? []
      : [
          {
            path: `Pod ${metadata.name}: container ${waits.name}: state.waiting.reason`,
            value: waits.state?.waiting?.reason ?? null,
          },
        ]),
  ];
}

/** Ports of which nothing listens behind the Service, as far as the pods say where they listen. */
function portProblems(service: Service, pods: readonly Pod[]): readonly LastingProblem[] {
  if (pods.length === 0) return [];
  return (service.spec?.ports ?? []).flatMap((port, index) => {
    const target = port.targetPort ?? port.port;
    const rule = typeof target === 'string' ? 'port-mismatch' : 'port-undeclared';
    if (target === undefined || target === 0 || pods.some((pod) => mayListen(pod, target, port))) return [];
    return [
      {
        rule,
        about: `${target}/${port.protocol ?? 'TCP'}`,
        since: 0,
        fields: [
          { path: `spec.ports[${index}].targetPort`, value: port.targetPort ?? null },
          { path: `spec.ports[${index}].port`, value: port.port ?? null },
          ...declaredBy(pods),
        ],
      },
    ];
  });
}

/**
 * By any pod that is selected, not by one of them, and by native sidecars too. To declare a port is of no consequence
 * but for its name: a number is doubted only where every container says where it listens.
 */
function mayListen(pod: Pod, target: number | string, { protocol = 'TCP' }: ServicePort): boolean {
  const containers = listening(pod);
  const isDeclared = containers
    .flatMap(({ ports }) => ports ?? [])
    .some(
      (port) =>
        (port.protocol ?? 'TCP') === protocol &&
        (typeof target === 'string' ? port.name === target : port.containerPort === target),
    );
  return isDeclared || (typeof target === 'number' && containers.some(({ ports }) => (ports ?? []).length === 0));
}

function listening(pod: Pod) {
  return containersOf({ spec: pod.spec ?? {}, path: 'spec' })
    .filter(({ sort }) => sort === 'main' || sort === 'sidecar')
    .map(({ container }) => container);
}

function declaredBy(pods: readonly Pod[]): readonly Field[] {
  const declared = new Set(
    pods
      .flatMap(listening)
      .flatMap(({ name, ports }) =>
        (ports ?? []).map(
          (port) => `${name}: ${port.name ?? 'unnamed'} ${port.containerPort ?? ''}/${port.protocol ?? 'TCP'}`,
        ),
      ),
  );
  return [{ path: 'ports of the containers that it selects', value: [...declared].toSorted().join(', ') || null }];
}
