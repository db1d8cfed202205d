import { expect, test } from 'vitest';
import { createOwners } from '../../../src/providers/kubernetes/reader.ts';

const shared = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'u', controller: true }];
const object = (kind: string, namespace: string, name: string, ownerReferences?: typeof shared) => ({
  apiVersion: 'v1',
  kind,
  metadata: { namespace, name, ...(ownerReferences === undefined ? {} : { ownerReferences }) },
});

test('objects that hold one list of owners have each the owner of its own namespace', () => {
  const deployment = (name: string) => [{ ...shared[0], kind: 'Deployment', name, uid: name, controller: true }];
  const owners = createOwners([
    object('ReplicaSet', 'prod', 'web-1', deployment('web') as typeof shared),
    object('ReplicaSet', 'staging', 'web-1', deployment('shop') as typeof shared),
  ]);
  const pods = ['prod', 'staging', 'prod', 'gone'].map((namespace, index) =>
    object('Pod', namespace, `web-1-${index}`, shared),
  );
  expect(pods.map((pod) => owners.of(pod))).toEqual([
    { kind: 'Deployment', namespace: 'prod', name: 'web' },
    { kind: 'Deployment', namespace: 'staging', name: 'shop' },
    { kind: 'Deployment', namespace: 'prod', name: 'web' },
    { kind: 'ReplicaSet', namespace: 'gone', name: 'web-1' },
  ]);
});

test('objects without a controller that hold one empty list of owners are each their own', () => {
  const none: typeof shared = [];
  const owners = createOwners([]);
  expect(['a', 'b'].map((name) => owners.of(object('Pod', 'prod', name, none)).name)).toEqual(['a', 'b']);
});
