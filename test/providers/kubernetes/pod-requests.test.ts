import { expect, test } from 'vitest';
import { nodeShapesOf, podRequestsOf } from '../../../src/providers/kubernetes/reader.ts';

const asks = (cpu?: string, memory?: string) => ({
  requests: { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) },
});

test('containers and native sidecars add up; the hungriest init container counts with the sidecars before it', () => {
  const containers = [
    { name: 'a', resources: asks('250m', '512Mi') },
    { name: 'b', resources: asks('250m', '512Mi') },
  ];
  expect(podRequestsOf({ containers })).toEqual({ vcpu: 0.5, gib: 1, unsaid: 0 });
  const sidecar = { name: 'proxy', restartPolicy: 'Always', resources: asks('100m', '256Mi') };
  expect(podRequestsOf({ containers, initContainers: [sidecar] })).toMatchObject({ vcpu: 0.6, gib: 1.25 });
  const setUp = { name: 'set-up', resources: asks('2', '128Mi') };
  expect(podRequestsOf({ containers, initContainers: [sidecar, setUp] })).toMatchObject({ vcpu: 2.1, gib: 1.25 });
});

test('a limit alone is a request; nothing at all is not known', () => {
  expect(podRequestsOf({ containers: [{ name: 'a', resources: { limits: { cpu: 1, memory: '1G' } } }] })).toEqual({
    vcpu: 1,
    gib: 1e9 / 2 ** 30,
    unsaid: 0,
  });
  expect(podRequestsOf({ containers: [{ name: 'a' }] })).toBeNull();
  expect(podRequestsOf({})).toBeNull();
  expect(podRequestsOf({ containers: [{ name: 'a', resources: asks('1') }, { name: 'b' }] })).toEqual({
    vcpu: 1,
    gib: 0,
    unsaid: 2,
  });
});

test('nodes are counted by type, with what they offer', () => {
  const node = (name: string, type?: string) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, ...(type === undefined ? {} : { labels: { 'node.kubernetes.io/instance-type': type } }) },
    status: { allocatable: { cpu: '3920m', memory: '4Gi' } },
  });
  expect(nodeShapesOf([node('a', 'big'), node('b', 'big'), node('c')])).toEqual([
    { type: 'big', vcpu: 3.92, gib: 4, count: 2 },
  ]);
});
