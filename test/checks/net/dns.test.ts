import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/net/dns.ts';
import { canonicalRecord } from '../../../src/checks/net/dns-params.ts';
import type { NetReader } from '../../../src/providers/net/reader.ts';
import { look } from '../../support/look.ts';
import { netReader } from '../../support/http/net-reader.ts';
import { closedPort } from '../../support/http/servers.ts';
import { a, cname, dnsServer, response, txt, type Asked, type Wanted } from '../../support/net/dns-server.ts';

const online: NetReader = { ...netReader(), isOnline: () => true };

function ask(port: number, params: object = {}, reader: NetReader = online) {
  const patience = { attempts: 1, timeout: '5s' };
  return look(check, reader, { name: 'shop.test', resolver: `127.0.0.1:${port}`, ...patience, ...params });
}

/** A server that makes the same response to every query. */
function answering(wanted: Wanted) {
  return dnsServer(({ bytes }) => [response(bytes, wanted)]);
}

describe('records', () => {
  test('that are there are well, when nothing is said of them', async () => {
    await using server = await answering({ records: [a(null, '192.0.2.2'), a(null, '192.0.2.1')] });
    const { observations, drafts } = await ask(server.port);
    expect(drafts).toEqual([]);
    expect(observations).toMatchObject([
      {
        resource: `net:local/dns/shop.test/A@127.0.0.1:${server.port}`,
        facts: { outcome: 'records', records: ['192.0.2.1', '192.0.2.2'], via: 'udp', strangers: 0 },
      },
    ]);
  });

  test.each<[readonly string[], string, readonly string[]]>([
    [['192.0.2.2', '192.0.2.1'], 'exactly', []],
    [['192.0.2.1'], 'exactly', ['shop.test at HERE has 192.0.2.2, which is not expected (A)']],
    [['192.0.2.1'], 'includes', []],
    [['192.0.2.9'], 'includes', ['shop.test at HERE lacks 192.0.2.9 (A)']],
    [[], 'exactly', ['shop.test at HERE has 192.0.2.1, 192.0.2.2, which is not expected (A)']],
  ])('are compared with %j, %s', async (expected, match, titles) => {
    await using server = await answering({ records: [a(null, '192.0.2.2'), a(null, '192.0.2.1')] });
    const { drafts } = await ask(server.port, { expect: expected, match });
    expect(drafts.map(({ title }) => title.replace(`127.0.0.1:${server.port}`, 'HERE'))).toEqual(titles);
  });

  test('of a name that a lying server adds to its answer do not count', async () => {
    await using server = await answering({ records: [a('other.test', '192.0.2.66'), a(null, '192.0.2.1')] });
    expect((await ask(server.port, { expect: ['192.0.2.1'] })).drafts).toEqual([]);
  });

  test('are found by way of aliases, and aliases that go round in circles end', async () => {
    await using server = await answering({
      records: [a('cdn.test', '192.0.2.1'), cname('mid.test', 'cdn.test'), cname(null, 'mid.test')],
    });
    expect((await ask(server.port)).observations).toMatchObject([
      { facts: { records: ['192.0.2.1'], chain: ['mid.test', 'cdn.test'] } },
    ]);
    await using circle = await answering({ records: [cname(null, 'b.test'), cname('b.test', 'shop.test')] });
    expect((await ask(circle.port)).observations).toMatchObject([{ facts: { outcome: 'empty', chain: ['b.test'] } }]);
  });

  test('may be texts, whose case counts', async () => {
    await using server = await answering({ records: [txt(null, 'v=spf1 ', '-all'), txt(null, 'Token=A')] });
    const params = { type: 'TXT', match: 'includes' };
    expect((await ask(server.port, { ...params, expect: ['v=spf1 -all'] })).drafts).toEqual([]);
    expect((await ask(server.port, { ...params, expect: ['token=a'] })).drafts).toHaveLength(1);
  });

  test('come over IPv6 as well', async () => {
    await using server = await dnsServer(({ bytes }) => [response(bytes, { records: [a(null, '192.0.2.1')] })], '::1');
    expect((await ask(0, { resolver: `[::1]:${server.port}` })).observations).toMatchObject([
      { status: 'seen', facts: { resolver: `[::1]:${server.port}` } },
    ]);
  });
});

