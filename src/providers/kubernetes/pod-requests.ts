import type { NodeShape, PodRequests } from '../../domain/prices.ts';
import type { Container, Node, PodSpec } from './objects.ts';
import { quantityOf } from './quantity.ts';

const GIB = 2 ** 30;

/**
 * What a pod asks for, as the scheduler reckons: what runs all the time (containers and native sidecars), or what the
 * hungriest init container needs beside the sidecars that started before it. A limit without a request is a request.
 * null: nothing is asked for at all.
 */
export function podRequestsOf(spec: PodSpec): PodRequests | null {
  const main = spec.containers ?? [];
  const inits = spec.initContainers ?? [];
  const sidecars = inits.filter(({ restartPolicy }) => restartPolicy === 'Always');
  const always = [...main, ...sidecars];
  const effective = (resource: 'cpu' | 'memory'): number => {
    let beside = 0;
    let most = 0;
    for (const init of inits) {
      const asked = askedOf(init, resource) ?? 0;
      most = Math.max(most, beside + asked);
      if (init.restartPolicy === 'Always') beside += asked;
    }
    return Math.max(most, sum(always.map((container) => askedOf(container, resource) ?? 0)));
  };
  const [vcpu, memory] = [effective('cpu'), effective('memory')];
  if (vcpu === 0 && memory === 0) return null;
  const unsaid = always.filter(
    (container) => askedOf(container, 'cpu') === null || askedOf(container, 'memory') === null,
  ).length;
  return { vcpu, gib: memory / GIB, unsaid };
}

function askedOf({ resources }: Container, resource: 'cpu' | 'memory'): number | null {
  return quantityOf(resources?.requests?.[resource] ?? resources?.limits?.[resource]);
}

/** The nodes of a cluster by type, with what they offer to pods; those without a type are left out. */
export function nodeShapesOf(nodes: readonly Node[]): readonly NodeShape[] {
  const shapes = new Map<string, NodeShape>();
  for (const { metadata, status } of nodes) {
    const type = metadata.labels?.['node.kubernetes.io/instance-type'];
    const vcpu = quantityOf(status?.allocatable?.['cpu']);
    const memory = quantityOf(status?.allocatable?.['memory']);
    if (type === undefined || vcpu === null || memory === null) continue;
    const known = shapes.get(type);
    shapes.set(type, { type, vcpu, gib: memory / GIB, count: (known?.count ?? 0) + 1 });
  }
  return [...shapes.values()].toSorted((a, b) => (a.type < b.type ? -1 : 1));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
