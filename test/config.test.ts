import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { CodedError } from '../src/domain/coded-error.ts';
import { tempFolder } from './support/temp.ts';

function load(text: string) {
  const path = join(tempFolder(), 'config.yaml');
  writeFileSync(path, text);
  return loadConfig(path);
}

function troubleOf(text: string): string {
  try {
    load(text);
  } catch (error) {
    if (error instanceof CodedError)
      return `${error.code} ${error.where?.replace(/^.*config\.yaml/, '') ?? ''} ${error.message}; ${error.next ?? ''}`;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('no file, an empty one and one in which all is commented out are the defaults', () => {
  const defaults = loadConfig(join(tempFolder(), 'none.yaml'));
  for (const text of ['', '# findings: {}\n', '---\n', 'null\n']) expect(load(text), text).toEqual(defaults);
});

test('an alias stands for what it names', () => {
  expect(load('retention: { days: &days 30 }\nfindings: { resolveAfter: *days }').findings.resolveAfter).toBe(30);
});

test('thousands of names are read', () => {
  const hosts = Array.from({ length: 4_000 }, (_, index) => `      - host:machine-${index}\n`).join('');
  expect(load(`environments:\n  all:\n    targets:\n${hosts}`).environments['all']?.targets).toHaveLength(4_000);
});

test.each([
  ['findings: {}\nfindngs: {}', ':2:1 there is no key "findngs"; did you mean "findings"?'],
  ['findings:\n  resolveAftr: 2', ':2:3 there is no key "resolveAftr"; did you mean "resolveAfter"?'],
  ['findings:\n  resolveAfter: many', ':2:17 findings.resolveAfter: Invalid input: expected number, received string'],
  ['inventory: { files: [etc/passwd] }', ':1:22 inventory.files.0: write the whole path'],
  ['findings: {}\nfindings: {}', ':2:1 the key "findings" is written twice'],
  ['runbooks: !!js/function y', ':1:11 the tag "!!js/function" is not accepted; a configuration is plain data'],
  ['runbooks: []\n---\nrunbooks: []', ':2:1 a second YAML document begins here; one file holds one configuration'],
  ['- findings', ':1:1 a configuration is a map of keys such as "notify:" and "environments:", not a list or a text'],
])('%j is refused at the key or value it is about', (text, trouble) => {
  expect(troubleOf(text)).toMatch(new RegExp(`^CONFIG_INVALID ${RegExp.escape(trouble)}`));
});
