import { Client } from '@modelcontextprotocol/client';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { McpServer } from '@modelcontextprotocol/server';
import { existsSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { request } from 'node:http';
import * as z from 'zod';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newMcpToken } from '../../src/app/mcp-token.ts';
import { findingsTable } from '../../src/store/findings.ts';
import type { MakeServer } from '../../src/mcp/instance.ts';
import { aClient, GENERATIONS } from '../support/mcp/clients.ts';
import { listening, TOKEN } from '../support/mcp/listening.ts';
import { product } from '../support/mcp/product.ts';
import { aFinding } from '../support/notify/findings.ts';

/** A server with one tool that lasts until its signal ends it, and tells how it ended. */
function lasting(): {
  readonly make: () => MakeServer;
  readonly began: Promise<void>;
  readonly aborted: Promise<void>;
} {
  const began = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  const make = (): MakeServer => () => {
    const server = new McpServer({ name: 'lasting', version: '1' });
    server.registerTool('last', { inputSchema: z.object({}) }, async (_given, { mcpReq: { signal } }) => {
      began.resolve();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      aborted.resolve();
      return { content: [] };
    });
    return { server, isWatching: () => false, resourceUpdated: () => undefined, close: () => server.close() };
  };
  return { make, began: began.promise, aborted: aborted.promise };
}

describe('a call that lasts', () => {
  it.each(GENERATIONS)('is ended when a client of %s cancels it', async (generation) => {
    const { make, began, aborted } = lasting();
    const { url } = await listening(make);
    const client = await aClient(generation, { url, token: TOKEN });
    const cancel = new AbortController();
    const called = client.call('last', {}, { signal: cancel.signal });
    await began;
    cancel.abort();
    await expect(called).rejects.toThrow();
    await aborted;
  });

  it('is ended when a client of 2026-07-28 goes away in the middle', async () => {
    const { make, began, aborted } = lasting();
    const { port } = await listening(make);
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'last',
        arguments: {},
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'gone', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    });
    const sending = request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/mcp',
      headers: {
        Authorization: `Bearer ${TOKEN}`,
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        'MCP-Protocol-Version': '2026-07-28',
        'Mcp-Method': 'tools/call',
        'Mcp-Name': 'last',
      },
    });
    sending.on('error', () => undefined);
    sending.end(body);
    await began;
    sending.destroy();
    await expect(aborted).resolves.toBeUndefined();
  });
});

describe('many clients', () => {
  it('a hundred at once, of all generations, are each told their own', { timeout: 120_000 }, async () => {
    const made = await product();
    const clients = await Promise.all(
      Array.from({ length: 100 }, async (_, at) => aClient(GENERATIONS[at % 3] ?? 'v1', made, `client-${at}`)),
    );
    const answers = await Promise.all(
      clients.flatMap((client, at) => [
        client.call('holdfast_run_command', { args: ['findings', 'show', `f-none${at}`] }),
        client.call('list_findings', { cursor: 'beat' }),
      ]),
    );
    for (const [at] of clients.entries()) {
      expect(answers[2 * at]?.data?.['messages']).toContain(`f-none${at}`);
      expect(answers[2 * at + 1]?.data).toMatchObject({ since: { since: null } });
    }
    const seen = new Set(
      made.app.audit.list({ limit: 1_000, object: null, verb: 'mcp-called' }).map(({ actor }) => actor.name),
    );
    expect(seen.size).toBe(100);
  });
});

