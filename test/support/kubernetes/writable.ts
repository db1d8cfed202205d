import type { Answer, Call } from '../../../src/providers/kubernetes/call.ts';
import { apiVersionOf, KINDS, pathOf, resourceOf, type KindName } from '../../../src/providers/kubernetes/kinds.ts';
import { selects } from '../../../src/providers/kubernetes/selector.ts';
import { createApi, json, status, type Denial, type FakeApi, type StoredObject } from './api.ts';
import { followSpec } from './controllers.ts';
import { afterUpdate, managedFieldsOf, seededOwnership, writtenPart, type Ownership } from './owned-fields.ts';
import { isPart, leavesOf, shownPath, strategicMerge, withoutLeaf, type Part } from './patches.ts';

/** One write that was accepted. */
export interface AcceptedWrite {
  readonly verb: 'patch' | 'apply' | 'create' | 'evict' | 'delete';
  /** `Deployment/scale prod/web` */
  readonly object: string;
}

/** What goes wrong with the next write: whether it takes effect all the same the caller can't tell. */
export type WriteFault =
  | { readonly kind: 'silence' | 'cut'; readonly applied: boolean }
  | { readonly kind: 'answer'; readonly answer: Answer };

export interface WritableApi {
  answer(call: Call): Answer | Promise<Answer>;
  readonly reading: FakeApi;
  put(...objects: readonly StoredObject[]): void;
  object(kind: KindName, name: string, namespace?: string): StoredObject | null;
  /** Somebody else's change. */
  edit(kind: KindName, name: string, namespace: string | undefined, patch: Part, by?: string): void;
  remove(kind: KindName, name: string, namespace?: string): void;
  writes(): readonly AcceptedWrite[];
  /** The next write that is no dry run. */
  fault(fault: WriteFault): void;
  /** Whether the next write is to be cut off before its answer; asked by the server. */
  cutsNext(): boolean;
  /** Settles when the next write has come in. */
  arrival(): Promise<void>;
  /** Verbs on resources (`patch deployments.apps/scale`) that this user may not. */
  denyWrite(user: string, ...writes: readonly string[]): void;
  deny(denial: Denial | null): void;
  /** Admission: what it returns is answered instead. */
  admit(check: (object: StoredObject) => Answer | null): void;
}

const GROUPS = new Map((Object.keys(KINDS) as KindName[]).map((name) => [pathOf(KINDS[name], null), name]));

/**
 * The in-memory API made writable, in recorded shapes: versions, dry runs, stale writes, uid preconditions, evictions
 * and budgets, server-side apply with owners of fields, denials. It throws for what it has no answer for.
 */
