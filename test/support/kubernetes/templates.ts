import type { StoredObject } from './api.ts';

export interface TemplateLike {
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet' | 'Job';
  readonly name?: string;
  readonly namespace?: string;
  readonly metadata?: object;
  /** Beside the template. */
  readonly spec?: object;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A workload whose pods are described so: a Deployment `prod/web` unless it is said otherwise. */
export function workload(
  podSpec: object,
  { kind = 'Deployment', name = 'web', namespace = 'prod', ...more }: TemplateLike = {},
): StoredObject {
  return {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name, namespace, ...more.metadata },
    spec: {
      ...more.spec,
      template: {
        metadata: { labels: more.labels ?? { app: name }, annotations: more.annotations ?? {} },
        spec: podSpec,
      },
    },
  };
}

/** One of one container `app`. */
export function workloadOf(container: object, podSpec: object = {}, like: TemplateLike = {}): StoredObject {
  return workload({ ...podSpec, containers: [{ name: 'app', image: 'registry.test/app:1', ...container }] }, like);
}

export function cronJob(podSpec: object, jobSpec: object = {}, name = 'nightly'): StoredObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace: 'prod' },
    spec: { schedule: '0 3 * * *', jobTemplate: { spec: { ...jobSpec, template: { spec: podSpec } } } },
  };
}

/** Says who made an object: `ReplicaSet/web-6d4cf56db6`. */
export function ownedBy(text: string, object: StoredObject): StoredObject {
  const [kind, name] = text.split('/');
  const owner = { apiVersion: 'v1', kind, name, uid: `uid-of-${name}`, controller: true };
  return { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } };
}
