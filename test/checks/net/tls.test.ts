import type { TlsOptions } from 'node:tls';
import { afterAll, describe, expect, test } from 'vitest';
import { check as httpCheck } from '../../../src/checks/net/http.ts';
import { check } from '../../../src/checks/net/tls.ts';
import { look } from '../../support/look.ts';
import { hasOpenssl, makeAuthority, type Authority, type Issued } from '../../support/http/certificates.ts';
import { netReader } from '../../support/http/net-reader.ts';
import { closedPort, httpServer, httpsServer, rawServer, tlsServer } from '../../support/http/servers.ts';

const reader = netReader();

function greet(port: number, params: object = {}) {
  return look(check, reader, { host: '127.0.0.1', port, name: 'localhost', attempts: 1, timeout: '3s', ...params });
}

describe('a server that does not shake hands', () => {
  test('is a finding, while its certificate is hidden and so keeps its findings', async () => {
    const port = await closedPort();
    const { observations, drafts } = await greet(port, { name: undefined });
    expect(drafts).toMatchObject([{ discriminator: 'handshake', severity: 'critical', evidenceClass: 'connect' }]);
    expect(observations).toMatchObject([
      { status: 'seen', resource: `net:local/tls/127.0.0.1:${port}` },
      { status: 'unknown', resource: `net:local/certificate/127.0.0.1:${port}`, failure: { code: 'ECONNREFUSED' } },
    ]);
  });

  test('because it speaks plain HTTP is told so', async () => {
    await using server = await httpServer((_, response) => response.end('hello'));
    expect((await greet(server.port)).drafts[0]?.title).toContain('it does not speak TLS there');
  });

  test('because it says nothing is out of time', async () => {
    await using server = await rawServer(() => undefined);
    const { observations } = await greet(server.port, { timeout: '200ms' });
    expect(observations[0]).toMatchObject({ facts: { about: 'failure', phase: 'tls', code: 'TIMEOUT' } });
  });

  test('because it hangs up, at once or in the middle, is told so', async () => {
    await using atOnce = await rawServer((socket) => socket.end());
    await using midway = await rawServer((socket) => socket.once('data', () => socket.end(Buffer.from([0x16, 3, 3]))));
    for (const { port } of [atOnce, midway])
      expect((await greet(port)).observations[0]).toMatchObject({ facts: { about: 'failure', phase: 'tls' } });
  });

  test('but floods us with bytes is left', async () => {
    await using server = await rawServer((socket) => {
      const junk = Buffer.alloc(65_536, 0x41);
      const flood = (): void => void (socket.writable && socket.write(junk, flood));
      flood();
    });
    expect((await greet(server.port)).drafts).toMatchObject([{ discriminator: 'handshake' }]);
  });

  test('is left at once when the run is over', async () => {
    await using server = await rawServer(() => undefined);
    const controller = new AbortController();
    const going = look(
      check,
      reader,
      { host: '127.0.0.1', port: server.port, timeout: '20s' },
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort(new Error('the run is over')), 50);
    await expect(going).rejects.toThrow('the run is over');
  });
});

test('trouble of this machine hides both the server and its certificate', async () => {
  const offline = { ...reader, isOnline: () => false };
  const { observations } = await look(check, offline, { host: 'does-not-exist.invalid', attempts: 1 });
  expect(observations).toMatchObject([
    { status: 'unknown', resource: 'net:local/tls/does-not-exist.invalid:443', failure: { code: 'OFFLINE' } },
    { status: 'unknown', resource: 'net:local/certificate/does-not-exist.invalid:443', failure: { code: 'OFFLINE' } },
  ]);
});

