import type { Failure, Together } from '../../domain/check.ts';
import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { asKind } from './as-kind.ts';
import { jsonOf, NoAnswer, isRecord, statusOf, type Answer, type Ask } from './call.ts';
import { changeAnswer } from './change-answer.ts';
import { callOf, type Change } from './change.ts';
import { ClusterAway } from './cluster-away.ts';
import { failureOf } from './failure.ts';
import { KINDS, pathOf, resourceOf, type Kind, type KindName, type Kinds } from './kinds.ts';
import { listOne, type HiddenPart, type ListDeps, type Listing } from './list.ts';
import { namespaceChoice } from './namespace-choice.ts';
import type { KubeObject } from './objects.ts';
import { createTrimmer } from './trim.ts';
import { createTurns } from './turns.ts';

export type * from './objects.ts';
export { ClusterAway } from './cluster-away.ts';
export type { Answer, Call } from './call.ts';
export { FIELD_MANAGER, RESTARTED_AT, type Change, type ContainerList, type ObjectPlace } from './change.ts';
export { readManifest, type Manifest } from './manifest-file.ts';
export type { HiddenPart, KindName, Kinds, Listing };
export { KINDS, pathOf, resourceOf };
export { failureOf, ruleFor } from './failure.ts';
export { jsonOf, NoAnswer, statusOf } from './call.ts';
export { WITHHELD, WITHHELD_PATH } from './trim.ts';
export { topologyOf } from './topology-read.ts';
export {
  dependentsOf,
  RELATIONS,
  topologyKey,
  type Topology,
  type TopologyEdge,
  type TopologyKey,
  type TopologyNode,
} from './topology.ts';
export { asKind, isKind } from './as-kind.ts';
export { ageOf, conditionOf, instantOf } from './conditions.ts';
export { controllerOf, createOwners, type Owner, type Owners } from './owners.ts';
export { nodeShapesOf, podRequestsOf } from './pod-requests.ts';
export { quantityOf } from './quantity.ts';
export { secretLook } from './secret-look.ts';
export { fits, isEmptySelector, selects } from './selector.ts';
export { createLabelIndex, type LabelIndex } from './label-index.ts';
export { containersOf, podDescriptionOf, type PlacedContainer, type PodDescription } from './workload.ts';

/** Which cluster is meant, and which part of it. */
export interface ClusterChoice {
  /** A context of the kubeconfig; the current one when it is absent. */
  readonly context?: string | undefined;
  /** Names, or patterns with `*`; empty: all that may be seen. */
  readonly namespaces?: readonly string[] | undefined;
  /** Names, or patterns with `*`, that are left out. */
  readonly excludeNamespaces?: readonly string[] | undefined;
}

/**
 * The clusters of this machine's kubeconfig. It only reads; nothing is asked but lists, single objects and the paths of
 * `raw`. Trouble with a cluster as a whole (no kubeconfig, no such context, unreachable, not logged in) is thrown as
 * ClusterAway, which makes the check that met it unknown; trouble with a part is a hidden part of a list.
 */
export interface KubernetesReader {
  cluster(choice: ClusterChoice, together: Together): Promise<Cluster>;
  /** Names of the kubeconfig's contexts; the current one first. Empty: there is no kubeconfig. */
  contexts(): Promise<readonly string[]>;
}

export interface Cluster {
  /** The uid of its namespace kube-system: what it is known by, whatever the context is called. */
  readonly uid: string;
  readonly context: string;
  /** `https://10.0.0.1:6443` */
  readonly server: string;
  /** True when the choice is about some namespaces only. */
  readonly partial: boolean;
  /** True for a namespace that was chosen. */
  includes(namespace: string): boolean;
  /** Lists a kind; read once for all that ask the same in one run. `signal` stops the waiting, not the list. */
  list<Name extends KindName>(name: Name, signal: AbortSignal): Promise<Listing<Kinds[Name]>>;
  /** One object as the server has it, in full; null: there is none. */
  get(path: string, signal: AbortSignal): Promise<Looked<Readonly<Record<string, unknown>> | null>>;
  /** What the API server says would come of a change (`dryRun=All`): nothing is written. */
  tryOut(change: Change, signal: AbortSignal): Promise<Looked<TriedOut>>;
  /** Any other read: `/readyz?verbose`, `/version`, a log. Throws NoAnswer. */
  raw(path: string, signal: AbortSignal): Promise<Answer>;
}

