import { describe, expect, test } from 'vitest';
import { runnerClaims } from '../../../src/maker/oidc-runner.ts';
import type { Patience } from '../../../src/providers/oidc/patience.ts';
import { createOidcReader, type KeyCache, type OidcReader } from '../../../src/providers/oidc/reader.ts';
import { hasOpenssl, makeAuthority } from '../../support/http/certificates.ts';
import { closedPort, httpsServer, rawServer } from '../../support/http/servers.ts';
import { githubClaims } from '../../support/oidc/claims.ts';
import { DISCOVERY, json, KEYS, loopbackIssuer, TOKEN, type Answering } from '../../support/oidc/issuer.ts';
import { keySet, rsaKey, signed } from '../../support/oidc/tokens.ts';

const NOW = Date.UTC(2026, 10, 24, 9, 0, 0);
const HOUR = 3_600_000;
const signal = new AbortController().signal;
const key = rsaKey('one');
/** Three attempts, as in use, but nobody waits for them; what hangs is given up at once. */
const PATIENT = { timeoutMs: 20_000, pausesMs: [1, 1] };
const HASTY = { timeoutMs: 200, pausesMs: [1, 1] };
const patienceFor = (code: string): Patience => (code === 'TIMEOUT' ? HASTY : PATIENT);

interface Bench {
  readonly reader: OidcReader;
  readonly learnt: readonly string[];
  readonly cache: KeyCache & { readonly kept: Map<string, { readonly jwks: unknown; readonly at: number }> };
}

function bench(env: Readonly<Record<string, string>> = {}, at = NOW, patience: Patience = PATIENT): Bench {
  const learnt: string[] = [];
  const kept = new Map<string, { readonly jwks: unknown; readonly at: number }>();
  const clock = { now: () => at, monotonic: () => 0 };
  return {
    reader: createOidcReader({ clock, env, learn: (secret) => void learnt.push(secret) }, patience),
    learnt,
    cache: {
      kept,
      get: (issuer) => kept.get(issuer) ?? null,
      set: (issuer, jwks, when) => void kept.set(issuer, { jwks, at: when }),
    },
  };
}

const failing = (code: string) => ({ status: 'unknown', failure: { code } });

/** What a server may do instead of answering: it says nothing, half of it, too much, or sends us elsewhere. */
const TROUBLES: readonly (readonly [string, Answering, string, number])[] = [
  ['says nothing at all', () => undefined, 'TIMEOUT', 3],
  ['sends half of its answer and hangs', half, 'TIMEOUT', 3],
  ['sends half of its answer and hangs up', cut, 'ECONNRESET', 3],
  [
    'sends half of its answer as if it were all',
    (_request, response) => void response.end('{"value":"ey'),
    'OIDC_ANSWER_INVALID',
    1,
  ],
  ['sends 100 MB', flood, 'OIDC_ANSWER_TOO_LARGE', 1],
  ['sends us elsewhere', redirect(302), 'OIDC_REDIRECTED', 1],
  ['sends us elsewhere for good', redirect(308), 'OIDC_REDIRECTED', 1],
  ['answers in HTML', (_request, response) => void response.end('<html>'), 'OIDC_ANSWER_INVALID', 1],
  [
    'answers in no text',
    (_request, response) => void response.end(Buffer.from([0xff, 0xfe])),
    'OIDC_ANSWER_INVALID',
    1,
  ],
  ['answers null', json(null), 'OIDC_ANSWER_INVALID', 1],
  ['answers with a list', json([]), 'OIDC_ANSWER_INVALID', 1],
  ['answers with nothing in it', json({}), 'OIDC_ANSWER_INVALID', 1],
  ['answers compressed', compressed, 'OIDC_ANSWER_INVALID', 1],
  ['denies us', json({ message: 'no' }, 403), 'HTTP_403', 1],
  ['does not know us', json({ message: 'no' }, 404), 'HTTP_404', 1],
  ['asks us to wait', json({ message: 'later' }, 429), 'HTTP_429', 3],
  ['is broken', json({ message: 'oops' }, 503), 'HTTP_503', 3],
];

