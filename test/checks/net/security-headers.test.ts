import { afterAll, describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/net/security-headers.ts';
import { JUDGES, type PageFacts, type Rule } from '../../../src/checks/net/security-headers-rules.ts';
import type { NetReader } from '../../../src/providers/net/reader.ts';
import { look } from '../../support/look.ts';
import { hasOpenssl, makeAuthority, type Authority } from '../../support/http/certificates.ts';
import { netReader } from '../../support/http/net-reader.ts';
import { closedPort, httpServer, httpsServer, rawServer } from '../../support/http/servers.ts';

type Headers = Readonly<Record<string, string | string[]>>;

const GUARDED: Headers = {
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

function ask(url: string, params: object = {}, reader: NetReader = netReader()) {
  return look(check, reader, { url, attempts: 1, timeout: '5s', ...params });
}

function page(headers: Headers, status = 200, type = 'text/html; charset=utf-8') {
  return httpServer((_, response) => response.writeHead(status, { 'content-type': type, ...headers }).end('<html>'));
}

/** How a rule judges headers of a page that came over TLS. */
function judged(rule: Rule, headers: Headers, more: Partial<PageFacts> = {}): readonly (string | undefined)[] {
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]));
  const facts = { url: 'https://shop.test/', status: 200, contentType: 'text/html', headers: lists, ...more };
  const breach = JUDGES[rule](facts);
  return breach === null ? [] : [breach.severity, breach.class];
}

describe('a page', () => {
  test('that sends them all is well', async () => {
    await using server = await page(GUARDED);
    const { observations, drafts } = await ask(`http://127.0.0.1:${server.port}/#top`);
    expect(drafts).toEqual([]);
    expect(observations).toMatchObject([
      { resource: `net:local/headers/http://127.0.0.1:${server.port}/`, facts: { status: 200 } },
    ]);
  });

  test('that sends none has one finding for each, with what was sent as evidence', async () => {
    await using server = await page({ 'set-cookie': ['a=1', 'b=2; HttpOnly'] });
    const { drafts } = await ask(`http://127.0.0.1:${server.port}/`);
    expect(drafts.map(({ discriminator, severity }) => [discriminator, severity])).toEqual([
      ['csp', 'low'],
      ['nosniff', 'low'],
      ['framing', 'medium'],
      ['cookies', 'low'],
    ]);
    expect(drafts[1]?.evidence).toContainEqual(
      expect.objectContaining({ label: 'x-content-type-options', value: 'not sent' }),
    );
  });

  test('may leave rules out', async () => {
    await using server = await page({});
    const { drafts } = await ask(`http://127.0.0.1:${server.port}/`, { skip: ['csp', 'framing', 'nosniff'] });
    expect(drafts).toEqual([]);
  });

  test('is the one that redirects lead to', async () => {
    await using server = await httpServer((request, response) =>
      request.url === '/'
        ? response.writeHead(302, { location: '/home' }).end()
        : response.writeHead(200, { 'content-type': 'text/html', ...GUARDED }).end(),
    );
    expect((await ask(`http://127.0.0.1:${server.port}/`)).observations).toMatchObject([
      { facts: { url: `http://127.0.0.1:${server.port}/home` } },
    ]);
  });

  test('has cookies whose values are kept nowhere', async () => {
    await using server = await page({
      'set-cookie': ['session=s3cr3t-value; Path=/', 's3cr3t-nameless', '=s3cr3t; Secure'],
    });
    const result = await ask(`http://127.0.0.1:${server.port}/`);
    expect(result.drafts.at(-1)?.title).toContain('without HttpOnly: (no name), session');
    expect(JSON.stringify(result)).not.toContain('s3cr3t');
  });

  test('can hide nothing in a header', async () => {
    await using server = await rawServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nReferrer-Policy: unsafe-url, \x9b2J\r\nContent-Length: 0\r\n\r\n'),
    );
    expect(JSON.stringify(await ask(`http://127.0.0.1:${server.port}/`))).not.toContain('\x9b');
  });
});

describe('nothing is known of the headers', () => {
  test.each([404, 500, 503])('of a page that answers %i', async (status) => {
    await using server = await page({}, status);
    expect((await ask(`http://127.0.0.1:${server.port}/`)).observations).toMatchObject([
      { status: 'unknown', failure: { code: `HTTP_${status}` } },
    ]);
  });

  test('of a page that redirects where nobody may follow', async () => {
    await using server = await page({ location: 'javascript:alert(1)' }, 302);
    expect((await ask(`http://127.0.0.1:${server.port}/`)).observations).toMatchObject([
      { status: 'unknown', failure: { code: 'REDIRECT_REFUSED' } },
    ]);
  });

  test('of a server that does not answer, answers garbage or keeps silent', async () => {
    await using garbage = await rawServer((socket) => socket.end('SSH-2.0-x\r\n'));
    await using silent = await rawServer(() => undefined);
    for (const port of [await closedPort(), garbage.port, silent.port])
      expect((await ask(`http://127.0.0.1:${port}/`, { timeout: '200ms' })).observations).toMatchObject([
        { status: 'unknown', failure: { message: expect.stringContaining('see net/http') } },
      ]);
  });

  test('without a network', async () => {
    const reader: NetReader = { ...netReader(), isOnline: () => false };
    expect((await ask('http://[100::1]/', { timeout: '200ms' }, reader)).observations).toMatchObject([
      { status: 'unknown', failure: { code: 'OFFLINE' } },
    ]);
  });
});

