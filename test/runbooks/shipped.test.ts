import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { generate } from '../../scripts/generate/runbook-schema.ts';
import { checkCatalog } from '../../src/checks/catalog.ts';
import { findRunbooks } from '../../src/runbooks/find.ts';
import { loadRunbook } from '../../src/runbooks/load.ts';
import { openRunbook } from '../../src/runbooks/open.ts';
import { runbookTemplate } from '../../src/runbooks/template.ts';
import { said, sourceOf } from '../support/runbook-source.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const open = (path: string) => openRunbook(path, root, checkCatalog);
const [schema] = await generate();

test('every runbook we ship is sound', async () => {
  const { paths } = await findRunbooks([`${root}runbooks`]);
  expect(paths.length).toBeGreaterThanOrEqual(2);
  for (const path of paths)
    expect((await open(path)).mistakes.filter(({ level }) => level === 'error').map(said)).toEqual([]);
});

test('the heartbeat looks at this machine, and nothing in it is news to lint', async () => {
  const loaded = await open('runbooks/heartbeat.md');
  expect(loaded.runbook).toMatchObject({
    name: 'heartbeat',
    schedule: { kind: 'every', everyMs: 1_800_000 },
    policy: null,
  });
  const ids = loaded.runbook?.checks.map(({ id }) => id) ?? [];
  expect(ids).toEqual(expect.arrayContaining(['host/disk', 'host/memory', 'host/load', 'docker/containers']));
  expect(ids.filter((id) => !/^(host|docker)\//.test(id))).toEqual([]);
  expect(loaded.mistakes.map(said)).toEqual([]);
});

test('the nightly scan compares with a baseline, by the clock, and is nothing but that', async () => {
  const { runbook, mistakes } = await open('runbooks/nightly-drift.yaml');
  expect(mistakes.filter(({ level }) => level === 'error').map(said)).toEqual([]);
  expect(runbook).toMatchObject({ schedule: { kind: 'cron' }, baseline: { name: 'nightly' } });
});

test('the endpoints call nobody as shipped, and say that they look at nothing', async () => {
  const loaded = await open('runbooks/endpoints.yaml');
  expect(loaded.runbook?.checks).toEqual([]);
  expect(loaded.mistakes.map(({ code }) => code)).toEqual(['RUNBOOK_NO_CHECKS']);
});

test('the endpoints are right once they are filled in as the comment shows', async () => {
  const text = readFileSync(`${root}runbooks/endpoints.yaml`, 'utf8');
  const filledIn = text.replace('checks: []\n', '').replace(/^# (checks:| {2}.*)$/gm, '$1');
  const { runbook, mistakes } = await loadRunbook(sourceOf(filledIn, 'endpoints.yaml'), checkCatalog);
  expect(mistakes.map(said)).toEqual([]);
  expect(runbook?.checks.map(({ id }) => id)).toEqual(['net/http', 'net/http', 'net/tls']);
});

test("the heartbeat's further examples are right", async () => {
  const text = readFileSync(`${root}runbooks/heartbeat.md`, 'utf8');
  const entries = [...text.matchAll(/^ {4}(- .*)$/gm)].map(([, entry]) => entry);
  expect(entries).toHaveLength(3);
  expect(
    (
      await loadRunbook(sourceOf(`checks:\n${entries.map((entry) => `  ${entry}\n`).join('')}`), checkCatalog)
    ).mistakes.map(said),
  ).toEqual([]);
});

test.each(['markdown', 'yaml'] as const)(
  'the starter lints clean with the checks there are, its commented ones included (%s)',
  async (form) => {
    const text = runbookTemplate('mine', form, null).replace(/^( *)# (?=- net)/gm, '$1');
    const loaded = await loadRunbook(sourceOf(text, form === 'yaml' ? 'mine.yaml' : 'mine.md'), checkCatalog);
    expect(loaded.mistakes.map(said)).toEqual([]);
  },
);

test('the published schema is the one that the code makes', () => {
  expect(readFileSync(`${root}${schema?.path}`, 'utf8')).toBe(schema?.content);
});

test('an editor accepts the runbooks we ship', () => {
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(schema?.content ?? ''));
  const front = /^---\n(.*?)\n---\n/s.exec(readFileSync(`${root}runbooks/heartbeat.md`, 'utf8'))?.[1] ?? '';
  expect(validate(parse(front))).toBe(true);
  expect(validate(parse(readFileSync(`${root}runbooks/endpoints.yaml`, 'utf8')))).toBe(true);
});
