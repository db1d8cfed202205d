import type { Binding, ClusterRole, PolicyRule, Role, Subject } from '../../providers/kubernetes/reader.ts';
import type { Problem, Field } from './problems.ts';
import { IN_NAMESPACE } from './rbac-rules.ts';
import { allowing, isInformation, podWildcard, RIGHTS, touching, wildcardIn, wildcards } from './rights.ts';
import { isSystemNamespace } from './rule-choice.ts';

/** Roles by what a binding calls them. */
export interface Roles {
  /** null: there is no such role, or it could not be read. */
  of(binding: Binding): { readonly name: string; readonly rules: readonly PolicyRule[] } | null;
}

/** What `cluster-admin` is, wherever it could not be read. */
const EVERYTHING: readonly PolicyRule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];

export function createRoles(clusterRoles: readonly ClusterRole[], roles: readonly Role[]): Roles {
  const byName = new Map<string, readonly PolicyRule[]>([
    ...clusterRoles.map(({ metadata, rules }) => [`ClusterRole /${metadata.name}`, rules ?? []] as const),
    ...roles.map(({ metadata, rules }) => [`Role ${metadata.namespace ?? ''}/${metadata.name}`, rules ?? []] as const),
  ]);
  return {
    of: ({ roleRef, metadata }) => {
      const name = roleRef?.name;
      if (name === undefined) return null;
      const isRole = roleRef?.kind === 'Role';
      const rules = byName.get(isRole ? `Role ${metadata.namespace ?? ''}/${name}` : `ClusterRole /${name}`);
      if (!isRole && name === 'cluster-admin') return { name: `ClusterRole ${name}`, rules: rules ?? EVERYTHING };
      return rules === undefined ? null : { name: `${isRole ? 'Role' : 'ClusterRole'} ${name}`, rules };
    },
  };
}

/** What a binding gives, right by right, and to whom; `system`: Kubernetes' own subjects too. */
export function grantProblems(binding: Binding, roles: Roles, system: boolean): readonly Problem[] {
  const role = roles.of(binding);
  const subjects = (binding.subjects ?? []).map((subject, index) => ({ subject, index }));
  const rights = role === null ? [] : rightsOf(binding, role.name, role.rules);
  const missing = role === null && subjects.length > 0 ? [{ rule: 'missing-role', fields: [roleField(binding)] }] : [];
  const holders = subjects.filter(({ subject }) => system || !isOwnSubject(subject));
  return [
    ...missing.map((problem) => ({ ...problem, about: binding.roleRef?.name ?? 'none' })),
    ...rights.flatMap((right) =>
      holders.map(
        ({ subject, index }, place): Problem => ({
          rule: right.rule,
          about: subjectWords(subject),
          fields: [subjectField(subject, index), ...(place === 0 ? right.fields : [])],
        }),
      ),
    ),
    ...subjects.flatMap(({ subject, index }) =>
      subjectRules(binding, subject, role?.rules ?? [], system).map((rule) => ({
        rule,
        about: subjectWords(subject),
        fields: [subjectField(subject, index), roleField(binding)],
      })),
    ),
  ];
}

function rightsOf(
  binding: Binding,
  role: string,
  rules: readonly PolicyRule[],
): readonly { readonly rule: string; readonly fields: readonly Field[] }[] {
  const inNamespace = binding.kind === 'RoleBinding';
  const isAdmin = role === 'ClusterRole cluster-admin';
  const wildcard = isAdmin ? { id: 'cluster-admin', fields: [] } : wildcardIn(rules);
  const found = [
    ...(wildcard === null ? [] : [wildcard]),
    ...RIGHTS.filter(({ id }) => id !== 'change-dns' || reachesDns(binding)).flatMap((right) => {
      const fields = allowing(isAdmin ? EVERYTHING : rules, right);
      return fields === null ? [] : [{ id: right.id, fields: isAdmin ? [] : fields }];
    }),
  ];
  const idle = podWildcard(rules);
  const wild = wildcards(rules);
  return [
    ...found.map(({ id, fields }) => ({ rule: inNamespace ? `${id}${IN_NAMESPACE}` : id, fields })),
    ...(idle === null ? [] : [{ rule: 'idle-wildcard', fields: idle }]),
    ...(wild.length === 0 ? [] : [{ rule: 'binds-wildcards', fields: wild }]),
  ].map(({ rule, fields }) => ({
    rule,
    fields: [roleField(binding), ...fields.map(({ path, value }) => ({ path: `${role}: ${path}`, value }))],
  }));
}

