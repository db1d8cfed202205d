import * as z from 'zod';
import type { FindingDraft, History, Sample, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { JsonObject } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import { instantOf } from '../../providers/kubernetes/reader.ts';
import { evidenceFrom } from '../evidence.ts';
import type { EventFacts, EventRow } from './event-facts.ts';
import { kubectlLine } from './kubectl-line.ts';

/** As far back as events are of now. */
const WITHIN = 30 * 60_000;
/** More events of one reason say the same. */
const SHOWN = 3;

/** One finding for each reason that was given often enough lately. */
export function judgeEvents(
  seen: Seen,
  facts: EventFacts,
  atLeast: number,
  { samples, now }: Pick<History, 'samples' | 'now'>,
): readonly FindingDraft[] {
  const recent = facts.rows.filter(({ last }) => {
    const instant = instantOf(last ?? undefined);
    return instant === null || now - instant <= WITHIN;
  });
  return [...Map.groupBy(recent, ({ reason }) => reason)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([reason, rows]) => {
      const times = rows.reduce((sum, row) => sum + timesLately(row, samples, now), 0);
      return times < atLeast ? [] : [draftOf(seen, facts, reason, rows, times)];
    });
}

/** What is remembered of the events of an object: how often each had been seen. */
export function sampleOfEvents({ rows }: EventFacts): JsonObject {
  return { counts: Object.fromEntries(rows.map(({ key, count }) => [key, count])) };
}

/**
 * How often it was seen in the last half hour: since the earliest look of that time, or since it was first seen. Of one
 * that is older, and that no such look remembers, as often as it was on average.
 */
function timesLately(row: EventRow, samples: readonly Sample[], now: number): number {
  const before = samples
    .filter(({ at }) => now - at <= WITHIN + SLACK)
    .flatMap(({ values }) => countIn(values, row.key) ?? [])
    .at(-1);
  if (before !== undefined) return Math.max(0, row.count - before);
  const first = instantOf(row.first ?? undefined);
  if (first === null || now - first <= WITHIN) return row.count;
  return Math.max(1, Math.round((row.count * WITHIN) / (now - first)));
}

/** A beat that is a little late is the beat before all the same. */
const SLACK = 5 * 60_000;

const eventSample = z.object({ counts: z.record(z.string(), z.number()) });

function countIn(values: JsonObject, key: string): number | null {
  const sample = eventSample.safeParse(values);
  return sample.success ? (sample.data.counts[key] ?? null) : null;
}

function draftOf(
  seen: Seen,
  facts: EventFacts,
  reason: string,
  rows: readonly EventRow[],
  times: number,
): FindingDraft {
  const latest = rows.toSorted((a, b) => ((a.last ?? '~') < (b.last ?? '~') ? 1 : -1));
  return {
    discriminator: printable(reason),
    severity: 'info',
    title: `${seen.name}: ${printable(reason)} ${times} times in ${formatDuration(WITHIN)}`,
    why: 'Something warns again and again. By itself it is a hint; what is broken is told by the check that looks at it.',
    next: `All that it warns of: ${kubectlLine(facts.context, facts.namespace, 'get', 'events', '--field-selector', `type=Warning,reason=${reason}`)}`,
    evidence: latest
      .slice(0, SHOWN)
      .flatMap(({ about, message, count, last }) =>
        evidenceFrom(`Event about ${about}`, ['message', message], ['count', count], ['last seen', last]),
      ),
  };
}
