import * as z from 'zod';
import type { ReadContext, Sample, Seen } from '../../domain/check.ts';
import type { JsonObject } from '../../domain/json.ts';
import { resourceId } from '../../domain/resource-id.ts';
import { instantOf } from '../../providers/kubernetes/reader.ts';
import type { ClusterParams } from './cluster-params.ts';
import type { CrashFacts, CrashRow } from './crash-facts.ts';
import type { Scene } from './scene.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Samples of one look are a moment apart. */
const SAME_LOOK = 60_000;

/** What is remembered of an owner: the restarts of each container of its pods that had any. */
const ownerSample = z.object({ counts: z.record(z.string(), z.number()), whole: z.boolean() });
/** What is remembered of a look: that it was one, and where it could not look. */
const lookSample = z.object({ look: z.literal(true), hidden: z.array(z.string()) });

/** The looks before this one. An owner of which one of them remembers nothing had no restarts at all then. */
export interface PastLooks {
  of(namespace: string, now: number): { readonly last: number | null; readonly day: number | null };
}

export function pastLooks(scene: Scene, params: ClusterParams, context: Pick<ReadContext, 'earlier'>): PastLooks {
  const looks = context.earlier(looksId(scene, params)).flatMap(({ at, values }) => {
    const sample = lookSample.safeParse(values);
    return sample.success ? [{ at, hidden: sample.data.hidden }] : [];
  });
  return {
    of(namespace, now) {
      const mine = looks.filter(({ hidden }) => !hidden.includes(EVERYWHERE) && !hidden.includes(namespace));
      const withinDay = mine.filter(({ at }) => now - at <= DAY + SAME_LOOK);
      return { last: mine[0]?.at ?? null, day: withinDay.at(-1)?.at ?? null };
    },
  };
}

const EVERYWHERE = '*';

/** The look itself, to be remembered. Another choice of namespaces is another look. */
export function seeLook(scene: Scene, params: ClusterParams, namespaces: Iterable<string>): Seen {
  const hidden = scene.knows('Pod')
    ? []
    : [...new Set(namespaces)].filter((namespace) => !scene.knows('Pod', namespace));
  const isBlind = !scene.knows('Pod') && scene.all('Pod').length === 0;
  return {
    status: 'seen',
    resource: looksId(scene, params),
    name: 'when pods were looked at',
    facts: { about: 'look', hidden: isBlind ? [EVERYWHERE] : hidden },
  };
}

function looksId({ cluster }: Scene, { namespaces, excludeNamespaces }: ClusterParams): string {
  const part = [...namespaces.toSorted(), ...excludeNamespaces.toSorted().map((name) => `-${name}`)].join(',');
  return resourceId('kubernetes', cluster.uid, 'look', part === '' ? 'all' : part);
}

export function sampleOfLook({ facts }: Seen): JsonObject {
  return { look: true, hidden: facts['hidden'] ?? [] };
}

export function sampleOfOwner({ rows, left }: CrashFacts): JsonObject {
  return {
    counts: Object.fromEntries(rows.filter(({ restarts }) => restarts > 0).map(({ key, restarts }) => [key, restarts])),
    whole: left === 0,
  };
}

/** How often a container was started again, and since when that is known. */
export interface Restarts {
  readonly times: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** By when its pod was made, and not by a look. */
  readonly byAge: boolean;
}

/** Since the look before; null: there was none in the last two hours, and the pod is not so young. */
export function restartsSinceLook(row: CrashRow, facts: CrashFacts, samples: readonly Sample[], now: number) {
  const bases = basesOf(row, facts, samples).filter(({ since }) => now - since <= 2 * HOUR);
  return restartsFrom(row, bases[0]);
}

/** In the last 24 hours, or since as much of them as is known; null: nothing is. */
export function restartsInDay(row: CrashRow, facts: CrashFacts, samples: readonly Sample[], now: number) {
  const bases = basesOf(row, facts, samples).filter(({ since }) => now - since <= DAY + SAME_LOOK);
  return restartsFrom(row, bases.at(-1));
}

/** Earlier counts of the container, the latest first. Its pod started with none. */
function basesOf(row: CrashRow, { looks }: CrashFacts, samples: readonly Sample[]): readonly Restarts[] {
  const remembered = samples.flatMap(({ at, values }) => {
    const sample = ownerSample.safeParse(values);
    if (!sample.success) return [];
    const count = sample.data.counts[row.key] ?? (sample.data.whole ? 0 : null);
    return count === null ? [] : [{ since: at, times: count, byAge: false }];
  });
  const silent = [looks.last, looks.day].filter(
    (at): at is number => at !== null && !samples.some((sample) => Math.abs(sample.at - at) <= SAME_LOOK),
  );
  const created = instantOf(row.created ?? undefined);
  const all = [...remembered, ...silent.map((at) => ({ since: at, times: 0, byAge: false }))].filter(
    ({ since }) => created === null || since > created,
  );
  return [...all, ...(created === null ? [] : [{ since: created, times: 0, byAge: true }])].toSorted(
    (a, b) => b.since - a.since,
  );
}

function restartsFrom({ restarts }: CrashRow, base: Restarts | undefined): Restarts | null {
  return base === undefined ? null : { ...base, times: Math.max(0, restarts - base.times) };
}
