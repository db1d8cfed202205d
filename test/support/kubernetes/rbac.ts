import type { Answer } from '../../../src/providers/kubernetes/call.ts';
import { status, type StoredObject } from './api.ts';

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** What a request wants, as RBAC sees it. */
export type Attributes =
  | { readonly type: 'path'; readonly verb: string; readonly path: string }
  | {
      readonly type: 'resource';
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource: string | null;
      readonly namespace: string | null;
      readonly name: string | null;
    };

export interface Authorizer {
  /** null: it may. Else the 403, in the words of an API server. */
  refuse(user: User, request: { readonly method: string; readonly path: string }): Answer | null;
}

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

interface Binding {
  /** null: in the whole cluster. */
  readonly namespace: string | null;
  readonly role: { readonly kind: string; readonly name: string };
  readonly subjects: readonly Subject[];
}

/** RBAC as the API server evaluates it, of these roles and bindings. Aggregated roles hold their rules already. */
export function createAuthorizer(objects: readonly StoredObject[]): Authorizer {
  const rules = new Map<string, readonly Rule[]>();
  const bindings: Binding[] = [];
  for (const object of objects) {
    const namespace = object.metadata.namespace ?? null;
    if (object.kind === 'ClusterRole' || object.kind === 'Role')
      rules.set(
        `${object.kind} ${namespace ?? ''}/${object.metadata.name}`,
        (object['rules'] ?? []) as readonly Rule[],
      );
    if (object.kind === 'ClusterRoleBinding' || object.kind === 'RoleBinding')
      bindings.push({
        namespace,
        role: object['roleRef'] as Binding['role'],
        subjects: (object['subjects'] ?? []) as readonly Subject[],
      });
  }
  const rulesOf = ({ namespace, role }: Binding): readonly Rule[] =>
    rules.get(role.kind === 'Role' ? `Role ${namespace ?? ''}/${role.name}` : `ClusterRole /${role.name}`) ?? [];
  const allowed = (user: User, wanted: Attributes): boolean =>
    bindings
      .filter(({ subjects }) => subjects.some((subject) => isOf(subject, user)))
      .filter(({ namespace }) => namespace === null || (wanted.type === 'resource' && wanted.namespace === namespace))
      .some((binding) => rulesOf(binding).some((rule) => allows(rule, wanted)));
  return {
    refuse: (user, request) => {
      const wanted = attributesOf(request);
      return allowed(user, wanted) ? null : forbidden(user, wanted);
    },
  };
}

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

/** `GET /api/v1/namespaces/prod/pods` is to list pods in prod. */
export function attributesOf({ method, path }: { readonly method: string; readonly path: string }): Attributes {
  const url = new URL(path, 'http://x');
  const match =
    /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)\/(?:namespaces\/([^/]+)\/(?!(?:status|finalize)$))?([^/]+)(?:\/([^/]+))?(?:\/(.+))?$/.exec(
      url.pathname,
    );
  if (match === null) return { type: 'path', verb: method.toLowerCase(), path: url.pathname };
  const [, group = '', namespace, resource = '', name, subresource] = match;
  // A namespace is a resource in itself: to get it is a matter of that namespace.
  const own = resource === 'namespaces' && name !== undefined ? name : namespace;
  return {
    type: 'resource',
    verb: verbOf(method, name !== undefined, url.searchParams.has('watch')),
    group,
    resource,
    subresource: subresource ?? null,
    namespace: own === undefined ? null : decodeURIComponent(own),
    name: name === undefined ? null : decodeURIComponent(name),
  };
}

function verbOf(method: string, isNamed: boolean, isWatch: boolean): string {
  if (method === 'GET') return isNamed ? 'get' : isWatch ? 'watch' : 'list';
  if (method === 'DELETE') return isNamed ? 'delete' : 'deletecollection';
  return VERBS[method] ?? method.toLowerCase();
}

function isOf({ kind, name, namespace }: Subject, user: User): boolean {
  if (kind === 'Group') return user.groups.includes(name);
  return user.name === (kind === 'User' ? name : `system:serviceaccount:${namespace ?? ''}:${name}`);
}

function allows(rule: Rule, wanted: Attributes): boolean {
  if (!has(rule.verbs, wanted.verb)) return false;
  if (wanted.type === 'path')
    return (rule.nonResourceURLs ?? []).some((pattern) =>
      pattern.endsWith('*') ? wanted.path.startsWith(pattern.slice(0, -1)) : wanted.path === pattern,
    );
  const { group, resource, subresource, name } = wanted;
  const full = subresource === null ? resource : `${resource}/${subresource}`;
  const resources = rule.resources ?? [];
  return (
    has(rule.apiGroups ?? [], group) &&
    (has(resources, full) || (subresource !== null && resources.includes(`*/${subresource}`))) &&
    (rule.resourceNames === undefined ||
      rule.resourceNames.length === 0 ||
      (name !== null && rule.resourceNames.includes(name)))
  );
}

function has(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

function forbidden(user: User, wanted: Attributes): Answer {
  const who = `User ${JSON.stringify(user.name)} cannot ${wanted.verb}`;
  if (wanted.type === 'path')
    return status(403, 'Forbidden', `forbidden: ${who} path ${JSON.stringify(wanted.path)}`, {});
  const { group, resource, subresource, namespace, name } = wanted;
  const full = group === '' ? resource : `${resource}.${group}`;
  const where =
    namespace === null || (resource === 'namespaces' && name === null)
      ? 'at the cluster scope'
      : `in the namespace ${JSON.stringify(namespace)}`;
  const what = subresource === null ? resource : `${resource}/${subresource}`;
  return status(
    403,
    'Forbidden',
    `${full}${name === null ? '' : ` ${JSON.stringify(name)}`} is forbidden: ${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`,
    { ...(name === null ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource },
  );
}
