import type { Binding, Namespace, PodSpec, PolicyRule, ServiceAccount } from '../../providers/kubernetes/reader.ts';
import type { Roles } from './grants.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import type { Problem } from './problems.ts';
import { allowing, RIGHTS, wildcardIn } from './rights.ts';

/** A binding that has a service account among its subjects, with what its role allows. */
export interface Bound {
  readonly binding: Binding;
  readonly rules: readonly PolicyRule[];
}

/** Service accounts of a cluster, and what is bound to them. */
export interface Accounts {
  /** null: there is none, or it could not be read. */
  of(namespace: string, name: string): ServiceAccount | null;
  /** By its own name; not what it has as one of a group. */
  boundTo(namespace: string, name: string): readonly Bound[];
  /** True when a group that every service account is in has something. */
  readonly allAreBound: boolean;
}

export function createAccounts(
  accounts: readonly ServiceAccount[],
  bindings: readonly Binding[],
  roles: Roles,
): Accounts {
  const byName = new Map(
    accounts.map((account) => [keyOf(account.metadata.namespace, account.metadata.name), account]),
  );
  const bound = new Map<string, Bound[]>();
  for (const binding of bindings) {
    for (const { kind, namespace, name } of binding.subjects ?? []) {
      if (kind !== 'ServiceAccount') continue;
      const key = keyOf(namespace ?? binding.metadata.namespace, name);
      const entry = bound.get(key) ?? [];
      bound.set(key, entry);
      if (!entry.some((each) => each.binding === binding))
        entry.push({ binding, rules: roles.of(binding)?.rules ?? [] });
    }
  }
  return {
    of: (namespace, name) => byName.get(keyOf(namespace, name)) ?? null,
    boundTo: (namespace, name) => bound.get(keyOf(namespace, name)) ?? [],
    allAreBound: bindings.some(
      ({ subjects, roleRef }) =>
        !roleRef?.name?.startsWith('system:') &&
        subjects?.some(({ kind, name }) => kind === 'Group' && GROUPS.has(name)) === true,
    ),
  };
}

const GROUPS: ReadonlySet<string> = new Set(['system:authenticated', 'system:serviceaccounts']);

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

/** What makes pods of anything that the rest may be made of. */
const TAKEOVER = [
  ...RIGHTS.filter(({ id }) => id === 'read-secrets'),
  { id: 'make-pods', groups: [''], resources: ['pods'], verbs: ['create', 'update', 'patch'] },
];

/** The name of the service account that pods run as. */
export function accountOf({ serviceAccountName, serviceAccount }: PodSpec): string {
  return [serviceAccountName, serviceAccount].find((name) => name !== undefined && name !== '') ?? 'default';
}

/** Where the service account of a workload goes beyond what is good. */
export function workloadAccountProblems(
  { named: { metadata }, pods }: JudgedWorkload,
  accounts: Accounts,
): readonly Problem[] {
  const { spec, path } = pods;
  const named = spec.serviceAccountName ?? spec.serviceAccount;
  const name = accountOf(spec);
  const namespace = metadata.namespace ?? '';
  const field = { path: `${path}.serviceAccountName`, value: named ?? null };
  const account = accounts.of(namespace, name);
  const automount = { path: `${path}.automountServiceAccountToken`, value: spec.automountServiceAccountToken ?? null };
  const isMounted = spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true;
  const bound = accounts.boundTo(namespace, name);
  const about = `ServiceAccount ${name}`;
  const problems: Problem[] = [];
  if (name === 'default') problems.push({ rule: 'uses-default-account', fields: [field] });
  if (name === 'kubernetes-dashboard' && !metadata.name.startsWith('kubernetes-dashboard'))
    problems.push({ rule: 'dashboard-account', fields: [field] });
  if (!isMounted) return problems;
  problems.push({ rule: 'mounts-token', fields: [automount] });
  if (bound.length > 0 || accounts.allAreBound)
    problems.push({ rule: 'mounts-token-of-bound-account', about, fields: [automount, ...bound.map(bindingField)] });
  for (const each of bound) {
    const wildcard = wildcardIn(each.rules);
    if (wildcard !== null)
      problems.push({ rule: 'administrative', about, fields: [field, ...fieldsOf(each, wildcard.fields)] });
    const takeover = TAKEOVER.map((right) => allowing(each.rules, right)).find((fields) => fields !== null);
    if (takeover !== undefined && takeover !== null)
      problems.push({ rule: 'takeover', about, fields: [field, ...fieldsOf(each, takeover)] });
  }
  return problems;
}

function bindingField({ binding }: Bound): Problem['fields'][number] {
  return { path: `${bindingWords(binding)}: roleRef.name`, value: binding.roleRef?.name ?? null };
}

function fieldsOf(bound: Bound, fields: Problem['fields']): Problem['fields'] {
  const role = `${bound.binding.roleRef?.kind ?? 'ClusterRole'} ${bound.binding.roleRef?.name ?? ''}`;
  return [bindingField(bound), ...fields.map(({ path, value }) => ({ path: `${role}: ${path}`, value }))];
}

function bindingWords({ kind, metadata: { namespace, name } }: Binding): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** What is said of a service account itself; `users`: which workloads run as it. */
export function accountProblems(account: ServiceAccount, accounts: Accounts, users: number): readonly Problem[] {
  const { namespace = '', name } = account.metadata;
  const problems: Problem[] = [];
  if (name === 'default' && users > 0)
    problems.push({
      rule: 'default-account-in-use',
      about: `${users} ${users === 1 ? 'workload' : 'workloads'}`,
      fields: [{ path: 'metadata.name', value: name }],
    });
  if (account.automountServiceAccountToken === false) return problems;
  const field = { path: 'automountServiceAccountToken', value: account.automountServiceAccountToken ?? null };
  problems.push({ rule: 'account-mounts-token', fields: [field] });
  if (name === 'default') problems.push({ rule: 'default-account-mounts-token', fields: [field] });
  const bound = accounts.boundTo(namespace, name);
  return [
    ...problems,
    ...bound.map(
      (each): Problem => ({
        rule: 'account-with-rights',
        about: each.binding.roleRef?.name ?? '',
        fields: [field, bindingField(each)],
      }),
    ),
  ];
}

/** Namespaces in which nothing can have rights of its own. */
export function namespaceProblems({ metadata }: Namespace, accounts: readonly ServiceAccount[]): readonly Problem[] {
  const others = accounts.some((each) => each.metadata.namespace === metadata.name && each.metadata.name !== 'default');
  return others
    ? []
    : [{ rule: 'namespace-without-account', fields: [{ path: 'metadata.name', value: metadata.name }] }];
}
