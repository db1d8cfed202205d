import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/net/http.ts';
import type { NetReader } from '../../../src/providers/net/reader.ts';
import { look } from '../../support/look.ts';
import { netReader } from '../../support/http/net-reader.ts';
import { closedPort, httpServer, rawServer } from '../../support/http/servers.ts';

const reader = netReader();

/** Asks once, as most of these servers are wrong on purpose and would be wrong twice. */
function ask(url: string, params: object = {}, net: NetReader = reader) {
  return look(check, net, { url, attempts: 1, timeout: '2s', ...params });
}

async function titleOf(url: string, params: object = {}): Promise<string | undefined> {
  return (await ask(url, params)).drafts[0]?.title;
}

describe('the status', () => {
  test('an endpoint that answers as it should has no finding', async () => {
    await using server = await httpServer((_, response) => response.end('fine'));
    const { observations, drafts } = await ask(`http://127.0.0.1:${server.port}/`);
    expect(drafts).toEqual([]);
    expect(observations[0]).toMatchObject({ status: 'seen', facts: { outcome: 'answered', status: 200, body: null } });
  });

  test('another status than the one that is wanted is a finding with both in its title and the start of the body as evidence', async () => {
    await using server = await httpServer((_, response) => response.writeHead(503).end('up\u001b[31mstream\n gone'));
    const { drafts } = await ask(`http://127.0.0.1:${server.port}/x`);
    expect(drafts).toMatchObject([
      {
        discriminator: 'answer',
        severity: 'critical',
        evidenceClass: 'status',
        title: `http://127.0.0.1:${server.port}/x answers 503 instead of 2xx`,
      },
    ]);
    expect(drafts[0]?.evidence).toContainEqual(
      expect.objectContaining({ label: 'body starts with', value: 'up\\u{1b}[31mstream gone' }),
    );
  });

  test.each([
    [204, '2xx', true],
    [204, 200, false],
    [204, [200, 204], true],
    [404, [200, '4xx'], true],
    [500, '4xx', false],
  ])('%i is judged against %j', async (status, wanted, isRight) => {
    await using server = await httpServer((_, response) => response.writeHead(status).end());
    expect((await ask(`http://127.0.0.1:${server.port}/`, { status: wanted })).drafts.length === 0).toBe(isRight);
  });

  test('HEAD asks for no body', async () => {
    const methods: (string | undefined)[] = [];
    await using server = await httpServer((request, response) => {
      methods.push(request.method);
      response.end();
    });
    expect((await ask(`http://127.0.0.1:${server.port}/`, { method: 'HEAD' })).drafts).toEqual([]);
    expect(methods).toEqual(['HEAD']);
  });

  test('an IPv6 address in brackets is asked', async () => {
    await using server = await httpServer((_, response) => response.end(), '::1');
    expect((await ask(`http://[::1]:${server.port}/`)).drafts).toEqual([]);
  });
});

