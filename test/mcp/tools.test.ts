import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { findingsTable } from '../../src/store/findings.ts';
import { inventoryCatalog } from '../../src/inventory/catalog.ts';
import { called } from '../../src/mcp/called.ts';
import { TOOLS } from '../../src/mcp/catalog.ts';
import { createTurns } from '../../src/mcp/turns.ts';
import { READ_COMMANDS } from '../../src/cli/read-command.ts';
import { anApp } from '../support/app.ts';
import { aClient, type Called, type TestClient } from '../support/mcp/clients.ts';
import { product, type Product } from '../support/mcp/product.ts';
import { aFinding } from '../support/notify/findings.ts';

async function served(): Promise<Product & { readonly client: TestClient }> {
  const made = await product();
  return { ...made, client: await aClient('v2', made) };
}

/** Keeps a finding as a run would, with the event that a run would write. */
function opened({ app, clock }: Product, name: string, kind: 'opened' | 'changed' | 'resolved' = 'opened'): string {
  const standing = kind === 'resolved' ? 'resolved' : kind === 'changed' ? 'changed' : 'new';
  const finding = aFinding(name, { standing });
  const table = findingsTable(app.database);
  table.write(finding);
  table.writeEvent({ key: finding.key, at: clock.time, run: null, kind, detail: null });
  return finding.id;
}

const ajv = new Ajv2020({ strict: false, validateFormats: false });

describe('every tool', () => {
  it.each(TOOLS.map(({ name }) => name))(
    '%s says truly what it is, and takes nothing that it does not name',
    async (name) => {
      const { client } = await served();
      const [tool] = (await client.tools()).filter((one) => one.name === name);
      expect(tool).toMatchObject({ inputSchema: { type: 'object', additionalProperties: false } });
      const { isError, text } = await client.call(name, { 'not-a-parameter': 1 });
      expect(isError).toBe(true);
      expect(text).toMatch(/^USAGE: /);
    },
  );

  it('that drafts is the only one that is not read-only, and none destroys', () => {
    expect(TOOLS.filter(({ annotations }) => !annotations.readOnlyHint).map(({ name }) => name)).toEqual([
      'draft_plan',
    ]);
    expect(TOOLS.filter(({ annotations }) => annotations.destructiveHint)).toEqual([]);
  });

  it.each<readonly [string, Record<string, unknown>]>([
    ['holdfast_version', {}],
    ['holdfast_route_question', { question: 'is the disk full?' }],
    ['holdfast_route_question', { question: 'any new public endpoints detected since last check?' }],
    ['holdfast_run_command', { args: ['findings', '--output', 'json'] }],
    ['list_checks', { match: 'host/*' }],
    ['run_check', { check: 'host/disk' }],
    ['list_findings', { cursor: 'beat' }],
    ['runs', {}],
    ['list_plans', { mine: true }],
  ])('%s answers as its schema says: %j', async (name, args) => {
    const made = await served();
    opened(made, 'disk');
    const { isError, text, data } = await made.client.call(name, args);
    expect({ isError, text: isError ? text : '' }).toEqual({ isError: false, text: '' });
    const validate = ajv.compile(TOOLS.find((tool) => tool.name === name)?.outputSchema ?? {});
    validate(data);
    expect(validate.errors ?? []).toEqual([]);
    expect(JSON.parse(text)).toEqual(data);
  });

  it.each<readonly [string, Record<string, unknown>, RegExp]>([
    ['run_check', { check: 'host/nope' }, /^NOT_FOUND: .*next: did you mean/],
    ['run_check', { check: 'kubernetes/nodes', params: { nonsense: 1 } }, /^USAGE: /],
    ['run_check', { check: 5 }, /^USAGE: check: /],
    ['get_finding', { id: 'f-nope' }, /^NOT_FOUND: /],
    ['get_plan', { id: 'p-nope' }, /^NOT_FOUND: /],
    ['cost', { days: 36 }, /^USAGE: days: /],
    ['cost', { days: '7' }, /^USAGE: days: /],
    ['list_findings', { page: 'from-x' }, /^USAGE: page: /],
    ['list_findings', { limit: 201 }, /^USAGE: limit: /],
    ['holdfast_route_question', { question: '' }, /^USAGE: question: /],
    ['holdfast_route_question', { question: 'x'.repeat(4_001) }, /^USAGE: question: /],
    ['draft_plan', { why: 'x', steps: [] }, /^USAGE: steps: /],
    ['draft_plan', { why: 'x', steps: [{ action: 'host/nope', params: {} }] }, /^PLAN_INVALID: /],
    ['drift', {}, /^NOT_FOUND: there is no baseline/],
    ['topology', {}, /^CLUSTER_AWAY: /],
  ])('%s says what is wrong with %j', async (name, args, said) => {
    const { client } = await served();
    const { isError, text, data } = await client.call(name, args);
    expect({ isError, data }).toEqual({ isError: true, data: null });
    expect(text).toMatch(said);
  });

  it.each(['plan_approve', 'apply', '__proto__', 'constructor', 'Holdfast_version', 'holdfast_version ', ''])(
    'there is none called %j, and calling it is on record',
    async (name) => {
      const { client, app } = await served();
      await expect(client.call(name)).rejects.toThrow(/no tool|not found|Invalid/i);
      const refused = app.audit.list({ limit: 5, object: null, verb: 'mcp-called' });
      expect(refused.map(({ outcome }) => outcome)).toEqual(['refused: no such tool']);
    },
  );
});

