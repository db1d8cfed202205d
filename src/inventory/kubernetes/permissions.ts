import type { PolicyRule } from '../../providers/kubernetes/reader.ts';
import { sortedSet } from './scan.ts';

/** A rule of a role, and where a binding makes it hold. */
export interface Permission {
  /** A namespace; null: the whole cluster. */
  readonly where: string | null;
  readonly rule: PolicyRule;
}

/**
 * What somebody may do, in one line for each resource and place: `prod: get,list,watch pods`, `everywhere: * *.*`.
 * However roles put it: rules are taken apart by group, resource and names, and what is said of the same is put together.
 */
export function permissionLines(permissions: Iterable<Permission>): string[] {
  const verbs = new Map<string, Set<string>>();
  for (const { where, rule } of permissions) {
    for (const what of objectsOf(rule)) {
      const key = `${where ?? 'everywhere'}\0${what}`;
      const known = verbs.get(key) ?? new Set();
      for (const verb of rule.verbs ?? []) known.add(verb);
      verbs.set(key, known);
    }
  }
  return sortedSet(
    [...verbs].flatMap(([key, all]) => {
      const [where = '', what = ''] = key.split('\0');
      return all.size === 0 ? [] : [`${where}: ${all.has('*') ? '*' : sortedSet(all).join(',')} ${what}`];
    }),
  );
}

/** `pods`, `deployments.apps`, `secrets [db, tls]`, `path /metrics`; `*.*` is every resource of every group. */
function objectsOf({ apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): readonly string[] {
  const names = sortedSet(resourceNames ?? []);
  const only = names.length === 0 ? '' : ` [${names.join(', ')}]`;
  return [
    ...(apiGroups ?? []).flatMap((group) =>
      (resources ?? []).map((resource) => `${resource}${group === '' ? '' : `.${group}`}${only}`),
    ),
    ...(nonResourceURLs ?? []).map((path) => `path ${path}`),
  ];
}
