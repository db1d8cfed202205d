import { expect, test } from 'vitest';
import { lintRunbook } from '../../src/runbooks/lint.ts';
import { NOT_ACTIVE } from '../../src/runbooks/not-active.ts';
import { KEYS } from '../../src/runbooks/schema.ts';
import { load, said } from '../support/runbook-source.ts';

const lint = async (text: string, path = 'runbooks/a.yaml') => lintRunbook(await load(text, path), path).map(said);

test('a key that has no effect yet is told by lint and not by loading', async () => {
  const text = 'checks: [host/disk]\nagent: { when: never }\n';
  expect((await load(text)).mistakes).toEqual([]);
  expect(await lint(text)).toEqual([
    expect.stringMatching(/^\? RUNBOOK_KEY_NOT_ACTIVE 2:1 "agent" is valid but has no effect in this version: /),
  ]);
});

test('a runbook of active keys lints clean', async () => {
  expect(
    await lint(
      'name: a\nevery: 30m\ntimeout: 1m\nbaseline: here\nnotify: [desktop]\nchecks: [host/disk]\ninstructions: Look.\n',
    ),
  ).toEqual([]);
});

test('lint says in a bare HEARTBEAT.md that nobody answers yet', async () => {
  expect(await lint('Look.\ntasks:\n- name: a\n  interval: 5m\n  prompt: p\n', 'HEARTBEAT.md')).toEqual([
    expect.stringMatching(/1:1 "prose" is valid but has no effect/),
    expect.stringMatching(/2:1 "tasks" is valid but has no effect/),
  ]);
});

test('every key that is not active is a key', () => {
  const known = [...Object.keys(KEYS), 'tasks', 'prose'];
  expect(Object.keys(NOT_ACTIVE).filter((key) => !known.includes(key))).toEqual([]);
});