describe('a token of the runner', () => {
  test('is asked for with the request token and our audience, and both tokens are learnt', async () => {
    await using issuer = await loopbackIssuer({ [TOKEN]: json({ value: 'ey.the.token', count: 1 }) });
    const { reader, learnt } = bench(issuer.env);
    expect(await reader.idToken({ audience: 'hold fast&x=1', signal })).toEqual({
      status: 'seen',
      value: 'ey.the.token',
    });
    expect(issuer.asked).toEqual([`${TOKEN}?api-version=2.0&audience=hold+fast%26x%3D1`]);
    expect(issuer.bearers).toEqual(['Bearer request-token-4f1c']);
    expect(learnt).toEqual(['request-token-4f1c', 'ey.the.token']);
  });

  test('is none where the environment offers none', async () => {
    for (const env of [
      {},
      { ACTIONS_ID_TOKEN_REQUEST_URL: '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' },
      { GITHUB_ACTIONS: 'true' },
    ])
      expect(await bench(env).reader.idToken({ audience: 'holdfast', signal })).toEqual({
        status: 'seen',
        value: null,
      });
  });

  test('is unknown, and not none, where only half of what it takes is there', async () => {
    for (const env of [{ ACTIONS_ID_TOKEN_REQUEST_URL: 'https://127.0.0.1/' }, { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' }])
      expect(await bench(env).reader.idToken({ audience: 'holdfast', signal })).toMatchObject(
        failing('OIDC_REQUEST_INCOMPLETE'),
      );
  });

  test.each([
    'http://token.example.com/',
    'http://localhost:1/',
    'http://127.0.0.1.example.com/',
    'http://0.0.0.0/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'https://user:password@token.example.com/',
    'https://user@token.example.com/',
    'https://:password@token.example.com/',
    'https://token.example.com/#x',
    'token.example.com',
  ])('is not asked for at an address like %s', async (address) => {
    const { reader, learnt } = bench({
      ACTIONS_ID_TOKEN_REQUEST_URL: address,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
    });
    const looked = await reader.idToken({ audience: 'holdfast', signal });
    expect(looked).toMatchObject(failing('OIDC_URL_REFUSED'));
    expect(JSON.stringify(looked)).not.toContain('password');
    expect(learnt).toEqual(['request-token']);
  });

  test.each(TROUBLES)('is unknown when the endpoint %s', async (_what, answering, code, attempts) => {
    await using issuer = await loopbackIssuer({ [TOKEN]: answering });
    const { reader } = bench(issuer.env, NOW, patienceFor(code));
    const looked = await reader.idToken({ audience: 'holdfast', signal });
    expect(looked).toMatchObject(failing(code));
    expect(issuer.asked.filter((path) => path.startsWith(TOKEN))).toHaveLength(attempts);
    expect(issuer.asked).not.toContain('/elsewhere');
    expect(JSON.stringify(looked)).not.toMatch(/request-token|api-version/);
  });

  test.each([{ value: '' }, { value: 7 }, { value: ['ey'] }, { token: 'ey' }])(
    'is unknown when the answer is %j',
    async (answer) => {
      await using issuer = await loopbackIssuer({ [TOKEN]: json(answer) });
      expect(await bench(issuer.env).reader.idToken({ audience: 'holdfast', signal })).toMatchObject(
        failing('OIDC_ANSWER_INVALID'),
      );
    },
  );

  test('is had in the end from an endpoint that fails at first', async () => {
    let asked = 0;
    const shaky: Answering = (request, response, url) => {
      const answer = ++asked < 3 ? json({}, 500) : json({ value: 'ey.the.token' });
      answer(request, response, url);
    };
    await using issuer = await loopbackIssuer({ [TOKEN]: shaky });
    expect(await bench(issuer.env).reader.idToken({ audience: 'holdfast', signal })).toEqual({
      status: 'seen',
      value: 'ey.the.token',
    });
  });

  test('is unknown when nobody listens, or what listens does not speak HTTP', async () => {
    await using noise = await rawServer((socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    const codes: string[] = [];
    for (const port of [await closedPort(), noise.port]) {
      const { reader } = bench({
        ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x',
      });
      const looked = await reader.idToken({ audience: 'holdfast', signal });
      codes.push(looked.status === 'unknown' ? looked.failure.code : 'seen');
    }
    expect(codes).toEqual(['ECONNREFUSED', 'HPE_INVALID_CONSTANT']);
  });

  test('is unknown, without a word of it, when the request token can not be sent', async () => {
    await using issuer = await loopbackIssuer({ [TOKEN]: json({ value: 'ey' }) });
    const { reader } = bench({ ...issuer.env, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'sec\r\nret: x' });
    const looked = await reader.idToken({ audience: 'holdfast', signal });
    expect(looked).toMatchObject(failing('ERR_INVALID_CHAR'));
    expect(JSON.stringify(looked)).not.toContain('sec');
    expect(issuer.asked).toEqual([]);
  });

  test('is given up when the command is', async () => {
    const control = new AbortController();
    await using issuer = await loopbackIssuer({ [TOKEN]: () => control.abort() });
    const { reader } = bench(issuer.env, NOW, { timeoutMs: 60_000, pausesMs: [] });
    await expect(reader.idToken({ audience: 'holdfast', signal: control.signal })).rejects.toThrow('abort');
  });
});

describe('the keys of an issuer', () => {
  const ask = (use: Bench, issuer: string, fresh = false) =>
    use.reader.keys({ issuer, cache: use.cache, fresh, signal });

  test('are found by its discovery document and kept', async () => {
    await using issuer = await loopbackIssuer({ [KEYS]: json(keySet(key)) });
    const use = bench();
    expect(await ask(use, issuer.url)).toEqual({ status: 'seen', value: { jwks: keySet(key), cached: false } });
    expect(await ask(use, issuer.url)).toEqual({ status: 'seen', value: { jwks: keySet(key), cached: true } });
    expect(issuer.asked).toEqual([DISCOVERY, KEYS]);
    expect(issuer.bearers).toEqual([undefined, undefined]);
    expect(use.cache.kept.get(issuer.url)?.at).toBe(NOW);
  });

  test.each([
    ['an hour later', HOUR],
    ['before the time they were kept at, as when the clock was set back', -1],
  ])('are asked for again %s', async (_when, later) => {
    await using issuer = await loopbackIssuer({ [KEYS]: json(keySet(key)) });
    const use = bench({}, NOW + later);
    use.cache.set(issuer.url, keySet(rsaKey('old')), NOW);
    expect(await ask(use, issuer.url)).toMatchObject({ value: { jwks: keySet(key), cached: false } });
  });

  test('serve from the cache to the end of the hour, without a call', async () => {
    const use = bench({}, NOW + HOUR - 1);
    use.cache.set('https://issuer.invalid', keySet(key), NOW);
    expect(await ask(use, 'https://issuer.invalid')).toMatchObject({ value: { cached: true } });
  });

  test('are asked for when fresh ones are wanted, whatever is kept', async () => {
    await using issuer = await loopbackIssuer({ [KEYS]: json(keySet(key)) });
    const use = bench();
    use.cache.set(issuer.url, keySet(rsaKey('old')), NOW);
    expect(await ask(use, issuer.url, true)).toMatchObject({ value: { jwks: keySet(key), cached: false } });
    expect(use.cache.kept.get(issuer.url)?.jwks).toEqual(keySet(key));
  });

  test('that are kept for one issuer do not serve for another', async () => {
    await using issuer = await loopbackIssuer({ [KEYS]: json(keySet(key)) });
    const use = bench();
    use.cache.set('https://issuer.invalid', keySet(rsaKey('other')), NOW);
    expect(await ask(use, issuer.url)).toMatchObject({ value: { jwks: keySet(key) } });
  });

  test('are not taken from an old cache when the issuer does not answer', async () => {
    const issuer = `http://127.0.0.1:${await closedPort()}`;
    const use = bench({}, NOW + HOUR);
    use.cache.set(issuer, keySet(key), NOW);
    expect(await ask(use, issuer)).toMatchObject(failing('ECONNREFUSED'));
  });

  test.each([DISCOVERY, KEYS])('are unknown, and nothing is kept, when %s is in trouble', async (path) => {
    for (const [what, answering, code] of TROUBLES) {
      await using issuer = await loopbackIssuer({ [KEYS]: json(keySet(key)), [path]: answering });
      const use = bench({}, NOW, patienceFor(code));
      expect(await ask(use, issuer.url), what).toMatchObject(failing(code));
      expect(issuer.asked).not.toContain('/elsewhere');
      expect(use.cache.kept.size).toBe(0);
    }
  });

  test('of an issuer with a path lie under that path, with or without a slash at its end', async () => {
    for (const end of ['', '/']) {
      const own = `/_services/token${DISCOVERY}`;
      await using issuer = await loopbackIssuer({
        [own]: (request, response, url) =>
          json({ issuer: `${url}/_services/token${end}`, jwks_uri: `${url}${KEYS}` })(request, response, url),
        [KEYS]: json(keySet(key)),
      });
      expect(await ask(bench(), `${issuer.url}/_services/token${end}`)).toMatchObject({ status: 'seen' });
    }
  });

  test.each([
    [
      'speaks for another issuer',
      (url: string) => ({ issuer: 'https://token.example.com', jwks_uri: `${url}${KEYS}` }),
      'OIDC_ISSUER_WRONG',
    ],
    [
      'speaks for the issuer with a slash more',
      (url: string) => ({ issuer: `${url}/`, jwks_uri: `${url}${KEYS}` }),
      'OIDC_ISSUER_WRONG',
    ],
    [
      'names keys at plain http',
      (url: string) => ({ issuer: url, jwks_uri: 'http://192.0.2.1/keys' }),
      'OIDC_URL_REFUSED',
    ],
    ['names keys in a file', (url: string) => ({ issuer: url, jwks_uri: 'file:///etc/passwd' }), 'OIDC_URL_REFUSED'],
    ['names keys by a number', (url: string) => ({ issuer: url, jwks_uri: 7 }), 'OIDC_URL_REFUSED'],
    ['names no keys', (url: string) => ({ issuer: url }), 'OIDC_ANSWER_INVALID'],
  ])('are unknown when the discovery document %s', async (_what, document, code) => {
    await using issuer = await loopbackIssuer({
      [DISCOVERY]: (request, response, url) => json(document(url))(request, response, url),
      [KEYS]: json(keySet(key)),
    });
    expect(await ask(bench(), issuer.url)).toMatchObject(failing(code));
    expect(issuer.asked).toEqual([DISCOVERY]);
  });

  test.each([{ keys: [] }, { keys: 'x' }, { key: [] }])('that are no key set are not kept: %j', async (answer) => {
    await using issuer = await loopbackIssuer({ [KEYS]: json(answer) });
    const use = bench();
    expect(await ask(use, issuer.url)).toMatchObject(failing('OIDC_ANSWER_INVALID'));
    expect(use.cache.kept.size).toBe(0);
  });

  test.each(['http://token.example.com', 'http://localhost:1', 'https://token.example.com?x=1', 'not a url', ''])(
    'of an issuer at %j are not asked for',
    async (issuer) => {
      expect(await ask(bench(), issuer)).toMatchObject(failing('OIDC_URL_REFUSED'));
    },
  );
});

test.skipIf(!hasOpenssl)(
  'an issuer whose certificate is not trusted is not believed, nor asked for its keys',
  async () => {
    using authority = makeAuthority(Date.now());
    const asked: (string | undefined)[] = [];
    await using server = await httpsServer(authority.selfSigned('localhost'), (request, response) => {
      asked.push(request.url);
      response.end('{}');
    });
    const { reader, cache } = bench();
    const looked = await reader.keys({ issuer: `https://localhost:${server.port}`, cache, fresh: false, signal });
    expect(looked).toMatchObject(failing('DEPTH_ZERO_SELF_SIGNED_CERT'));
    expect(asked).toEqual([]);
  },
);

describe('a job with a loopback issuer', () => {
  const terms = (issuer: string) => ({
    issuer,
    audience: 'holdfast',
    clock: { now: () => NOW, monotonic: () => 0 },
    signal,
  });
  const bound = ({ reader, cache }: Bench) => ({
    idToken: reader.idToken,
    keys: (question: { issuer: string; fresh: boolean; signal: AbortSignal }) => reader.keys({ ...question, cache }),
  });

  test('is known by its claims, and again after the issuer has changed its keys', async () => {
    let current = key;
    await using issuer = await loopbackIssuer({
      [TOKEN]: (request, response, url) =>
        json({ value: signed(githubClaims(NOW, { iss: url }), current) })(request, response, url),
      [KEYS]: (request, response, url) => json(keySet(current))(request, response, url),
    });
    const use = bench(issuer.env);
    const first = await runnerClaims(bound(use), terms(issuer.url));
    expect(first).toMatchObject({ status: 'seen', value: { repository: 'acme/shop', environment: 'staging' } });
    current = rsaKey('two');
    const second = await runnerClaims(bound(use), terms(issuer.url));
    expect(second).toMatchObject({ status: 'seen' });
    expect(issuer.asked.filter((path) => path === KEYS)).toHaveLength(2);
    expect(use.learnt).toHaveLength(4);
  });

  test('is not known by a token that another key signed, however the keys are fetched', async () => {
    await using issuer = await loopbackIssuer({
      [TOKEN]: (request, response, url) =>
        json({ value: signed(githubClaims(NOW, { iss: url }), rsaKey('one')) })(request, response, url),
      [KEYS]: json(keySet(key)),
    });
    const looked = await runnerClaims(bound(bench(issuer.env)), terms(issuer.url));
    expect(looked).toMatchObject(failing('OIDC_SIGNATURE_WRONG'));
  });
});

function half(_request: unknown, response: Parameters<Answering>[1]): void {
  response.writeHead(200, { 'content-length': '1000' }).write('{"value":');
}

function cut(_request: unknown, response: Parameters<Answering>[1]): void {
  response.writeHead(200, { 'content-length': '1000' }).write('{"value":', () => response.socket?.destroy());
}

function flood(_request: unknown, response: Parameters<Answering>[1]): void {
  const chunk = Buffer.alloc(1_048_576, 0x20);
  let left = 100;
  const more = (): void => {
    while (left-- > 0) if (!response.write(chunk)) return void response.once('drain', more);
    response.end('{}');
  };
  more();
}

function redirect(status: number): Answering {
  return (_request, response) => void response.writeHead(status, { location: '/elsewhere' }).end();
}

function compressed(_request: unknown, response: Parameters<Answering>[1]): void {
  response.writeHead(200, { 'content-encoding': 'gzip' }).end('{}');
}
