import * as z from 'zod';
import type { Seen } from '../../domain/check.ts';
import { printableStart } from '../../domain/printable.ts';
import {
  createOwners,
  instantOf,
  type KubeEvent,
  type KubeObject,
  type Owner,
} from '../../providers/kubernetes/reader.ts';
import { asNamed } from './pod-groups.ts';
import type { Scene } from './scene.ts';
import { firstSeen, lastSeen, timesSeen } from './warnings.ts';

const rowFacts = z.object({
  /** What its count is remembered by. */
  key: z.string(),
  reason: z.string(),
  /** The object that it is about: `Pod prod/web-1-abcde`. */
  about: z.string(),
  message: z.string(),
  count: z.number(),
  first: z.string().nullable(),
  last: z.string().nullable(),
});
export type EventRow = z.infer<typeof rowFacts>;

export const eventFacts = z.object({
  about: z.literal('events'),
  context: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  rows: z.array(rowFacts),
});
export type EventFacts = z.infer<typeof eventFacts>;

/** What is older is history; API servers keep an hour of it by default. */
const KEPT = 3_600_000;
const ROWS_MAX = 100;
const LONGEST_MESSAGE = 300;

/** The Warning events of the last hour, under the workload that they come down to. */
export function seeEvents(scene: Scene): readonly Seen[] {
  const ownerOf = owners(scene);
  const groups = new Map<string, { readonly owner: Owner; readonly rows: EventRow[] }>();
  for (const event of scene.all('Event')) {
    const last = instantOf(lastSeen(event) ?? undefined);
    // The list has asked for them; an API server of another kind may not have listened.
    if (event.type !== 'Warning' || (last !== null && scene.now - last > KEPT)) continue;
    const owner = ownerOf(event);
    const key = `${owner.kind} ${owner.namespace}/${owner.name}`;
    const group = groups.get(key) ?? { owner, rows: [] };
    group.rows.push(rowOf(event));
    groups.set(key, group);
  }
  return [...groups.values()].map(({ owner, rows }) => {
    const facts: EventFacts = {
      about: 'events',
      context: scene.cluster.context,
      ...owner,
      rows: rows.toSorted((a, b) => (a.key < b.key ? -1 : 1)).slice(0, ROWS_MAX),
    };
    return scene.see(asNamed(owner), facts);
  });
}

function rowOf(event: KubeEvent): EventRow {
  const { metadata, involvedObject } = event;
  const { kind = '', namespace = '', name = '' } = involvedObject ?? {};
  return {
    key: metadata.uid ?? `${metadata.namespace ?? ''}/${metadata.name}`,
    reason: event.reason ?? '',
    about: `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`,
    message: printableStart(event.message ?? '', LONGEST_MESSAGE),
    count: timesSeen(event),
    first: firstSeen(event),
    last: lastSeen(event),
  };
}

/** The end of a pod's name that its controller made up, in the letters that apimachinery draws from. */
const RANDOM_END = /-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/** Events outlive their pods: one that is gone is known by its name without the random end. */
function owners(scene: Scene): (event: KubeEvent) => Owner {
  const middle: readonly KubeObject[] = [...scene.all('ReplicaSet'), ...scene.all('Job')];
  const chain = createOwners(middle);
  const byName = new Map(
    [...middle, ...scene.all('Pod')].map((object) => [
      `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`,
      object,
    ]),
  );
  return ({ involvedObject }) => {
    const { kind = 'Event', namespace = '', name = '' } = involvedObject ?? {};
    const object = byName.get(`${kind} ${namespace}/${name}`);
    if (object !== undefined) return chain.of(object);
    const stem = name.replace(RANDOM_END, '');
    if (kind !== 'Pod' || stem === name) return { kind, namespace, name };
    const maker = byName.get(`ReplicaSet ${namespace}/${stem}`) ?? byName.get(`Job ${namespace}/${stem}`);
    return maker === undefined ? { kind, namespace, name: stem } : chain.of(maker);
  };
}
