import * as z from 'zod';
import type { Evidence } from '../../domain/check.ts';
import { printable, printableStart } from '../../domain/printable.ts';
import { instantOf, type KubeEvent, type KubeObject } from '../../providers/kubernetes/reader.ts';
import { evidenceFrom } from '../evidence.ts';

/** Warning events of one reason, as evidence of something else. */
export const warningFacts = z.object({
  reason: z.string(),
  count: z.number(),
  last: z.string().nullable(),
  message: z.string(),
});
export type Warning = z.infer<typeof warningFacts>;

/** Warning events by what they are about. */
export interface Warnings {
  /** Of these objects together, the latest first, one for each reason. */
  of(objects: readonly KubeObject[]): readonly Warning[];
}

export function createWarnings(events: readonly KubeEvent[]): Warnings {
  const byObject = Map.groupBy(events, ({ involvedObject }) => keyOf(involvedObject ?? {}));
  return {
    of(objects) {
      const mine = objects.flatMap((object) =>
        (byObject.get(keyOf({ kind: object.kind, ...object.metadata })) ?? []).filter(({ involvedObject }) =>
          isSame(involvedObject?.uid, object.metadata.uid),
        ),
      );
      const byReason = Map.groupBy(mine, ({ reason }) => reason ?? '');
      return [...byReason]
        .map(([reason, group]) => warningOf(reason, group))
        .toSorted((a, b) => (instantOf(b.last ?? undefined) ?? 0) - (instantOf(a.last ?? undefined) ?? 0));
    },
  };
}

/** More is no evidence, but a log. */
const SHOWN = 5;
const LONGEST_MESSAGE = 300;

export function warningEvidence(name: string, warnings: readonly Warning[]): readonly Evidence[] {
  return warnings
    .slice(0, SHOWN)
    .flatMap(({ reason, count, message }) =>
      evidenceFrom(`Warning events of the pods of ${name}`, [`${printable(reason)}, ${count} times`, message]),
    );
}

/** When an event was last seen: of a series, of a single one of the newer kind, or of the older. */
export function lastSeen({ series, eventTime, lastTimestamp, firstTimestamp, metadata }: KubeEvent): string | null {
  return series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp ?? null;
}

export function firstSeen({ eventTime, firstTimestamp, metadata }: KubeEvent): string | null {
  return firstTimestamp ?? eventTime ?? metadata.creationTimestamp ?? null;
}

export function timesSeen({ series, count }: KubeEvent): number {
  return Math.max(1, series?.count ?? count ?? 1);
}

function warningOf(reason: string, events: readonly KubeEvent[]): Warning {
  const [latest] = events.toSorted(
    (a, b) => (instantOf(lastSeen(b) ?? undefined) ?? 0) - (instantOf(lastSeen(a) ?? undefined) ?? 0),
  );
  return {
    reason,
    count: events.reduce((sum, event) => sum + timesSeen(event), 0),
    last: latest === undefined ? null : lastSeen(latest),
    message: printableStart(latest?.message ?? '', LONGEST_MESSAGE),
  };
}

interface Place {
  readonly kind?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** By kind and namespace too: k8sgpt asks by the name alone, and takes the events of another object for its own. */
function keyOf({ kind = '', namespace = '', name = '' }: Place): string {
  return `${kind} ${namespace}/${name}`;
}

/** A pod of the same name that was there before (a StatefulSet's) is another. */
function isSame(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || a === '' || b === undefined || a === b;
}
