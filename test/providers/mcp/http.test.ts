import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { McpServer } from '../../../src/domain/mcp-server.ts';
import { product } from '../../support/mcp/product.ts';
import { reading } from '../../support/mcp/reading.ts';

const TOKEN = 'a-token-of-the-tests-that-nobody-may-see';
const ENV = { TEAM_TOKEN: TOKEN };

function httpServer(url: string, more: Partial<McpServer> = {}): McpServer {
  const way = { kind: 'http' as const, url, tokenEnv: 'TEAM_TOKEN' };
  return { name: 'team', way, tools: ['look'], ask: false, timeoutMs: 2_000, maxOutput: 16 * 1024, ...more };
}

async function listening(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

type Message = {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly protocolVersion?: string };
};

/** A server of the older protocol that is well but for its answer to tools/call. */
function wellBut(call: (id: number, response: Parameters<RequestListener>[1]) => void): RequestListener {
  return (request, response) => void answerTo(request, response, call);
}

async function answerTo(
  request: IncomingMessage,
  response: Parameters<RequestListener>[1],
  call: (id: number, response: Parameters<RequestListener>[1]) => void,
): Promise<void> {
  if (request.method !== 'POST') return void response.writeHead(405).end();
  const { id, method, params } = (await json(request)) as Message;
  if (id === undefined) return void response.writeHead(202).end();
  const say = (result: object): void =>
    void response.setHeader('content-type', 'application/json').end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  if (method === 'initialize')
    return say({
      protocolVersion: params?.protocolVersion ?? '',
      capabilities: { tools: {} },
      serverInfo: { name: 'team', version: '1' },
    });
  if (method === 'tools/list')
    return say({ tools: [{ name: 'look', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }] });
  if (method === 'tools/call') return call(id, response);
  response
    .setHeader('content-type', 'application/json')
    .end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32601, message: 'no such method' } }));
}

describe('a server over HTTP', () => {
  it('is called with its token, which is known as a secret from then on', async () => {
    const made = await product();
    const server = reading(httpServer(made.url, { tools: ['list_findings'] }), { TEAM_TOKEN: made.token });
    const listed = await server.tools();
    expect(listed).toMatchObject({ status: 'seen' });
    expect(server.learnt).toEqual([made.token]);
    expect(JSON.stringify(listed)).not.toContain(made.token);
  });

  it('answers what is asked', async () => {
    const url = await listening(
      wellBut((id, response) =>
        response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [], structuredContent: { depth: 3 } } })),
      ),
    );
    const server = reading(httpServer(url), ENV);
    await server.trust();
    expect(await server.call()).toMatchObject({ status: 'seen', value: { structured: { depth: 3 } } });
  });

  it('is unknown without the variable that holds its token, and is not asked', async () => {
    const asked: string[] = [];
    const url = await listening((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    expect(await reading(httpServer(url), {}).tools()).toMatchObject({
      failure: { code: 'MCP_NO_TOKEN', message: expect.stringContaining('TEAM_TOKEN is not set') },
    });
    expect(asked).toEqual([]);
  });

  it.each([
    [401, 'HTTP_401', 'with this token'],
    [403, 'HTTP_403', 'with this token'],
    [404, 'HTTP_404', 'HTTP 404'],
    [500, 'HTTP_500', 'HTTP 500'],
  ])('is unknown when it answers %i, and the token is not told', async (status, code, words) => {
    const url = await listening((request, response) =>
      response.writeHead(status).end(`you sent ${request.headers.authorization}`),
    );
    const listed = await reading(httpServer(url), ENV).tools();
    expect(listed).toMatchObject({ failure: { code, message: expect.stringContaining(words) } });
    expect(JSON.stringify(listed)).not.toContain(TOKEN);
  });

  it('is not followed to another address, and no token goes there', async () => {
    const seen: unknown[] = [];
    const elsewhere = await listening((request, response) => {
      seen.push(request.headers);
      response.end();
    });
    const url = await listening((_request, response) => response.writeHead(307, { location: elsewhere }).end());
    expect(await reading(httpServer(url), ENV).tools()).toMatchObject({
      failure: { code: 'MCP_REDIRECTED', message: expect.stringContaining('HTTP 307') },
    });
    expect(seen).toEqual([]);
  });

  it('is unknown when nobody listens', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    expect(await reading(httpServer(`http://127.0.0.1:${port}/mcp`), ENV).tools()).toMatchObject({
      failure: { code: 'ECONNREFUSED', message: expect.stringContaining("can't be reached") },
    });
  });

  it('is unknown when it says nothing, in time', async () => {
    const url = await listening(() => undefined);
    expect(await reading(httpServer(url, { timeoutMs: 400 }), ENV).tools()).toMatchObject({
      failure: { code: 'TIMEOUT', message: expect.stringContaining('within 400 ms') },
    });
  });

  it('is unknown when it answers a page', async () => {
    const url = await listening((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html><h1>Log in</h1>'),
    );
    expect(await reading(httpServer(url), ENV).tools()).toMatchObject({ status: 'unknown' });
  });

  it.each([
    [
      'breaks off',
      (response: Parameters<RequestListener>[1]) => response.write('{"jsonrpc":"2.0",') && response.destroy(),
    ],
    [
      'breaks off a stream',
      (response: Parameters<RequestListener>[1]) =>
        response.setHeader('content-type', 'text/event-stream').write('event: message\ndata: {"jsonrpc"') &&
        response.destroy(),
    ],
    [
      'ends a stream without an answer',
      (response: Parameters<RequestListener>[1]) =>
        response.setHeader('content-type', 'text/event-stream').end(': nothing\n\n'),
    ],
  ])('is unknown when it %s', async (_how, end) => {
    const url = await listening(
      wellBut((_id, response) => {
        response.setHeader('content-type', 'application/json');
        end(response);
      }),
    );
    const server = reading(httpServer(url), ENV);
    await server.trust();
    expect(await server.call()).toMatchObject({ status: 'unknown' });
  });

  it('is unknown when it answers without end', async () => {
    const url = await listening(
      wellBut((_id, response) => {
        response.setHeader('content-type', 'application/json');
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      }),
    );
    const server = reading(httpServer(url), ENV);
    await server.trust();
    expect(await server.call()).toMatchObject({
      failure: { code: 'MCP_TOO_LARGE', message: expect.stringContaining('answered more than') },
    });
  });
});
