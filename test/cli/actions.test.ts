import { beforeEach, describe, expect, it } from 'vitest';
import { aGateHome, type GateHome } from '../support/gate-home.ts';

let home: GateHome;
beforeEach(() => {
  home = aGateHome();
});

describe('holdfast actions', () => {
  it('lists every action with what it does, sorted', async () => {
    const { actions } = await home.document('actions', 'actions', 'list');
    const ids = actions.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted());
    expect(ids).toContain('host/prune-directory');
    const { stdout } = await home.holdfast('actions');
    for (const { id, title } of actions) expect(stdout).toMatch(new RegExp(`^${id} .*${title.slice(0, 12)}`, 'm'));
  });

  it('gives one document a line', async () => {
    const { stdout } = await home.holdfast('actions', 'list', '--output', 'ndjson');
    const lines = stdout.trim().split('\n');
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ schema: 'holdfast/action/v1' });
  });

  it.each(['host/prune-directory', 'host/prune-directory@1'])('shows %s with its parameters', async (id) => {
    const action = await home.document('action', 'actions', 'show', id);
    expect(action).toMatchObject({ id: 'host/prune-directory', version: 1 });
    expect(action.params).toMatchObject({
      additionalProperties: false,
      properties: { path: {}, olderThan: {}, mode: {} },
    });
    const { stdout } = await home.holdfast('actions', 'show', id);
    for (const word of ['path', 'olderThan', 'mode', 'pruneRoots']) expect(stdout).toContain(word);
  });

  it.each([
    ['host/prune-directories', 'host/prune-directory'],
    ['host/prune-directory@2', 'host/prune-directory@2'],
    ['prune', 'prune'],
    ['../host/prune-directory', 'host/prune-directory'],
  ])('says so when there is no %s', async (id, words) => {
    const told = await home.holdfast('actions', 'show', id);
    expect([told.code, told.stdout]).toEqual([2, '']);
    expect(told.stderr).toContain(words);
  });
});
