import type { JsonValue } from '../domain/json.ts';
import type { Place } from '../domain/mistake.ts';
import type { YamlTree } from './yaml-tree.ts';

/** The value that is written at a path; undefined where nothing is. */
export function writtenAt(tree: YamlTree, path: readonly PropertyKey[]): JsonValue | undefined {
  let value: JsonValue | undefined = tree.value;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) value = value[Number(step)];
    else value = Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined;
  }
  return value;
}

/** Where to look for what a schema has against a path: the value, else the key of what it is missing from. */
export function placeOf(tree: YamlTree, path: readonly PropertyKey[]): Place {
  return writtenAt(tree, path) === undefined ? tree.keyAt(path.slice(0, -1)) : tree.valueAt(path);
}