export function createWritableApi(objects: readonly StoredObject[] = []): WritableApi {
  const reading = createApi([]);
  const kept = new Map<string, StoredObject>();
  const owned = new Map<string, Ownership>();
  const appliers = new Map<string, Set<string>>();
  const writes: AcceptedWrite[] = [];
  const faults: WriteFault[] = [];
  let waiting: (() => void)[] = [];
  let denied: { readonly user: string; readonly writes: readonly string[] } | null = null;
  let admission: (object: StoredObject) => Answer | null = () => null;
  let [version, made] = [1000, 0];

  const keep = (object: StoredObject, ownership: Ownership): StoredObject => {
    const key = keyOf(object.kind, object.metadata.namespace, object.metadata.name);
    version += 1;
    const managedFields = managedFieldsOf(
      ownership,
      object.apiVersion ?? 'v1',
      (manager) => appliers.get(key)?.has(manager) === true,
    );
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version), managedFields } };
    kept.set(key, stored);
    owned.set(key, ownership);
    reading.put(stored);
    return stored;
  };
  const put = (...more: readonly StoredObject[]): void => {
    for (const object of more) {
      made += 1;
      const metadata = {
        uid: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
        generation: 1,
        creationTimestamp: '2026-11-20T16:10:50Z',
        ...object.metadata,
      };
      const whole = { apiVersion: apiVersionOf(KINDS[object.kind as KindName]), ...object, metadata };
      keep(followSpec(whole, controlled), seededOwnership(whole));
    }
  };
  const controlled = {
    all: (kind: string): readonly StoredObject[] => [...kept.values()].filter((object) => object.kind === kind),
    put: (object: StoredObject): void => void keep(object, seededOwnership(object)),
  };
  const find = (kind: string, namespace: string | null | undefined, name: string): StoredObject | null =>
    kept.get(keyOf(kind, namespace ?? undefined, name)) ?? null;
  const drop = (object: StoredObject): void => {
    kept.delete(keyOf(object.kind, object.metadata.namespace, object.metadata.name));
    reading.remove(object.kind, object.metadata.name, object.metadata.namespace);
  };
  /** A write that was taken: the generation moves with the spec, then the controllers follow. */
  const take = (before: StoredObject | null, after: StoredObject, ownership: Ownership): StoredObject => {
    const isNewSpec = JSON.stringify(before?.['spec']) !== JSON.stringify(after['spec']);
    const generation = Number(before?.metadata['generation'] ?? 0) + (isNewSpec ? 1 : 0);
    const written = { ...after, metadata: { ...after.metadata, generation } };
    return keep(followSpec(written, controlled), ownership);
  };
  const note = (verb: AcceptedWrite['verb'], { place, sub }: Asked): void =>
    void writes.push({
      verb,
      object: `${place.kind}${sub === null ? '' : `/${sub}`} ${place.namespace === null ? '' : `${place.namespace}/`}${place.name}`,
    });

  const patched = (asked: Asked, live: StoredObject | null): Answer => {
    const { place, body, manager, dryRun, sub, contentType } = asked;
    if (contentType === 'application/apply-patch+yaml' && sub === null) return applied(asked, live);
    if (live === null) return notFound(place);
    const isScale = sub === 'scale' && contentType === 'application/merge-patch+json';
    if (!isScale && contentType !== 'application/strategic-merge-patch+json')
      return status(415, 'UnsupportedMediaType', '415: Unsupported Media Type');
    const stale = staleness(body, live, place);
    if (stale !== null) return stale;
    const { metadata: _metadata, ...own } = body;
    const after = strategicMerge(live, isScale ? { spec: own['spec'] } : own) as StoredObject;
    const refusal = mistakes(after) ?? admission(after);
    if (refusal !== null) return refusal;
    if (dryRun) return json(200, isScale ? scaleOf(after) : after);
    const ownership = afterUpdate(
      owned.get(keyOf(place.kind, place.namespace ?? undefined, place.name)) ?? new Map(),
      live,
      after,
      manager,
    );
    note('patch', asked);
    const stored = take(live, after, ownership);
    return json(200, isScale ? scaleOf(stored) : stored);
  };

  const applied = (asked: Asked, live: StoredObject | null): Answer => {
    const { place, body, manager, dryRun, force } = asked;
    const key = keyOf(place.kind, place.namespace ?? undefined, place.name);
    const unknown = unknownField(body, place);
    if (unknown !== null) return unknown;
    const stale = live === null ? null : staleness(body, live, place);
    if (stale !== null) return stale;
    const ownership = owned.get(key) ?? new Map<string, Set<string>>();
    const wanted = leavesOf(writtenPart(body));
    const now = live === null ? new Map<string, string>() : leavesOf(writtenPart(live));
    const conflicts = [...wanted].flatMap(([leaf, value]) => {
      const others = [...(ownership.get(leaf) ?? [])].filter((owner) => owner !== manager);
      return now.has(leaf) && now.get(leaf) !== value ? others.map((owner) => ({ leaf, owner })) : [];
    });
    if (conflicts.length > 0 && !force) return conflictAnswer(conflicts, body);
    const dropped = [...ownership]
      .filter(([leaf, owners]) => owners.size === 1 && owners.has(manager) && !wanted.has(leaf))
      .map(([leaf]) => leaf);
    const { metadata, ...own } = body;
    const labels = isPart(metadata) ? writtenPart({ metadata })['metadata'] : undefined;
    const base: unknown = dropped.reduce<unknown>((object, leaf) => withoutLeaf(object, leaf), live ?? {});
    const merged = strategicMerge(base, { ...own, ...(labels === undefined ? {} : { metadata: labels }) });
    made += live === null && !dryRun ? 1 : 0;
    const identity = live?.metadata ?? {
      uid: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
      creationTimestamp: '2026-11-20T16:20:00Z',
    };
    const after = {
      ...(merged as StoredObject),
      metadata: {
        ...identity,
        ...(merged as Partial<StoredObject>).metadata,
        name: place.name,
        ...(place.namespace === null ? {} : { namespace: place.namespace }),
      },
    } as StoredObject;
    const refusal = mistakes(after) ?? admission(after);
    if (refusal !== null) return refusal;
    if (dryRun) return json(live === null ? 201 : 200, after);
    const owners: Ownership = new Map(
      [...leavesOf(writtenPart(after))].map(([leaf, value]) => {
        const known =
          now.get(leaf) === value ? [...(ownership.get(leaf) ?? [])].filter((owner) => owner !== manager) : [];
        return [leaf, new Set([...known, ...(wanted.has(leaf) ? [manager] : [])])];
      }),
    );
    appliers.set(key, (appliers.get(key) ?? new Set()).add(manager));
    note(live === null ? 'create' : 'apply', asked);
    return json(live === null ? 201 : 200, take(live, after, owners));
  };

  const evicted = (asked: Asked, live: StoredObject | null): Answer => {
    const { place, body, dryRun } = asked;
    if (live === null) return notFound(place);
    const options = isPart(body['deleteOptions']) ? body['deleteOptions'] : {};
    const other = preconditions(options, live);
    if (other !== null) return other;
    const budget = controlled.all('PodDisruptionBudget').find((each) => isBlocking(each, live));
    if (budget !== undefined) return budgetForbids(budget);
    if (dryRun) return json(201, SUCCESS);
    note('evict', asked);
    drop(live);
    return json(201, SUCCESS);
  };

  const deleted = (asked: Asked, live: StoredObject | null): Answer => {
    const { place, body, dryRun } = asked;
    if (live === null) return notFound(place);
    const other = preconditions(body, live);
    if (other !== null) return other;
    const leaving = { ...live, metadata: { ...live.metadata, deletionTimestamp: '2026-11-20T16:30:00Z' } };
    if (dryRun) return json(200, leaving);
    note('delete', asked);
    const finalizers = live.metadata['finalizers'];
    if (Array.isArray(finalizers) && finalizers.length > 0) keep(leaving, new Map());
    else drop(live);
    return json(200, leaving);
  };

  const write = (asked: Asked): Answer => {
    const { place, method, sub } = asked;
    const live = find(place.kind, place.namespace, place.name);
    const forbidden = denied === null ? null : forbiddenWrite(denied, asked);
    if (forbidden !== null) return forbidden;
    if (method === 'PATCH') return patched(asked, live);
    if (method === 'POST' && sub === 'eviction') return evicted(asked, live);
    if (method === 'DELETE' && sub === null) return deleted(asked, live);
    throw new Error(`the writable API has no answer for ${method} ${sub ?? ''}`);
  };

  put(...objects);
  return {
    reading,
    put,
    object: (kind, name, namespace) => find(kind, namespace, name),
    edit: (kind, name, namespace, patch, by = 'kubectl-edit') => {
      const live = find(kind, namespace, name);
      if (live === null) throw new Error(`there is no ${kind} ${name} to edit`);
      const after = strategicMerge(live, patch) as StoredObject;
      take(live, after, afterUpdate(owned.get(keyOf(kind, namespace, name)) ?? new Map(), live, after, by));
    },
    remove: (kind, name, namespace) => {
      const live = find(kind, namespace, name);
      if (live !== null) drop(live);
    },
    writes: () => [...writes],
    fault: (fault) => void faults.push(fault),
    cutsNext: () => faults[0]?.kind === 'cut',
    arrival: () => new Promise((tell) => waiting.push(tell)),
    denyWrite: (user, ...verbs) => void (denied = { user, writes: verbs }),
    deny: (denial) => reading.deny(denial),
    admit: (check) => void (admission = check),
    answer: (call) => {
      if (call.method === 'GET') return reading.answer(call);
      const asked = understand(call);
      if (asked.dryRun) return write(asked);
      for (const tell of waiting) tell();
      waiting = [];
      const fault = faults.shift();
      if (fault?.kind === 'answer') return fault.answer;
      const answer = fault === undefined || fault.applied ? write(asked) : json(200, {});
      if (fault?.kind === 'silence') return new Promise(() => undefined);
      return answer;
    },
  };
}

