import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { judge } from '../../scripts/corpora/heartbeat.ts';

const folder = join(
  process.env['CORPORA_DIR'] ?? fileURLToPath(new URL('../../../shared/corpora', import.meta.url)),
  'heartbeat',
);

test.skipIf(!existsSync(folder))(
  'what was observed of HEARTBEAT.md is what we do, but for differences with a reason',
  async () => {
    const { cases } = await judge(folder);
    expect(cases.length).toBeGreaterThan(90);
    expect(cases.filter(({ verdict, reason }) => verdict !== 'agree' && reason === undefined)).toEqual([]);
  },
);

test('a case that we get wrong, and one of an unknown shape, is a difference without a reason', async () => {
  const own = await mkdtemp(join(tmpdir(), 'holdfast-corpus-'));
  const groups = {
    source: 'made for this test',
    emptiness: [
      { name: 'wrong', content: 'Look.', effectivelyEmpty: true },
      { name: 'right', content: '', effectivelyEmpty: true },
    ],
    durations: [
      { input: '30m', defaultUnit: 'm', ms: 1, err: null },
      { name: 'odd', input: 30 },
    ],
    activeHours: [{ start: '9:00', end: '17:00', timezone: 'UTC', at: '2026-01-01T00:00:00Z', within: true }],
    phase: [{}],
    weather: [{}],
  };
  await writeFile(join(own, 'cases.json'), JSON.stringify(groups));
  expect((await judge(own)).cases).toEqual([
    { id: 'emptiness:wrong', verdict: 'differ' },
    { id: 'emptiness:right', verdict: 'agree' },
    { id: 'durations:1', verdict: 'differ' },
    { id: 'durations:odd', verdict: 'differ' },
    { id: 'activeHours:1', verdict: 'differ', reason: expect.stringContaining('must not fail open') },
    { id: 'phase:1', verdict: 'differ' },
    { id: 'weather:1', verdict: 'not-covered', reason: 'a group that this project does not know' },
  ]);
  await rm(own, { recursive: true });
});
