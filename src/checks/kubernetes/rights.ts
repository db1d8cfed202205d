import type { PolicyRule } from '../../providers/kubernetes/reader.ts';
import type { Field } from './problems.ts';

/** Something that RBAC can allow: any of these verbs on any of these resources. */
export interface Right {
  readonly id: string;
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Objects that it is about by name, so that a rule which names one of them gives it. */
  readonly names?: readonly string[];
}

const CHANGE = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const;
const WORKLOADS = ['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs'] as const;
const RBAC = 'rbac.authorization.k8s.io';

/** Rights that lead further than they seem to; the first of the list say most. */
export const RIGHTS: readonly Right[] = [
  { id: 'read-secrets', groups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] },
  { id: 'escalate-roles', groups: [RBAC], resources: ['roles', 'clusterroles'], verbs: ['escalate', 'bind'] },
  {
    id: 'impersonate',
    groups: ['', 'authentication.k8s.io'],
    resources: ['users', 'groups', 'uids', 'userextras'],
    verbs: ['impersonate'],
  },
  { id: 'impersonate-accounts', groups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] },
  { id: 'create-pods', groups: [''], resources: ['pods'], verbs: ['create'] },
  {
    id: 'create-workloads',
    groups: ['apps', 'batch', 'extensions'],
    resources: WORKLOADS,
    verbs: ['create', 'update', 'patch'],
  },
  { id: 'reach-kubelets', groups: [''], resources: ['nodes/proxy'], verbs: ['get', 'create', 'update', 'patch'] },
  {
    id: 'approve-certificates',
    groups: ['certificates.k8s.io'],
    resources: ['certificatesigningrequests/approval'],
    verbs: ['update', 'patch'],
  },
  { id: 'create-tokens', groups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
  {
    id: 'change-webhooks',
    groups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    verbs: CHANGE,
  },
  { id: 'exec', groups: [''], resources: ['pods/exec', 'pods/attach'], verbs: ['create', 'get'] },
  { id: 'port-forward', groups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
  { id: 'create-volumes', groups: [''], resources: ['persistentvolumes'], verbs: ['create'] },
  { id: 'delete-events', groups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['delete', 'deletecollection'] },
  {
    id: 'delete-workloads',
    groups: ['', 'apps', 'batch', 'extensions'],
    resources: ['pods', 'services', 'secrets', ...WORKLOADS],
    verbs: ['delete', 'deletecollection'],
  },
  { id: 'change-dns', groups: [''], resources: ['configmaps'], verbs: ['update', 'patch'], names: ['coredns'] },
];

/** Everything that the API knows, by the verbs of objects. */
const ALL_VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'] as const;

/** `administer`: every group, resource and verb; `administer-core`: of the core group, which holds pods and secrets. */
export function wildcardIn(
  rules: readonly PolicyRule[],
): { readonly id: string; readonly fields: readonly Field[] } | null {
  const everything = rules.findIndex((rule) => isEveryVerb(rule) && isEveryResource(rule) && has(rule.apiGroups, '*'));
  if (everything !== -1) return { id: 'administer', fields: fieldsOf(rules, everything) };
  const core = rules.findIndex((rule) => isEveryVerb(rule) && isEveryResource(rule) && has(rule.apiGroups, ''));
  return core === -1 ? null : { id: 'administer-core', fields: fieldsOf(rules, core) };
}

function isEveryVerb({ verbs }: PolicyRule): boolean {
  return has(verbs, '*') || ALL_VERBS.every((verb) => has(verbs, verb));
}

function isEveryResource({ resources, resourceNames }: PolicyRule): boolean {
  return has(resources, '*') && isUnnamed(resourceNames);
}

/** The first rule that allows the right, as fields of the role; null: none does. */
export function allowing(rules: readonly PolicyRule[], right: Right): readonly Field[] | null {
  const at = rules.findIndex((rule) => allows(rule, right));
  return at === -1 ? null : fieldsOf(rules, at);
}

/** Rules that name the objects they are about are narrow on purpose, and no right to all of a kind. */
function allows({ apiGroups, resources, resourceNames, verbs }: PolicyRule, right: Right): boolean {
  return (
    (isUnnamed(resourceNames) || (right.names ?? []).some((name) => has(resourceNames, name))) &&
    meets(apiGroups, right.groups) &&
    (has(resources, '*') || right.resources.some((resource) => meetsResource(resources, resource))) &&
    meets(verbs, right.verbs)
  );
}

/** As the API server holds it: of a subresource, `*` may stand for whose it is. */
function meetsResource(allowed: readonly string[] | undefined, resource: string): boolean {
  const [, subresource] = resource.split('/');
  return has(allowed, resource) || (subresource !== undefined && has(allowed, `*/${subresource}`));
}

function meets(allowed: readonly string[] | undefined, wanted: readonly string[]): boolean {
  return has(allowed, '*') || wanted.some((word) => has(allowed, word));
}

/** True when a rule touches one of these, whatever it allows there. */
export function touching(rules: readonly PolicyRule[], resources: readonly string[]): readonly Field[] | null {
  const at = rules.findIndex((rule) => [...resources, '*'].some((resource) => has(rule.resources, resource)));
  return at === -1 ? null : fieldsOf(rules, at);
}

const INFORMATION = /^\/(?:healthz|livez|readyz|version|api|apis|openapi|\.well-known)(?:\/|$)/;

/** Nothing but what a server tells of itself: its health, its version, what it can be asked. */
export function isInformation(rules: readonly PolicyRule[]): boolean {
  return (
    rules.length > 0 &&
    rules.every(
      ({ verbs, resources, nonResourceURLs }) =>
        (resources ?? []).length === 0 &&
        (verbs ?? []).every((verb) => verb === 'get' || verb === 'head') &&
        (nonResourceURLs ?? []).every((url) => INFORMATION.test(url)),
    )
  );
}

/** `pods/*` with a verb that would do something there, if RBAC read it as it is meant. */
export function podWildcard(rules: readonly PolicyRule[]): readonly Field[] | null {
  const at = rules.findIndex(
    ({ resources, verbs, apiGroups }) =>
      has(resources, 'pods/*') && meets(verbs, ['create', 'get']) && meets(apiGroups, ['']),
  );
  return at === -1 ? null : fieldsOf(rules, at);
}

/** A `*` where names of resources or of verbs stand. */
export function wildcards(rules: readonly PolicyRule[]): readonly Field[] {
  return rules.flatMap(({ resources, verbs }, index) => [
    ...(has(resources, '*') ? [{ path: `rules[${index}].resources`, value: list(resources) }] : []),
    ...(has(verbs, '*') ? [{ path: `rules[${index}].verbs`, value: list(verbs) }] : []),
  ]);
}

function fieldsOf(rules: readonly PolicyRule[], index: number): readonly Field[] {
  const rule = rules[index];
  return [
    { path: `rules[${index}].apiGroups`, value: list(rule?.apiGroups) },
    { path: `rules[${index}].resources`, value: list(rule?.resources) },
    { path: `rules[${index}].verbs`, value: list(rule?.verbs) },
  ];
}

/** How much of a list is told. */
const SHOWN = 8;

function list(words: readonly string[] | undefined): string {
  const all = words ?? [];
  const shown = all.slice(0, SHOWN).map((word) => (word === '' ? '""' : word));
  return [...shown, ...(all.length > SHOWN ? [`and ${all.length - SHOWN} more`] : [])].join(', ');
}

function isUnnamed(names: readonly string[] | undefined): boolean {
  return names === undefined || names.length === 0;
}

function has(words: readonly string[] | undefined, word: string): boolean {
  return words?.includes(word) === true;
}
