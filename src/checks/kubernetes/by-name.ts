import type { KindName, KubeObject } from '../../providers/kubernetes/reader.ts';
import type { Scene } from './scene.ts';

/** Objects of one kind, to be found by what others call them. */
export interface ByName<Object> {
  get(namespace: string | undefined, name: string): Object | undefined;
}

export function byName<Object extends KubeObject>(objects: readonly Object[]): ByName<Object> {
  const found = new Map(objects.map((object) => [keyOf(object.metadata.namespace, object.metadata.name), object]));
  return { get: (namespace, name) => found.get(keyOf(namespace, name)) };
}

/** True where "there is none" can be said of a kind: the namespace was chosen, and what it holds was read. */
export function canTell(scene: Scene, kind: KindName, namespace: string | undefined): boolean {
  return scene.knows(kind, namespace) && (namespace === undefined || scene.cluster.includes(namespace));
}

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}
