import * as z from 'zod';
import type { Check, Evidence, FindingDraft, History } from '../../domain/check.ts';
import { formatBytes } from '../../domain/bytes.ts';
import { formatPercent } from '../../domain/percent.ts';
import { resourceId } from '../../domain/resource-id.ts';
import { isAtLeast, type Severity } from '../../domain/severity.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { evidenceFrom } from '../evidence.ts';
import { percentParam } from '../percent-param.ts';
import { sizeParam } from '../size-param.ts';
import { memoryFacts, type MemoryFacts } from './memory-facts.ts';

const memoryParams = z
  .strictObject({
    warn: percentParam()
      .default(90)
      .describe(
        'Report (medium) when this percentage of the memory is in use. File cache that the system would give back does not count as in use.',
      ),
    critical: percentParam()
      .default(96)
      .describe(
        'Report as high from this percentage on, and as critical when work stands still for want of memory too.',
      ),
    plentyFree: sizeParam()
      .prefault('8 GiB')
      .describe(
        'With this much available, `warn` and `critical` report nothing: a percentage of a very large memory means little.',
      ),
    stalled: percentParam()
      .default(10)
      .describe(
        'Report (medium) when for this percentage of the last five minutes some task waited for memory, and as high when all tasks did. Linux with pressure information only.',
      ),
    swapUsed: percentParam()
      .default(80)
      .describe(
        'Report (low) when this percentage of the swap is in use and memory is short as well. Swap in use by itself is no problem.',
      ),
    margin: percentParam()
      .max(20)
      .default(2)
      .describe(
        'An open finding stays until the figure is this many points below its threshold, so that it does not come and go.',
      ),
  })
  .refine((params) => params.warn <= params.critical, {
    path: ['critical'],
    error: '"critical" must not be below "warn"',
  });

type MemoryParams = z.output<typeof memoryParams>;

export const check: Check<HostReader, MemoryParams> = {
  id: 'host/memory',
  title: 'Memory, swap and pressure',
  keywords: ['memory', 'ram', 'swap', 'pressure', 'oom', 'leak'],
  description: `Looks at how much memory programs could still get (\`MemAvailable\`), at the swap, and at how much of the time work stood still for want of memory (pressure stall information). In a container with a memory limit (cgroup v2) it is the limit that counts.

Reports:
- **memory** from \`warn\` percent in use on, unless \`plentyFree\` is available.
- **pressure** when tasks waited for memory \`stalled\` percent of the last five minutes. Where the kernel has no pressure information, nothing is said about it.
- **swap** from \`swapUsed\` percent on, but only while memory is short or tasks wait for it: pages that nobody needs are swapped out on healthy machines too, and stay there.

On macOS the figures come from \`vm_stat\`, on Windows from the system's available physical memory; neither knows pressure or swap here.

Tried against Linux and laid-out \`/proc\` trees, containers among them; macOS and Windows by fixtures only.`,
  standalone: true,
  params: memoryParams,
  timeoutMs: 10_000,

  async read(reader, _params, { signal }) {
    const identity = { resource: resourceId('host', reader.machineId, 'memory', 'main'), name: 'memory' };
    const memory = await reader.memory(signal);
    if (memory.status === 'unknown') return [{ status: 'unknown', ...identity, failure: memory.failure }];
    return [
      {
        status: 'seen',
        ...identity,
        facts: memoryFacts.parse({ ...memory.value, posix: reader.platform !== 'win32' }),
      },
    ];
  },

  judge(seen, params, history) {
    const facts = memoryFacts.parse(seen.facts);
    return [
      judgeLevel(facts, params, history),
      judgePressure(facts, params, history),
      judgeSwap(facts, params, history),
    ].filter((draft) => draft !== null);
  },
};

function judgeLevel(facts: MemoryFacts, params: MemoryParams, history: History): FindingDraft | null {
  const open = history.open.get('memory') ?? null;
  const room = roomOf(facts);
  const severity = levelSeverity(room, stalledShare(facts), params, open);
  if (severity === null) return null;
  return {
    discriminator: 'memory',
    severity,
    title: `${room.what} is ${formatPercent(room.percent)} in use, ${formatBytes(room.available)} of ${formatBytes(room.total)} available`,
    why: 'When no memory is left the system slows to a crawl, then kills programs, and not always the one at fault.',
    next: lookNext(facts),
    evidence: memoryEvidence(facts),
  };
}

