import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { MOST_BODY_BYTES } from '../../src/mcp/http/guard.ts';
import { conformanceFixtures } from '../support/mcp/conformance-fixtures.ts';
import { listening, TOKEN, type Served } from '../support/mcp/listening.ts';

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** Names and values in turn; what is not named is as a client sends it. */
  readonly headers?: readonly string[];
  readonly without?: readonly string[];
  readonly body?: string | Buffer;
}

/** Sends a request as it is written here, Host and all. */
function send(port: number, { method = 'POST', path = '/mcp', headers = [], without = [], body = INITIALIZE }: Sent) {
  const usual: Record<string, string> = {
    Host: `127.0.0.1:${port}`,
    Authorization: `Bearer ${TOKEN}`,
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
  };
  const named = new Set([...headers.filter((_, at) => at % 2 === 0), ...without].map((name) => name.toLowerCase()));
  const kept = Object.entries(usual).filter(([name]) => !named.has(name.toLowerCase()));
  return new Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string }>(
    (resolve, reject) => {
      const sending = request(
        { host: '127.0.0.1', port, method, path, setHost: false, headers: [...kept.flat(), ...headers] },
        (response) => {
          const chunks: Buffer[] = [];
          const done = (): void =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString('utf8'),
            });
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', done);
          response.on('error', done);
        },
      );
      sending.on('error', reject);
      sending.end(method === 'GET' ? undefined : body);
    },
  );
}

const served = (options?: Parameters<typeof listening>[1]): Promise<Served> => listening(conformanceFixtures, options);
const statusOf = async (sent: Sent, options?: Parameters<typeof listening>[1]): Promise<number> =>
  (await send((await served(options)).port, sent)).status;

