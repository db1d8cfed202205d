import type { InventoryFact, InventorySource } from '../../domain/inventory.ts';
import type { Binding, KubernetesReader, Role, Subject } from '../../providers/kubernetes/reader.ts';
import { permissionLines, type Permission } from './permissions.ts';
import { scanCluster, sortedSet, type Scan } from './scan.ts';

export const source: InventorySource<KubernetesReader> = {
  id: 'kubernetes/grants',
  title: 'Who may do what in the cluster',
  description: `One fact for each user, group and service account that a RoleBinding or ClusterRoleBinding names, with everything that its bindings together let it do: one line for each resource and place (\`prod: get,list,watch pods\`, \`everywhere: * *.*\`), whatever roles and rules that is written in. Names that a rule is limited to stay with it.

The bindings stand beside it with their uid, so that one that was deleted and made again shows, and so do roles that are bound and do not exist: whoever makes one of that name gives what it says. The API server's own bindings are facts as any others.

What a member of a group may do is told of the group. Where one list of roles or bindings could not be read, anybody may hold more than is seen, and all grants are incomparable. Not read: what a webhook, or the cloud's own sign-in, lets in beside RBAC.`,
  kinds: {
    grant: { noun: 'a right in the cluster', added: 'high', removed: 'low', changed: 'high' },
  },
  timeoutMs: 60_000,

  read: (reader, context) =>
    scanCluster(
      reader,
      context,
      { grant: { of: ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'], hides: 'all' } },
      (scan) => ({ facts: grants(scan), hidden: [] }),
    ),
};

interface Held {
  readonly subject: string;
  readonly permissions: Permission[];
  readonly bindings: string[];
  readonly missing: string[];
}

function grants(scan: Scan): readonly InventoryFact[] {
  const clusterRoles = byName(scan.all('ClusterRole'));
  const roles = byName(scan.all('Role'));
  const held = new Map<string, Held>();
  for (const binding of [...scan.all('ClusterRoleBinding'), ...scan.all('RoleBinding')]) {
    const where = binding.metadata.namespace ?? null;
    const { kind = '', name = '' } = binding.roleRef ?? {};
    const role = kind === 'Role' ? roles.get(`${where ?? ''}/${name}`) : clusterRoles.get(`/${name}`);
    for (const subject of new Set((binding.subjects ?? []).map((each) => subjectName(each, where)))) {
      const mine = held.get(subject) ?? { subject, permissions: [], bindings: [], missing: [] };
      held.set(subject, mine);
      mine.bindings.push(bindingText(binding));
      if (role === undefined) mine.missing.push(`${kind} ${name}, bound by ${bindingName(binding)}`);
      else mine.permissions.push(...(role.rules ?? []).map((rule) => ({ where, rule })));
    }
  }
  return [...held.values()].map(({ subject, permissions, bindings, missing }) =>
    scan.fact('grant', subject, {
      may: permissionLines(permissions),
      bindings: sortedSet(bindings),
      missingRoles: sortedSet(missing),
    }),
  );
}

function byName(roles: readonly Role[]): ReadonlyMap<string, Role> {
  return new Map(roles.map((role) => [`${role.metadata.namespace ?? ''}/${role.metadata.name}`, role]));
}

/** `User/ana`, `Group/system:masters`, `ServiceAccount/prod/ci`. */
function subjectName({ kind, name, namespace }: Subject, where: string | null): string {
  return kind === 'ServiceAccount' ? `${kind}/${namespace ?? where ?? ''}/${name}` : `${kind}/${name}`;
}

function bindingName({ kind, metadata: { namespace, name } }: Binding): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function bindingText(binding: Binding): string {
  const { kind = '', name = '' } = binding.roleRef ?? {};
  return `${bindingName(binding)} to ${kind} ${name} (${binding.metadata.uid ?? 'no uid'})`;
}
