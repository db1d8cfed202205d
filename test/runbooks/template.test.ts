import { expect, test } from 'vitest';
import { runbookTemplate } from '../../src/runbooks/template.ts';
import { load } from '../support/runbook-source.ts';

test.each([
  ['markdown', 'nightly.md'],
  ['yaml', 'nightly.yaml'],
] as const)('the starter in %s lints clean and runs something', async (form, path) => {
  const loaded = await load(runbookTemplate('nightly', form, '../schemas/runbook.schema.json'), path);
  expect(loaded.mistakes).toEqual([]);
  expect(loaded.runbook).toMatchObject({ name: 'nightly', form });
  expect(loaded.runbook?.checks.length).toBeGreaterThan(0);
  expect(loaded.runbook?.instructions).toContain('what never to do');
});

test.each(['markdown', 'yaml'] as const)('its commented lines are right once they are active (%s)', async (form) => {
  const text = runbookTemplate('nightly', form, null).replace(/^( *)# (?=every:|activeHours:|- net)/gm, '$1');
  const { runbook, mistakes } = await load(text, `a.${form === 'yaml' ? 'yaml' : 'md'}`);
  expect(mistakes).toEqual([]);
  expect(runbook).toMatchObject({ schedule: { kind: 'every', everyMs: 1_800_000 }, activeHours: { from: '07:00' } });
  expect(runbook?.checks.map((check) => check.id)).toContain('net/http');
});

test('without a schema there is no line for editors', () => {
  expect(runbookTemplate('a', 'markdown', null)).not.toContain('yaml-language-server');
  expect(runbookTemplate('a', 'yaml', 'x.json')).toMatch(/^# yaml-language-server: \$schema=x\.json\n/);
});