interface Asked {
  readonly method: Call['method'];
  readonly place: { readonly kind: KindName; readonly namespace: string | null; readonly name: string };
  readonly sub: string | null;
  readonly body: Part;
  readonly contentType: string;
  readonly dryRun: boolean;
  readonly manager: string;
  readonly force: boolean;
}

/** What is asked; throws for what the fake does not know, a query parameter among it. */
function understand({ method, path, body, contentType = '' }: Call): Asked {
  const url = new URL(path, 'http://fake');
  const query = url.searchParams;
  const odd = [...query].filter(([name, value]) => !QUERY[name]?.test(value));
  if (odd.length > 0) throw new Error(`the writable API has no answer for ${JSON.stringify(odd)}`);
  const match =
    /^(\/(?:api|apis\/[^/]+)\/[^/]+)\/(?:namespaces\/([^/]+)\/)?([^/]+)\/([^/]+)(?:\/(scale|eviction))?$/.exec(
      url.pathname,
    );
  const kind = match === null ? undefined : GROUPS.get(`${match[1] ?? ''}/${match[3] ?? ''}`);
  if (match === null || kind === undefined) throw new Error(`the writable API has no answer for ${path}`);
  const [, , namespace, , name = '', sub] = match;
  const parsed: unknown = body === undefined || body === '' ? {} : JSON.parse(body);
  const options = isPart(parsed) && isPart(parsed['deleteOptions']) ? parsed['deleteOptions'] : parsed;
  const inBody = isPart(options) && Array.isArray(options['dryRun']);
  if (inBody && !query.has('dryRun')) throw new Error('a dry run in the body alone');
  return {
    method,
    place: {
      kind,
      namespace: namespace === undefined ? null : decodeURIComponent(namespace),
      name: decodeURIComponent(name),
    },
    sub: sub ?? null,
    body: isPart(parsed) ? parsed : {},
    contentType,
    dryRun: query.has('dryRun'),
    manager: query.get('fieldManager') ?? 'unknown',
    force: query.get('force') === 'true',
  };
}

