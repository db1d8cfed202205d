import * as z from 'zod';
import type { Check, FindingDraft, History } from '../../domain/check.ts';
import { resourceId } from '../../domain/resource-id.ts';
import { isAtLeast, type Severity } from '../../domain/severity.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { evidenceFrom } from '../evidence.ts';
import { pressureFacts } from './memory-facts.ts';

const loadParam = z.number({ error: 'a load is a plain number, such as 1.5' }).min(0.1).max(1_000);

const loadParams = z
  .strictObject({
    warn: loadParam
      .default(1.5)
      .describe('Report (medium) when both the load of 5 and of 15 minutes are at least this many tasks per CPU.'),
    critical: loadParam.default(4).describe('Report as high from this many tasks per CPU on.'),
    margin: z
      .number()
      .min(0)
      .max(50)
      .default(10)
      .describe(
        'An open finding stays until the load is this many percent below its threshold, so that it does not come and go.',
      ),
  })
  .refine((params) => params.warn <= params.critical, {
    path: ['critical'],
    error: '"critical" must not be below "warn"',
  });

type LoadParams = z.output<typeof loadParams>;

const loadFacts = z.object({
  source: z.string(),
  load1: z.number(),
  load5: z.number(),
  load15: z.number(),
  cpus: z.number(),
  usableCpus: z.number(),
  cpuPressure: pressureFacts,
  ioPressure: pressureFacts,
});

type LoadFacts = z.output<typeof loadFacts>;

export const check: Check<HostReader, LoadParams> = {
  id: 'host/load',
  title: 'Load per CPU',
  keywords: ['load', 'cpu', 'busy', 'slow', 'overload', 'processor'],
  description: `Looks at the load averages of the machine and divides them by its CPUs.

Reports **load** when both the average of 5 minutes and that of 15 are at or above \`warn\`: a burst is not in the one yet, and one that is over not in the other any more. Pressure information (Linux) comes as evidence: it tells whether the tasks wait for a CPU or for a disk, as both count in a load.

In a container the load is still that of the whole machine, so it is divided by the machine's CPUs; fewer that may be used (an affinity, a \`cpu.max\`) are said as evidence. Windows keeps no load average: there this check is unknown.

Tried against Linux and laid-out \`/proc\` trees; macOS and Windows by fixtures only.`,
  standalone: true,
  params: loadParams,
  timeoutMs: 10_000,

  async read(reader) {
    const identity = { resource: resourceId('host', reader.machineId, 'load', 'cpu'), name: 'load' };
    const load = await reader.load();
    if (load.status === 'unknown') return [{ status: 'unknown', ...identity, failure: load.failure }];
    return [{ status: 'seen', ...identity, facts: loadFacts.parse(load.value) }];
  },

  judge(seen, params, history) {
    const facts = loadFacts.parse(seen.facts);
    const perCpu = Math.min(facts.load5, facts.load15) / facts.cpus;
    const severity = loadSeverity(perCpu, params, history);
    return severity === null ? [] : [draft(facts, perCpu, severity)];
  },
};

function loadSeverity(perCpu: number, params: LoadParams, history: History): Severity | null {
  const open = history.open.get('load') ?? null;
  const kept = 1 - params.margin / 100;
  if (perCpu >= params.critical * (open !== null && isAtLeast(open, 'high') ? kept : 1)) return 'high';
  return perCpu >= params.warn * (open === null ? 1 : kept) ? 'medium' : null;
}

function draft(facts: LoadFacts, perCpu: number, severity: Severity): FindingDraft {
  const { cpuPressure, ioPressure } = facts;
  return {
    discriminator: 'load',
    severity,
    title: `Load is ${figure(perCpu)} per CPU (${figure(facts.load5)} over 5 minutes, ${figure(facts.load15)} over 15, on ${facts.cpus} CPUs)`,
    why: 'More tasks want to run than there are CPUs, or many wait for a disk; answers get slow and timers late.',
    next: 'See what runs: ps -eo pid,stat,pcpu,comm | sort -nrk 3 | head. A state of D waits for a disk: iostat -x 1 3',
    evidence: [
      ...evidenceFrom(facts.source, [
        'load of 1, 5 and 15 minutes',
        `${figure(facts.load1)}, ${figure(facts.load5)}, ${figure(facts.load15)}`,
      ]),
      ...evidenceFrom(
        'os.cpus',
        ['CPUs of the machine', facts.cpus],
        ['CPUs that may be used', facts.usableCpus < facts.cpus ? facts.usableCpus : null],
      ),
      ...evidenceFrom(cpuPressure?.source ?? '', [
        'some tasks waited for a CPU',
        cpuPressure === null ? null : `${cpuPressure.some.avg300} % of five minutes`,
      ]),
      ...evidenceFrom(ioPressure?.source ?? '', [
        'some tasks waited for a disk',
        ioPressure === null ? null : `${ioPressure.some.avg300} % of five minutes`,
      ]),
    ],
  };
}

function figure(number: number): string {
  return number.toFixed(number < 10 ? 2 : 1).replace(/\.?0+$/, '');
}
