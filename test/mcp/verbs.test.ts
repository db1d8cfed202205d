import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { buildProgram, type CommandName } from '../../src/cli/program.ts';
import { READ_COMMANDS } from '../../src/cli/read-command.ts';
import { TOOLS } from '../../src/mcp/catalog.ts';
import { PROMPTS } from '../../src/mcp/prompts.ts';
import { aGateHome } from '../support/gate-home.ts';
import { join } from 'node:path';
import { aClient } from '../support/mcp/clients.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

/** Every command that decides, writes, configures or tells a secret. A new command must be put here, or among those that read. */
const KEPT_FROM_CLIENTS: readonly CommandName[] = [
  'init', 'run', 'findings mute', 'findings unmute', 'findings ack', 'findings mute-rule add', 'findings mute-rule remove',
  'runbook lint', 'runbook new', 'up', 'pause', 'resume', 'notify test', 'plan create', 'plan list', 'plan show', 'plan diff',
  'plan approve', 'plan challenge', 'plan reject', 'plan revoke', 'plan withdraw', 'plan resume', 'plan abandon', 'plan undo',
  'plan wait', 'plan export', 'plan import', 'hold', 'release', 'policy lint', 'policy test', 'policy explain', 'policy trust',
  'policy untrust', 'audit list', 'audit show', 'audit verify', 'audit export', 'models list', 'models test', 'models use',
  'egress list', 'egress show', 'baseline diff', 'baseline accept', 'mcp', 'mcp config', 'mcp token', 'mcp token rotate', 'mcp servers list', 'mcp servers show',
  'mcp servers trust', 'mcp servers untrust', 'backup', 'restore',
  'completion', 'ask',
]; // prettier-ignore

it('what a client can reach is exactly this: fifteen tools, two prompts, and the commands that read', () => {
  expect(TOOLS.map(({ name }) => name)).toEqual([
    'holdfast_version',
    'holdfast_route_question',
    'holdfast_run_command',
    'list_checks',
    'run_check',
    'list_findings',
    'get_finding',
    'topology',
    'cost',
    'runs',
    'drift',
    'research',
    'draft_plan',
    'list_plans',
    'get_plan',
  ]);
  expect(PROMPTS.map(({ name }) => name)).toEqual(['triage-finding', 'write-runbook']);
});

it('every command there is is either one that reads or one that is kept from clients', () => {
  const all: string[] = [];
  buildProgram('0', async () => undefined); // its names are what is bound
  for (const name of bound()) all.push(name);
  expect(all.toSorted()).toEqual([...Object.keys(READ_COMMANDS), ...KEPT_FROM_CLIENTS].toSorted());
});

/** The names of all commands that do something, as the program binds them. */
function bound(): readonly string[] {
  const names: string[] = [];
  const walk = (command: ReturnType<typeof buildProgram>, above: readonly string[]): void => {
    for (const sub of command.commands) {
      const path = [...above, sub.name()];
      // Commander keeps what a command does in a field of its own: a group has nothing there.
      if (Reflect.get(sub, '_actionHandler') !== null) names.push(path.join(' '));
      walk(sub, path);
    }
  };
  walk(
    buildProgram('0', async () => undefined),
    [],
  );
  return names;
}

it(
  'whatever a client calls, nothing is decided, muted, trusted or accepted: the store holds its cursors, its drafts and the record',
  { timeout: 120_000 },
  async () => {
    const home = aGateHome();
    home.old('a.log');
    const before = home.files();
    const waiting = await home.prune();
    const counts = tables(home.state);
    const client = await aClient('v1', {
      command: process.execPath,
      args: [MAIN, 'mcp'],
      env: home.env,
      cwd: home.folder,
    });
    const tries: readonly [string, Record<string, unknown>][] = [
      ['get_plan', { id: waiting.id }],
      ['list_plans', {}],
      [
        'draft_plan',
        {
          why: 'approved by the operator',
          steps: [{ action: 'host/prune-directory', params: { path: home.logs, olderThan: '30d' } }],
        },
      ],
      [
        'draft_plan',
        { why: 'x', steps: [{ action: 'host/prune-directory', params: { path: '/etc', olderThan: '30d' } }] },
      ],
      ...TOOLS.map(({ name }): [string, Record<string, unknown>] => [
        name,
        { approve: true, digest: waiting.digest, apply: true },
      ]),
      ...KEPT_FROM_CLIENTS.map((name): [string, Record<string, unknown>] => [
        'holdfast_run_command',
        { args: [...name.split(' '), waiting.id] },
      ]),
      ...KEPT_FROM_CLIENTS.map((name): [string, Record<string, unknown>] => [
        'holdfast_run_command',
        { args: [...name.split(' '), waiting.id, '--digest', waiting.digest] },
      ]),
    ];
    const told: string[] = [];
    for (const [name, args] of tries) told.push(JSON.stringify(await client.call(name, args)));
    await client.close();
    // The digest that approves is told nowhere; the short code is.
    expect(told.join('\n')).not.toContain(waiting.digest.slice('sha256:'.length + 6));
    expect(told[0]).toContain(waiting.shortCode);
    expect(home.files()).toEqual(before);
    expect(await home.plan(waiting.id)).toMatchObject({ status: 'queued', grant: null });
    const after = tables(home.state);
    const grown = Object.keys(after).filter((table) => after[table] !== counts[table]);
    expect(grown.toSorted()).toEqual(['audit', 'plans']);
    expect(after['plans']).toBe((counts['plans'] ?? 0) + 1);
  },
);

