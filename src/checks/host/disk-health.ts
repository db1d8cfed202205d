import * as z from 'zod';
import type { Check, Seen } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import { everyResource, resourceId } from '../../domain/resource-id.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { healthFacts } from './disk-health-facts.ts';
import { judgeArray, judgeDiskState, judgeNotedErrors } from './disk-health-judgement.ts';

const healthParams = z.strictObject({});

export const check: Check<HostReader, z.output<typeof healthParams>> = {
  id: 'host/disk-health',
  title: 'Arrays, file systems and disks that fail',
  keywords: ['disk', 'raid', 'array', 'smart', 'mdadm', 'filesystem', 'failing', 'drive'],
  description: `Looks at what the kernel tells everybody of its disks under \`/sys\`; no root is needed.

Reports:
- **array** (high) a software RAID (\`md\`) with disks missing; medium while it is being rebuilt, or when it is not running at all.
- **errors** an ext4 file system that noted errors of its own since it was last checked with \`e2fsck\`: high when the last one is less than a day old, medium after that.
- **state** (high) a disk that its driver gave up: \`offline\`, \`transport-offline\`, \`dead\` and such.

What only root may ask (SMART), and what lies behind a hardware RAID, is not looked at: silence is no promise that a disk is well. Other file systems than ext4 keep no such count here.

A container has nothing to look at here, as the disks are its machine's. On macOS and Windows this is unknown. Tried against folders laid out as the kernel's documentation has them.`,
  standalone: true,
  params: healthParams,
  timeoutMs: 10_000,

  async read(reader) {
    const health = await reader.diskHealth();
    if (health.status === 'unknown') {
      const all = { resource: everyResource('host', reader.machineId, 'health'), name: 'health of disks' };
      return [{ status: 'unknown', ...all, failure: health.failure }];
    }
    if (health.value === null) return [];
    const { arrays, fileSystems, disks } = health.value;
    return [
      ...arrays.map((array) => ({ kind: 'raid', ...array })),
      ...fileSystems.map(({ device, ...rest }) => ({ kind: 'ext4', name: device, ...rest })),
      ...disks.map((disk) => ({ kind: 'disk', ...disk })),
    ].map(
      ({ kind, name, ...rest }): Seen => ({
        status: 'seen',
        resource: resourceId('host', reader.machineId, `health/${kind}`, name),
        name: printable(name),
        facts: healthFacts.parse({ kind, name, ...rest }),
      }),
    );
  },

  judge(seen, _params, history) {
    const facts = healthFacts.parse(seen.facts);
    const draft =
      facts.kind === 'raid'
        ? judgeArray(facts)
        : facts.kind === 'ext4'
          ? judgeNotedErrors(facts, history.now)
          : judgeDiskState(facts);
    return draft === null ? [] : [draft];
  },
};