export interface TriedOut {
  /** As it would be; of an eviction and a deletion what the server says instead. */
  readonly object: Readonly<Record<string, unknown>>;
  /** What the server warns of: a policy that is only watched, say. */
  readonly warnings: readonly string[];
}

/** A way to a cluster, opened by a kubeconfig (kubeconfig.ts) or by a test. */
export interface Connection {
  readonly context: string;
  readonly server: string;
  readonly ask: Ask;
}

export interface Connections {
  /** Throws ClusterAway where there is no such context. */
  open(context: string | undefined): Promise<Connection>;
  contexts(): Promise<readonly string[]>;
}

export function createKubernetesReader(connections: Connections): KubernetesReader {
  const shared = new WeakMap<Together, Map<string, Promise<Snapshot>>>();
  const snapshotOf = (context: string | undefined, together: Together): Promise<Snapshot> => {
    const mine = shared.get(together) ?? new Map<string, Promise<Snapshot>>();
    shared.set(together, mine);
    const key = context ?? '';
    const known = mine.get(key) ?? openSnapshot(connections, context, together);
    mine.set(key, known);
    return known;
  };
  return {
    contexts: () => connections.contexts(),
    cluster: async (choice, together) => viewOf(await snapshotOf(choice.context, together), choice),
  };
}

/** One cluster in one run: who it is, and the lists that were asked for, by kind and namespace. */
interface Snapshot {
  readonly connection: Connection;
  readonly uid: string;
  readonly lists: Map<string, Promise<Listing<KubeObject>>>;
  readonly deps: ListDeps;
}

/** More than the network needs to be kept busy would only fill memory. */
const PAGES_AT_ONCE = 2;

async function openSnapshot(
  connections: Connections,
  context: string | undefined,
  together: Together,
): Promise<Snapshot> {
  const connection = await connections.open(context);
  const uid = await identityOf(connection, together.signal);
  const deps = {
    ask: connection.ask,
    trimmer: createTrimmer(),
    turns: createTurns(PAGES_AT_ONCE),
    store: { isAway: false },
    signal: together.signal,
  };
  return { connection, uid, lists: new Map(), deps };
}

/** Where a cluster says who it is; out of the API server's own memory, as its store may be what does not answer. */
const KUBE_SYSTEM = '/api/v1/namespaces/kube-system?resourceVersion=0';

async function identityOf(connection: Connection, signal: AbortSignal): Promise<string> {
  const looked = await getObject(connection.ask, KUBE_SYSTEM, { kind: KINDS.Namespace, namespace: null }, signal);
  if (looked.status === 'unknown') throw new ClusterAway(named(looked.failure, connection));
  const metadata = looked.value?.['metadata'];
  const uid = isRecord(metadata) ? metadata['uid'] : undefined;
  if (typeof uid === 'string' && uid !== '') return uid;
  throw new ClusterAway({
    code: 'ANSWER_INVALID',
    message: `What answers at ${connection.server} (context ${connection.context}) has no namespace kube-system with a uid, so it is no Kubernetes API.`,
  });
}

function named({ code, message }: Failure, { context, server }: Connection): Failure {
  const where = message.includes(server) ? '' : ` at ${server}`;
  return { code, message: `The cluster of the context ${context}${where} could not be looked at: ${message}` };
}

async function getObject(
  ask: Ask,
  path: string,
  asked: { readonly kind: Kind; readonly namespace: string | null },
  signal: AbortSignal,
): Promise<Looked<Readonly<Record<string, unknown>> | null>> {
  try {
    const answer = await ask({ method: 'GET', path }, signal);
    if (answer.status === 404 && statusOf(answer).reason === 'NotFound') return seen(null);
    if (answer.status !== 200) return { status: 'unknown', failure: failureOf(answer, { verb: 'get', ...asked }) };
    const body = jsonOf(answer.body);
    return isRecord(body) ? seen(body) : unknown('ANSWER_INVALID', `What came for ${path} is not an object.`);
  } catch (error) {
    if (error instanceof NoAnswer) return unknown(error.code, error.message);
    throw error;
  }
}

