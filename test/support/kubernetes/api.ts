import type { Answer, Call } from '../../../src/providers/kubernetes/call.ts';
import { KINDS, type Kind, type KindName } from '../../../src/providers/kubernetes/kinds.ts';

/** Any Kubernetes object, as a file or a recording holds it. */
export interface StoredObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** Who asks, and what they may not. */
export interface Denial {
  /** As in the message: `ops-reader`. */
  readonly user: string;
  /** `nodes`, `deployments.apps`: for these a list or a get is 403; in the namespaces only, where some are named. */
  readonly resources: readonly string[];
  readonly namespaces?: readonly string[];
}

export interface FakeApi {
  /** Answers in the recorded shapes (recordings/k8s); throws for what it has no answer for. */
  answer(call: Pick<Call, 'method' | 'path' | 'accept'>): Answer;
  put(...objects: readonly StoredObject[]): void;
  remove(kind: string, name: string, namespace?: string): void;
  /** null: there is none. */
  object(kind: string, name: string, namespace?: string): StoredObject | null;
  /** A path that is answered as it stands here: `/readyz?verbose`. */
  say(path: string, answer: Answer): void;
  /** Every path that was asked for, in order. */
  asked(): readonly string[];
  /** null: everything is allowed. */
  deny(denial: Denial | null): void;
}

export const FAKE_UID = '0e5b7a5e-1111-4222-8333-944455566677';

/** Kinds by the names that a path has them under. */
const PLURALS = new Map<string, KindName>(
  (Object.keys(KINDS) as KindName[]).map((name) => [pathKey(KINDS[name]), name]),
);

/**
 * An API server that only reads, in memory: lists with pages, single objects, 403 by `deny`, 404 for kinds and groups
 * that it does not know. `kube-system` is there unless the objects bring their own.
 */
export function createApi(objects: readonly StoredObject[]): FakeApi {
  const store = new Map<string, StoredObject>();
  const said = new Map<string, Answer>();
  const asked: string[] = [];
  let denial: Denial | null = null;
  const put = (...more: readonly StoredObject[]): void => {
    for (const object of more) store.set(keyOf(object.kind, object.metadata.namespace, object.metadata.name), object);
  };
  put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: FAKE_UID } }, ...objects);

  return {
    put,
    remove: (kind, name, namespace) => void store.delete(keyOf(kind, namespace, name)),
    object: (kind, name, namespace) => store.get(keyOf(kind, namespace, name)) ?? null,
    say: (path, answer) => void said.set(path, answer),
    asked: () => [...asked],
    deny: (next) => void (denial = next),
    answer: ({ method, path, accept }) => {
      asked.push(path);
      const fixed = said.get(path);
      if (fixed !== undefined) return fixed;
      if (method !== 'GET') throw new Error(`the fake API only reads, and was asked to ${method} ${path}`);
      const url = new URL(path, 'http://fake');
      const kinds = kindsOfGroup(url.pathname, [...store.values()], denial);
      if (kinds !== null) return kinds;
      const place = placeOf(url.pathname);
      if (place === null) return text(404, '404 page not found\n');
      const { name, namespace, object } = place;
      const kind = KINDS[name];
      if (isDenied(denial, kind, namespace))
        return forbidden(denial, object === null ? 'list' : 'get', kind, namespace, object);
      if (object !== null) {
        const found = store.get(keyOf(name, namespace ?? undefined, object));
        return found === undefined ? notFound(kind, object) : json(200, found);
      }
      const all = [...store.values()].filter(
        (each) =>
          each.kind === name &&
          (namespace === null || each.metadata.namespace === namespace) &&
          (url.searchParams.get('fieldSelector') !== 'type=Warning' || each['type'] === 'Warning'),
      );
      return list(name, kind, all, url, accept);
    },
  };
}

