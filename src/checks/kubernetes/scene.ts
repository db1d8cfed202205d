import type { Failure, Hidden, Observation, ReadContext, ResourceId, Seen } from '../../domain/check.ts';
import type { JsonObject } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import { everyResource, resourceId } from '../../domain/resource-id.ts';
import {
  asKind,
  KINDS,
  type Cluster,
  type KindName,
  type Kinds,
  type KubeObject,
  type KubernetesReader,
  type Listing,
} from '../../providers/kubernetes/reader.ts';
import type { ClusterParams } from './cluster-params.ts';

/** A cluster as one check sees it: the lists that it asked for, whole or with what is hidden of them. */
export interface Scene {
  readonly cluster: Cluster;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** What was seen of a kind: one of those that the check needs, or that help it. */
  all<Name extends KindName>(kind: Name): readonly Kinds[Name][];
  /** False when a kind could not be read there, or was not asked for: then "there is none" can't be said. */
  knows(kind: KindName, namespace?: string): boolean;
  /** False when the cluster does not have that (optional) kind. */
  serves(kind: KindName): boolean;
  id(object: KubeObject): ResourceId;
  /** A resource that is seen, by its object or by its kind, namespace and name. */
  see(object: Named, facts: JsonObject): Seen;
}

export interface Named {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string | undefined; readonly name: string };
}

export interface Wants {
  /** Without one of these the check can say nothing: it is hidden for the namespaces where it could not be read. */
  readonly needs: readonly KindName[];
  /** Without one of these a part of the rules is left out; that it could not be read is said all the same. */
  readonly helps?: readonly KindName[];
}

/**
 * Opens the cluster that `params` choose, reads the lists, and adds to what `see` sees what was hidden, and a tally:
 * objects of which a check has nothing to say need not be observed, as what is not observed and not hidden is clean.
 */
export async function lookAtCluster(
  reader: KubernetesReader,
  params: ClusterParams,
  context: ReadContext,
  wants: Wants,
  see: (scene: Scene) => readonly Observation[] | Promise<readonly Observation[]>,
): Promise<readonly Observation[]> {
  if (params.mayBeMissing && params.context === undefined && (await reader.contexts()).length === 0)
    return [NO_CLUSTER];
  const cluster = await reader.cluster(params, context.together);
  const names = [...wants.needs, ...(wants.helps ?? [])];
  const listed = await Promise.all(
    names.map(async (name) => [name, await cluster.list(name, context.signal)] as const),
  );
  const lists = new Map<KindName, Listing<unknown>>(listed);
  const scene = sceneOf(cluster, lists, context);
  const observations = await see(scene);
  return [tally(scene, lists), ...observations, ...hiddenParts(cluster, lists, wants)];
}

function sceneOf(cluster: Cluster, lists: ReadonlyMap<KindName, Listing<unknown>>, context: ReadContext): Scene {
  return {
    cluster,
    now: context.clock.now(),
    signal: context.signal,
    all: <Name extends KindName>(kind: Name) => asKind(kind, lists.get(kind)?.objects ?? []),
    knows: (kind, namespace) => {
      const listing = lists.get(kind);
      return (
        listing !== undefined &&
        !listing.hidden.some(
          (part) => part.namespace === null || namespace === undefined || part.namespace === namespace,
        )
      );
    },
    serves: (kind) => lists.get(kind)?.served === true,
    id: (object) => idOf(cluster, object),
    see: (object, facts) => ({ status: 'seen', resource: idOf(cluster, object), name: shownName(object), facts }),
  };
}

/** `kubernetes:<uid of kube-system>/deployment/prod/web`; of no namespace: `…/node/node-a`. */
export function idOf({ uid }: Pick<Cluster, 'uid'>, { kind, metadata }: Named): ResourceId {
  const { namespace, name } = metadata;
  return resourceId('kubernetes', uid, kind.toLowerCase(), namespace === undefined ? name : `${namespace}/${name}`);
}

/** `Deployment prod/web` */
export function shownName({ kind, metadata: { namespace, name } }: Named): string {
  return printable(`${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`);
}

function tally(scene: Scene, lists: ReadonlyMap<KindName, Listing<unknown>>): Seen {
  const looked = Object.fromEntries([...lists].map(([name, { objects }]) => [name, objects.length]));
  const remembered = [...lists].filter(([, listing]) => listing.remembered).map(([name]) => name);
  return {
    status: 'seen',
    resource: resourceId('kubernetes', scene.cluster.uid, 'cluster', scene.cluster.uid),
    name: printable(scene.cluster.context),
    facts: { about: 'cluster', looked, remembered },
  };
}

/** Where there may be no cluster, and there is none. */
const NO_CLUSTER: Seen = {
  status: 'seen',
  resource: resourceId('kubernetes', 'none', 'cluster', 'none'),
  name: 'no cluster',
  facts: { about: 'cluster', looked: {}, remembered: [], missing: true },
};

/** True for the tally, of which there is nothing to judge. */
export function isTally(seen: Seen): boolean {
  return seen.facts['about'] === 'cluster';
}

/** What a report says of the look as a whole. */
export function tallyWords(seen: readonly Seen[]): string | null {
  const facts = seen.find(isTally)?.facts;
  if (facts?.['missing'] === true) return 'There is no kubeconfig: no cluster was looked at.';
  const remembered = facts?.['remembered'];
  return Array.isArray(remembered) && remembered.length > 0
    ? `The cluster's store did not answer: ${remembered.join(', ')} as the API server remembers them.`
    : null;
}

/**
 * A kind that is needed hides what the check could have said there: everything of a cluster, or each kind of thing in a
 * namespace. One that helps hides itself alone.
 */
function hiddenParts(cluster: Cluster, lists: ReadonlyMap<KindName, Listing<unknown>>, { needs }: Wants): Hidden[] {
  return [...lists].flatMap(([kind, listing]) =>
    listing.hidden.map(({ namespace, failure }): Hidden => {
      const isNeeded = needs.includes(kind);
      const where = namespace === null ? '' : ` of ${namespace}`;
      return {
        status: 'unknown',
        resource: isNeeded
          ? `kubernetes:${cluster.uid}/*`
          : everyResource('kubernetes', cluster.uid, kind.toLowerCase()),
        name: printable(`${KINDS[kind].plural}${where}`),
        failure: inContext(failure, cluster),
      };
    }),
  );
}

function inContext({ code, message }: Failure, { context }: Cluster): Failure {
  return { code, message: `${message} (context ${context})` };
}