describe('pages', () => {
  it('hold each row once, in order, to the end', async () => {
    const { client } = await served();
    const seen: string[] = [];
    let page: string | undefined;
    do {
      const { data } = await client.call('list_checks', { limit: 7, ...(page === undefined ? {} : { page }) });
      const { checks, nextPage } = data as { checks: { id: string }[]; nextPage: string | null };
      seen.push(...checks.map(({ id }) => id));
      page = nextPage ?? undefined;
    } while (page !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(anApp(inventoryCatalog).app.catalog.ids);
  });
});

describe('since last time', () => {
  const since = ({ data }: Called) =>
    data?.['since'] as { since: string | null; new: { id: string }[]; changed: unknown[]; resolved: { id: string }[] };

  it('is told by a cursor of the client’s own: what is open at first, then what became different', async () => {
    const made = await served();
    const disk = opened(made, 'disk');
    const first = since(await made.client.call('list_findings', { cursor: 'beat' }));
    expect(first).toMatchObject({ since: null, new: [{ id: disk }], changed: [], resolved: [] });
    expect(since(await made.client.call('list_findings', { cursor: 'beat' }))).toMatchObject({
      since: '2026-11-01T00:00:00.000Z',
      new: [],
      resolved: [],
    });
    opened(made, 'disk', 'resolved');
    const cert = opened(made, 'cert');
    expect(since(await made.client.call('list_findings', { cursor: 'beat' }))).toMatchObject({
      new: [{ id: cert }],
      resolved: [{ id: disk }],
    });
  });

  it('moves nobody else’s: another client, another cursor and a person are told everything', async () => {
    const made = await served();
    const disk = opened(made, 'disk');
    await made.client.call('list_findings', { cursor: 'beat' });
    const other = await aClient('v2 of 2026-07-28', made, 'another');
    expect(since(await other.call('list_findings', { cursor: 'beat' })).new).toEqual([
      expect.objectContaining({ id: disk }),
    ]);
    expect(since(await made.client.call('list_findings', { cursor: 'nightly' })).new).toHaveLength(1);
    const kept = findingsTable(made.app.database).all({ resolved: false });
    expect(kept).toMatchObject([{ id: disk, standing: 'new', mute: null, acknowledgement: null }]);
  });

  it('goes on for each question by itself, so that three in a beat do not hide each other’s news', async () => {
    const made = await served();
    opened(made, 'disk');
    const ask = async (question: string) => since(await made.client.call('holdfast_route_question', { question }));
    expect((await ask('is the disk full since last check?')).new).toHaveLength(1);
    expect((await ask('is the disk ok since last check?')).new).toHaveLength(1);
    expect((await ask('is the disk full since last check?')).new).toHaveLength(0);
    expect((await ask('Is the disk full, since my last check?')).new).toHaveLength(0);
  });

  it('is asked by its words, or by the parameter', async () => {
    const { client } = await served();
    expect(since(await client.call('holdfast_route_question', { question: 'is the disk full?' }))).toBeNull();
    expect(
      since(await client.call('holdfast_route_question', { question: 'is the disk full?', since: true })),
    ).not.toBeNull();
    expect(
      since(
        await client.call('holdfast_route_question', { question: 'is the disk full since last check?', since: false }),
      ),
    ).toBeNull();
  });
});

describe('commands', () => {
  const run = async (client: TestClient, ...args: string[]) =>
    (await client.call('holdfast_run_command', { args })).data;

  it.each([
    ['plan', 'approve', 'p-x'],
    ['plan', 'show', 'p-x'],
    ['plan', 'list'],
    ['plan', 'create', 'host/restart-unit'],
    ['run', 'runbooks/heartbeat.md'],
    ['findings', 'mute', 'f-x', '--reason', 'x', '--for', '1d'],
    ['findings', 'ack', 'f-x'],
    ['findings', 'mute-rule', 'add', '--check', '*', '--reason', 'x', '--for', '1d'],
    ['policy', 'trust', 'p.yaml'],
    ['baseline', 'accept', '--reason', 'x'],
    ['baseline', 'diff'],
    ['models', 'use', 'ollama/x'],
    ['egress', 'list'],
    ['audit', 'export', '/tmp/x'],
    ['backup', '/tmp/x'],
    ['restore', '/tmp/x'],
    ['init'],
    ['hold'],
    ['release'],
    ['pause', 'x'],
    ['up'],
    ['mcp'],
    ['mcp', 'token'],
    ['mcp', 'token', 'rotate'],
    ['notify', 'test'],
    ['completion', 'bash'],
  ])('%s %s is refused', async (...args) => {
    const { client } = await served();
    expect(await run(client, ...args)).toMatchObject({
      exitCode: 2,
      output: '',
      messages: expect.stringMatching(/^MCP_COMMAND_REFUSED/) as string,
    });
  });

  it.each([
    ['ask', 'restart x', '--maker'],
    ['ask', 'restart x', '--maker', '--apply', '--policy', 'p.yaml'],
    ['ask', 'is it ok?', '--model', 'anthropic/claude-opus-4-6'],
    ['ask', 'is it ok?', '--runbook', '/etc/passwd'],
    ['cost', '--from', '/etc/passwd'],
    ['findings', '--state-dir', '/tmp'],
    ['--state-dir', '/tmp', 'findings'],
    ['findings', '--config', '/etc/passwd'],
    ['runbook', 'show', '../../etc/passwd'],
    ['runbook', 'show', 'x.yaml'],
  ])('%s %s %s is refused', async (...args) => {
    const { client } = await served();
    expect(await run(client, ...args)).toMatchObject({
      exitCode: 2,
      output: '',
      messages: expect.stringMatching(/^MCP_COMMAND_REFUSED/) as string,
    });
  });

  it('that read are as on the command line, exit code and all', async () => {
    const made = await served();
    const id = opened(made, 'disk');
    expect(await run(made.client, 'findings', '--fail-on', 'info')).toMatchObject({
      exitCode: 3,
      output: expect.stringContaining(id) as string,
    });
    const shown = await run(made.client, 'findings', 'show', id, '--output', 'json');
    expect(JSON.parse(String(shown?.['output']))).toMatchObject({
      schema: 'holdfast/finding-history/v1',
      finding: { id },
    });
    expect(await run(made.client, 'findings', 'show', 'f-zzz')).toMatchObject({
      exitCode: 2,
      output: '',
      messages: expect.stringMatching(/^NOT_FOUND/) as string,
    });
    expect(await run(made.client, 'nonsense')).toMatchObject({
      exitCode: 2,
      messages: expect.stringMatching(/^USAGE/) as string,
    });
    expect(await run(made.client, '--version')).toMatchObject({ exitCode: 0, output: '0.0.0\n' });
    expect(await run(made.client, 'help', 'findings')).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('Usage: holdfast findings') as string,
    });
  });

  it('are listed by help: those that can be run, and no others', async () => {
    const { client } = await served();
    const { output } = (await run(client, 'help')) as { output: string };
    const named = output.split('\n').flatMap((line) => /^([a-z-]+(?: [a-z-]+)*) {2,}\S/.exec(line)?.[1] ?? []);
    expect(named.toSorted()).toEqual(Object.keys(READ_COMMANDS).toSorted());
  });
});

