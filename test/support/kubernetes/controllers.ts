import { createHash } from 'node:crypto';
import type { StoredObject } from './api.ts';
import { isPart, type Part } from './patches.ts';

/** What a controller sees to after a write: the status that follows the spec, and a revision for each template. */
export interface Cluster {
  all(kind: string): readonly StoredObject[];
  put(object: StoredObject): void;
}

export function followSpec(object: StoredObject, cluster: Cluster): StoredObject {
  const settled = settledStatus(object);
  return object.kind === 'Deployment' ? withRevision(settled, cluster) : settled;
}

function settledStatus(object: StoredObject): StoredObject {
  if (!['Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet'].includes(object.kind)) return object;
  const spec = isPart(object['spec']) ? object['spec'] : {};
  const count = typeof spec['replicas'] === 'number' ? spec['replicas'] : 1;
  const observedGeneration = object.metadata['generation'];
  const status =
    object.kind === 'DaemonSet'
      ? { desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 2, updatedNumberScheduled: 2 }
      : { replicas: count, readyReplicas: count, updatedReplicas: count, availableReplicas: count };
  const known = isPart(object['status']) ? object['status'] : {};
  return { ...object, status: { ...known, ...status, observedGeneration } };
}

const REVISION = 'deployment.kubernetes.io/revision';

/** A ReplicaSet for each template; one whose template comes back is the newest revision again. */
function withRevision(deployment: StoredObject, cluster: Cluster): StoredObject {
  const template = templateOf(deployment);
  const own = cluster
    .all('ReplicaSet')
    .filter(({ metadata }) =>
      JSON.stringify(metadata['ownerReferences'] ?? '').includes(String(deployment.metadata['uid'])),
    );
  const newest = Math.max(0, ...own.map(revisionOf));
  const known = own.find(
    (replicaSet) => JSON.stringify(withoutHash(templateOf(replicaSet))) === JSON.stringify(template),
  );
  const revision = known !== undefined && revisionOf(known) === newest ? newest : newest + 1;
  cluster.put(known === undefined ? replicaSetOf(deployment, template, revision) : annotated(known, revision));
  return annotated(deployment, revision);
}

function replicaSetOf(deployment: StoredObject, template: Part, revision: number): StoredObject {
  const hash = createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 10);
  const meta = isPart(template['metadata']) ? template['metadata'] : {};
  const labels = { ...(isPart(meta['labels']) ? meta['labels'] : {}), 'pod-template-hash': hash };
  const { namespace, name, uid } = deployment.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      uid: `uid-of-replicaset-${name}-${hash}`,
      labels,
      annotations: { [REVISION]: String(revision) },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true }],
    },
    spec: { template: { ...template, metadata: { ...meta, labels } } },
  };
}

function annotated(object: StoredObject, revision: number): StoredObject {
  const known = isPart(object.metadata['annotations']) ? object.metadata['annotations'] : {};
  return { ...object, metadata: { ...object.metadata, annotations: { ...known, [REVISION]: String(revision) } } };
}

function revisionOf({ metadata }: StoredObject): number {
  const annotations = isPart(metadata['annotations']) ? metadata['annotations'] : {};
  return Number(annotations[REVISION] ?? 0);
}

function templateOf(object: StoredObject): Part {
  const spec = isPart(object['spec']) ? object['spec'] : {};
  return isPart(spec['template']) ? spec['template'] : {};
}

function withoutHash(template: Part): Part {
  const meta = isPart(template['metadata']) ? template['metadata'] : {};
  const { 'pod-template-hash': _hash, ...labels } = isPart(meta['labels']) ? meta['labels'] : {};
  return { ...template, metadata: { ...meta, labels } };
}