function viewOf(snapshot: Snapshot, choice: ClusterChoice): Cluster {
  const { connection, uid } = snapshot;
  const chosen = namespaceChoice(choice.namespaces ?? [], choice.excludeNamespaces ?? []);
  return {
    uid,
    context: connection.context,
    server: connection.server,
    partial: chosen.partial,
    includes: chosen.includes,
    list: async (name, signal) => {
      const parts = await waitFor(listParts(snapshot, name, chosen.names, signal), signal);
      const [only] = parts;
      // The very list, where nothing is left out: what is made of it can be made once for all checks.
      const { objects, ...more } =
        only !== undefined && parts.length === 1 && !chosen.partial ? only : join(parts, chosen.includes);
      return { ...more, objects: asKind(name, objects) };
    },
    get: (path, signal) => getObject(connection.ask, path, kindAt(path), signal),
    tryOut: (change, signal) => tryOut(connection.ask, change, signal),
    raw: (path, signal) => connection.ask({ method: 'GET', path }, signal),
  };
}

async function tryOut(ask: Ask, change: Change, signal: AbortSignal): Promise<Looked<TriedOut>> {
  try {
    const answered = changeAnswer(await ask(callOf(change, { dryRun: true, version: null }), signal), change);
    return answered.status === 'taken' ? seen(answered) : { status: 'unknown', failure: answered.failure };
  } catch (error) {
    if (error instanceof NoAnswer) return unknown(error.code, error.message);
    throw error;
  }
}

/** The list of all namespaces; or one for each that was named. */
function listParts(
  snapshot: Snapshot,
  name: KindName,
  namespaces: readonly string[] | null,
  signal: AbortSignal,
): Promise<readonly Listing<KubeObject>[]> {
  signal.throwIfAborted();
  const parts = namespaces === null || !KINDS[name].namespaced ? [null] : namespaces;
  return Promise.all(parts.map((namespace) => listShared(snapshot, name, namespace)));
}

function listShared(snapshot: Snapshot, name: KindName, namespace: string | null): Promise<Listing<KubeObject>> {
  const key = `${name} ${namespace ?? ''}`;
  const known = snapshot.lists.get(key);
  if (known !== undefined) return known;
  const listing = listExisting(name, namespace, snapshot.deps);
  snapshot.lists.set(key, listing);
  // Whoever waits is told; a list that nobody waits for any more is nobody's trouble.
  listing.catch(() => undefined);
  return listing;
}

/** A namespace that does not exist lists as empty, which must not be taken for "none". */
async function listExisting(name: KindName, namespace: string | null, deps: ListDeps): Promise<Listing<KubeObject>> {
  const listing = await listOne(name, namespace, deps);
  if (namespace === null || listing.objects.length > 0 || listing.hidden.length > 0) return listing;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  const looked = await getObject(deps.ask, path, { kind: KINDS.Namespace, namespace: null }, deps.signal);
  if (looked.status === 'seen' && looked.value !== null) return listing;
  const failure =
    looked.status === 'unknown'
      ? looked.failure
      : { code: 'NO_SUCH_NAMESPACE', message: `There is no namespace ${namespace}: what it holds can't be looked at.` };
  return { ...listing, hidden: [{ namespace, failure }] };
}

function join(parts: readonly Listing<KubeObject>[], includes: (namespace: string) => boolean): Listing<KubeObject> {
  return {
    objects: parts
      .flatMap(({ objects }) => objects)
      .filter(({ metadata: { namespace } }) => namespace === undefined || includes(namespace)),
    hidden: parts.flatMap(({ hidden }) => hidden),
    served: parts.every(({ served }) => served),
    remembered: parts.some(({ remembered }) => remembered),
  };
}

/** `/api/v1/namespaces/prod/pods/web` -> pods, prod. */
function kindAt(path: string): { readonly kind: Kind; readonly namespace: string | null } {
  const match = /^\/(?:api|apis\/([^/]+))\/([^/]+)\/(?:namespaces\/([^/]+)\/)?([^/?]+)/.exec(path);
  const [, group = '', version = 'v1', namespace, plural = 'objects'] = match ?? [];
  return {
    kind: { group, version, plural, namespaced: namespace !== undefined, read: 'pages' },
    namespace: namespace === undefined ? null : decodeURIComponent(namespace),
  };
}

function waitFor<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
