import { asKind, createOwners } from '../../../src/providers/kubernetes/reader.ts';
import type { StoredObject } from '../../../test/support/kubernetes/api.ts';
import type { Said } from './ask.ts';

/** Tells which objects of a case a finding may be of. */
export interface Subjects {
  /** The object itself, and the pods that are told under it; empty: it is of nothing that the case brought. */
  of(said: Said): readonly StoredObject[];
}

export function subjectsAmong(objects: readonly StoredObject[]): Subjects {
  const middle = objects.filter(({ kind }) => kind === 'ReplicaSet' || kind === 'Job');
  const owners = createOwners(asKind('Job', middle));
  const byKey = new Map<string, Set<StoredObject>>();
  const put = (key: string, object: StoredObject): void => {
    byKey.set(key, (byKey.get(key) ?? new Set()).add(object));
  };
  for (const object of objects) {
    put(keyOf(object.kind, object.metadata.namespace, object.metadata.name), object);
    const [child] = asKind('Pod', [object]);
    if (child === undefined) continue;
    const owner = owners.of(child);
    put(keyOf(owner.kind, owner.namespace, owner.name), object);
  }
  return { of: ({ kind, namespace, name }) => [...(byKey.get(keyOf(kind, namespace ?? '', name)) ?? [])] };
}

function keyOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind.toLowerCase()} ${namespace ?? ''}/${name}`;
}

/** What the findings are of: the object itself where the case brought it, else the pods that are told under it. */
export function distinctSubjects(said: readonly Said[], subjects: Subjects): ReadonlySet<string> {
  return new Set(
    said.flatMap((each) => {
      const found = subjects.of(each);
      const itself = found.find(
        ({ kind, metadata }) => kind.toLowerCase() === each.kind && metadata.name === each.name,
      );
      return (itself === undefined ? found : [itself]).map(({ kind, metadata }) =>
        keyOf(kind, metadata.namespace, metadata.name),
      );
    }),
  );
}
