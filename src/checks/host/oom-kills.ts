import * as z from 'zod';
import type { Check, FindingDraft, History } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { resourceId } from '../../domain/resource-id.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { evidenceFrom } from '../evidence.ts';

const oomParams = z.strictObject({
  high: z
    .int()
    .min(1)
    .max(100_000)
    .default(5)
    .describe('Report as high from this many processes killed since the last look on; fewer are medium.'),
});

type OomParams = z.output<typeof oomParams>;

const oomFacts = z.object({
  source: z.string(),
  epoch: z.string(),
  kills: z.number(),
  groups: z.record(z.string(), z.number()),
});

type OomFacts = z.output<typeof oomFacts>;

const oomSample = oomFacts.omit({ source: true });

export const check: Check<HostReader, OomParams> = {
  id: 'host/oom-kills',
  title: 'Processes killed for want of memory',
  keywords: ['oom', 'killed', 'memory', 'out'],
  description: `Compares the kernel's count of processes that it killed for want of memory (\`oom_kill\` in \`/proc/vmstat\`) with that of the last look; in a container with cgroup v2 the container's own count.

Reports **kills** (medium, high from \`high\` on) when the count grew since the last look. After a start of the machine, or of the container, the count begins at nought, and all of it came since. The first look only remembers. As it is news of what happened, the finding goes away at the next look that sees no more of it.

The control groups in which it happened are said as evidence, as far as they still exist; they tell the service or container, the kernel's log tells the process.

Linux 4.13 or newer; elsewhere this is unknown. Tried against a real kill (Linux 6.18, a control group of version 1); groups and containers of version 2 only as folders laid out.`,
  standalone: true,
  params: oomParams,
  timeoutMs: 20_000,

  async read(reader, _params, { signal }) {
    const identity = { resource: resourceId('host', reader.machineId, 'memory', 'oom-kills'), name: 'memory' };
    const kills = await reader.oomKills(signal);
    if (kills.status === 'unknown') return [{ status: 'unknown', ...identity, failure: kills.failure }];
    return [{ status: 'seen', ...identity, facts: oomFacts.parse(kills.value) }];
  },

  judge(seen, params, history) {
    const facts = oomFacts.parse(seen.facts);
    const last = lastLook(history);
    if (last === null) return [];
    const before = countedSince(facts, last);
    const kills = facts.kills - before.kills;
    return kills <= 0 ? [] : [draft(facts, before, kills, params, history.now - last.at)];
  },

  sample: (seen) => oomSample.parse(seen.facts),
};

interface Count {
  readonly at: number;
  readonly epoch: string;
  readonly kills: number;
  readonly groups: Readonly<Record<string, number>>;
}

function lastLook({ samples, now }: History): Count | null {
  for (const { at, values } of samples) {
    const sample = oomSample.safeParse(values);
    if (sample.success && at < now) return { at, ...sample.data };
  }
  return null;
}

/** A count that began anew, or that is smaller than it was, holds nothing of before. */
function countedSince(facts: OomFacts, last: Count): Pick<Count, 'kills' | 'groups'> {
  return last.epoch === facts.epoch && last.kills <= facts.kills ? last : { kills: 0, groups: {} };
}

function draft(
  facts: OomFacts,
  before: Pick<Count, 'kills' | 'groups'>,
  kills: number,
  params: OomParams,
  ago: number,
): FindingDraft {
  const inGroups = Object.entries(facts.groups)
    .map(([group, count]) => [group, count - (before.groups[group] ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a)
    .map(([group, count]) => `${group}: ${count}`);
  return {
    discriminator: 'kills',
    severity: kills >= params.high ? 'high' : 'medium',
    title: `${kills === 1 ? 'A process was' : `${kills} processes were`} killed for want of memory since the last look, ${formatDuration(ago)} ago`,
    why: 'The kernel ends a process at once, in the middle of its work, when memory runs out; what it did is not finished.',
    next: `See which: journalctl -k -g 'Killed process|oom-kill' --since '-${Math.ceil(ago / 60_000)}min'. Who takes the memory now: ps -eo pid,rss,comm | sort -nrk 2 | head`,
    evidence: [
      ...evidenceFrom(facts.source, ['killed since the last look', kills], ['counted in all', facts.kills]),
      ...evidenceFrom('memory.events.local', ['control groups', inGroups.length === 0 ? null : inGroups.slice(0, 10)]),
    ],
  };
}
