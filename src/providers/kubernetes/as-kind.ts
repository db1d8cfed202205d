import type { KindName, Kinds } from './kinds.ts';
import type { KubeObject } from './objects.ts';

/** What a list of a kind holds: its shape is the API server's word, and every field of it may be absent. */
export function asKind<Name extends KindName>(_kind: Name, objects: readonly unknown[]): readonly Kinds[Name][] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API server's schema is what these types are
  return objects as readonly Kinds[Name][];
}

/** True for an object of a kind, which then has the shape of it. */
export function isKind<Name extends KindName>(kind: Name, object: KubeObject): object is Kinds[Name] {
  return object.kind === kind;
}
