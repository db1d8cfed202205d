import { isPart, leavesOf, type Part } from './patches.ts';

/** Who owns which leaf of one object: path -> managers. */
export type Ownership = Map<string, Set<string>>;

const SEEDED_BY = 'kubectl-client-side-apply';

/** What somebody writes of an object; its status is its controllers'. */
export function writtenPart(object: Part): Part {
  const { apiVersion: _version, kind: _kind, metadata, status: _status, ...own } = object;
  const meta = isPart(metadata) ? metadata : {};
  const kept = Object.fromEntries(
    ['labels', 'annotations'].flatMap((name) => (meta[name] === undefined ? [] : [[name, meta[name]]])),
  );
  return { ...(Object.keys(kept).length > 0 ? { metadata: kept } : {}), ...own };
}

export function seededOwnership(object: Part): Ownership {
  return new Map([...leavesOf(writtenPart(object)).keys()].map((leaf) => [leaf, new Set([SEEDED_BY])]));
}

/** A write takes over what it changes; what is gone belongs to nobody. */
export function afterUpdate(ownership: Ownership, before: Part, after: Part, manager: string): Ownership {
  const [from, to] = [leavesOf(writtenPart(before)), leavesOf(writtenPart(after))];
  return new Map(
    [...to].map(([leaf, value]) => [
      leaf,
      from.get(leaf) === value ? (ownership.get(leaf) ?? new Set<string>()) : new Set([manager]),
    ]),
  );
}

/** As managedFields of an object that is answered with. `Apply` for those that apply. */
export function managedFieldsOf(
  ownership: Ownership,
  apiVersion: string,
  applies: (manager: string) => boolean,
): readonly Part[] {
  const managers = [...new Set([...ownership.values()].flatMap((owners) => [...owners]))].toSorted();
  return managers.map((manager) => ({
    manager,
    operation: applies(manager) ? 'Apply' : 'Update',
    apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: treeOf([...ownership].filter(([, owners]) => owners.has(manager)).map(([leaf]) => leaf.split('\0'))),
  }));
}

interface Tree {
  [step: string]: Tree;
}

function treeOf(paths: readonly (readonly string[])[]): Tree {
  const root: Tree = {};
  for (const path of paths) {
    let at = root;
    for (const step of path) at = at[step] ??= {};
  }
  return root;
}
