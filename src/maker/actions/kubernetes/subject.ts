import type { ActionContext, Identified, Observed } from '../../../domain/action.ts';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { printable } from '../../../domain/printable.ts';
import { resourceId } from '../../../domain/resource-id.ts';
import {
  ClusterAway,
  KINDS,
  NoAnswer,
  pathOf,
  type Cluster,
  type KubernetesReader,
  type ObjectPlace,
} from '../../../providers/kubernetes/reader.ts';
import { at, textAt, type Fields } from './object-fields.ts';

/** The object that an action is about, and the context that leads to its cluster. */
export interface Subject extends ObjectPlace {
  readonly context?: string | undefined;
}

/** The cluster, looked at anew: nothing of an earlier look is remembered. */
export async function openCluster(
  reader: KubernetesReader,
  { context, namespace }: Pick<Subject, 'context' | 'namespace'>,
  { signal }: Pick<ActionContext, 'signal'>,
): Promise<Looked<Cluster>> {
  try {
    return seen(await reader.cluster({ context, namespaces: namespace === null ? [] : [namespace] }, { signal }));
  } catch (error) {
    if (error instanceof ClusterAway || error instanceof NoAnswer) return unknown(error.code, error.message);
    throw error;
  }
}

/** The same id as the checks have for it; the target is known by its cluster's uid, whatever the context is called. */
export async function identifySubject(
  reader: KubernetesReader,
  subject: Subject,
  context: ActionContext,
): Promise<Looked<Identified>> {
  const opened = await openCluster(reader, subject, context);
  if (opened.status === 'unknown') return opened;
  const { uid, context: name, server } = opened.value;
  const place = subject.namespace === null ? subject.name : `${subject.namespace}/${subject.name}`;
  return seen({
    target: { provider: 'kubernetes', id: uid, name: printable(name), details: { server } },
    resource: resourceId('kubernetes', uid, subject.kind.toLowerCase(), place),
    name: `${subject.kind.toLowerCase()}/${subject.name}`,
  });
}

export interface Look {
  readonly cluster: Cluster;
  /** As the store has it, not a cache; null: it is not there. */
  readonly object: Fields | null;
}

export async function lookAt(
  reader: KubernetesReader,
  subject: Subject,
  context: Pick<ActionContext, 'signal'>,
): Promise<Looked<Look>> {
  const opened = await openCluster(reader, subject, context);
  if (opened.status === 'unknown') return opened;
  const cluster = opened.value;
  const object = await cluster.get(objectPath(subject), context.signal);
  return object.status === 'unknown' ? object : seen({ cluster, object: object.value });
}

export function objectPath({ kind, namespace, name }: ObjectPlace): string {
  return `${pathOf(KINDS[kind], namespace)}/${encodeURIComponent(name)}`;
}

/** What is sealed of an object: which one it is, and that nobody is deleting it. */
export function observedObject(object: Fields | null, rests: JsonObject, shown: JsonObject): Observed {
  if (object === null) return { identity: null, rests: {}, shown: { There: 'no' }, version: null };
  return {
    identity: { uid: uidOf(object) },
    rests: { ...rests, deleting: isDeleting(object) },
    shown,
    version: textAt(object, 'metadata', 'resourceVersion'),
  };
}

export function uidOf(object: Fields | null): string {
  return textAt(object, 'metadata', 'uid') ?? '';
}

export function isDeleting(object: Fields): boolean {
  return at(object, 'metadata', 'deletionTimestamp') !== undefined;
}

/** Why nothing can be done with it: it is not there, or being deleted; null: something can. */
export function hindrance({ identity, rests }: Observed, { kind, namespace, name }: Subject): Looked<never> | null {
  const what = `${kind} ${printable(name)}${namespace === null ? '' : ` in ${printable(namespace)}`}`;
  if (identity === null) return unknown('NOT_FOUND', `There is no ${what}.`);
  if (rests['deleting'] === true) return unknown('BEING_DELETED', `${what} is being deleted.`);
  return null;
}