describe('an endpoint that does not answer', () => {
  test('a port that nobody listens on is a critical finding, not unknown', async () => {
    const port = await closedPort();
    const { observations, drafts } = await ask(`http://127.0.0.1:${port}/`);
    expect(observations[0]).toMatchObject({
      status: 'seen',
      facts: { outcome: 'failed', phase: 'connect', code: 'ECONNREFUSED' },
    });
    expect(drafts).toMatchObject([{ severity: 'critical', evidenceClass: 'connect' }]);
  });

  test('a second attempt is made, and one lost connection is no finding', async () => {
    let connections = 0;
    await using server = await rawServer((socket) => {
      connections += 1;
      if (connections === 1) socket.destroy();
      else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
    const { observations, drafts } = await ask(`http://127.0.0.1:${server.port}/`, { attempts: 2 });
    expect(drafts).toEqual([]);
    expect(observations[0]).toMatchObject({ facts: { attempts: 2 } });
  });

  test('a server that accepts and says nothing is out of time while waiting for its headers', async () => {
    await using server = await rawServer(() => undefined);
    const { observations, drafts } = await ask(`http://127.0.0.1:${server.port}/`, { timeout: '200ms' });
    expect(observations[0]).toMatchObject({ facts: { outcome: 'failed', phase: 'headers', code: 'TIMEOUT' } });
    expect(drafts[0]).toMatchObject({ severity: 'critical', evidenceClass: 'no-answer' });
  });

  test('headers that drip without end are out of time', async () => {
    await using server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('X-More: and more\r\n'), 5);
      socket.on('close', () => clearInterval(drip));
    });
    expect((await ask(`http://127.0.0.1:${server.port}/`, { timeout: '300ms' })).observations[0]).toMatchObject({
      facts: { code: 'TIMEOUT', phase: 'headers' },
    });
  });

  test('headers that flood without end are cut off as too large', async () => {
    await using server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = Buffer.from(`X-More: ${'x'.repeat(8_000)}\r\n`.repeat(16));
      const flood = (): void => void (socket.writable && socket.write(more, flood));
      flood();
    });
    expect((await ask(`http://127.0.0.1:${server.port}/`)).observations[0]).toMatchObject({
      facts: { code: 'HPE_HEADER_OVERFLOW' },
    });
  });

  test('headers of more than 64 KiB are too large', async () => {
    await using server = await rawServer((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\nX-Large: ${'x'.repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`),
    );
    expect(await titleOf(`http://127.0.0.1:${server.port}/`)).toContain(
      'its headers are too large (HPE_HEADER_OVERFLOW)',
    );
  });

  test('informational answers without end are out of time', async () => {
    await using server = await rawServer((socket) => {
      const drip = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 5);
      socket.on('close', () => clearInterval(drip));
    });
    expect((await ask(`http://127.0.0.1:${server.port}/`, { timeout: '300ms' })).observations[0]).toMatchObject({
      facts: { code: 'TIMEOUT' },
    });
  });

  test.each([
    ['words that are no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['bytes of chance', Buffer.from([0, 255, 7, 27, 91, 51, 49, 109, 13, 10, 13, 10])],
    ['a status that is no number', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['two lengths that differ', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ])('%s are said to be no HTTP', async (_, bytes) => {
    await using server = await rawServer((socket) => socket.end(bytes));
    expect(await titleOf(`http://127.0.0.1:${server.port}/`)).toMatch(
      /does not answer: what it answered is not HTTP \(HPE_\w+\)$/,
    );
  });

  test('a connection that is closed at once, or in the middle of the headers, is said to be closed', async () => {
    await using atOnce = await rawServer((socket) => socket.end());
    await using midway = await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-'));
    expect(await titleOf(`http://127.0.0.1:${atOnce.port}/`)).toContain('closed before an answer came (ECONNRESET)');
    expect(await titleOf(`http://127.0.0.1:${midway.port}/`)).toMatch(/does not answer/);
  });

  test('an upgrade that nobody asked for is an answer with the wrong status', async () => {
    await using server = await rawServer((socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
    );
    expect(await titleOf(`http://127.0.0.1:${server.port}/`)).toContain('answers 101 instead of 2xx');
  });

  test('a name that does not exist is a finding: whoever relies on it can not get there', async () => {
    const { drafts } = await ask('http://does-not-exist.invalid/', {}, answering({ phase: 'dns', code: 'ENOTFOUND' }));
    expect(drafts).toMatchObject([{ severity: 'critical', evidenceClass: 'dns' }]);
  });
});

describe('trouble of this machine', () => {
  test.each([
    [{ phase: 'dns', code: 'EAI_AGAIN' }, true, 'EAI_AGAIN'],
    [{ phase: 'dns', code: 'TIMEOUT' }, true, 'DNS_TIMEOUT'],
    [{ phase: 'connect', code: 'ENETUNREACH' }, true, 'ENETUNREACH'],
    [{ phase: 'connect', code: 'EMFILE' }, true, 'EMFILE'],
    [{ phase: 'connect', code: 'ETIMEDOUT' }, false, 'OFFLINE'],
    [{ phase: 'dns', code: 'ENOTFOUND' }, false, 'OFFLINE'],
  ] as const)('%j, online %j, is unknown as %s', async (trouble, isOnline, code) => {
    const { observations } = await ask('http://example.com/', {}, answering(trouble, isOnline));
    expect(observations).toMatchObject([
      { status: 'unknown', resource: 'net:local/http/http://example.com/', failure: { code } },
    ]);
  });

  test('an offline machine still finds its own loopback down', async () => {
    const { drafts } = await ask(
      'http://127.0.0.1:9/',
      {},
      answering({ phase: 'connect', code: 'ECONNREFUSED' }, false, 'http://127.0.0.1:9/'),
    );
    expect(drafts).toHaveLength(1);
  });

  test('when one address has no route and another refuses, the endpoint is down', async () => {
    const { drafts } = await ask(
      'http://example.com/',
      {},
      answering({ phase: 'connect', code: 'ENETUNREACH', codes: ['ENETUNREACH', 'ECONNREFUSED'] }),
    );
    expect(drafts).toHaveLength(1);
  });

  test('a variable that is not set is unknown and says which', async () => {
    const { observations } = await ask('http://127.0.0.1:1/', {
      headers: { Authorization: { env: 'API_TOKEN', prefix: 'Bearer ' } },
    });
    expect(observations).toMatchObject([
      { status: 'unknown', failure: { code: 'ENV_MISSING', message: expect.stringContaining('API_TOKEN') } },
    ]);
  });

  test('a variable that would break the header is unknown and its value is not said', async () => {
    const net = netReader({ API_TOKEN: 'hunter2\r\nX-Evil: yes' });
    const { observations } = await ask(
      'http://127.0.0.1:1/',
      { headers: { Authorization: { env: 'API_TOKEN' } } },
      net,
    );
    expect(observations).toMatchObject([{ status: 'unknown', failure: { code: 'ENV_INVALID' } }]);
    expect(JSON.stringify(observations)).not.toContain('hunter2');
  });

  test('an unreadable file of authorities is unknown', async () => {
    const { observations } = await ask('https://127.0.0.1:1/', { ca: '/does/not/exist.pem' });
    expect(observations).toMatchObject([{ status: 'unknown', failure: { code: 'ENOENT' } }]);
  });
});

describe('the body', () => {
  test('a text that must be there and one that must not', async () => {
    await using server = await serving('all is well, no errors');
    const url = `http://127.0.0.1:${server.port}/`;
    expect((await ask(url, { contains: 'well', lacks: 'panic' })).drafts).toEqual([]);
    expect(await titleOf(url, { contains: ['well', 'ready'] })).toBe(`${url} has a body without "ready"`);
    expect(await titleOf(url, { lacks: ['errors'] })).toBe(`${url} has a body that holds "errors"`);
  });

  test('a place in JSON: equal, another value, another type, not there, no JSON', async () => {
    await using server = await serving(JSON.stringify({ status: 'ok', checks: [{ 'a key': 1 }], deep: { a: {} } }));
    const url = `http://127.0.0.1:${server.port}/`;
    expect(
      (
        await ask(url, {
          json: [{ path: '$.status', equals: 'ok' }, { path: '$.checks[0]["a key"]', equals: 1 }, { path: 'deep.a' }],
        })
      ).drafts,
    ).toEqual([]);
    expect(await titleOf(url, { json: { path: '$.status', equals: 'good' } })).toBe(
      `${url} has "ok" at $.status instead of "good"`,
    );
    expect(await titleOf(url, { json: { path: '$.checks[0]["a key"]', equals: '1' } })).toContain(
      'has 1 at $.checks[0]["a key"] instead of "1"',
    );
    expect(await titleOf(url, { json: { path: '$.constructor' } })).toBe(`${url} has a body without $.constructor`);
    await using prose = await serving('<html>');
    expect(await titleOf(`http://127.0.0.1:${prose.port}/`, { json: { path: '$.status' } })).toContain(
      'has a body that is no JSON',
    );
  });

  test('JSON nested very deeply does not bring the check down', async () => {
    await using server = await serving('['.repeat(500_000));
    expect(await titleOf(`http://127.0.0.1:${server.port}/`, { json: { path: '$[0]' } })).toContain(
      'has a body that is no JSON',
    );
  });

  test('a body that never ends is left alone when nothing is asked of it', async () => {
    await using server = await endless();
    expect((await ask(`http://127.0.0.1:${server.port}/`)).drafts).toEqual([]);
  });

  test('a body that never ends is left as soon as the text was found', async () => {
    await using server = await endless();
    const { observations, drafts } = await ask(`http://127.0.0.1:${server.port}/`, { contains: 'tick' });
    expect(drafts).toEqual([]);
    expect(observations[0]).toMatchObject({ facts: { body: { end: 'enough' } } });
  });

  test('a body that never ends and does not hold what it should is a finding once time is up', async () => {
    await using server = await endless();
    expect(await titleOf(`http://127.0.0.1:${server.port}/`, { contains: 'tock', timeout: '300ms' })).toMatch(
      /has a body without "tock": it did not end in time, after/,
    );
    expect(await titleOf(`http://127.0.0.1:${server.port}/`, { lacks: 'tock', timeout: '300ms' })).toMatch(
      /has a body that could not be read to its end/,
    );
  });

  test('of a hundred megabytes only maxBody is read', async () => {
    const chunk = Buffer.alloc(1 << 20, 'x');
    let sent = 0;
    await using server = await httpServer((_, response) => {
      const more = (): void => {
        while (sent < 100 && !response.destroyed) {
          sent += 1;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const { observations, drafts } = await ask(`http://127.0.0.1:${server.port}/`, {
      contains: 'needle',
      maxBody: '64 KiB',
    });
    expect(observations[0]).toMatchObject({ facts: { body: { bytes: 65_536, end: 'limit' } } });
    expect(drafts[0]?.title).toContain('it is longer than the 64 KiB that are read');
    expect(sent).toBeLessThan(100);
    expect(JSON.stringify(observations).length).toBeLessThan(2_000);
  });

  test('a compressed body is read, and a bomb only up to maxBody', async () => {
    await using small = await serving(gzipSync('all is well'), { 'content-encoding': 'gzip' });
    expect((await ask(`http://127.0.0.1:${small.port}/`, { contains: 'is well' })).drafts).toEqual([]);
    await using bomb = await serving(gzipSync(Buffer.alloc(50 << 20)), { 'content-encoding': 'gzip' });
    const { observations } = await ask(`http://127.0.0.1:${bomb.port}/`, { lacks: 'x', maxBody: '1 MiB' });
    expect(observations[0]).toMatchObject({ facts: { body: { bytes: 1 << 20, end: 'limit' } } });
  });

  test('an encoding that is unknown, or a lie, is a finding of its own', async () => {
    await using unknown = await serving('x', { 'content-encoding': 'zip-of-my-own' });
    await using lie = await serving('this is no gzip', { 'content-encoding': 'gzip' });
    for (const { port } of [unknown, lie])
      expect(await titleOf(`http://127.0.0.1:${port}/`, { contains: 'x' })).toContain(
        'in an encoding that can not be read',
      );
  });

  test('a body that breaks off is judged by what came', async () => {
    await using server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of it', () =>
        setTimeout(() => socket.destroy(), 20),
      );
    });
    const url = `http://127.0.0.1:${server.port}/`;
    expect((await ask(url, { contains: 'half' })).drafts).toEqual([]);
    expect(await titleOf(url, { contains: 'whole' })).toContain('it broke off after 10 B');
  });

  test('a text that is split between two packets, of many bytes a letter, is found', async () => {
    const bytes = Buffer.from('status: läuft gut');
    await using server = await rawServer((socket) => {
      socket.setNoDelay(true);
      socket.write(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'), bytes.subarray(0, 10)]));
      setTimeout(() => socket.end(bytes.subarray(10)), 30);
    });
    expect((await ask(`http://127.0.0.1:${server.port}/`, { contains: 'läuft' })).drafts).toEqual([]);
  });
});

describe('redirects', () => {
  test('are the answer unless they shall be followed', async () => {
    await using server = await redirecting('https://example.com/login?next=1', 301);
    const url = `http://127.0.0.1:${server.port}/`;
    expect(await titleOf(url)).toBe(`${url} answers 301 to https://example.com/login?next=1 instead of 2xx`);
    expect((await ask(url, { status: 301 })).drafts).toEqual([]);
  });

  test('are followed, and the way is kept', async () => {
    await using server = await httpServer((request, response) =>
      request.url === '/new' ? response.end('here') : response.writeHead(308, { location: '/new' }).end(),
    );
    const { observations, drafts } = await ask(`http://127.0.0.1:${server.port}/old`, {
      redirects: 'follow',
      contains: 'here',
    });
    expect(drafts).toEqual([]);
    expect(observations[0]).toMatchObject({
      facts: { hops: [{ status: 308, to: `http://127.0.0.1:${server.port}/new` }] },
    });
  });

  test.each([
    ['file:///etc/passwd', 'scheme'],
    ['data:text/plain,ok', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['ftp://127.0.0.1/x', 'scheme'],
    ['http://user:word@127.0.0.1/', 'credentials'],
    ['http://[not-an-address/', 'invalid'],
  ])('to %s are refused as %s', async (location, reason) => {
    await using server = await redirecting(location);
    const { observations, drafts } = await ask(`http://127.0.0.1:${server.port}/`, {
      redirects: 'follow',
      status: ['2xx', '3xx'],
    });
    expect(observations[0]).toMatchObject({ facts: { status: 302, refusedRedirect: { reason } } });
    expect(drafts).toMatchObject([{ evidenceClass: 'redirect', severity: 'high' }]);
    expect(JSON.stringify([observations, drafts])).not.toContain('word@');
  });

  test('in a circle end after five', async () => {
    let asked = 0;
    await using server = await httpServer((_, response) => {
      asked += 1;
      response.writeHead(302, { location: '/again' }).end();
    });
    expect(await titleOf(`http://127.0.0.1:${server.port}/`, { redirects: 'follow' })).toContain(
      'more often than is followed',
    );
    expect(asked).toBe(6);
  });

  test('take no headers and no password to another origin, nor back again', async () => {
    const seen: [string, string | undefined, string | undefined][] = [];
    await using there = await httpServer((request, response) => {
      seen.push(['there', request.headers.authorization, request.headers['x-token']?.toString()]);
      response.writeHead(302, { location: `http://127.0.0.1:${here.port}/back` }).end();
    });
    await using here = await httpServer((request, response) => {
      seen.push(['here', request.headers.authorization, request.headers['x-token']?.toString()]);
      if (request.url === '/back') response.end();
      else
        response
          .writeHead(302, { location: request.url === '/start' ? '/second' : `http://127.0.0.1:${there.port}/` })
          .end();
    });
    const net = netReader();
    const { drafts } = await ask(
      `http://me:pass%20word@127.0.0.1:${here.port}/start`,
      { redirects: 'follow', headers: { 'X-Token': 'abc123' } },
      net,
    );
    const basic = `Basic ${Buffer.from('me:pass word').toString('base64')}`;
    expect(drafts).toEqual([]);
    expect(seen).toEqual([
      ['here', basic, 'abc123'],
      ['here', basic, 'abc123'],
      ['there', undefined, undefined],
      ['here', undefined, undefined],
    ]);
    expect(net.learnt).toEqual(expect.arrayContaining(['pass word', 'abc123']));
  });
});

describe('what is kept secret', () => {
  test('user and password of a URL are in no observation, id or finding', async () => {
    const port = await closedPort();
    const { observations, drafts } = await ask(`http://someone:hunter2@127.0.0.1:${port}/path?a=1#part`);
    expect(observations[0]).toMatchObject({
      resource: `net:local/http/http://127.0.0.1:${port}/path?a=1`,
      name: `http://127.0.0.1:${port}/path?a=1`,
    });
    expect(JSON.stringify([observations, drafts])).not.toMatch(/someone|hunter2/);
    expect(drafts).toHaveLength(1);
  });

  test('a header from the environment is sent, learnt, and nowhere to be seen', async () => {
    let got: string | undefined;
    await using server = await httpServer((request, response) => {
      got = request.headers.authorization;
      response.writeHead(401).end('who are you?');
    });
    const net = netReader({ API_TOKEN: 's3cr3t-t0ken\n' });
    const result = await ask(
      `http://127.0.0.1:${server.port}/`,
      { headers: { authorization: { env: 'API_TOKEN', prefix: 'Bearer ' } } },
      net,
    );
    expect(got).toBe('Bearer s3cr3t-t0ken');
    expect(net.learnt).toContain('s3cr3t-t0ken\n');
    expect(result.drafts).toHaveLength(1);
    expect(JSON.stringify(result)).not.toContain('s3cr3t');
  });

  test('a pattern in a URL does not make an id that hides others', async () => {
    const { observations } = await ask(
      'http://example.com/a/*',
      {},
      answering({ phase: 'connect', code: 'ENETUNREACH' }),
    );
    expect(observations[0]?.resource).toBe('net:local/http/http://example.com/a/%2A');
  });
});

describe('time', () => {
  test('an answer slower than "within" is a finding of medium severity', async () => {
    await using server = await httpServer((_, response) => void setTimeout(() => response.end(), 60));
    expect((await ask(`http://127.0.0.1:${server.port}/`, { within: '20ms' })).drafts).toMatchObject([
      { severity: 'medium', evidenceClass: 'slow' },
    ]);
    expect((await ask(`http://127.0.0.1:${server.port}/`, { within: '30s' })).drafts).toEqual([]);
  });

  test('an abort ends the look at once, and is thrown', async () => {
    await using server = await rawServer(() => undefined);
    const controller = new AbortController();
    const going = look(
      check,
      reader,
      { url: `http://127.0.0.1:${server.port}/`, timeout: '30s' },
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort(new Error('the run is over')), 50);
    await expect(going).rejects.toThrow('the run is over');
  });

  test('an abort ends the pause between two attempts too', async () => {
    const port = await closedPort();
    const controller = new AbortController();
    const going = look(check, reader, { url: `http://127.0.0.1:${port}/`, attempts: 3 }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    await expect(going).rejects.toThrow(/abort/i);
  });
});

describe('parameters', () => {
  test.each([
    [{}, 'url'],
    [{ url: 'file:///etc/passwd' }, 'http://'],
    [{ url: 'example.com' }, 'http://'],
    [{ url: 'http://x/', status: '2x' }, 'status'],
    [{ url: 'http://x/', within: 'soon' }, '"soon" is not a duration'],
    [{ url: 'http://x/', timeout: '1h' }, 'not between'],
    [{ url: 'http://x/', json: { path: '$..a' } }, '$.status'],
    [{ url: 'http://x/', headers: { 'Bad Header': 'x' } }, 'name of a header'],
    [{ url: 'http://x/', headers: { 'Transfer-Encoding': 'chunked' } }, 'about the connection'],
    [{ url: 'http://x/', headers: { A: 'x\r\nB: y' } }, 'control characters'],
    [{ url: 'http://x/', method: 'HEAD', contains: 'x' }, 'asks for no body'],
    [{ url: 'http://x/', methods: 'GET' }, 'methods'],
    [{ url: 'http://x/', maxBody: '1 TiB' }, '16 MiB'],
  ])('%j is refused with a word on %s', (input, word) => {
    const parsed = check.params.safeParse(input);
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.success ? [] : parsed.error.issues)).toContain(JSON.stringify(word).slice(1, -1));
  });
});

function serving(text: string | Buffer, headers: Record<string, string> = {}) {
  return httpServer((_, response) => response.writeHead(200, headers).end(text));
}

function redirecting(location: string, status = 302) {
  return httpServer((_, response) => response.writeHead(status, { location }).end());
}

/** A server that says "tick" for ever. */
function endless() {
  return rawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n');
    const drip = setInterval(() => socket.write('tick '), 5);
    socket.on('close', () => clearInterval(drip));
  });
}

/** A reader whose network fails in one way: for troubles that can not be had on demand. */
function answering(
  trouble: { phase: 'dns' | 'connect'; code: string; codes?: readonly string[] },
  isOnline = true,
  url = 'http://example.com/',
): NetReader {
  return {
    ...reader,
    isOnline: () => isOnline,
    ask: () =>
      Promise.resolve({
        status: 'failed',
        url,
        hops: [],
        totalMs: 1,
        peer: null,
        timings: { dns: null, connect: null, tls: null, firstByte: null },
        trouble: { codes: [trouble.code], message: 'as a test wants it', ...trouble },
      }),
  };
}