const QUERY: Readonly<Record<string, RegExp>> = {
  dryRun: /^All$/,
  fieldManager: /^[\w-]+$/,
  fieldValidation: /^Strict$/,
  force: /^(true|false)$/,
};

const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

function keyOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace ?? ''}/${name}`;
}

function notFound({ kind, name }: Asked['place']): Answer {
  return status(404, 'NotFound', `${resourceOf(KINDS[kind])} "${name}" not found`, { name, kind: KINDS[kind].plural });
}

/** As recorded in 409-scale-put-stale-resourceversion and scale-patch-with-resourceversion-stale. */
function staleness(body: Part, live: StoredObject, { kind, name }: Asked['place']): Answer | null {
  const asked = isPart(body['metadata']) ? body['metadata']['resourceVersion'] : undefined;
  if (asked === undefined || asked === live.metadata['resourceVersion']) return null;
  const message = `Operation cannot be fulfilled on ${resourceOf(KINDS[kind])} "${name}": the object has been modified; please apply your changes to the latest version and try again`;
  return status(409, 'Conflict', message, { name, group: KINDS[kind].group, kind: KINDS[kind].plural });
}

/** As recorded in 409-delete-uid-precondition; that of the version is the other half of the same check. */
function preconditions(options: Part, { kind, metadata }: StoredObject): Answer | null {
  const asked = isPart(options['preconditions']) ? options['preconditions'] : {};
  const differs = (field: string, word: string): Answer | null =>
    asked[field] === undefined || asked[field] === metadata[field]
      ? null
      : status(
          409,
          'Conflict',
          `Operation cannot be fulfilled on ${kind} "${metadata.name}": the ${word} in the precondition (${textOf(asked[field])}) does not match the ${word} in record (${textOf(metadata[field])}). The object might have been deleted and then recreated`,
          { name: metadata.name, kind },
        );
  return differs('uid', 'UID') ?? differs('resourceVersion', 'ResourceVersion');
}

/** As recorded in 422-invalid. */
function mistakes({ kind, apiVersion = '', metadata, ...object }: StoredObject): Answer | null {
  const spec = isPart(object['spec']) ? object['spec'] : {};
  const replicas = spec['replicas'];
  if (typeof replicas !== 'number' || replicas >= 0) return null;
  const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
  return status(
    422,
    'Invalid',
    `${kind}.${apiVersion.split('/')[0] ?? ''} "${metadata.name}" is invalid: spec.replicas: ${message}`,
    {
      name: metadata.name,
      kind,
      causes: [{ reason: 'FieldValueInvalid', message, field: 'spec.replicas' }],
    },
  );
}

const TOP_LEVEL = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'data', 'binaryData', 'immutable', 'status']);

/** In the words of 400-strict-unknown-field (there of a creation; of an apply it was not recorded). */
function unknownField(body: Part, { kind }: Asked['place']): Answer | null {
  const unknown = Object.keys(body).find((key) => !TOP_LEVEL.has(key));
  if (unknown === undefined) return null;
  const { group, version } = KINDS[kind];
  const message = `${kind} in version "${group === '' ? version : `${group}/${version}`}" cannot be handled as a ${kind}: strict decoding error: unknown field "${unknown}"`;
  return status(400, 'BadRequest', message);
}

/** As recorded in ssa-dryrun-conflict; of several conflicts it was not recorded. */
function conflictAnswer(conflicts: readonly { readonly leaf: string; readonly owner: string }[], body: Part): Answer {
  const using = String(body['apiVersion']);
  const causes = conflicts.map(({ leaf, owner }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${owner}" using ${using}`,
    field: shownPath(leaf),
  }));
  const words = causes.map(({ message, field }) => `${message}: ${field}`).join('\n');
  const count = causes.length === 1 ? '1 conflict' : `${causes.length} conflicts`;
  return status(409, 'Conflict', `Apply failed with ${count}: ${words}`, { causes });
}