describe('who is let in', () => {
  it('a client with the token, by the address or by localhost', async () => {
    const { port } = await served();
    expect((await send(port, {})).status).toBe(200);
    expect((await send(port, { headers: ['Host', `localhost:${port}`] })).status).toBe(200);
  });

  it.each([
    'evil.example.com',
    'localhost',
    '127.0.0.1',
    'PORT.evil.example.com',
    '127.0.0.1.nip.io:PORT',
    'localhost.evil.example.com:PORT',
    'localhost:1',
    '127.1:PORT',
    '0x7f000001:PORT',
    '2130706433:PORT',
    '0.0.0.0:PORT',
    '[::1]:PORT',
    'LOCALHOST:PORT',
    'localhost:PORT ',
    'user@127.0.0.1:PORT',
    '127.0.0.1:PORT, evil.example.com',
    '',
  ])('not who was sent by the name %j', async (host) => {
    const { port } = await served();
    const sent = host.replace('PORT', String(port));
    // Node's client takes a trailing blank away, and then it is the right name.
    expect((await send(port, { headers: ['Host', sent] })).status).toBe(sent.endsWith(' ') ? 200 : 403);
  });

  it('not who names two hosts, nor none', async () => {
    const { port } = await served();
    const raw = (lines: readonly string[]): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () =>
          socket.write(
            [
              'POST /mcp HTTP/1.1',
              ...lines,
              `Authorization: Bearer ${TOKEN}`,
              'Content-Type: application/json',
              'Content-Length: 2',
              '',
              '{}',
            ].join('\r\n'),
          ),
        );
        socket.once('data', (data) => {
          socket.destroy();
          resolve(data.toString('utf8').slice(9, 12));
        });
        socket.once('close', () => resolve('closed'));
      });
    expect(await raw([`Host: 127.0.0.1:${port}`])).toBe('400');
    expect(await raw([])).toBe('403');
    expect(['403', '400']).toContain(await raw([`Host: 127.0.0.1:${port}`, 'Host: evil.example.com']));
    expect(['403', '400']).toContain(await raw(['Host: evil.example.com', `Host: 127.0.0.1:${port}`]));
  });

  it.each([
    'http://evil.example.com',
    'null',
    'http://localhost:3000',
    'http://127.0.0.1:PORT',
    'https://127.0.0.1',
    'file://',
    'chrome-extension://abcdefghijklmnop',
    '',
  ])('not the page %j, unless it is listed', async (origin) => {
    const { port } = await served();
    const sent = origin.replace('PORT', String(port));
    expect((await send(port, { headers: ['Origin', sent] })).status).toBe(403);
  });

  it('a page that is listed, to the letter', async () => {
    const origins = ['http://127.0.0.1:8080'];
    expect(await statusOf({ headers: ['Origin', 'http://127.0.0.1:8080'] }, { origins })).toBe(200);
    expect(await statusOf({ headers: ['Origin', 'http://127.0.0.1:8081'] }, { origins })).toBe(403);
    expect(await statusOf({ headers: ['Origin', 'http://127.0.0.1:8080/'] }, { origins })).toBe(403);
  });

  it.each(['cross-site', 'same-site', 'same-origin'])('no page that hides its Origin (%s)', async (site) => {
    expect(await statusOf({ headers: ['Sec-Fetch-Site', site] })).toBe(403);
  });

  it.each<readonly [string, Sent]>([
    ['none', { without: ['Authorization'] }],
    ['another', { headers: ['Authorization', 'Bearer hf_another'] }],
    ['an empty one', { headers: ['Authorization', 'Bearer '] }],
    ['one of another scheme', { headers: ['Authorization', `Basic ${TOKEN}`] }],
    ['one with more behind it', { headers: ['Authorization', `Bearer ${TOKEN} x`] }],
    ['it in the address', { without: ['Authorization'], path: `/mcp?token=${TOKEN}` }],
  ])('not who has no token but %s', async (_, sent) => {
    const { port } = await served();
    const { status, headers, text } = await send(port, sent);
    expect(status).toBe(sent.path === undefined ? 401 : 404);
    expect(headers['www-authenticate']).toBe(sent.path === undefined ? 'Bearer realm="holdfast"' : undefined);
    expect(text).not.toContain(TOKEN);
  });

  it('is not told to pages: no answer has a header of CORS, and OPTIONS is refused', async () => {
    const { port } = await served();
    const answers = [
      await send(port, {}),
      await send(port, { method: 'OPTIONS', headers: ['Origin', 'http://evil.example.com'], body: '' }),
      await send(port, { method: 'OPTIONS', body: '' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 405]);
    for (const { headers } of answers)
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('what is let in', () => {
  it.each<readonly [string, number, Sent]>([
    ['text', 415, { headers: ['Content-Type', 'text/plain'] }],
    ['a form', 415, { headers: ['Content-Type', 'application/x-www-form-urlencoded'] }],
    ['parts', 415, { headers: ['Content-Type', 'multipart/form-data; boundary=x'] }],
    ['what only begins like JSON', 415, { headers: ['Content-Type', 'application/json-seq'] }],
    ['a body without a type', 415, { without: ['Content-Type'] }],
    ['JSON in another encoding', 415, { headers: ['Content-Type', 'application/json; charset=utf-16'] }],
    ['what is compressed', 415, { headers: ['Content-Encoding', 'gzip'] }],
    ['what is no JSON', 400, { body: '{"jsonrpc":' }],
    ['what is no UTF-8', 400, { body: Buffer.from([0x22, 0xff, 0x22]) }],
    ['another path', 404, { path: '/' }],
    ['a path with more behind it', 404, { path: '/mcp/..' }],
    ['another address in the request line', 404, { path: 'http://127.0.0.1/mcp' }],
    ['PUT', 405, { method: 'PUT' }],
    ['TRACE', 405, { method: 'TRACE', body: '' }],
  ])('not %s', async (_, status, sent) => {
    expect(await statusOf(sent)).toBe(status);
  });

  it('JSON with its encoding named', async () => {
    expect(await statusOf({ headers: ['Content-Type', 'application/json; charset=utf-8'] })).toBe(200);
  });

  it('no body that is too large, whether it says so or not', async () => {
    const { port } = await served();
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: { x: 'x'.repeat(MOST_BODY_BYTES) } });
    const declared = await send(port, { body, headers: ['Content-Length', String(Buffer.byteLength(body))] }).catch(
      (error: unknown) => String(error),
    );
    const chunked = await send(port, { body, headers: ['Transfer-Encoding', 'chunked'] }).catch((error: unknown) =>
      String(error),
    );
    // Who is still sending when the answer comes may see the connection end instead of it.
    for (const answer of [declared, chunked])
      expect(typeof answer === 'string' ? answer : answer.status).toSatisfy(
        (seen: unknown) => seen === 413 || /EPIPE|ECONNRESET/.test(String(seen)),
      );
    expect((await send(port, {})).status).toBe(200);
  });

  it.each([
    ['arrays', '['.repeat(100_000)],
    ['objects', '{"a":'.repeat(100_000)],
    [
      'a call with deep arguments',
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}}`,
    ],
  ])('nothing that is nested too deep: %s', async (_, body) => {
    expect(await statusOf({ body })).toBe(400);
  });

  it('brackets in a string are no nesting', async () => {
    const name = JSON.stringify('[{'.repeat(500));
    const { port } = await served();
    const { status } = await send(port, { body: INITIALIZE.replace('"test"', name) });
    expect(status).toBe(200);
  });

  it('no WebSocket, and no tunnel', async () => {
    const { port } = await served();
    const headers = [
      'Connection',
      'Upgrade',
      'Upgrade',
      'websocket',
      'Sec-WebSocket-Key',
      'AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Version',
      '13',
    ];
    await expect(send(port, { method: 'GET', headers })).rejects.toThrow(/hang up|ECONNRESET/);
    await expect(send(port, { method: 'CONNECT', path: '127.0.0.1:22', body: '' })).rejects.toThrow(
      /hang up|ECONNRESET/,
    );
  });

  it('nobody who knocks without end', async () => {
    const { port, refused } = await served();
    const statuses = await Promise.all(
      Array.from(
        { length: 400 },
        async () => (await send(port, { method: 'DELETE', headers: ['User-Agent', 'flood'], body: '' })).status,
      ),
    );
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(50);
    expect(refused.find(({ status }) => status === 429)?.headers['Retry-After']).toBe('1');
    // Another client is not made to wait for it.
    expect((await send(port, { headers: ['User-Agent', 'another'] })).status).toBe(200);
  });
});