describe('a name', () => {
  test('that does not exist is critical, unless that is expected', async () => {
    await using server = await answering({ responseCode: 3 });
    expect((await ask(server.port)).drafts).toMatchObject([{ severity: 'critical', evidenceClass: 'missing' }]);
    expect((await ask(server.port, { expect: [] })).drafts).toEqual([]);
  });

  test('that is an alias of nothing is critical, with where it leads', async () => {
    await using server = await answering({ responseCode: 3, records: [cname(null, 'gone.cloud.test')] });
    expect((await ask(server.port)).drafts).toMatchObject([
      { severity: 'critical', title: expect.stringContaining('alias of gone.cloud.test') },
    ]);
  });

  test('without a record of the type is told from one that does not exist', async () => {
    await using server = await answering({});
    expect((await ask(server.port, { type: 'MX' })).drafts).toMatchObject([
      { severity: 'high', evidenceClass: 'empty', title: expect.stringContaining('type MX') },
    ]);
  });
});

describe('SERVFAIL', () => {
  test('is a finding, of the signatures when the answer is there without checking them', async () => {
    await using bogus = await dnsServer(({ bytes, checkingDisabled }) => [
      response(bytes, checkingDisabled ? { records: [a(null, '192.0.2.1')] } : { responseCode: 2 }),
    ]);
    expect((await ask(bogus.port)).drafts).toMatchObject([{ severity: 'critical', evidenceClass: 'bogus' }]);
    await using broken = await answering({ responseCode: 2 });
    expect((await ask(broken.port)).drafts).toMatchObject([{ severity: 'high', evidenceClass: 'failing' }]);
  });

  test('that silence follows is a finding all the same', async () => {
    await using server = await dnsServer(({ bytes, checkingDisabled }) =>
      checkingDisabled ? [] : [response(bytes, { responseCode: 2 })],
    );
    expect((await ask(server.port, { timeout: '500ms' })).observations).toMatchObject([
      { facts: { outcome: 'failing', bogus: null } },
    ]);
  });
});

describe('DNSSEC', () => {
  test.each([
    [true, 0],
    [false, 1],
  ])('with the AD bit %j', async (authentic, findings) => {
    await using server = await answering({ authentic, records: [a(null, '192.0.2.1')] });
    expect((await ask(server.port, { dnssec: true })).drafts).toHaveLength(findings);
    expect((await ask(server.port)).drafts).toEqual([]);
  });
});

describe('a resolver', () => {
  const unknownAs = (code: string) => [{ status: 'unknown', failure: { code } }];

  test.each([
    ['keeps silent', () => [], 'DNS_TIMEOUT'],
    ['answers with garbage', () => [Buffer.from('garbage')], 'DNS_GARBAGE'],
    ['answers another question', ({ bytes }: Asked) => [response(renamed(bytes))], 'DNS_GARBAGE'],
    ['answers with another number', ({ bytes }: Asked) => [response(renumbered(bytes))], 'DNS_GARBAGE'],
    ['sends our query back', ({ bytes }: Asked) => [bytes], 'DNS_GARBAGE'],
    ['refuses', ({ bytes }: Asked) => [response(bytes, { responseCode: 5 })], 'DNS_REFUSED'],
    ['does not understand', ({ bytes }: Asked) => [response(bytes, { responseCode: 1 })], 'DNS_FORMERR'],
  ])('that %s leaves the name unknown', async (_, answer, code) => {
    await using server = await dnsServer(answer);
    const { observations, drafts } = await ask(server.port, { timeout: '500ms' });
    expect(observations).toMatchObject(unknownAs(code));
    expect(drafts).toEqual([]);
  });

  test('whose answer comes after forged ones is heard, and the forged ones are counted', async () => {
    await using server = await dnsServer(({ bytes }) => [
      response(renumbered(bytes), { records: [a(null, '192.0.2.66')] }),
      response(bytes, { records: [a(null, '192.0.2.1')] }),
    ]);
    expect((await ask(server.port)).observations).toMatchObject([{ facts: { records: ['192.0.2.1'], strangers: 1 } }]);
  });

  test('that nobody is at is unknown', async () => {
    expect((await ask(await closedPort())).observations).toMatchObject([{ status: 'unknown' }]);
  });

  test('that truncates is asked over TCP', async () => {
    const records = Array.from({ length: 100 }, (_, index) => a(null, `192.0.2.${index}`));
    await using server = await dnsServer(({ bytes, over }) => [
      response(bytes, over === 'udp' ? { truncated: true } : { records }),
    ]);
    const { observations } = await ask(server.port);
    expect(observations).toMatchObject([{ facts: { via: 'tcp', outcome: 'records' } }]);
    expect(server.asked.map(({ over }) => over)).toEqual(['udp', 'tcp']);
  });

  test.each([
    ['is silent', () => []],
    ['truncates again', ({ bytes }: Asked) => [response(bytes, { truncated: true })]],
    ['sends 100 KB', () => [Buffer.alloc(60_000), Buffer.alloc(40_000)]],
    ['sends garbage', () => [Buffer.from('garbage')]],
  ])('that truncates, and over TCP %s, is unknown: half an answer is none', async (_, overTcp) => {
    await using server = await dnsServer((asked) =>
      asked.over === 'udp'
        ? [response(asked.bytes, { truncated: true, records: [a(null, '192.0.2.1')] })]
        : overTcp(asked),
    );
    const params = { timeout: '500ms' };
    expect((await ask(server.port, params)).observations).toMatchObject(unknownAs('DNS_TRUNCATED'));
  });

  test('that failed is followed by the next of this machine', async () => {
    await using silent = await dnsServer(() => []);
    await using refusing = await answering({ responseCode: 5 });
    await using well = await answering({ records: [a(null, '192.0.2.1')] });
    const resolvers = () => [silent, refusing, well].map(({ port }) => ({ host: '127.0.0.1', port }));
    const { observations } = await ask(0, { resolver: undefined, timeout: '500ms' }, { ...online, resolvers });
    expect(observations).toMatchObject([{ resource: 'net:local/dns/shop.test/A', facts: { records: ['192.0.2.1'] } }]);
  });

  test('that this machine does not name is unknown', async () => {
    const { observations } = await ask(0, { resolver: undefined }, { ...online, resolvers: () => [] });
    expect(observations).toMatchObject(unknownAs('NO_RESOLVER'));
  });

  test('can not be asked without a network', async () => {
    const offline: NetReader = {
      ...online,
      isOnline: () => false,
      query: () => Promise.resolve({ status: 'failed', code: 'ENETUNREACH', message: 'no way' }),
    };
    expect((await ask(0, { resolver: '192.0.2.53' }, offline)).observations).toMatchObject(unknownAs('OFFLINE'));
  });

  test('is asked again when a packet was lost', async () => {
    let queries = 0;
    await using server = await dnsServer(({ bytes }) => {
      queries += 1;
      return queries === 1 ? [] : [response(bytes, { records: [a(null, '192.0.2.1')] })];
    });
    expect((await ask(server.port, { attempts: 2, timeout: '500ms' })).drafts).toEqual([]);
  });

  test('is left when the run is over', async () => {
    await using server = await dnsServer(() => []);
    const controller = new AbortController();
    const params = { name: 'shop.test', resolver: `127.0.0.1:${server.port}`, timeout: '5s' };
    const going = look(check, online, params, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('the run is over')), 30);
    await expect(going).rejects.toThrow('the run is over');
  });
});

