import type { KubeObject, OwnerReference, Pod } from './objects.ts';

/** What a pod is told under: the workload at the top of its controllers, itself where it has none. */
export interface Owner {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Follows controllers upwards through the lists that were read. */
export interface Owners {
  of(object: KubeObject): Owner;
}

/** `middle`: ReplicaSets and Jobs, which have owners themselves. */
export function createOwners(middle: readonly KubeObject[]): Owners {
  const byName = new Map(middle.map((object) => [nameOf(object), object]));
  // Pods of one template hold one list of owners (share.ts).
  const known = new WeakMap<readonly OwnerReference[], Owner>();
  return {
    of(object) {
      const { ownerReferences, namespace: own = '' } = object.metadata;
      const before = ownerReferences === undefined ? undefined : known.get(ownerReferences);
      if (before?.namespace === own) return before;
      let at = object;
      // A ring of owners can be written; nothing real is four deep.
      for (let depth = 0; depth < 4; depth += 1) {
        const controller = controllerOf(at);
        if (controller === null) break;
        const namespace = at.metadata.namespace ?? '';
        const next = byName.get(`${controller.kind} ${namespace}/${controller.name}`);
        if (next === undefined) return unseen(controller, namespace, at);
        at = next;
      }
      const owner = { kind: at.kind, namespace: at.metadata.namespace ?? '', name: at.metadata.name };
      // Not of an object that is its own: those that are alike may share an empty list.
      if (ownerReferences !== undefined && at !== object) known.set(ownerReferences, owner);
      return owner;
    },
  };
}

export function controllerOf({ metadata }: KubeObject): OwnerReference | null {
  return metadata.ownerReferences?.find(({ controller }) => controller === true) ?? null;
}

/** A ReplicaSet that is gone, or could not be read, is named by its Deployment and the hash that its pods bear. */
function unseen(controller: OwnerReference, namespace: string, child: KubeObject): Owner {
  const hash = child.kind === 'Pod' ? (child as Pod).metadata.labels?.['pod-template-hash'] : undefined;
  if (controller.kind === 'ReplicaSet' && hash !== undefined && controller.name.endsWith(`-${hash}`))
    return { kind: 'Deployment', namespace, name: controller.name.slice(0, -hash.length - 1) };
  return { kind: controller.kind, namespace, name: controller.name };
}

function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}
