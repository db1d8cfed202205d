import { expect, test } from 'vitest';
import { check } from '../../../src/checks/host/oom-kills.ts';
import type { Sample } from '../../../src/domain/check.ts';
import { hostReader } from '../../support/host-reader.ts';
import { look } from '../../support/look.ts';
import { tree } from '../../support/tree.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

/** One look of a machine whose kernel counts so many, and what it leaves for the next. */
async function lookAt(kills: number, boot: string, samples: readonly Sample[], now: number) {
  using root = tree({ 'proc/sys/kernel/random/boot_id': `${boot}\n`, 'proc/vmstat': `oom_kill ${kills}\n` });
  const reader = hostReader({ procRoot: `${root.path}/proc`, cgroupRoot: `${root.path}/cgroup` });
  const { observations, drafts } = await look(check, reader, {}, { now, history: { samples, open: new Map(), now } });
  const [seen] = observations;
  const values = (seen?.status === 'seen' ? check.sample?.(seen) : null) ?? {};
  return { titles: drafts.map(({ title }) => title), samples: [{ at: now, values }, ...samples] };
}

test('from look to look only what came in between is told, over a start of the machine too', async () => {
  const beats = [
    { kills: 4, boot: 'b1', told: [] },
    { kills: 4, boot: 'b1', told: [] },
    { kills: 6, boot: 'b1', told: ['2 processes were killed for want of memory since the last look, 30 min ago'] },
    { kills: 6, boot: 'b1', told: [] },
    { kills: 1, boot: 'b2', told: ['A process was killed for want of memory since the last look, 30 min ago'] },
    { kills: 1, boot: 'b2', told: [] },
  ];
  let samples: readonly Sample[] = [];
  for (const [at, { kills, boot, told }] of beats.entries()) {
    const beat = await lookAt(kills, boot, samples, NOW + at * 1_800_000);
    expect(beat.titles).toEqual(told);
    samples = beat.samples;
  }
});

test('a kernel that does not count is unknown', async () => {
  using root = tree({ 'proc/sys/kernel/random/boot_id': 'b\n', 'proc/vmstat': 'nr_free_pages 1\n' });
  const { observations } = await look(check, hostReader({ procRoot: `${root.path}/proc` }), {});
  expect(observations).toMatchObject([
    { status: 'unknown', resource: 'host:test/memory/oom-kills', failure: { code: 'OOM_COUNT_UNREADABLE' } },
  ]);
});
