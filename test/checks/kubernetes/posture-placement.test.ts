import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/posture-placement.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { hasRecordings, recordedObjects } from '../../support/kubernetes/recorded.ts';
import { said, worldOf } from '../../support/kubernetes/world.ts';

function object(kind: string, name: string, more: object = {}, namespace: string | null = 'default'): StoredObject {
  return { apiVersion: 'v1', kind, metadata: { name, ...(namespace === null ? {} : { namespace }) }, ...more };
}

const home = object('Namespace', 'default', {}, null);
const each = { rules: ['in-default-namespace'] };

async function says(objects: readonly StoredObject[], params: object = {}): Promise<readonly string[]> {
  return said(await worldOf(...objects).look(check, params));
}

describe('the default namespace', () => {
  test('is told as a whole, by the workloads in it', async () => {
    const look = await worldOf(
      home,
      object('Deployment', 'web'),
      object('Deployment', 'api'),
      object('Pod', 'shell'),
      object('Deployment', 'other', {}, 'shop'),
    ).look(check);
    expect(said(look)).toEqual(['low default-namespace-in-use: Namespace default holds 2 Deployments, 1 Pod']);
    expect(look.drafts[0]?.discriminator).toBe('default-namespace-in-use');
  });

  test('is as it should be when nothing lies in it, or what Kubernetes lays there', async () => {
    const own = [
      object('Service', 'kubernetes'),
      object('Endpoints', 'kubernetes'),
      object('EndpointSlice', 'kubernetes'),
      object('ConfigMap', 'kube-root-ca.crt'),
      object('ServiceAccount', 'default'),
    ];
    expect(await says([home, ...own])).toEqual([]);
    expect(await says([home, ...own], each)).toEqual([]);
  });

  test('things that are merely named as those of Kubernetes are told', async () => {
    expect(
      await says([object('EndpointSlice', 'kubernetes-spoof'), object('Service', 'kube-root-ca.crt')], each),
    ).toEqual([
      'info in-default-namespace: EndpointSlice default/kubernetes-spoof is in the default namespace',
      'info in-default-namespace: Service default/kube-root-ca.crt is in the default namespace',
    ]);
  });

  test.each([
    'ConfigMap',
    'Ingress',
    'Role',
    'Secret',
    'PersistentVolumeClaim',
    'PodTemplate',
    'StatefulSet',
    'CronJob',
  ])('each %s in it, when that is asked for', async (kind) => {
    expect(await says([object(kind, 'x'), object(kind, 'x', {}, 'shop')], each)).toHaveLength(1);
  });

  test('eighteen more kinds are read by whoever asks for them, and nobody else', async () => {
    const world = worldOf(home);
    await world.look(check);
    expect(world.api.asked().some((path) => path.includes('/secrets'))).toBe(false);
  });
});

describe('kubelets', () => {
  const node = (kubeletVersion: string): StoredObject =>
    object('Node', 'node-a', { status: { nodeInfo: { kubeletVersion } } }, null);

  test.each([
    ['v1.33.9', 1],
    ['v1.34.0', 0],
    ['v1.36.2+k3s1', 0],
    ['v1.9.11', 1],
    ['v2.0.0', 0],
    ['', 0],
  ])('%s', async (version, count) => {
    expect(await says([node(version)])).toHaveLength(count);
  });

  test('the oldest that is maintained may be said', async () => {
    expect(await says([node('v1.30.4-eks-036c24b')], { oldestKubelet: '1.30' })).toEqual([]);
    expect(await says([node('v1.30.4-eks-036c24b')], { oldestKubelet: 'v1.31' })).toEqual([
      'medium old-kubelet: Node node-a runs v1.30.4-eks-036c24b, for which there are no fixes any more',
    ]);
    expect(check.params.safeParse({ oldestKubelet: 'new' }).success).toBe(false);
  });
});

describe('volumes', () => {
  const volume = object('PersistentVolume', 'pv-1', { spec: { storageClassName: 'fast' } }, null);
  const classOf = (provisioner: string, parameters: object = {}): StoredObject =>
    object('StorageClass', 'fast', { provisioner, parameters }, null);
  const rules = { rules: ['volume-unencrypted'] };

  test('a class of AWS that does not ask for encryption', async () => {
    expect(await says([volume, classOf('ebs.csi.aws.com')], rules)).toEqual([
      'low volume-unencrypted: PersistentVolume pv-1 is of the class fast, which does not ask for encryption',
    ]);
    expect(await says([volume, classOf('ebs.csi.aws.com', { encrypted: 'true' })], rules)).toEqual([]);
    expect(await says([volume, classOf('ebs.csi.aws.com', { encrypted: 'false' })], rules)).toHaveLength(1);
  });

  test('of the others nothing can be said, nor of a class that is gone', async () => {
    expect(await says([volume, classOf('pd.csi.storage.gke.io')], rules)).toEqual([]);
    expect(await says([volume], rules)).toEqual([]);
  });
});

test('nodes that may not be read are unknown, and the rest is told', async () => {
  const world = worldOf(home, object('Pod', 'shell'));
  world.api.deny({ user: 'viewer', resources: ['nodes'] });
  const { drafts, observations } = await world.look(check);
  expect(drafts).toHaveLength(1);
  expect(observations.filter(({ status }) => status === 'unknown').map(({ resource }) => resource)).toEqual([
    expect.stringMatching(/\/node\/\*$|node\/\*/),
  ]);
});

test.skipIf(!hasRecordings)('of a real cluster', async () => {
  expect(said(await worldOf(...recordedObjects()).look(check))).toEqual([]);
});