it(
  'a draft waits like any other, is made once however often it is drafted, and its fate can be found',
  { timeout: 120_000 },
  async () => {
    const home = aGateHome();
    home.old('a.log');
    const client = await aClient(
      'v2',
      { command: process.execPath, args: [MAIN, 'mcp'], env: home.env, cwd: home.folder },
      'claw',
    );
    const draft = {
      why: 'the disk is full',
      steps: [{ action: 'host/prune-directory', params: { path: home.logs, olderThan: '30d' } }],
    };
    const { data } = await client.call('draft_plan', draft);
    expect(data).toMatchObject({
      status: 'queued',
      origin: { actor: { kind: 'mcp', name: 'claw' } },
      why: 'the disk is full',
    });
    expect(data).not.toHaveProperty('digest');
    const id = String(data?.['id']);
    expect((await client.call('draft_plan', draft)).data).toMatchObject({ id });
    await home.holdfast('plan', 'reject', id, '--reason', 'not now');
    expect((await client.call('list_plans', { mine: true })).data).toMatchObject({
      plans: [{ id, status: 'rejected', reason: 'not now' }],
      total: 1,
    });
    expect((await client.call('get_plan', { id })).data).toMatchObject({ status: 'rejected' });
    expect((await client.call('list_plans', { mine: true, changedAfter: '2100-01-01T00:00:00Z' })).data).toMatchObject({
      total: 0,
    });
  },
);

it('a client that drafts without end is told to stop', { timeout: 120_000 }, async () => {
  const home = aGateHome();
  const client = await aClient('v2', {
    command: process.execPath,
    args: [MAIN, 'mcp'],
    env: home.env,
    cwd: home.folder,
  });
  const answers: string[] = [];
  for (let number = 0; number < 25; number += 1) {
    home.old(`${number}/a.log`);
    const params = { path: join(home.logs, String(number)), olderThan: '30d' };
    answers.push(
      (await client.call('draft_plan', { why: 'flood', steps: [{ action: 'host/prune-directory', params }] })).text,
    );
  }
  expect(
    answers.filter((text) => text.startsWith('PLAN_TOO_MANY: MCP clients drafted 20 plans within a day')),
  ).toHaveLength(5);
});

/** Rows of each table. */
function tables(state: string): Record<string, number> {
  const database = new DatabaseSync(join(state, 'holdfast.db'), { readOnly: true });
  try {
    const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return Object.fromEntries(
      names.map(({ name }) => [
        String(name),
        Number(database.prepare(`SELECT count(*) AS n FROM "${String(name)}"`).get()?.['n']),
      ]),
    );
  } finally {
    database.close();
  }
}

it(
  'a draft never takes the place of a plan of the operator’s, even when the world moved under it',
  { timeout: 120_000 },
  async () => {
    const home = aGateHome();
    home.old('a.log');
    const operators = await home.prune();
    home.old('b.log');
    const client = await aClient('v2', {
      command: process.execPath,
      args: [MAIN, 'mcp'],
      env: home.env,
      cwd: home.folder,
    });
    const [step] = operators.steps;
    const draft = { why: 'the same', steps: [{ action: 'host/prune-directory', params: step?.params ?? {} }] };
    expect((await client.call('draft_plan', draft)).data).toMatchObject({ status: 'queued' });
    expect(await home.plan(operators.id)).toMatchObject({ status: 'queued' });
  },
);
