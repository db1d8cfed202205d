import * as z from 'zod';
import type { Check, FindingDraft, History } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import { resourceId } from '../../domain/resource-id.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { durationParam } from '../duration-param.ts';
import { evidenceFrom } from '../evidence.ts';

const rebootParams = z.strictObject({
  after: durationParam('0s', '365d')
    .prefault('14d')
    .describe('Report as medium when the machine has waited longer than this for its start; before that it is low.'),
});

type RebootParams = z.output<typeof rebootParams>;

const rebootFacts = z.object({
  boot: z.string(),
  kernel: z.string(),
  flag: z.object({ source: z.string(), at: z.number(), packages: z.array(z.string()) }).nullable(),
  newerKernel: z.object({ release: z.string(), source: z.string(), at: z.number() }).nullable(),
});

type RebootFacts = z.output<typeof rebootFacts>;

/** Since when a start is due, and for which start of the machine that was noted; null: none was due. */
const rebootSample = z.object({ boot: z.string(), since: z.number().nullable() });

export const check: Check<HostReader, RebootParams> = {
  id: 'host/reboot-pending',
  title: 'Start of the machine that is due',
  keywords: ['reboot', 'restart', 'kernel', 'pending'],
  description: `Looks whether updates wait for the machine to be started anew.

Reports **reboot** (low, medium once it waited longer than \`after\`) when:
- packages left their flag: \`/run/reboot-required\` with the packages in \`/run/reboot-required.pkgs\` (Debian, Ubuntu), \`/run/reboot-needed\` (SUSE); or
- \`/boot\` holds a kernel (\`vmlinuz-…\`) of the same kind as the one that runs, of a higher version, which came after the machine was started. An older kernel that somebody chose to start is no finding. This tells it on Fedora and its like, too, for kernels; \`needs-restarting\` is not asked.

How long it has waited is reckoned from the earliest look of this start of the machine, as every further update touches the flag again.

A container has nothing to look at here. On macOS and Windows this is unknown. Tried against folders laid out as the real ones.`,
  standalone: true,
  params: rebootParams,
  timeoutMs: 10_000,

  async read(reader) {
    const identity = { resource: resourceId('host', reader.machineId, 'boot', 'current'), name: 'machine' };
    const reboot = await reader.reboot();
    if (reboot.status === 'unknown') return [{ status: 'unknown', ...identity, failure: reboot.failure }];
    return reboot.value === null ? [] : [{ status: 'seen', ...identity, facts: rebootFacts.parse(reboot.value) }];
  },

  judge(seen, params, history) {
    const facts = rebootFacts.parse(seen.facts);
    const now = dueSince(facts);
    if (now === null) return [];
    const waited = Math.max(0, history.now - Math.min(now, earliestKnown(facts.boot, history) ?? now));
    return [draft(facts, waited, params)];
  },

  sample(seen) {
    const facts = rebootFacts.parse(seen.facts);
    return { boot: facts.boot, since: dueSince(facts) };
  },
};

function dueSince({ flag, newerKernel }: RebootFacts): number | null {
  const times = [flag?.at, newerKernel?.at].filter((at) => at !== undefined);
  return times.length === 0 ? null : Math.min(...times);
}

function earliestKnown(boot: string, { samples }: History): number | null {
  let earliest: number | null = null;
  for (const { values } of samples) {
    const sample = rebootSample.safeParse(values);
    if (!sample.success || sample.data.boot !== boot || sample.data.since === null) break;
    earliest = Math.min(earliest ?? sample.data.since, sample.data.since);
  }
  return earliest;
}

function draft({ flag, newerKernel, kernel }: RebootFacts, waited: number, params: RebootParams): FindingDraft {
  const what = newerKernel === null ? 'updates' : `kernel ${printable(newerKernel.release)}`;
  const isLong = waited > params.after;
  return {
    discriminator: 'reboot',
    severity: isLong ? 'medium' : 'low',
    title: isLong
      ? `The machine has waited ${formatDuration(waited)} for a start to use ${what}`
      : `The machine needs a start to use ${what}`,
    why: 'Until then it runs what was installed before, with the faults that the update mends.',
    next: 'Choose a time and start it anew: systemctl reboot. What else still uses old files: needrestart, or lsof +L1',
    evidence: [
      ...evidenceFrom(
        flag?.source ?? '',
        ['asked for at', flag === null ? null : new Date(flag.at).toISOString()],
        ['by packages', flag === null || flag.packages.length === 0 ? null : flag.packages],
      ),
      ...evidenceFrom('/proc/sys/kernel/osrelease', ['kernel that runs', kernel]),
      ...evidenceFrom(
        newerKernel?.source ?? '',
        ['newer kernel', newerKernel?.release ?? null],
        ['installed at', newerKernel === null ? null : new Date(newerKernel.at).toISOString()],
      ),
    ],
  };
}