describe('what a client is told', () => {
  it('holds no secret that the redactor knows, wherever it stands', async () => {
    const made = await served();
    const secret = 'hunter2-lab-only-9f3a7c';
    made.app.redactor.learn(secret);
    const answers = [
      await made.client.call('run_check', { check: secret }),
      await made.client.call('holdfast_route_question', { question: `is ${secret} healthy?` }),
      await made.client.call('holdfast_run_command', { args: ['findings', 'show', secret] }),
      await made.client.call('draft_plan', { why: secret, steps: [{ action: secret, params: { secret } }] }),
      await made.client.call('get_finding', { id: secret }),
    ];
    expect(JSON.stringify(answers)).not.toContain(secret);
    const kept = JSON.stringify(made.app.audit.list({ limit: 100, object: null, verb: null }));
    expect(kept).toContain('mcp-called');
    expect(kept).not.toContain(secret);
  });

  it('of a bug is nothing but that there was one, and the log is told the rest', async () => {
    const made = await served();
    made.app.database.sqlite.exec('DROP TABLE cursors');
    const { isError, text } = await made.client.call('list_findings', { cursor: 'beat' });
    expect(isError).toBe(true);
    expect(text).toMatch(/^(INTERNAL: the call failed|STORE_)/);
    expect(text).not.toMatch(/SELECT|sqlite|at /);
  });

  it('is on record under its name without the secrets in it, nor the half of one', async () => {
    const made = await served();
    const secret = 'hunter2-lab-only-9f3a7c';
    made.app.redactor.learn(secret);
    for (const name of [secret, `${'x'.repeat(55)}${secret}`]) {
      const other = await aClient('v2', made, name);
      await other.call('list_findings', { cursor: 'beat' });
    }
    const kept = made.app.database.sqlite.prepare('SELECT client FROM cursors').all();
    expect(kept).toHaveLength(2);
    expect(JSON.stringify([kept, made.app.audit.list({ limit: 100, object: null, verb: 'mcp-called' })])).not.toContain(
      secret.slice(0, 5),
    );
  });

  it('that it cancelled a call is on record, and is no trouble', async () => {
    const { app, troubles } = await product();
    const answer = await called({
      app,
      client: 'claude',
      name: 'run_check',
      input: { check: 'host/disk' },
      signal: AbortSignal.abort(),
      onProgress: () => undefined,
      command: async () => ({ exitCode: 0, output: '', messages: '' }),
      turns: createTurns(1),
      onTrouble: (error) => troubles.push(error),
    });
    expect(answer?.structured).toBeNull();
    expect(troubles).toEqual([]);
    expect(app.audit.list({ limit: 1, object: null, verb: 'mcp-called' })).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it('is on record under the name that it gives itself', async () => {
    const made = await served();
    const other = await aClient('v2 of 2026-07-28', made, 'claude\u{1b}[31m-code');
    await other.call('runs', { limit: 1 });
    const [entry] = made.app.audit.list({ limit: 1, object: null, verb: 'mcp-called' });
    expect(entry).toMatchObject({
      actor: { kind: 'mcp', name: String.raw`claude\u{1b}[31m-code` },
      object: 'runs',
      outcome: 'answered',
      detail: { arguments: { limit: 1 } },
    });
  });
});