describe('subscriptions', () => {
  it.each([false, true])(
    'a client is told when a finding changed (2026-07-28: %s)',
    { timeout: 60_000 },
    async (isModern) => {
      const made = await product();
      const uris: string[] = [];
      const client = new Client(
        { name: 'watcher', version: '1' },
        isModern ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {},
      );
      client.setNotificationHandler('notifications/resources/updated', ({ params: { uri } }) => void uris.push(uri));
      const headers = { Authorization: `Bearer ${made.token}` };
      await client.connect(new StreamableHTTPClientTransport(new URL(made.url), { requestInit: { headers } }));
      onTestFinished(() => client.close());
      if (isModern) await client.listen({ resourceSubscriptions: ['holdfast://findings'] });
      else await client.subscribeResource({ uri: 'holdfast://findings' });
      const table = findingsTable(made.app.database);
      const finding = aFinding('disk', { standing: 'new' });
      // Again and again: the watch begins some time after the subscription.
      const writing = setInterval(() => {
        table.write(finding);
        table.writeEvent({ key: finding.key, at: made.clock.time, run: null, kind: 'changed', detail: null });
      }, 200);
      onTestFinished(() => clearInterval(writing));
      await until(() => uris.length > 0);
      expect(new Set(uris)).toEqual(new Set(['holdfast://findings']));
    },
  );
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('the token', () => {
  it('opens nothing any more once it was rotated, also for who was let in with it', async () => {
    const made = await product();
    const client = await aClient('v1', made);
    expect((await client.call('holdfast_version')).isError).toBe(false);
    const fresh = newMcpToken(made.app);
    await expect(client.call('holdfast_version')).rejects.toThrow(/401|token/i);
    const again = await aClient('v1', { url: made.url, token: fresh });
    expect((await again.call('holdfast_version')).isError).toBe(false);
    expect(made.app.audit.list({ limit: 1, object: null, verb: 'mcp-token-rotated' })).toMatchObject([
      { actor: { kind: 'operator', name: 'ana' } },
    ]);
  });

  it('is a file of its owner alone, and one that others could read is not believed', async () => {
    const { app, token, url } = await product();
    const path = app.stateDir.mcpToken;
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
    chmodSync(path, 0o644);
    await expect(aClient('v1', { url, token })).rejects.toThrow();
    chmodSync(path, 0o600);
    writeFileSync(path, 'guessable\n');
    await expect(aClient('v1', { url, token: 'guessable' })).rejects.toThrow();
  });

  it('is in no answer, no audit entry and no error', async () => {
    const made = await product();
    const client = await aClient('v2', made);
    const answers = [
      await client.call('holdfast_run_command', { args: ['mcp', 'token'] }),
      await client.call('run_check', { check: made.token }),
      await client.call('holdfast_route_question', { question: `is ${made.token} ok?` }),
    ];
    const kept = made.app.audit.list({ limit: 100, object: null, verb: null });
    expect(JSON.stringify([answers, kept])).not.toContain(made.token);
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(!isRoot || !existsSync('/bin/su'))(
    'can not be read by another user of the machine (needs root and su), who is refused without it',
    async () => {
      const { app, url } = await product();
      const script = `cat ${app.stateDir.mcpToken}; ls ${app.stateDir.path}; exit 0`;
      const said = await asNobody(script);
      expect(said).toMatch(/Permission denied[\s\S]*Permission denied/);
      const fetched = await asNobody(
        `${process.execPath} -e "fetch('${url}', {method: 'POST', headers: {'content-type': 'application/json'}, body: '{}'}).then((r) => console.log(r.status))"`,
      );
      expect(fetched).toContain('401');
    },
  );
});

function asNobody(script: string): Promise<string> {
  return new Promise((resolve) => {
    execFile('su', ['-s', '/bin/sh', 'nobody', '-c', script], { cwd: '/' }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

describe('request state', () => {
  it('that was made up is refused: none is ever handed out', async () => {
    const { port, token } = await product();
    const body = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'holdfast_version',
        arguments: {},
        requestState: 'eyJhcHByb3ZlZCI6dHJ1ZX0.forged',
        inputResponses: { approve: { action: 'accept', content: { approved: true } } },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'forger', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
        },
      },
    };
    const answer = await fetch(`http://127.0.0.1:${port}/mcp`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        'MCP-Protocol-Version': '2026-07-28',
        'Mcp-Method': 'tools/call',
        'Mcp-Name': 'holdfast_version',
      },
      body: JSON.stringify(body),
    });
    expect(await answer.json()).toMatchObject({ error: { code: -32_602 } });
  });
});
