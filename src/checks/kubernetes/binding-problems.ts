import type { Binding, KubeObject } from '../../providers/kubernetes/reader.ts';
import type { ByName } from './by-name.ts';
import type { LastingProblem } from './lasting.ts';

/** What bindings name; null where it could not be read. */
export interface BindingSurroundings {
  readonly roles: ByName<KubeObject> | null;
  readonly clusterRoles: ByName<KubeObject> | null;
  readonly accounts: ByName<KubeObject>;
  /** False: the accounts there were not looked at. */
  knowsAccounts(namespace: string): boolean;
}

/** What Kubernetes binds by itself, to accounts that come later or never. */
const BOOTSTRAPPED = 'kubernetes.io/bootstrapping';

export function bindingProblems(binding: Binding, around: BindingSurroundings): readonly LastingProblem[] {
  const { metadata, roleRef } = binding;
  if (metadata.labels?.[BOOTSTRAPPED] !== undefined || metadata.name.startsWith('system:')) return [];
  return [...missingRole(metadata.namespace, roleRef, around), ...missingSubjects(binding, around)];
}

function missingRole(
  namespace: string | undefined,
  roleRef: Binding['roleRef'],
  { roles, clusterRoles }: BindingSurroundings,
): readonly LastingProblem[] {
  const { kind = '', name = '' } = roleRef ?? {};
  const known = kind === 'Role' ? roles : clusterRoles;
  if (known === null || known.get(kind === 'Role' ? namespace : undefined, name) !== undefined) return [];
  return [
    {
      rule: 'role-missing',
      about: `${kind} ${name}`,
      since: 0,
      fields: [
        { path: 'roleRef.kind', value: kind },
        { path: 'roleRef.name', value: name },
      ],
    },
  ];
}

function missingSubjects(
  { metadata, subjects }: Binding,
  { accounts, knowsAccounts }: BindingSurroundings,
): readonly LastingProblem[] {
  return (subjects ?? []).flatMap(({ kind, name, namespace: said }, index) => {
    const namespace = said ?? metadata.namespace ?? '';
    if (kind !== 'ServiceAccount' || name === 'default' || !knowsAccounts(namespace)) return [];
    if (accounts.get(namespace, name) !== undefined) return [];
    return [
      {
        rule: 'subject-missing',
        about: `ServiceAccount ${namespace}/${name}`,
        since: 0,
        fields: [{ path: `subjects[${index}].name`, value: `${namespace}/${name}` }],
      },
    ];
  });
}
