import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkCatalog } from '../../src/checks/catalog.ts';
import { ERROR_CODES } from '../../src/domain/error-codes.ts';
import { loadRunbook } from '../../src/runbooks/load.ts';
import { KEYS } from '../../src/runbooks/schema.ts';
import { said, sourceOf } from '../support/runbook-source.ts';

const page = readFileSync(new URL('../../docs/runbooks.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```(yaml|markdown) (runbook|mistake=\w+)\n(.*?)^```$/gms)].map(
  ([, language, kind, text]) => ({ language, kind: kind ?? '', text: text ?? '' }),
);

test('the page has examples of every form and of mistakes', () => {
  expect(blocks.filter(({ kind }) => kind === 'runbook').length).toBeGreaterThanOrEqual(5);
  expect(blocks.filter(({ kind }) => kind !== 'runbook').length).toBeGreaterThanOrEqual(2);
});

const load = (language: string | undefined, text: string) =>
  loadRunbook(sourceOf(text, `example.${language === 'yaml' ? 'yaml' : 'md'}`), checkCatalog);

test.each(blocks.filter(({ kind }) => kind === 'runbook'))(
  'the example is sound: $text',
  async ({ language, text }) => {
    const { runbook, mistakes } = await load(language, text);
    expect(mistakes.map(said)).toEqual([]);
    expect(runbook).not.toBeNull();
  },
);

test.each(blocks.filter(({ kind }) => kind !== 'runbook'))(
  'the example is a $kind: $text',
  async ({ language, kind, text }) => {
    const { runbook, mistakes } = await load(language, text);
    expect(mistakes.map(({ code }) => `mistake=${code}`)).toContain(kind);
    expect(runbook).toBeNull();
  },
);

test('the page has a row for every key', () => {
  const rows = new Set([...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key));
  expect(Object.keys(KEYS).filter((key) => !rows.has(key))).toEqual([]);
});

test('the page names every code of a runbook and no other', () => {
  const named = new Set([...page.matchAll(/`(RUNBOOK_[A-Z_]+)`/g)].map(([, code]) => code));
  expect([...named].toSorted()).toEqual(
    Object.keys(ERROR_CODES)
      .filter((code) => code.startsWith('RUNBOOK_'))
      .toSorted(),
  );
});