describe('parameters', () => {
  test.each([
    ['Shop.TEST.', 'shop.test'],
    ['_dmarc.shop.test', '_dmarc.shop.test'],
    ['bücher.test', 'xn--bcher-kva.test'],
  ])('the name %s is asked for as %s', async (name, plain) => {
    await using server = await answering({ records: [a(null, '192.0.2.1')] });
    await ask(server.port, { name });
    expect(server.asked[0]?.name).toBe(plain);
  });

  test.each([
    [{ name: '' }, 'not a name'],
    [{ name: '192.0.2.1' }, 'not a name'],
    [{ name: '2001:db8::1' }, 'not a name'],
    [{ name: 'a..b' }, 'not a name'],
    [{ name: `${'a'.repeat(64)}.test` }, 'not a name'],
    [{ name: 'a\nb' }, 'not a name'],
    [{ resolver: 'dns.test' }, 'not the address'],
    [{ resolver: '192.0.2.300' }, 'not the address'],
    [{ resolver: '[::1' }, 'not the address'],
    [{ resolver: '127.0.0.1:0' }, 'not the address'],
    [{ match: 'includes' }, 'needs records'],
    [{ type: 'ANY' }, 'type'],
  ])('%j is refused with a word on %s', (input, word) => {
    const parsed = check.params.safeParse({ name: 'shop.test', ...input });
    expect(JSON.stringify(parsed.success ? [] : parsed.error.issues)).toContain(word);
  });

  test.each([
    ['A', '192.0.2.1', '192.0.2.1'],
    ['AAAA', '2001:DB8:0::1', '2001:db8::1'],
    ['MX', '10  MX.shop.test.', '10 mx.shop.test'],
    ['MX', '0 .', '0 .'],
    ['CAA', '0 issue ca.test', '0 issue "ca.test"'],
    ['TXT', 'Case and dots.', 'Case and dots.'],
  ] as const)('an expected %s may be written as %s', (type, written, meant) => {
    expect(canonicalRecord(type, written)).toBe(meant);
    expect(canonicalRecord(type, meant)).toBe(meant);
  });
});

function renamed(query: Buffer): Buffer {
  const bytes = Buffer.from(query);
  bytes.write('x', 13);
  return bytes;
}

function renumbered(query: Buffer): Buffer {
  const bytes = Buffer.from(query);
  bytes.writeUInt16BE((bytes.readUInt16BE(0) + 1) % 65_536, 0);
  return bytes;
}
