import * as z from 'zod';
import type { Check, FindingDraft, Hidden, Observation, Seen } from '../../domain/check.ts';
import { formatPercent } from '../../domain/percent.ts';
import { printable } from '../../domain/printable.ts';
import { everyResource, resourceId } from '../../domain/resource-id.ts';
import { isAtLeast, type Severity } from '../../domain/severity.ts';
import type { Descriptors, HostReader } from '../../providers/host/reader.ts';
import { evidenceFrom } from '../evidence.ts';
import { percentParam } from '../percent-param.ts';

const descriptorParams = z
  .strictObject({
    warn: percentParam()
      .min(50)
      .default(80)
      .describe('Report (medium) from this percentage of the limit on, of the machine or of a process.'),
    critical: percentParam().min(50).default(95).describe('Report it as high from this percentage on.'),
    margin: percentParam()
      .max(20)
      .default(5)
      .describe(
        'An open finding stays until the figure is this many points below its threshold, so that it does not come and go.',
      ),
  })
  .refine((params) => params.warn <= params.critical, {
    path: ['critical'],
    error: '"critical" must not be below "warn"',
  });

type DescriptorParams = z.output<typeof descriptorParams>;

const descriptorFacts = z.object({
  source: z.string(),
  /** null: the whole machine. */
  process: z.object({ program: z.string(), pid: z.number() }).nullable(),
  open: z.number(),
  limit: z.number(),
});

type DescriptorFacts = z.output<typeof descriptorFacts>;

export const check: Check<HostReader, DescriptorParams> = {
  id: 'host/file-descriptors',
  title: 'Open files near their limit',
  keywords: ['descriptor', 'handle', 'open', 'file', 'ulimit'],
  description: `Looks at how many files, sockets and pipes are open: on the whole machine against the kernel's limit (\`/proc/sys/fs/file-nr\`), and by every process against its own (\`Max open files\`, the soft limit).

Reports **files** (medium from \`warn\` percent on, high from \`critical\`) for the machine, and for each program by its name; of several processes of one name the one that is nearest to its limit counts.

A process that never had half of its limit open is not counted file by file. From Linux 6.2 on the kernel tells everybody the count; before that only root and the process's own user, and a program of another user that may be near its limit is unknown. Where the kernel hides the processes of other users (\`hidepid\`), they are unknown too, and so is everything on macOS and Windows. Tried against the real /proc of a machine (Linux 6.18), with a process brought near its limit; an older kernel only as a folder laid out.`,
  standalone: true,
  params: descriptorParams,
  timeoutMs: 30_000,

  async read(reader, params, { signal }) {
    const all = { resource: everyResource('host', reader.machineId, 'open-files'), name: 'open files' };
    const descriptors = await reader.descriptors(signal);
    if (descriptors.status === 'unknown') return [{ status: 'unknown', ...all, failure: descriptors.failure }];
    const programs = everyResource('host', reader.machineId, 'open-files/process');
    const { hidden } = descriptors.value;
    return [
      machine(reader, descriptors.value),
      ...byProgram(reader, descriptors.value, params.warn - params.margin),
      ...(hidden === null
        ? []
        : [unknownOf(programs, 'open files of processes', { code: 'PROCESSES_HIDDEN', message: hidden })]),
    ];
  },

  judge(seen, params, history) {
    const facts = descriptorFacts.parse(seen.facts);
    const percent = (100 * facts.open) / facts.limit;
    const severity = severityOf(percent, params, history.open.get('files') ?? null);
    return severity === null ? [] : [draft(facts, percent, severity)];
  },
};

function machine(reader: HostReader, descriptors: Descriptors): Observation {
  const identity = { resource: resourceId('host', reader.machineId, 'open-files', 'machine'), name: 'open files' };
  if (descriptors.machine.status === 'unknown')
    return unknownOf(identity.resource, identity.name, descriptors.machine.failure);
  return { status: 'seen', ...identity, facts: descriptorFacts.parse({ ...descriptors.machine.value, process: null }) };
}

/** The process of each name that is nearest to its limit; unknown where that might be one that is not counted. */
function byProgram(reader: HostReader, { processes }: Descriptors, percent: number): readonly Observation[] {
  const programs = Map.groupBy(processes, ({ program }) => program);
  return [...programs]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([program, own]): readonly Observation[] => {
      const resource = resourceId('host', reader.machineId, 'open-files/process', program);
      const [nearest] = own
        .flatMap(({ open, ...rest }) => (open === null ? [] : [{ ...rest, open }]))
        .toSorted((a, b) => b.open / b.limit - a.open / a.limit);
      if (own.some(({ open, slots, limit }) => open === null && 100 * slots >= percent * limit)) {
        const message = `The kernel does not tell this user how many files ${printable(program)} has open (Linux before 6.2); root may see it.`;
        return [unknownOf(resource, printable(program), { code: 'COUNT_HIDDEN', message })];
      }
      if (nearest === undefined) return [];
      const { pid, open, limit } = nearest;
      return [
        {
          status: 'seen',
          resource,
          name: printable(program),
          facts: descriptorFacts.parse({ source: `/proc/${pid}/fd`, process: { program, pid }, open, limit }),
        } satisfies Seen,
      ];
    });
}

function unknownOf(resource: string, name: string, failure: Hidden['failure']): Hidden {
  return { status: 'unknown', resource, name, failure };
}

function severityOf(percent: number, params: DescriptorParams, open: Severity | null): Severity | null {
  if (percent >= params.critical - (open !== null && isAtLeast(open, 'high') ? params.margin : 0)) return 'high';
  return percent >= params.warn - (open === null ? 0 : params.margin) ? 'medium' : null;
}

function draft({ source, process, open, limit }: DescriptorFacts, percent: number, severity: Severity): FindingDraft {
  return {
    discriminator: 'files',
    severity,
    title: `${process === null ? 'The machine' : printable(process.program)} has ${open} of ${limit} files open that ${process === null ? 'the kernel allows' : 'it may have'} (${formatPercent(percent)})`,
    why: 'At the limit no file, socket or pipe can be opened any more: connections are refused, and logs and data go unwritten.',
    next:
      process === null
        ? 'See who holds them: lsof -n | cut -d " " -f 1 | sort | uniq -c | sort -n | tail. The limit: sysctl fs.file-max'
        : `See which they are: ls -l /proc/${process.pid}/fd. A count that only grows is a leak; else raise its limit (LimitNOFILE= in its unit).`,
    evidence: evidenceFrom(
      source,
      ['open', open],
      ['limit', limit],
      ['process', process === null ? null : `pid ${process.pid}`],
    ),
  };
}
