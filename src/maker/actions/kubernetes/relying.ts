import type { ActionContext } from '../../../domain/action.ts';
import { seen, type Looked } from '../../../domain/failure.ts';
import { dependentsOf, topologyKey, topologyOf, type KubernetesReader } from '../../../providers/kubernetes/reader.ts';
import { openCluster, type Subject } from './subject.ts';

/** More is counted: a card is never cut, so what is on it must be short enough to be read. */
const TOLD_AT_MOST = 30;

/** What relies on an object, from the lists of its namespace; what could not be seen is said, and keeps nothing from being planned. */
export async function relyingOn(
  reader: KubernetesReader,
  subject: Subject,
  context: ActionContext,
): Promise<Looked<readonly string[]>> {
  const opened = await openCluster(reader, subject, context);
  if (opened.status === 'unknown') return opened;
  const topology = await topologyOf(opened.value, context.signal);
  const told = dependentsOf(topology, topologyKey(subject.kind, subject.namespace, subject.name));
  const more = told.length - TOLD_AT_MOST;
  return seen(more > 0 ? [...told.slice(0, TOLD_AT_MOST), `and ${more} more`] : told);
}
