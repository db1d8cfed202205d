import { expect, test } from 'vitest';
import { source } from '../../../src/inventory/kubernetes/privileged-workloads.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { collectIn } from '../../support/kubernetes/inventory.ts';
import { pod, replicaSet } from '../../support/kubernetes/pods.ts';
import { worldOf } from '../../support/kubernetes/world.ts';

const agent = (spec: object): StoredObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'prod', uid: 'uid-of-agent' },
  spec: { template: { spec } },
});

async function valueOf(spec: object) {
  return (await collectIn(worldOf(agent(spec)), source)).facts['privileged-workload/prod/DaemonSet/agent'];
}

test('everything that reaches beyond a container is in one fact of its workload, as sorted sets', async () => {
  expect(
    await valueOf({
      hostPID: true,
      hostNetwork: true,
      volumes: [
        { name: 'sock', hostPath: { path: '/var/run/docker.sock' } },
        { name: 'logs', hostPath: { path: '/var/log' } },
        { name: 'tmp', emptyDir: {} },
      ],
      initContainers: [{ name: 'setup', securityContext: { procMount: 'Unmasked' } }],
      containers: [
        {
          name: 'b',
          securityContext: { privileged: true },
          volumeMounts: [
            { name: 'logs', readOnly: true },
            { name: 'sock', readOnly: true },
          ],
        },
        {
          name: 'a',
          securityContext: { capabilities: { add: ['SYS_ADMIN', 'cap_net_admin'], drop: ['ALL'] } },
          volumeMounts: [{ name: 'sock' }],
        },
      ],
    }),
  ).toEqual({
    uid: 'uid-of-agent',
    shares: ['hostNetwork', 'hostPID'],
    hostPaths: ['/var/log (read-only)', '/var/run/docker.sock'],
    containers: ['a: capability NET_ADMIN', 'a: capability SYS_ADMIN', 'b: privileged', 'setup: unmasked /proc'],
  });
});

test.each([
  ['hostIPC', { hostIPC: true }, { shares: ['hostIPC'] }],
  [
    'a host process of Windows',
    { containers: [{ name: 'a', securityContext: { windowsOptions: { hostProcess: true } } }] },
    { containers: ['a: privileged'] },
  ],
  [
    'a folder of the node alone',
    { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
    { hostPaths: ['/ (read-only)'] },
  ],
])('%s is enough', async (_, spec, value) => {
  expect(await valueOf(spec)).toMatchObject(value);
});

test('a workload that keeps to itself is no fact', async () => {
  expect(
    await valueOf({
      hostNetwork: false,
      containers: [{ name: 'a', securityContext: { privileged: false, capabilities: { drop: ['ALL'] } } }],
    }),
  ).toBeUndefined();
});

test('pods of a workload whose list is hidden do not appear as their own owners', async () => {
  const spec = { hostPID: true, containers: [{ name: 'a' }] };
  const world = worldOf(replicaSet('web-1', 'web'), pod({ name: 'web-1-a', owner: 'ReplicaSet/web-1', spec }));
  world.api.deny({ user: 'ana', resources: ['replicasets.apps'] });
  expect(await collectIn(world, source)).toEqual({ facts: {}, hidden: { 'privileged-workload/*': 'FORBIDDEN' } });
});
