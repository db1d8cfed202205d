import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Ask, Call } from '../../../src/providers/kubernetes/call.ts';
import { openConnections } from '../../../src/providers/kubernetes/open.ts';
import { rawServer } from '../../support/http/servers.ts';
import { createApi, json, status, text } from '../../support/kubernetes/api.ts';
import { hasRecordings, recordedAnswer } from '../../support/kubernetes/recorded.ts';
import {
  kubernetesServer,
  type Answering,
  type Fault,
  type KubernetesServer,
} from '../../support/kubernetes/server.ts';

const { signal } = new AbortController();
const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const users = [{ name: 'admin', groups: [] }];

async function askOf(server: Pick<KubernetesServer<Answering>, 'kubeconfig'>): Promise<Ask> {
  const deps = { env: { KUBECONFIG: server.kubeconfig }, home: '/nowhere', clock, learn: () => undefined };
  return (await openConnections(deps).open(undefined)).ask;
}

/** Writes down what arrives, and answers 200. */
function scribe(): Answering & { readonly calls: Call[] } {
  const calls: Call[] = [];
  return {
    calls,
    answer: (call) => {
      calls.push(call);
      return json(200, { ok: true });
    },
  };
}

const PRECONDITIONS = '{"preconditions":{"uid":"49ffa2ed"}}';

test('a DELETE says how long its body is: without that a server takes its preconditions for none', async () => {
  await using server = await kubernetesServer({ api: scribe(), users });
  const ask = await askOf(server);
  const path = '/api/v1/namespaces/prod/pods/a';
  await ask({ method: 'DELETE', path, contentType: 'application/json', body: PRECONDITIONS }, signal);
  expect(server.requests()[0]?.headers).toMatchObject({
    'content-length': String(PRECONDITIONS.length),
    'content-type': 'application/json',
  });
  expect(server.api.calls[0]).toMatchObject({ method: 'DELETE', body: PRECONDITIONS });
});

test('a write without a body has the length 0, a read has none', async () => {
  await using server = await kubernetesServer({ api: scribe(), users });
  const ask = await askOf(server);
  await ask({ method: 'POST', path: '/a' }, signal);
  await ask({ method: 'GET', path: '/b' }, signal);
  expect(server.requests().map(({ headers }) => headers['content-length'])).toEqual(['0', undefined]);
});

test.for([
  ['is reset', { type: 'reset', afterBytes: 0 }, 'ECONNRESET'],
  ['is reset in the middle of the answer', { type: 'reset', afterBytes: 5 }, 'ECONNRESET'],
] as const)('a write whose connection %s is made once, and nothing is known of it', async ([, fault, code]) => {
  await using server = await kubernetesServer({ api: scribe(), users, fault: () => fault });
  const ask = await askOf(server);
  await expect(ask({ method: 'PATCH', path: '/a', body: '{}' }, signal)).rejects.toMatchObject({ code });
  expect(server.requests()).toHaveLength(1);
});

test.for([401, 429, 503])('a write that is answered %i is made once, whatever Retry-After says', async (code) => {
  const refusal = { ...status(code, 'X', 'x'), headers: { 'retry-after': '0' } };
  await using server = await kubernetesServer({
    api: scribe(),
    users,
    fault: () => ({ type: 'answer', answer: refusal }),
  });
  expect((await (await askOf(server))({ method: 'POST', path: '/a', body: '{}' }, signal)).status).toBe(code);
  expect(server.requests()).toHaveLength(1);
});

test('reads go through one connection, one after another; each write has one of its own', async () => {
  await using server = await kubernetesServer({ api: scribe(), users });
  const ask = await askOf(server);
  for (let read = 0; read < 5; read += 1) await ask({ method: 'GET', path: '/a' }, signal);
  expect(server.connections()).toBe(1);
  for (let write = 0; write < 2; write += 1) await ask({ method: 'PUT', path: '/a', body: '{}' }, signal);
  expect(server.connections()).toBe(3);
});

test('a connection that the server closed while it was idle costs a read nothing', async () => {
  let served = 0;
  // Answers, and then closes without a word, as a load balancer does whose patience is at its end.
  await using plain = await rawServer((socket) => {
    socket.on('data', () => {
      served += 1;
      if (served === 2) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: application/json\r\n\r\n{}');
    });
  });
  await using other = await kubernetesServer({ api: scribe(), users, tls: false });
  const ask = await askOf({
    kubeconfig: await rewritten(other.kubeconfig, other.url, `http://127.0.0.1:${plain.port}`),
  });
  for (let read = 0; read < 3; read += 1) expect((await ask({ method: 'GET', path: '/a' }, signal)).status).toBe(200);
  expect(served).toBe(4);
});

async function rewritten(kubeconfig: string, from: string, to: string): Promise<string> {
  const { readFile, writeFile } = await import('node:fs/promises');
  await writeFile(kubeconfig, (await readFile(kubeconfig, 'utf8')).replace(from, to));
  return kubeconfig;
}

test('what is packed is unpacked, and a packed answer may not grow beyond its limit', async () => {
  const long = 'x'.repeat(1_000_000);
  await using server = await kubernetesServer({ api: { answer: () => text(200, long) }, users });
  const ask = await askOf(server);
  expect(gzipSync(long).length).toBeLessThan(10_000);
  expect((await ask({ method: 'GET', path: '/a' }, signal)).body).toBe(long);
  expect(server.requests()[0]?.headers['accept-encoding']).toBe('gzip');
  const limited: Call = { method: 'GET', path: '/a', limitBytes: 500_000 };
  await expect(ask(limited, signal)).rejects.toMatchObject({ code: 'ANSWER_TOO_LONG' });
});

test('`read` is given the bytes of a 200 alone, and pages that are read at once do not mix', async () => {
  const bodyOf = (path: string): string => path.repeat(20_000);
  const api: Answering = {
    answer: ({ path }) => (path === '/no' ? status(403, 'Forbidden', 'no') : text(200, bodyOf(path))),
  };
  await using server = await kubernetesServer({ api, users });
  const ask = await askOf(server);
  const readBy = async (path: string): Promise<string | null> => {
    let given: string | null = null;
    const call: Call = { method: 'GET', path, read: (bytes) => void (given = bytes.toString('utf8')) };
    const { wasRead, body } = await ask(call, signal);
    expect(wasRead === true ? body : '').toBe('');
    return given;
  };
  for (let round = 0; round < 3; round += 1) {
    const paths = ['/one', '/three', '/fourteen', '/5'];
    expect(await Promise.all(paths.map(readBy))).toEqual(paths.map(bodyOf));
  }
  expect(await readBy('/no')).toBeNull();
});

test.skipIf(!hasRecordings)('a recorded refusal comes through word for word', async () => {
  const recorded = recordedAnswer('403-reader-nodes');
  const fault: Fault = { type: 'answer', answer: recorded };
  await using server = await kubernetesServer({ api: createApi([]), users, fault: () => fault });
  const { status: code, body } = await (await askOf(server))({ method: 'GET', path: '/api/v1/nodes' }, signal);
  expect([code, JSON.parse(body)]).toEqual([403, JSON.parse(recorded.body)]);
});
