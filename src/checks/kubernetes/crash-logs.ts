import * as z from 'zod';
import type { Evidence } from '../../domain/check.ts';
import { printableStart } from '../../domain/printable.ts';
import { failureOf, KINDS, NoAnswer, type Answer, type Cluster } from '../../providers/kubernetes/reader.ts';
import { evidenceFrom } from '../evidence.ts';

/** What a container said last, or why that could not be read. */
export const logFacts = z.object({
  pod: z.string(),
  container: z.string(),
  lines: z.array(z.string()),
  trouble: z.string().nullable(),
});
export type LastWords = z.infer<typeof logFacts>;

/** Of this many containers in one look, and so much of each line. */
const CONTAINERS_MAX = 20;
const LONGEST_LINE = 300;
const AT_ONCE = 4;

export interface Speaker {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** True when it runs, or waits, again: what it said before it ended is kept apart. */
  readonly wasStartedAgain: boolean;
}

/**
 * The last lines of containers, a few at a time; none is asked for with `lines: 0`. Redaction, at the border of every
 * check, is what keeps secrets out of them.
 */
export async function lastWordsOf(
  cluster: Cluster,
  speakers: readonly Speaker[],
  lines: number,
  signal: AbortSignal,
): Promise<readonly (readonly [Speaker, LastWords])[]> {
  if (lines === 0) return [];
  const asked = speakers.slice(0, CONTAINERS_MAX);
  const heard: (readonly [Speaker, LastWords])[] = [];
  for (let start = 0; start < asked.length; start += AT_ONCE) {
    const some = asked.slice(start, start + AT_ONCE);
    const words = await Promise.all(some.map((speaker) => lastWords(cluster, speaker, lines, signal)));
    heard.push(...words.flatMap((each, index) => (some[index] === undefined ? [] : [[some[index], each] as const])));
  }
  return heard;
}

async function lastWords(
  cluster: Cluster,
  { namespace, pod, container, wasStartedAgain }: Speaker,
  lines: number,
  signal: AbortSignal,
): Promise<LastWords> {
  const query = new URLSearchParams({
    container,
    tailLines: String(lines),
    limitBytes: String(lines * LONGEST_LINE * 4),
    ...(wasStartedAgain ? { previous: 'true' } : {}),
  });
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log?${query.toString()}`;
  const said = (text: readonly string[], trouble: string | null = null): LastWords => ({
    pod,
    container,
    lines: [...text],
    trouble,
  });
  try {
    const answer = await cluster.raw(path, signal);
    return answer.status === 200 || answer.status === 204
      ? said(linesOf(answer, lines))
      : said([], troubleOf(answer, namespace));
  } catch (error) {
    if (error instanceof NoAnswer) return said([], error.message);
    throw error;
  }
}

/** 204: it has not said anything yet. */
function linesOf({ body }: Answer, lines: number): readonly string[] {
  const all = body.split('\n').map((line) => printableStart(line.trimEnd(), LONGEST_LINE));
  return all.filter((line) => line !== '').slice(-lines);
}

/** 400: no such container, or nothing is kept of it; 500: its node does not answer. */
function troubleOf(answer: Answer, namespace: string): string {
  return failureOf(answer, { verb: 'get', kind: { ...KINDS.Pod, plural: 'pods/log' }, namespace }).message;
}

export function lastWordsEvidence(namespace: string, words: readonly LastWords[]): readonly Evidence[] {
  return words.flatMap(({ pod, container, lines, trouble }) =>
    evidenceFrom(
      `log of Pod ${namespace}/${pod} container ${container}`,
      ['last lines', lines.length === 0 ? null : lines],
      ['not read', trouble],
    ),
  );
}
