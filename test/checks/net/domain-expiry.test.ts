import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/net/domain-expiry.ts';
import type { HttpQuestion, NetReader } from '../../../src/providers/net/reader.ts';
import { look } from '../../support/look.ts';
import { netReader } from '../../support/http/net-reader.ts';
import { closedPort, httpServer, rawServer, type RunningServer } from '../../support/http/servers.ts';

const NOW = Date.parse('2026-11-26T00:00:00Z');
const RDAP = 'application/rdap+json';

interface Page {
  readonly status?: number;
  readonly type?: string | null;
  readonly body?: unknown;
  readonly location?: string;
}

/** A web server that answers each path with a page of its own, and anything else with 500. */
function serving(pages: Readonly<Record<string, Page>>, asked: string[] = []): Promise<RunningServer> {
  return httpServer((request, response) => {
    asked.push(request.url ?? '');
    const { status = 200, type = RDAP, body = '', location } = pages[request.url ?? ''] ?? { status: 500 };
    response.writeHead(status, {
      ...(type === null ? {} : { 'content-type': type }),
      ...(location === undefined ? {} : { location }),
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

/** In the shape of RFC 9083, 5.3. */
function domain(more: object = {}): object {
  return {
    objectClassName: 'domain',
    rdapConformance: ['rdap_level_0'],
    ldhName: 'SHOP.TEST',
    status: ['client transfer prohibited'],
    events: [
      { eventAction: 'registration', eventDate: '2010-01-01T00:00:00Z' },
      { eventAction: 'expiration', eventDate: '2027-11-26T00:00:00Z' },
      { eventAction: 'last update of RDAP database', eventDate: '2026-11-25T00:00:00Z' },
    ],
    ...more,
  };
}

function expiring(at: string): object {
  return domain({ events: [{ eventAction: 'expiration', eventDate: at }] });
}

function ask(port: number, params: object = {}, reader: NetReader = netReader()) {
  const input = { domain: 'shop.test', server: `http://127.0.0.1:${port}/`, attempts: 1, timeout: '5s', ...params };
  return look(check, reader, input, { now: NOW });
}

async function answered(page: Page) {
  await using server = await serving({ '/domain/shop.test': page });
  return await ask(server.port);
}

describe('a registration', () => {
  test('that lasts is well', async () => {
    const { observations, drafts } = await answered({ body: domain() });
    expect(drafts).toEqual([]);
    expect(observations).toMatchObject([
      { resource: 'net:local/domain/shop.test', facts: { isFound: true, states: ['client transfer prohibited'] } },
      { resource: 'net:local/domain-expiry/shop.test', facts: { expiresAt: Date.parse('2027-11-26T00:00:00Z') } },
    ]);
  });

  test.each([
    ['2026-12-26T00:00:00Z', null],
    ['2026-12-25T23:59:59Z', 'low'],
    ['2026-12-09T12:00:00+00:00', 'high'],
    ['2026-12-02T12:00:00.5Z', 'critical'],
    ['2026-11-26T00:00:00Z', 'critical'],
    ['2020-01-01T00:00:00Z', 'critical'],
  ])('that ends at %s is reported as %s', async (at, severity) => {
    const { drafts } = await answered({ body: expiring(at) });
    expect(drafts.map((draft) => draft.severity)).toEqual(severity === null ? [] : [severity]);
  });

  test.each([
    ['auto renew period', null],
    ['pendingDelete', 'deleting'],
    ['pending delete', 'deleting'],
    ['Redemption Period', 'deleting'],
    ['client hold', 'hold'],
    ['server hold', 'hold'],
  ])('in the state "%s"', async (state, evidenceClass) => {
    const { drafts } = await answered({ body: domain({ status: ['active', state] }) });
    expect(drafts.map((draft) => draft.evidenceClass)).toEqual(evidenceClass === null ? [] : [evidenceClass]);
  });

  test.each([RDAP, 'application/json', null])(
    'that there is not (404 of %s) is critical, and nothing ends',
    async (type) => {
      const { observations, drafts } = await answered({ status: 404, type });
      expect(drafts).toMatchObject([{ severity: 'critical', evidenceClass: 'not-registered' }]);
      expect(observations[1]).toMatchObject({ status: 'unknown', failure: { code: 'NOT_REGISTERED' } });
    },
  );

  test.each([
    ['no event of that kind', domain({ events: [] })],
    ['an event without a date', domain({ events: [{ eventAction: 'expiration' }] })],
    ['a date that is none', expiring('soon')],
  ])('with %s is known, but its end is not', async (_, body) => {
    const { observations, drafts } = await answered({ body });
    expect(drafts).toEqual([]);
    expect(observations).toMatchObject([{ status: 'seen' }, { status: 'unknown', failure: { code: 'NO_EXPIRY' } }]);
  });

  test('may be of a name that is written in other letters', async () => {
    await using server = await serving({
      '/domain/xn--bcher-kva.test': { body: domain({ ldhName: undefined, unicodeName: 'bücher.test' }) },
    });
    expect((await ask(server.port, { domain: 'Bücher.test' })).observations).toMatchObject([
      { status: 'seen', name: 'xn--bcher-kva.test' },
      { status: 'seen' },
    ]);
  });
});

describe('nothing is known', () => {
  test.each([
    ['of a page that is not there', { status: 404, type: 'text/html' }, 'HTTP_404'],
    ['after too many questions', { status: 429 }, 'RATE_LIMITED'],
    ['of a server that is in trouble', { status: 503 }, 'HTTP_503'],
    ['of what is no JSON', { body: '<html>' }, 'UNEXPECTED_ANSWER'],
    ['of half an answer', { body: '{"objectClassName":"dom' }, 'UNEXPECTED_ANSWER'],
    ['of an empty answer', {}, 'UNEXPECTED_ANSWER'],
    ['of another object', { body: { objectClassName: 'nameserver', ldhName: 'shop.test' } }, 'UNEXPECTED_ANSWER'],
    ['of another domain', { body: domain({ ldhName: 'other.test' }) }, 'UNEXPECTED_ANSWER'],
    ['of no domain in particular', { body: domain({ ldhName: undefined }) }, 'UNEXPECTED_ANSWER'],
    ['of an answer without end', { body: ' '.repeat(2_000_000) }, 'UNEXPECTED_ANSWER'],
    ['of lists that are none', { body: domain({ status: 'active' }) }, 'UNEXPECTED_ANSWER'],
    ['behind a redirect to a file', { status: 302, location: 'file:///etc/passwd' }, 'REDIRECT_REFUSED'],
    ['behind redirects in a circle', { status: 302, location: '/domain/shop.test' }, 'REDIRECT_REFUSED'],
  ])('%s', async (_, page, code) => {
    const { observations, drafts } = await answered(page);
    expect(drafts).toEqual([]);
    expect(observations).toMatchObject([
      { status: 'unknown', failure: { code } },
      { status: 'unknown', failure: { code } },
    ]);
  });

  test('when nobody listens, or nothing is said', async () => {
    expect((await ask(await closedPort())).observations[0]).toMatchObject({ failure: { code: 'ECONNREFUSED' } });
    await using silent = await rawServer(() => undefined);
    expect((await ask(silent.port, { timeout: '200ms' })).observations[0]).toMatchObject({
      failure: { code: 'TIMEOUT' },
    });
  });

  test('without a network', async () => {
    const offline = { ...netReader(), isOnline: () => false };
    const server = 'https://192.0.2.1/';
    const reader: NetReader = { ...offline, ask: (question) => failing(question) };
    expect((await ask(0, { server }, reader)).observations[0]).toMatchObject({ failure: { code: 'OFFLINE' } });
  });

  test('of what another place says that a redirect led to over plain http', async () => {
    const reader: NetReader = {
      ...netReader(),
      ask: async (question) => ({ ...(await netReader().ask(question)), url: 'http://evil.test/domain/shop.test' }),
    };
    await using server = await serving({ '/domain/shop.test': { body: domain() } });
    expect((await ask(server.port, {}, reader)).observations[0]).toMatchObject({
      failure: { code: 'REDIRECT_REFUSED' },
    });
  });
});

describe('the server', () => {
  test('may redirect to another, and stand below a path', async () => {
    await using server = await serving({
      '/rdap/domain/shop.test': { status: 307, location: '/v1/shop.test' },
      '/v1/shop.test': { body: domain() },
    });
    const { observations } = await ask(server.port, { server: `http://127.0.0.1:${server.port}/rdap` });
    expect(observations).toMatchObject([{ status: 'seen' }, { status: 'seen' }]);
  });

  test('is found in the bootstrap list by the longest ending', async () => {
    const asked: string[] = [];
    const pages: Record<string, Page> = { '/b/domain/shop.co.test': { body: domain({ ldhName: 'shop.co.test' }) } };
    await using server = await serving(pages, asked);
    const base = `http://127.0.0.1:${server.port}`;
    pages['/dns.json'] = {
      type: 'application/json',
      body: {
        version: '1.0',
        services: [
          [['example', 'test'], [`${base}/a/`]],
          [['CO.TEST'], ['http://plain.test/', `${base}/b/`]],
        ],
      },
    };
    const params = { domain: 'shop.co.test', server: undefined, bootstrap: `${base}/dns.json` };
    expect((await ask(server.port, params)).observations).toMatchObject([{ status: 'seen' }, { status: 'seen' }]);
    expect(asked).toEqual(['/dns.json', '/b/domain/shop.co.test']);
  });

  test.each([
    ['no server for the ending', { services: [[['com'], ['https://rdap.test/']]] }, 'NO_RDAP'],
    ['only one without TLS', { services: [[['test'], ['http://rdap.test/']]] }, 'NO_RDAP'],
    ['something that is no address', { services: [[['test'], ['javascript:alert(1)', 'x']]] }, 'NO_RDAP'],
    ['no list', { services: 'none' }, 'UNEXPECTED_ANSWER'],
    ['no JSON', 'services', 'UNEXPECTED_ANSWER'],
  ])('is unknown with %s in the bootstrap list', async (_, body, code) => {
    await using server = await serving({ '/dns.json': { body } });
    const params = { server: undefined, bootstrap: `http://127.0.0.1:${server.port}/dns.json` };
    expect((await ask(server.port, params)).observations[0]).toMatchObject({ status: 'unknown', failure: { code } });
  });
});

test.each([
  { domain: 'com' },
  { domain: 'a/../b.test' },
  { domain: '192.0.2.1' },
  { server: 'http://rdap.test/' },
  { server: 'https://user:pass@rdap.test/' },
  { bootstrap: 'http://127.0.0.1.evil.test/' },
  { days: [1, 2, 3] },
])('%j is refused', (input) => {
  expect(check.params.safeParse({ domain: 'shop.test', ...input }).success).toBe(false);
});

function failing({ url }: HttpQuestion): ReturnType<NetReader['ask']> {
  return Promise.resolve({
    status: 'failed',
    url,
    hops: [],
    totalMs: 1,
    peer: null,
    timings: { dns: null, connect: null, tls: null, firstByte: null },
    trouble: { phase: 'connect', code: 'ENETUNREACH', message: 'no way', codes: ['ENETUNREACH'] },
  });
}
