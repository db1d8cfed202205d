import dns from 'node:dns';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { check } from '../../../src/checks/net/tcp.ts';
import type { NetReader } from '../../../src/providers/net/reader.ts';
import { look } from '../../support/look.ts';
import { netReader } from '../../support/http/net-reader.ts';
import { closedPort, rawServer } from '../../support/http/servers.ts';
import { failingReader, OWN_TROUBLES } from '../../support/net/failing.ts';
import { MISBEHAVING } from '../../support/net/misbehaving.ts';

const reader = netReader();

function connect(params: object, net: NetReader = reader) {
  return look(check, net, { host: '127.0.0.1', attempts: 1, timeout: '2s', ...params });
}

describe('a port', () => {
  test('that takes connections has no finding, whatever is said after that', async () => {
    for (const [name, serve] of Object.entries(MISBEHAVING)) {
      if (name === 'resets at once') continue;
      await using server = await serve();
      expect((await connect({ port: server.port })).drafts, name).toEqual([]);
    }
  });

  test('of an IPv6 address is named with brackets, written with or without them', async () => {
    await using server = await rawServer(() => undefined, '::1');
    for (const host of ['::1', '[::1]']) {
      const { observations, drafts } = await connect({ host, port: server.port });
      expect(drafts).toEqual([]);
      expect(observations).toMatchObject([{ resource: `net:local/tcp/[::1]:${server.port}`, facts: { peer: '::1' } }]);
    }
  });

  test('is sent nothing', async () => {
    let bytes = 0;
    const closed = Promise.withResolvers<void>();
    await using server = await rawServer((socket) => {
      socket.on('data', (chunk) => (bytes += chunk.length)).on('close', () => closed.resolve());
    });
    await connect({ port: server.port });
    await closed.promise;
    expect(bytes).toBe(0);
  });

  test('that nobody listens on is a critical finding', async () => {
    const port = await closedPort();
    const { drafts } = await connect({ port });
    expect(drafts).toMatchObject([{ discriminator: 'answer', severity: 'critical', evidenceClass: 'connect' }]);
    expect(drafts[0]?.title).toBe(
      `127.0.0.1:${port} is not open: the connection was refused, nothing listens there (ECONNREFUSED)`,
    );
  });

  test('is tried as often as was asked for', async () => {
    const { observations } = await connect({ port: await closedPort(), attempts: 2 });
    expect(observations).toMatchObject([{ facts: { outcome: 'failed', attempts: 2 } }]);
  });

  test('of a name that does not exist is a finding too', async () => {
    const { drafts } = await connect(
      { host: 'no.invalid', port: 1 },
      failingReader({ phase: 'dns', code: 'ENOTFOUND' }),
    );
    expect(drafts).toMatchObject([
      { severity: 'critical', evidenceClass: 'dns', next: expect.stringContaining('dig') },
    ]);
  });
});

describe('a name with several addresses', () => {
  afterEach(() => void vi.restoreAllMocks());

  /** The resolver of the system as a test wants it: it knows one name. */
  function resolving(...addresses: readonly string[]): void {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    vi.spyOn(dns, 'lookup').mockImplementation(
      ((_name: string, _options: object, done: (...found: unknown[]) => void) =>
        void setImmediate(() => done(null, found))) as typeof dns.lookup,
    );
  }

  test('is open when one of them is, and which one is said', async () => {
    await using server = await rawServer(() => undefined, '::1');
    resolving('127.0.0.1', '127.0.0.2', '::1');
    const { observations, drafts } = await connect({ host: 'shop.test', port: server.port });
    expect(drafts).toEqual([]);
    expect(observations).toMatchObject([{ name: `shop.test:${server.port}`, facts: { peer: '::1' } }]);
  });

  test('is not open when none of them is', async () => {
    const port = await closedPort();
    resolving('127.0.0.1', '127.0.0.2', '::1');
    const { observations, drafts } = await connect({ host: 'shop.test', port });
    expect(drafts).toMatchObject([{ evidenceClass: 'connect' }]);
    expect(observations).toMatchObject([{ facts: { code: 'ECONNREFUSED', message: expect.stringContaining('::1') } }]);
  });
});

test.each(OWN_TROUBLES)('%j, online %j, is unknown as %s', async (trouble, isOnline, code) => {
  const { observations } = await connect({ host: 'db.test', port: 1 }, failingReader(trouble, isOnline));
  expect(observations).toMatchObject([{ status: 'unknown', resource: 'net:local/tcp/db.test:1', failure: { code } }]);
});

test.each([
  [{}, 'port'],
  [{ port: 0 }, 'port'],
  [{ port: 65_536 }, 'port'],
  [{ port: 1, host: 'http://x/' }, 'write a name or an address'],
  [{ port: 1, host: 'shop.test:80' }, 'write a name or an address'],
  [{ port: 1, host: '-oProxyCommand=x' }, 'write a name or an address'],
  [{ port: 1, within: 'soon' }, '"soon" is not a duration'],
  [{ port: 1, timeout: '1h' }, 'not between'],
])('%j is refused with a word on %s', (input, word) => {
  const parsed = check.params.safeParse({ host: 'x', ...input });
  expect(JSON.stringify(parsed.success ? [] : parsed.error.issues)).toContain(JSON.stringify(word).slice(1, -1));
});