function judgePressure(facts: MemoryFacts, params: MemoryParams, history: History): FindingDraft | null {
  const { pressure } = facts;
  if (pressure === null) return null;
  const open = history.open.get('pressure') ?? null;
  const all = pressure.full?.avg300 ?? 0;
  const some = pressure.some.avg300;
  // Half the threshold lets go again: five-minute averages sway more than levels do.
  const high = all >= params.stalled * (open !== null && isAtLeast(open, 'high') ? 0.5 : 1);
  if (!high && some < params.stalled * (open === null ? 1 : 0.5)) return null;
  return {
    discriminator: 'pressure',
    severity: high ? 'high' : 'medium',
    title: high
      ? `All work stood still for want of memory for ${formatPercent(all)} of the last five minutes`
      : `Some work waited for memory for ${formatPercent(some)} of the last five minutes`,
    why: 'Programs spend this time waiting for pages to be freed or read back instead of working; everything gets slow.',
    next: lookNext(facts),
    evidence: memoryEvidence(facts),
  };
}

function judgeSwap(facts: MemoryFacts, params: MemoryParams, history: History): FindingDraft | null {
  const { swap } = facts;
  if (swap === null || swap.totalBytes === 0) return null;
  const open = history.open.has('swap');
  const percent = (100 * (swap.totalBytes - swap.freeBytes)) / swap.totalBytes;
  if (percent < params.swapUsed - (open ? params.margin : 0) || !isShort(facts, params, open)) return null;
  return {
    discriminator: 'swap',
    severity: 'low',
    title: `Swap is ${formatPercent(percent)} in use and memory is short, ${formatBytes(swap.freeBytes)} of swap left`,
    why: 'Once the swap is used up as well, there is nothing left to move and programs are killed.',
    next: lookNext(facts),
    evidence: memoryEvidence(facts),
  };
}

/** Tasks wait for memory a little, or there is half as much again as `warn` allows at most. */
function isShort(facts: MemoryFacts, params: MemoryParams, open: boolean): boolean {
  if ((facts.pressure?.some.avg300 ?? 0) >= (open ? 0.5 : 1)) return true;
  const room = roomOf(facts);
  return room.available < params.plentyFree && 100 - room.percent < (100 - params.warn) * (open ? 1.7 : 1.5);
}

interface Room {
  readonly what: string;
  readonly total: number;
  readonly available: number;
  readonly percent: number;
}

/** Of the machine, or of our container when that has less left. */
function roomOf({ totalBytes, availableBytes, container }: MemoryFacts): Room {
  const machine = roomIn('Memory', totalBytes, availableBytes);
  const limit = container?.memoryLimitBytes ?? null;
  const used = container?.memoryUsedBytes ?? null;
  if (limit === null || used === null || limit >= totalBytes) return machine;
  const own = roomIn('The memory of this container', limit, Math.max(0, limit - used));
  return own.available < machine.available ? own : machine;
}

function roomIn(what: string, total: number, available: number): Room {
  return { what, total, available, percent: total === 0 ? 0 : (100 * (total - available)) / total };
}

function levelSeverity(room: Room, stalled: number, params: MemoryParams, open: Severity | null): Severity | null {
  if (room.available >= params.plentyFree * (open === null ? 1 : 1.1)) return null;
  if (room.percent >= params.critical - (open !== null && isAtLeast(open, 'high') ? params.margin : 0)) {
    return stalled >= params.stalled * (open === 'critical' ? 0.5 : 1) ? 'critical' : 'high';
  }
  return room.percent >= params.warn - (open === null ? 0 : params.margin) ? 'medium' : null;
}

/** The last minute tells best whether it hurts right now. */
function stalledShare({ pressure }: MemoryFacts): number {
  return Math.max(pressure?.some.avg60 ?? 0, pressure?.full?.avg60 ?? 0);
}

function memoryEvidence(facts: MemoryFacts): Evidence[] {
  const { container, pressure, swap } = facts;
  return [
    ...evidenceFrom(
      facts.source,
      ['available', formatBytes(facts.availableBytes)],
      ['total', formatBytes(facts.totalBytes)],
      [
        'swap in use',
        swap === null ? null : `${formatBytes(swap.totalBytes - swap.freeBytes)} of ${formatBytes(swap.totalBytes)}`,
      ],
    ),
    ...evidenceFrom(
      container?.source ?? '',
      ['limit of this container', bytesOrNull(container?.memoryLimitBytes)],
      ['in use in this container', bytesOrNull(container?.memoryUsedBytes)],
    ),
    ...evidenceFrom(
      pressure?.source ?? '',
      ['some tasks waited', waited(pressure?.some)],
      ['all tasks waited', waited(pressure?.full)],
    ),
  ];
}

function bytesOrNull(bytes: number | null | undefined): string | null {
  return bytes === null || bytes === undefined ? null : formatBytes(bytes);
}

function waited(stall: { readonly avg60: number; readonly avg300: number } | null | undefined): string | null {
  return stall ? `${stall.avg60} % of a minute, ${stall.avg300} % of five` : null;
}

function lookNext(facts: MemoryFacts): string {
  if (!facts.posix) return 'See what takes the memory in Task Manager, sorted by memory.';
  return 'See what takes the memory: ps -eo pid,rss,comm | sort -nrk 2 | head. What the kernel killed already: dmesg | grep -i "out of memory"';
}