describe.skipIf(!hasOpenssl)('certificates of a real server (needs the openssl command)', () => {
  const now = Date.now();
  const authority: Authority | null = hasOpenssl ? makeAuthority(now) : null;
  afterAll(() => authority?.[Symbol.dispose]());
  const issuer = (): Authority => {
    if (authority === null) throw new Error('skipped without openssl');
    return authority;
  };
  const ownRoot = (): string => issuer().file(issuer().root);

  test('one that is right, from an authority that is named, has no finding', async () => {
    await using server = await serve(issuer().issue({ names: ['localhost'], from: -1, to: 90 }));
    const { observations, drafts } = await greet(server.port, { ca: ownRoot() });
    expect(drafts).toEqual([]);
    expect(observations).toMatchObject([
      { facts: { about: 'handshake', protocol: 'TLSv1.3' } },
      {
        facts: {
          about: 'certificate',
          chainError: null,
          nameMatches: true,
          chain: [{ name: 'localhost', issuer: 'Holdfast test root', names: ['localhost'] }],
        },
      },
    ]);
  });

  test.each([
    [31, null],
    [29.9, 'low'],
    [7.1, 'low'],
    [6.9, 'high'],
    [1.1, 'high'],
    [0.9, 'critical'],
  ])('one with %f days left is %s', async (to, severity) => {
    await using server = await serve(issuer().issue({ names: ['localhost'], from: -60, to }));
    const { drafts } = await greet(server.port, { ca: ownRoot() });
    expect(drafts).toMatchObject(
      severity === null ? [] : [{ discriminator: 'expiry', evidenceClass: 'expiring', severity }],
    );
  });

  test('one that has expired is critical, its chain is not blamed too, and the clock is mentioned', async () => {
    await using server = await serve(issuer().issue({ names: ['localhost'], from: -60, to: -2 }));
    const { drafts } = await greet(server.port, { ca: ownRoot() });
    expect(drafts).toMatchObject([
      {
        discriminator: 'expiry',
        evidenceClass: 'expired',
        severity: 'critical',
        next: expect.stringContaining('clock'),
      },
    ]);
    expect(drafts[0]?.title).toMatch(
      /^The certificate of localhost at 127\.0\.0\.1:\d+ expired 2 d.* ago \(\d{4}-\d\d-\d\d\)$/,
    );
  });

  test('one that is not valid yet is critical', async () => {
    await using server = await serve(issuer().issue({ names: ['localhost'], from: 3, to: 90 }));
    expect((await greet(server.port, { ca: ownRoot() })).drafts).toMatchObject([
      { evidenceClass: 'not-yet-valid', severity: 'critical' },
    ]);
  });

  test('one for another name, and one with the name in its subject alone', async () => {
    await using other = await serve(issuer().issue({ names: ['example.org', 'www.example.org'], from: -1, to: 90 }));
    const { drafts } = await greet(other.port, { ca: ownRoot() });
    expect(drafts).toMatchObject([{ discriminator: 'name', severity: 'high' }]);
    expect(drafts[0]?.title).toContain('is not for localhost but for example.org, www.example.org');
    await using subjectOnly = await serve(
      issuer().issue({ names: ['localhost', 'localhost.example'], from: -1, to: 90 }),
    );
    expect((await greet(subjectOnly.port, { ca: ownRoot(), name: 'foo.localhost' })).drafts).toMatchObject([
      { discriminator: 'name' },
    ]);
  });

  test('of an address only an address counts', async () => {
    await using byName = await serve(issuer().issue({ names: ['localhost'], from: -1, to: 90 }));
    await using byAddress = await serve(issuer().issue({ names: ['127.0.0.1'], from: -1, to: 90 }));
    const params = { ca: ownRoot(), name: undefined };
    expect((await greet(byName.port, params)).drafts).toMatchObject([{ discriminator: 'name' }]);
    expect((await greet(byAddress.port, params)).drafts).toEqual([]);
  });

  test('one that is signed by itself is not trusted, until it is named', async () => {
    const self = issuer().selfSigned('localhost');
    await using server = await serve(self);
    expect((await greet(server.port)).drafts).toMatchObject([
      { discriminator: 'chain', evidenceClass: 'self-signed', severity: 'high' },
    ]);
    expect((await greet(server.port, { ca: issuer().file(self) })).drafts).toEqual([]);
  });

  test('one from an authority that nobody knows, with the authority sent along or not', async () => {
    const leaf = issuer().issue({ names: ['localhost'], from: -1, to: 90 });
    await using alone = await serve(leaf);
    await using withRoot = await serve({ key: leaf.key, cert: leaf.cert + issuer().root.cert });
    expect((await greet(alone.port)).drafts).toMatchObject([{ discriminator: 'chain', evidenceClass: 'incomplete' }]);
    const { drafts } = await greet(withRoot.port);
    expect(drafts).toMatchObject([{ discriminator: 'chain', evidenceClass: 'unknown-authority' }]);
    expect(drafts[0]?.title).toContain('its authority "Holdfast test root" is not trusted here');
  });

  test('a chain without its intermediate is incomplete, with it all is well', async () => {
    const leaf = issuer().issue({ names: ['localhost'], from: -1, to: 90, by: 'intermediate' });
    await using short = await serve(leaf);
    await using whole = await serve({ key: leaf.key, cert: leaf.cert + issuer().intermediate.cert });
    const { drafts } = await greet(short.port, { ca: ownRoot() });
    expect(drafts).toMatchObject([{ discriminator: 'chain', evidenceClass: 'incomplete' }]);
    expect(drafts[0]?.title).toContain('the certificate of its issuer "Holdfast test intermediate" is missing');
    expect((await greet(whole.port, { ca: ownRoot() })).drafts).toEqual([]);
  });

  test('a server that speaks nothing newer than TLS 1.1 is told apart from one that speaks none', async () => {
    const leaf = issuer().issue({ names: ['localhost'], from: -1, to: 90 });
    await using server = await serve(leaf, {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const { drafts } = await greet(server.port, { ca: ownRoot() });
    expect(drafts).toMatchObject([{ discriminator: 'protocol', severity: 'high' }]);
    expect(drafts[0]?.title).toContain('speaks nothing newer than TLSv1.1');
  });

  test('a server on IPv6 is met', async () => {
    const { cert, key } = issuer().issue({ names: ['localhost'], from: -1, to: 90 });
    await using server = await tlsServer({ cert, key }, '::1');
    const { observations, drafts } = await look(check, reader, {
      host: '[::1]',
      port: server.port,
      name: 'localhost',
      ca: ownRoot(),
    });
    expect(drafts).toEqual([]);
    expect(observations[0]?.name).toBe(`localhost at [::1]:${server.port}`);
  });

  test('the same certificates are findings of net/http, with the reason', async () => {
    const expired = issuer().issue({ names: ['127.0.0.1'], from: -60, to: -2 });
    const other = issuer().issue({ names: ['example.org'], from: -1, to: 90 });
    const right = issuer().issue({ names: ['127.0.0.1'], from: -1, to: 90 });
    const ask = async (issued: Issued) => {
      await using server = await httpsServer(issued, (_, response) => response.end('ok'));
      return await look(httpCheck, reader, { url: `https://127.0.0.1:${server.port}/`, attempts: 1, ca: ownRoot() });
    };
    expect((await ask(expired)).drafts).toMatchObject([
      {
        evidenceClass: 'tls',
        severity: 'critical',
        title: expect.stringContaining('its certificate has expired (CERT_HAS_EXPIRED)'),
      },
    ]);
    expect((await ask(other)).drafts).toMatchObject([
      { evidenceClass: 'tls', title: expect.stringContaining('for another name') },
    ]);
    expect((await ask(right)).drafts).toEqual([]);
  });

  test('a redirect from https to http is not followed', async () => {
    await using plain = await httpServer((_, response) => response.end('you should not see this'));
    await using server = await httpsServer(issuer().issue({ names: ['127.0.0.1'], from: -1, to: 90 }), (_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${plain.port}/` }).end(),
    );
    const { observations, drafts } = await look(httpCheck, reader, {
      url: `https://127.0.0.1:${server.port}/`,
      attempts: 1,
      ca: ownRoot(),
      redirects: 'follow',
    });
    expect(observations[0]).toMatchObject({ facts: { refusedRedirect: { reason: 'downgrade' }, hops: [] } });
    expect(drafts).toMatchObject([{ evidenceClass: 'redirect' }]);
  });

  test('a key in the file of authorities instead of a certificate is unknown', async () => {
    const file = issuer().file({ cert: issuer().root.key });
    expect((await greet(1, { ca: file })).observations).toMatchObject([
      { status: 'unknown', failure: { code: 'CA_INVALID' } },
      { status: 'unknown', failure: { code: 'CA_INVALID' } },
    ]);
  });
});

describe('parameters', () => {
  test.each([
    [{}, 'host'],
    [{ host: 'https://example.com' }, 'write a name'],
    [{ host: 'example.com:443' }, 'write a name'],
    [{ host: 'x', port: 0 }, 'port'],
    [{ host: 'x', days: [1, 7, 30] }, 'get smaller'],
    [{ host: 'x', days: [30, 7] }, 'days'],
    [{ host: 'x', sni: 'y' }, 'sni'],
    [{ host: 'x\u001b[31m' }, 'write a name'],
  ])('%j is refused with a word on %s', (input, word) => {
    const parsed = check.params.safeParse(input);
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.success ? [] : parsed.error.issues)).toContain(word);
  });
});

function serve({ cert, key }: Issued, options: TlsOptions = {}) {
  return tlsServer({ cert, key, ...options });
}