/** The ConfigMap of the cluster DNS stands in kube-system. */
function reachesDns({ kind, metadata }: Binding): boolean {
  return kind === 'ClusterRoleBinding' || metadata.namespace === 'kube-system';
}

/** What everybody who is logged in had better not touch. */
const SENSITIVE = [
  'pods',
  'pods/exec',
  'pods/attach',
  'pods/portforward',
  'deployments',
  'statefulsets',
  'daemonsets',
  'jobs',
  'cronjobs',
  'nodes',
  'secrets',
];

/** Roles that Kubernetes gives to everybody: who they are, what may be asked, how healthy the server is. */
const FOR_EVERYBODY: ReadonlySet<string> = new Set([
  'system:basic-user',
  'system:discovery',
  'system:public-info-viewer',
  'system:service-account-issuer-discovery',
]);

function subjectRules(
  { roleRef }: Binding,
  { kind, name }: Subject,
  rules: readonly PolicyRule[],
  system: boolean,
): readonly string[] {
  const isForEverybody = roleRef?.kind === 'ClusterRole' && FOR_EVERYBODY.has(roleRef.name ?? '');
  if (!system && (isForEverybody || isInformation(rules))) return [];
  if (kind === 'User' && name === 'system:anonymous') return ['anonymous'];
  if (kind === 'Group' && name === 'system:unauthenticated') return ['anonymous'];
  if (kind === 'Group' && name === 'system:authenticated')
    return ['everyone', ...(touching(rules, SENSITIVE) === null ? [] : ['everyone-at-workloads'])];
  if (kind === 'Group' && name === 'system:serviceaccounts') return ['all-service-accounts'];
  return kind === 'ServiceAccount' && name === 'default' ? ['default-service-account'] : [];
}

const OUTSIDERS: ReadonlySet<string> = new Set(['system:anonymous', 'system:unauthenticated', 'system:authenticated']);

/**
 * Components of Kubernetes, who hold what they need, and its administrators by certificate. Not whoever anybody can
 * become; and by the subject, as the name of a binding and its labels are whatever somebody wrote.
 */
function isOwnSubject({ kind, name, namespace }: Subject): boolean {
  if (kind === 'ServiceAccount') return isSystemNamespace(namespace);
  if (name === 'kubeadm:cluster-admins') return kind === 'Group';
  return name.startsWith('system:') && !name.startsWith('system:serviceaccount') && !OUTSIDERS.has(name);
}

/** What a role has in it, whoever is bound. */
export function roleProblems({ rules = [] }: Role): readonly Problem[] {
  const wild = wildcards(rules);
  const exec = RIGHTS.find(({ id }) => id === 'exec');
  const allowed = exec === undefined ? null : allowing(rules, exec);
  return [
    ...(wild.length === 0 ? [] : [{ rule: 'wildcard-in-rules', fields: wild }]),
    ...(allowed === null ? [] : [{ rule: 'role-allows-exec', fields: allowed }]),
  ];
}

/** What comes with Kubernetes; it is laid out again whenever an API server starts. */
export function isOwnRole({ metadata }: Role): boolean {
  return metadata.name.startsWith('system:') || metadata.labels?.['kubernetes.io/bootstrapping'] === 'rbac-defaults';
}

/** `ServiceAccount shop/checkout`, `Group developers` */
export function subjectWords({ kind, namespace, name }: Subject): string {
  return `${kind} ${kind === 'ServiceAccount' && namespace !== undefined ? `${namespace}/` : ''}${name}`;
}

function subjectField(subject: Subject, index: number): Field {
  return { path: `subjects[${index}]`, value: subjectWords(subject) };
}

function roleField({ roleRef }: Binding): Field {
  return { path: 'roleRef.name', value: roleRef?.name ?? null };
}
