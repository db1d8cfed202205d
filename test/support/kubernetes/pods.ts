import type { StoredObject } from './api.ts';
import { ago } from './world.ts';

export interface PodLike {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  /** Seconds. */
  readonly age?: number;
  /** `ReplicaSet/web-abc`, `Job/migrate`. */
  readonly owner?: string;
  readonly phase?: string;
  readonly node?: string;
  /** By the sort of container: what the kubelet tells of it. */
  readonly statuses?: readonly object[];
  readonly initStatuses?: readonly object[];
  readonly conditions?: readonly object[];
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
}

/** A pod as an API server has it, of one container `app` unless `spec` says otherwise. */
export function pod({
  name,
  namespace = 'prod',
  uid = `uid-of-${name}`,
  age = 86_400 * 2,
  ...more
}: PodLike): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid,
      creationTimestamp: ago(age),
      ...(more.owner === undefined ? {} : { ownerReferences: [ownerOf(more.owner)] }),
      ...more.metadata,
    },
    spec: {
      containers: [{ name: 'app', image: 'registry.test/app:1', resources: { limits: { memory: '64Mi' } } }],
      restartPolicy: 'Always',
      ...(more.node === undefined ? {} : { nodeName: more.node }),
      ...more.spec,
    },
    status: {
      phase: more.phase ?? 'Running',
      ...(more.conditions === undefined ? {} : { conditions: more.conditions }),
      ...(more.initStatuses === undefined ? {} : { initContainerStatuses: more.initStatuses }),
      ...(more.statuses === undefined ? {} : { containerStatuses: more.statuses }),
      ...more.status,
    },
  };
}

function ownerOf(text: string): object {
  const [kind, name] = text.split('/');
  return { apiVersion: 'apps/v1', kind, name, uid: `uid-of-${name}`, controller: true };
}

/** A ReplicaSet `web-1` of the Deployment `web`, so that its pods are told under the Deployment. */
export function replicaSet(name: string, deployment: string, namespace = 'prod'): StoredObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, namespace, ownerReferences: [ownerOf(`Deployment/${deployment}`)] },
  };
}

export interface JobLike {
  readonly name: string;
  readonly namespace?: string;
  readonly cronJob?: string;
  /** Types of conditions that hold: `Complete`, `Failed`. */
  readonly holds?: readonly string[];
  /** Seconds. */
  readonly age?: number;
}

export function job({ name, namespace = 'prod', cronJob, holds = [], age = 600 }: JobLike): StoredObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace,
      creationTimestamp: ago(age),
      ...(cronJob === undefined ? {} : { ownerReferences: [ownerOf(`CronJob/${cronJob}`)] }),
    },
    status: { conditions: holds.map((type) => ({ type, status: 'True' })) },
  };
}

/** What the kubelet tells of a container that waits, as the recordings have it. */
export function waiting(
  reason: string,
  more: { readonly message?: string; readonly [key: string]: unknown } = {},
): object {
  const { message, ...rest } = more;
  return {
    name: 'app',
    ready: false,
    restartCount: 0,
    state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
    lastState: {},
    ...rest,
  };
}

export function running(more: object = {}): object {
  return {
    name: 'app',
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: ago(3_600) } },
    lastState: {},
    ...more,
  };
}

/** `state` or `lastState` of a container that ended; `finished`: seconds ago. */
export function ended(exitCode: number, finished: number | null = 300, reason?: string): object {
  return {
    terminated: {
      exitCode,
      reason: reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
      ...(finished === null ? {} : { startedAt: ago(finished + 10), finishedAt: ago(finished) }),
    },
  };
}

export function condition(
  type: string,
  status: string,
  more: { readonly since?: number; readonly [key: string]: unknown } = {},
): object {
  const { since, ...rest } = more;
  return { type, status, ...(since === undefined ? {} : { lastTransitionTime: ago(since) }), ...rest };
}

export interface EventLike {
  readonly reason: string;
  /** `Pod/prod/web-0` */
  readonly about: string;
  readonly uid?: string;
  readonly count?: number;
  /** Seconds ago. */
  readonly first?: number;
  readonly last?: number;
  readonly message?: string;
  readonly more?: object;
}

let nextEvent = 0;

export function warning({
  reason,
  about,
  uid,
  count = 1,
  first = 300,
  last = 60,
  message = reason,
  more = {},
}: EventLike): StoredObject {
  const [kind, namespace, name] = about.split('/');
  nextEvent += 1;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${nextEvent}`, namespace: namespace ?? 'default', uid: `event-${nextEvent}` },
    type: 'Warning',
    reason,
    message,
    count,
    firstTimestamp: ago(first),
    lastTimestamp: ago(last),
    eventTime: null,
    involvedObject: { kind, namespace, name, ...(uid === undefined ? {} : { uid }) },
    ...more,
  };
}