/** As recorded in scale-get and patch-scale-dryrun: nought is left out of the spec. */
function scaleOf({ metadata, ...object }: StoredObject): object {
  const spec = isPart(object['spec']) ? object['spec'] : {};
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: spec['replicas'] === 0 ? {} : { replicas: spec['replicas'] },
    status: { replicas: 0, selector: `app=${name}` },
  };
}

function isBlocking(budget: StoredObject, pod: StoredObject): boolean {
  const spec = isPart(budget['spec']) ? budget['spec'] : {};
  const state = isPart(budget['status']) ? budget['status'] : {};
  const labels = isPart(pod.metadata['labels']) ? pod.metadata['labels'] : {};
  return (
    budget.metadata.namespace === pod.metadata.namespace &&
    (state['disruptionsAllowed'] ?? 0) === 0 &&
    selects(spec['selector'] as Parameters<typeof selects>[0], labels as Parameters<typeof selects>[1])
  );
}

/** As recorded in 429-eviction-blocked-by-pdb: no Retry-After. */
function budgetForbids({ metadata }: StoredObject): Answer {
  return status(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [
      {
        reason: 'DisruptionBudget',
        message: `The disruption budget ${metadata.name} needs 3 healthy pods and has 3 currently`,
      },
    ],
  });
}

/** As recorded in 403-reader-patch-scale. */
function forbiddenWrite(
  { user, writes }: { readonly user: string; readonly writes: readonly string[] },
  { method, place, sub }: Asked,
): Answer | null {
  const verb = method === 'PATCH' ? 'patch' : method === 'DELETE' ? 'delete' : 'create';
  const kind = KINDS[place.kind];
  const resource = `${kind.plural}${sub === null ? '' : `/${sub}`}`;
  if (!writes.includes(`${verb} ${resource}`)) return null;
  const where = place.namespace === null ? 'at the cluster scope' : `in the namespace "${place.namespace}"`;
  const message = `${resourceOf(kind)} "${place.name}" is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${kind.group}" ${where}`;
  return status(403, 'Forbidden', message, { name: place.name, kind: kind.plural });
}

/** As recorded in etcd-frozen-write: it does not say whether it was done. */
export function storageAway(): Answer {
  return json(500, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'rpc error: code = Unavailable desc = keepalive ping failed to receive ACK within timeout',
    code: 500,
  });
}

/** As recorded in vap-denied. */
export function policyDenies(resource: string, name: string, why: string): Answer {
  const message = `ValidatingAdmissionPolicy 'no-latest-tag' with binding 'no-latest-tag' denied request: ${why}`;
  return status(422, 'Invalid', `${resource} "${name}" is forbidden: ${message}`, { name, causes: [{ message }] });
}

/** As recorded in quota-denied: a 403 that is no missing right. */
export function quotaDenies(name: string): Answer {
  return status(
    403,
    'Forbidden',
    `pods "${name}" is forbidden: exceeded quota: small, requested: pods=1, used: pods=6, limited: pods=6`,
    {
      name,
      kind: 'pods',
    },
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
