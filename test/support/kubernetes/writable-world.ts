import type { StoredObject } from './api.ts';

/** Objects of tests of actions, all in `prod`. */
export function deployment(
  name: string,
  edit: { readonly spec?: object; readonly metadata?: object; readonly image?: string } = {},
): StoredObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'prod', labels: { app: name }, ...edit.metadata },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: name } },
      strategy: { type: 'RollingUpdate' },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'web',
              image: edit.image ?? 'registry.lab/web:1.4.2',
              env: [{ name: 'DB_PASSWORD', value: 'hunter2-lab-only' }],
            },
          ],
          initContainers: [{ name: 'migrate', image: 'registry.lab/migrate:1.4.2' }],
        },
      },
      ...edit.spec,
    },
  };
}

export function pod(
  name: string,
  edit: { readonly spec?: object; readonly metadata?: object; readonly status?: object } = {},
): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'prod',
      labels: { app: 'web' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'rs-1', controller: true }],
      ...edit.metadata,
    },
    spec: { nodeName: 'node-a', containers: [{ name: 'web', image: 'registry.lab/web:1.4.2' }], ...edit.spec },
    status: { phase: 'Running', ...edit.status },
  };
}

export function budget(name: string, allowed: number): StoredObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'prod' },
    spec: { minAvailable: 3, selector: { matchLabels: { app: 'web' } } },
    status: { disruptionsAllowed: allowed },
  };
}

export function autoscaler(name: string, target: string): StoredObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace: 'prod' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
      minReplicas: 3,
      maxReplicas: 6,
    },
  };
}

export function node(name: string, spec: object = {}): StoredObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec };
}

export function cronJob(name: string, spec: object = {}): StoredObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace: 'prod' },
    spec: {
      schedule: '*/5 * * * *',
      suspend: false,
      jobTemplate: { spec: { template: { spec: { containers: [] } } } },
      ...spec,
    },
    status: { active: [{ name: 'nightly-1' }] },
  };
}

export function namespace(name: string): StoredObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}
