import type { FindingDraft, History } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import { evidenceFrom } from '../evidence.ts';
import { KEPT, processSample, type ProcessFacts } from './processes-facts.ts';
import type { ProcessParams } from './processes-params.ts';

export function judgeZombies(facts: ProcessFacts, params: ProcessParams, history: History): FindingDraft | null {
  const earlier = looksOf(history).find(({ at }) => history.now - at >= params.lasting);
  if (earlier === undefined) return null;
  const then = new Set(earlier.zombieKeys);
  const lasting = facts.zombieKeys.filter((key) => then.has(key)).length;
  if (lasting < params.zombies) return null;
  return {
    discriminator: 'zombies',
    severity: lasting >= KEPT ? 'medium' : 'low',
    title: `${printable(facts.program)} leaves ${facts.zombies} zombies behind, ${lasting >= KEPT ? `${KEPT} or more` : lasting} of them for ${formatDuration(history.now - earlier.at)} or longer`,
    why: 'Each keeps its process number; when these run out nothing can be started any more. The parent is at fault.',
    next: `See them: ps -eo ppid,pid,stat,etime,comm | grep ' Z'. They go when their parent takes notice or ends: start ${printable(facts.program)} anew.`,
    evidence: evidenceFrom(
      facts.source,
      ['zombies', facts.zombies],
      ['parents', facts.parents],
      ['what they were', facts.children],
    ),
  };
}

export function judgeWaiting(facts: ProcessFacts, params: ProcessParams, history: History): FindingDraft | null {
  const stuck = facts.waiting
    .map((process) => ({ ...process, ms: history.now - stuckSince(process, history) }))
    .filter(({ ms }) => ms >= params.lasting)
    .toSorted((a, b) => b.ms - a.ms);
  const [longest] = stuck;
  if (longest === undefined) return null;
  const who =
    stuck.length === 1 ? `${printable(facts.program)} is` : `${stuck.length} of ${printable(facts.program)} are`;
  return {
    discriminator: 'waiting',
    severity: longest.ms >= HOUR_MS ? 'high' : 'medium',
    title: `${who} stuck in the kernel for ${formatDuration(longest.ms)} or longer`,
    why: 'It waits for a disk or a server that does not answer, and nothing ends it until that does; whoever needs it waits too.',
    next: `See what it waits for, as root: cat /proc/${longest.pid}/stack; dmesg | grep -i 'blocked for more'. Often it is a dead network mount: findmnt -t nfs,nfs4,cifs`,
    evidence: evidenceFrom(
      facts.source,
      ['processes', stuck.slice(0, 10).map(({ pid, ms }) => `pid ${pid}: ${formatDuration(ms)}`)],
      ['context switches since', 0],
    ),
  };
}

const HOUR_MS = 3_600_000;

/** The earliest of the looks in a row that saw this very process without its having run since. */
function stuckSince({ key, switches }: ProcessFacts['waiting'][number], history: History): number {
  let since = history.now;
  if (switches === null) return since;
  for (const { at, waiting } of looksOf(history)) {
    if (!waiting.some((process) => process.key === key && process.switches === switches)) break;
    since = at;
  }
  return since;
}

/** Newest first. */
function looksOf({ samples, now }: History) {
  return samples.flatMap(({ at, values }) => {
    const sample = processSample.safeParse(values);
    return sample.success && at < now ? [{ at, ...sample.data }] : [];
  });
}