describe.runIf(hasOpenssl)('over TLS', () => {
  let authority: Authority | null = null;
  afterAll(() => authority?.[Symbol.dispose]());

  test('cookies without Secure are a finding', async () => {
    authority = makeAuthority(Date.now());
    const leaf = authority.issue({ names: ['localhost'], from: -1, to: 10 });
    await using server = await httpsServer(leaf, (_, response) =>
      response.writeHead(200, { 'content-type': 'text/html', ...GUARDED, 'set-cookie': 'a=1; HttpOnly' }).end(),
    );
    const { drafts } = await ask(`https://localhost:${server.port}/`, { ca: authority.file(authority.root) });
    expect(drafts).toMatchObject([{ discriminator: 'cookies', severity: 'medium', evidenceClass: 'secure' }]);
  });
});

describe('Strict-Transport-Security', () => {
  test.each([
    ['max-age=31536000; includeSubDomains', []],
    ['includeSubDomains; MAX-AGE = "15552000"', []],
    ['max-age=86400', ['low', 'short']],
    ['max-age=0', ['medium', 'void']],
    ['includeSubDomains', ['medium', 'void']],
    ['xmax-age=31536000', ['medium', 'void']],
  ])('%s', (value, expected) => {
    expect(judged('hsts', { 'strict-transport-security': value })).toEqual(expected);
  });

  test('counts by its first header, and not for addresses and the loopback', () => {
    expect(judged('hsts', { 'strict-transport-security': ['max-age=0', 'max-age=31536000'] })).toEqual([
      'medium',
      'void',
    ]);
    expect(judged('hsts', {})).toEqual(['medium', 'missing']);
    for (const url of ['https://192.0.2.1/', 'https://[2001:db8::1]/', 'https://localhost/', 'http://127.0.0.1/'])
      expect(judged('hsts', {}, { url })).toEqual([]);
    expect(judged('hsts', {}, { url: 'http://shop.test/' })).toEqual(['medium', 'no-https']);
  });
});

describe('Content-Security-Policy', () => {
  test.each([
    ["script-src 'self'", []],
    ["default-src 'none'", []],
    ["default-src *; script-src 'self'", []],
    ["script-src 'unsafe-inline' 'nonce-abc'", []],
    ["script-src https: 'strict-dynamic' 'nonce-abc'", []],
    ["upgrade-insecure-requests, default-src 'self'", []],
    ["script-src 'self' 'unsafe-inline'", ['low', 'any-script']],
    ['default-src *', ['low', 'any-script']],
    ["script-src *; script-src 'self'", ['low', 'any-script']],
    ["img-src 'self'", ['low', 'no-script-rule']],
    ['', ['low', 'no-script-rule']],
  ])('%s', (value, expected) => {
    expect(judged('csp', { 'content-security-policy': value })).toEqual(expected);
  });

  test('is asked of HTML alone, and must be enforced', () => {
    expect(judged('csp', {}, { contentType: 'application/json' })).toEqual([]);
    expect(judged('csp', {}, { contentType: null })).toEqual([]);
    expect(judged('csp', { 'content-security-policy-report-only': "default-src 'self'" })).toEqual([
      'low',
      'report-only',
    ]);
  });
});

describe('framing', () => {
  test.each<[Headers, readonly string[]]>([
    [{ 'x-frame-options': 'SAMEORIGIN' }, []],
    [{ 'content-security-policy': "frame-ancestors 'self' https://a.test" }, []],
    [{ 'content-security-policy': 'frame-ancestors https:' }, ['medium', 'anyone']],
    [{ 'content-security-policy': 'frame-ancestors *', 'x-frame-options': 'DENY' }, ['medium', 'anyone']],
    [{ 'x-frame-options': 'ALLOW-FROM https://a.test' }, ['medium', 'void']],
    [{}, ['medium', 'missing']],
  ])('%j', (headers, expected) => {
    expect(judged('framing', headers)).toEqual(expected);
  });
});

describe('the others', () => {
  test.each<[Rule, Headers, readonly string[]]>([
    ['nosniff', { 'x-content-type-options': 'NoSniff' }, []],
    ['nosniff', { 'x-content-type-options': 'sniff' }, ['low', 'missing']],
    ['referrer', {}, []],
    ['referrer', { 'referrer-policy': 'unsafe-url' }, ['low', 'leaks']],
    ['referrer', { 'referrer-policy': 'no-referrer, something-new' }, []],
    ['referrer', { 'referrer-policy': ['no-referrer', 'unsafe-url'] }, ['low', 'leaks']],
    ['cookies', { 'set-cookie': 'a; Path=/; secure; HTTPONLY' }, []],
    ['cookies', { 'set-cookie': 'a; Secure' }, ['low', 'http-only']],
    ['cookies', { 'set-cookie': ['a; Secure; HttpOnly', 'b; HttpOnly'] }, ['medium', 'secure']],
    ['cookies', {}, []],
  ])('%s %j', (rule, headers, expected) => {
    expect(judged(rule, headers)).toEqual(expected);
  });
});

test.each([{ url: 'ftp://x/' }, { url: 'https://a:b@x/' }, { url: 'x' }, { url: 'https://x/', skip: ['hts'] }])(
  '%j is refused',
  (input) => {
    expect(check.params.safeParse(input).success).toBe(false);
  },
);
