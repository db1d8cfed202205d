import { McpServer } from '@modelcontextprotocol/server';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSessions } from '../../../src/mcp/http/sessions.ts';
import { conformanceFixtures } from '../../support/mcp/conformance-fixtures.ts';
import { listening, TOKEN } from '../../support/mcp/listening.ts';

const MOST = 256;
const IDLE_MS = 30 * 60_000;
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
const LIST = { jsonrpc: '2.0', id: 2, method: 'tools/list' };

type Headers = Readonly<Record<string, string>>;

/** Sessions behind a server of Node's that lets everybody in, by a clock that a test moves. */
async function house(
  lettingIn: (response: ServerResponse) => Promise<unknown> = async () => undefined,
  making: () => Promise<void> = async () => undefined,
) {
  const clock = { at: 0 };
  const closed: number[] = [];
  let made = 0;
  const work = Promise.withResolvers<string>();
  const began = Promise.withResolvers<void>();
  const sessions = createSessions(
    async () => {
      const number = (made += 1);
      await making();
      const server = new McpServer({ name: `server ${number}`, version: '1' });
      server.registerTool('work', { inputSchema: z.object({}) }, async () => {
        began.resolve();
        return { content: [{ type: 'text', text: await work.promise }] };
      });
      const close = async (): Promise<void> => {
        closed.push(number);
        await server.close();
      };
      return { server, isWatching: () => false, resourceUpdated: () => undefined, close };
    },
    () => clock.at,
  );
  const http = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const body = await text(request);
      await lettingIn(response);
      const refused = await sessions.handle(request, response, body === '' ? undefined : JSON.parse(body));
      if (refused !== null) response.writeHead(refused.status, refused.headers).end(refused.says);
    };
    void answer();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await sessions.closeAll();
    http.closeAllConnections();
    http.close();
  });
  const address = http.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/mcp`;
  const send = (method: string, headers: Headers, body?: object, signal?: AbortSignal): Promise<Response> =>
    fetch(url, {
      method,
      headers: { Accept: 'application/json, text/event-stream', 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  const begin = async (): Promise<{ readonly status: number; readonly id: string }> => {
    const response = await send('POST', {}, INITIALIZE);
    await response.text();
    return { status: response.status, id: response.headers.get('mcp-session-id') ?? '' };
  };
  const statusOf = async (id: string, body: object = LIST): Promise<number> => {
    const response = await send('POST', of(id), body);
    await response.text();
    return response.status;
  };
  return { sessions, clock, closed, send, begin, statusOf, work, began: began.promise };
}

function of(id: string): Headers {
  return { 'Mcp-Session-Id': id, 'MCP-Protocol-Version': '2025-11-25' };
}

/** The first events of a stream, as text, until it says this. */
async function readUntil(response: Response, said: RegExp): Promise<string> {
  const decoder = new TextDecoder();
  let seen = '';
  for await (const chunk of response.body ?? []) {
    seen += decoder.decode(chunk, { stream: true });
    if (said.test(seen)) return seen;
  }
  return seen;
}

describe('a session', () => {
  it('begins with initialize and goes on under the id that it was given', async () => {
    const { sessions, begin, statusOf } = await house();
    const [one, other] = [await begin(), await begin()];
    expect(one.id).not.toBe(other.id);
    expect(sessions.size).toBe(2);
    expect([await statusOf(one.id), await statusOf(other.id)]).toEqual([200, 200]);
  });

  it('is none without an id, and none under one that was made up', async () => {
    const { sessions, send, statusOf } = await house();
    expect((await send('POST', {}, LIST)).status).toBe(400);
    expect((await send('GET', {})).status).toBe(400);
    expect(await statusOf('00000000-0000-4000-8000-000000000000')).toBe(404);
    expect(await statusOf('made-up', INITIALIZE)).toBe(404);
    expect(sessions.size).toBe(0);
  });

  it('that was not begun after all leaves nothing', async () => {
    const { sessions, closed, send } = await house();
    const response = await send('POST', { Accept: 'text/plain' }, INITIALIZE);
    expect(response.status).toBe(406);
    expect([sessions.size, closed]).toEqual([0, [1]]);
  });

  it('ends when its client says so, and no other with it', async () => {
    const { sessions, send, begin, statusOf } = await house();
    const [one, other] = [await begin(), await begin()];
    expect((await send('DELETE', of(one.id))).status).toBe(200);
    expect([await statusOf(one.id), await statusOf(other.id)]).toEqual([404, 200]);
    expect(sessions.size).toBe(1);
  });

  it('ends after half an hour of silence, and not while it is used', async () => {
    const { sessions, clock, closed, begin, statusOf } = await house();
    const [silent, used] = [await begin(), await begin()];
    clock.at = IDLE_MS - 1;
    sessions.sweep();
    expect(sessions.size).toBe(2);
    await statusOf(used.id);
    clock.at = IDLE_MS;
    sessions.sweep();
    expect([await statusOf(silent.id), await statusOf(used.id)]).toEqual([404, 200]);
    expect(closed).toEqual([1]);
  });

  it('lasts as long as a stream of it is open, and half an hour after', async () => {
    const { sessions, clock, send, begin } = await house();
    const { id } = await begin();
    const leave = new AbortController();
    const stream = await send('GET', of(id), undefined, leave.signal);
    expect(stream.status).toBe(200);
    clock.at = 10 * IDLE_MS;
    sessions.sweep();
    expect([sessions.size, stream.bodyUsed]).toEqual([1, false]);
    leave.abort();
    await swept(sessions, clock);
  });

  it('ends though its client was gone before it was answered', async () => {
    const arrived = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    let requests = 0;
    const { sessions, clock, send, begin } = await house(async (response) => {
      requests += 1;
      if (requests === 1) return;
      arrived.resolve();
      await once(response, 'close');
      gone.resolve();
    });
    const { id } = await begin();
    const leave = new AbortController();
    const sent = send('POST', of(id), LIST, leave.signal);
    await arrived.promise;
    leave.abort();
    await expect(sent).rejects.toThrow();
    await gone.promise;
    await swept(sessions, clock);
  });

  it('is closed with all others when the server ends', async () => {
    const { sessions, closed, begin } = await house();
    await begin();
    await begin();
    await sessions.closeAll();
    expect([sessions.size, closed.toSorted()]).toEqual([0, [1, 2]]);
  });
});

/** Half an hour passes again and again, until there is none. */
async function swept(sessions: { readonly size: number; sweep(): void }, clock: { at: number }): Promise<void> {
  await expect
    .poll(() => {
      clock.at += IDLE_MS;
      sessions.sweep();
      return sessions.size;
    })
    .toBe(0);
}

describe('a session too many', () => {
  it('ends the one that was silent longest, and no other', async () => {
    const { sessions, clock, begin, statusOf } = await house();
    const ids: string[] = [];
    for (let count = 0; count < MOST; count += 1) {
      clock.at += 1;
      ids.push((await begin()).id);
    }
    clock.at += 1;
    await statusOf(ids[0] ?? '');
    const late = await begin();
    expect(sessions.size).toBe(MOST);
    expect(await statusOf(ids[1] ?? '')).toBe(404);
    expect(await Promise.all([ids[0], ids[2], ids.at(-1), late.id].map((id) => statusOf(id ?? '')))).toEqual([
      200, 200, 200, 200,
    ]);
  });

  it('is refused for a while when every other has a stream open', async () => {
    const { sessions, send, begin } = await house();
    // What nobody holds, fetch closes.
    const streams: Response[] = [];
    for (let count = 0; count < MOST; count += 1) streams.push(await send('GET', of((await begin()).id)));
    expect(streams.every(({ status }) => status === 200)).toBe(true);
    const refused = await send('POST', {}, INITIALIZE);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '60']);
    expect([sessions.size, streams.length]).toEqual([MOST, MOST]);
  });

  it('is not begun by asking for many at once', async () => {
    const allAsked = Promise.withResolvers<void>();
    let asked = 0;
    const { sessions, begin } = await house(
      async () => {
        asked += 1;
        if (asked === MOST + 50) allAsked.resolve();
      },
      () => allAsked.promise,
    );
    const begun = await Promise.all(Array.from({ length: MOST + 50 }, begin));
    expect(sessions.size).toBe(MOST);
    expect(begun.filter(({ status }) => status === 503)).toHaveLength(50);
  });
});

describe('a stream that was cut', () => {
  it('goes on where it was: the answer that was being made is not lost', async () => {
    const { send, begin, work, began } = await house();
    const { id } = await begin();
    const leave = new AbortController();
    const call = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'work', arguments: {} } };
    const first = await send('POST', of(id), call, leave.signal);
    const last = /^id: (\S+)$/m.exec(await readUntil(first, /^id: \S+\n/m))?.[1] ?? '';
    await began;
    leave.abort();
    work.resolve('done at last');
    const again = await send('GET', { ...of(id), 'Last-Event-ID': last });
    expect(await readUntil(again, /done at last/)).toMatch(/"id":7/);
  });

  it('is its session’s own: with an event of another session nothing is sent', async () => {
    const { send, begin, work, began } = await house();
    const [one, other] = [await begin(), await begin()];
    const call = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'work', arguments: {} } };
    const stream = await send('POST', of(one.id), call);
    const last = /^id: (\S+)$/m.exec(await readUntil(stream, /^id: \S+\n/m))?.[1] ?? '';
    await began;
    work.resolve('for the first alone');
    const stolen = await send('GET', { ...of(other.id), 'Last-Event-ID': last });
    expect([stolen.status, await stolen.text()]).toEqual([400, expect.not.stringContaining('for the first alone')]);
  });
});

describe('the id of a session', () => {
  it('opens nothing without the token, nor with another', async () => {
    const { url } = await listening(conformanceFixtures);
    const usual = { Accept: 'application/json, text/event-stream', 'Content-Type': 'application/json' };
    const send = (headers: Headers, body: object): Promise<Response> =>
      fetch(url, { method: 'POST', headers: { ...usual, ...headers }, body: JSON.stringify(body) });
    const begun = await send({ Authorization: `Bearer ${TOKEN}` }, INITIALIZE);
    const id = begun.headers.get('mcp-session-id') ?? '';
    const statuses = await Promise.all(
      [
        {},
        { Authorization: 'Bearer hf_another' },
        { Authorization: `Bearer ${id}` },
        { Authorization: `Bearer ${TOKEN}` },
      ].map(async (headers: Headers) => (await send({ ...of(id), ...headers }, LIST)).status),
    );
    expect(statuses).toEqual([401, 401, 401, 200]);
  });
});
