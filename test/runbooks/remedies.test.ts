import { expect, test } from 'vitest';
import { actionCatalog } from '../../src/maker/actions/catalog.ts';
import { loadRunbook } from '../../src/runbooks/load.ts';
import { catalogForTests } from '../support/catalog.ts';
import { said, sourceOf } from '../support/runbook-source.ts';

const judge = async (remedy: string) =>
  loadRunbook(
    sourceOf(`checks: [host/disk]\nonFinding:\n  - { check: host/disk, minSeverity: high, ${remedy} }\n`, 'a.yaml'),
    catalogForTests(),
    actionCatalog,
  );

test('a proposal of an action with parameters that it takes is sound', async () => {
  const { runbook, mistakes } = await judge(
    'propose: host/prune-directory, with: { path: /var/log/app, olderThan: 30d }',
  );
  expect(mistakes.map(said)).toEqual([]);
  expect(runbook?.onFinding).toEqual([
    {
      check: 'host/disk',
      minSeverity: 'high',
      propose: 'host/prune-directory',
      with: { path: '/var/log/app', olderThan: '30d' },
    },
  ]);
});

test('an action that there is not is a mistake where it is written, with the nearest one', async () => {
  const { runbook, mistakes } = await judge('propose: host/prune-directry, with: { path: /a, olderThan: 30d }');
  expect(runbook).toBeNull();
  expect(mistakes.map(said)).toEqual([
    expect.stringMatching(/RUNBOOK_ACTION_UNKNOWN 3:53 there is no action .*did you mean host\/prune-directory\?/),
  ]);
});

test('so are parameters that the action does not take, or lacks', async () => {
  const { mistakes } = await judge('propose: host/prune-directory, with: { path: /a, older: 30d }');
  expect(mistakes.map(({ code }) => code)).toContain('RUNBOOK_PARAMS_INVALID');
  expect(mistakes.map(({ message }) => message).join()).toMatch(/olderThan/);
});