/** Which kinds a group has: optional ones where there are some, or where they are denied. null: no group is asked for. */
function kindsOfGroup(pathname: string, objects: readonly StoredObject[], denial: Denial | null): Answer | null {
  const match = /^\/apis\/([^/]+)\/([^/]+)$/.exec(pathname);
  if (match === null) return null;
  const resources = [...PLURALS].flatMap(([key, name]) => {
    const { plural, optional, group } = KINDS[name];
    const isThere =
      optional !== true ||
      denial?.resources.includes(`${plural}.${group}`) === true ||
      objects.some(({ kind }) => kind === name);
    return isThere && key === `${match[1]}/${match[2]}/${plural}` ? [{ name: plural, kind: name }] : [];
  });
  if (resources.length === 0) return text(404, '404 page not found\n');
  return json(200, { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${match[1]}/${match[2]}`, resources });
}

interface Place {
  readonly name: KindName;
  readonly namespace: string | null;
  readonly object: string | null;
}

function placeOf(pathname: string): Place | null {
  const match = /^\/(?:api|apis\/([^/]+))\/([^/]+)\/(?:namespaces\/([^/]+)\/)?([^/]+)(?:\/([^/]+))?$/.exec(pathname);
  if (match === null) return null;
  const [, group = '', version = '', namespace, plural = '', object] = match;
  const name = PLURALS.get(`${group}/${version}/${plural}`);
  if (name === undefined) return null;
  return {
    name,
    namespace: namespace === undefined ? null : decodeURIComponent(namespace),
    object: object === undefined ? null : decodeURIComponent(object),
  };
}

function list(name: KindName, kind: Kind, all: readonly StoredObject[], url: URL, accept: string | undefined): Answer {
  const limit = Number(url.searchParams.get('limit') ?? 0);
  const start = Number(url.searchParams.get('continue') ?? 0);
  // A list from the cache has no pages, as the real one.
  const paged = limit > 0 && url.searchParams.get('resourceVersion') !== '0';
  const items = paged ? all.slice(start, start + limit) : all;
  const rest = paged ? all.length - start - items.length : 0;
  const metadata = {
    resourceVersion: '1000',
    ...(rest > 0 ? { continue: String(start + items.length), remainingItemCount: rest } : {}),
  };
  const partial = accept?.includes('PartialObjectMetadataList') === true;
  return json(200, {
    kind: partial ? 'PartialObjectMetadataList' : `${name}List`,
    apiVersion: partial ? 'meta.k8s.io/v1' : kind.group === '' ? kind.version : `${kind.group}/${kind.version}`,
    metadata,
    items: items.map(({ kind: _kind, apiVersion: _version, ...item }) =>
      partial ? { metadata: item.metadata } : item,
    ),
  });
}

function isDenied(denial: Denial | null, kind: Kind, namespace: string | null): denial is Denial {
  const resource = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
  return (
    denial !== null &&
    denial.resources.includes(resource) &&
    (denial.namespaces === undefined || (namespace !== null && denial.namespaces.includes(namespace)))
  );
}

function forbidden(
  { user }: Denial,
  verb: string,
  kind: Kind,
  namespace: string | null,
  object: string | null,
): Answer {
  const where = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const what = object === null ? kind.plural : `${kind.plural} "${object}"`;
  return status(
    403,
    'Forbidden',
    `${what} is forbidden: User "${user}" cannot ${verb} resource "${kind.plural}" in API group "${kind.group}" ${where}`,
    { kind: kind.plural },
  );
}

function notFound(kind: Kind, name: string): Answer {
  const resource = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
  return status(404, 'NotFound', `${resource} "${name}" not found`, { name, kind: kind.plural });
}

export function status(code: number, reason: string, message: string, details: object = {}): Answer {
  return json(code, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details,
    code,
  });
}

export function json(code: number, body: unknown): Answer {
  return { status: code, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

export function text(code: number, body: string): Answer {
  return { status: code, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

function pathKey({ group, version, plural }: Kind): string {
  return `${group}/${version}/${plural}`;
}

function keyOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace ?? ''}/${name}`;
}
