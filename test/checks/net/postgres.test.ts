import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/net/postgres.ts';
import { look } from '../../support/look.ts';
import { netReader } from '../../support/http/net-reader.ts';
import { rawServer } from '../../support/http/servers.ts';
import { failingReader, OWN_TROUBLES } from '../../support/net/failing.ts';
import { MISBEHAVING } from '../../support/net/misbehaving.ts';
import { postgresAuthentication, postgresError, postgresMessage, postgresServer } from '../../support/net/stand-ins.ts';

function ask(port: number, params: object = {}) {
  return look(check, netReader(), { host: '127.0.0.1', port, attempts: 1, timeout: '5s', ...params });
}

describe('a server takes connections', () => {
  test.each([
    [3, 'password in plain text'],
    [5, 'md5'],
    [10, 'scram-sha-256'],
    [99, 'unknown'],
  ])('when it answers with authentication %i', async (code, method) => {
    await using server = await postgresServer('S', postgresAuthentication(code));
    const { observations, drafts } = await ask(server.port, { tls: true });
    expect(drafts).toEqual([]);
    expect(observations).toMatchObject([
      { resource: `net:local/postgres/127.0.0.1:${server.port}`, facts: { said: 'authentication', method, tls: true } },
    ]);
  });

  test('when it lets us in without a proof, once it is ready', async () => {
    const words = [postgresAuthentication(0), postgresMessage('S', 'a\0b\0'), postgresMessage('Z', 'I')];
    await using server = await postgresServer('N', Buffer.concat(words));
    expect((await ask(server.port)).observations).toMatchObject([{ facts: { method: 'none' } }]);
    const full = Buffer.concat([postgresAuthentication(0), postgresError('53300', 'slots are reserved')]);
    await using reserved = await postgresServer('N', full);
    expect((await ask(reserved.port)).drafts).toMatchObject([{ evidenceClass: 'too-many-connections' }]);
  });

  test.each([
    ['28000', 'no pg_hba.conf entry for host'],
    ['28P01', 'password authentication failed'],
    ['3D000', 'database "postgres" does not exist'],
  ])('when it refuses us by name (%s)', async (state, words) => {
    await using server = await postgresServer('N', postgresError(state, words));
    expect((await ask(server.port)).drafts).toEqual([]);
  });

  test('and is told who asks, no password, and good-bye', async () => {
    await using server = await postgresServer('N', postgresAuthentication(10));
    await ask(server.port, { user: 'monitor', database: 'shop' });
    const start = 'user\0monitor\0database\0shop\0application_name\0holdfast\0\0';
    await expect.poll(() => server.told).toEqual(['SSLRequest', start, 'X']);
  });

  test('also when notices and a word on the version come first, in pieces', async () => {
    const words = Buffer.concat([
      postgresMessage('v', Buffer.alloc(8)),
      ...Array.from({ length: 300 }, () => postgresMessage('N', 'SNOTICE\0Mhello\0\0')),
      postgresAuthentication(10),
    ]);
    await using server = await rawServer((socket) =>
      socket.on('data', (chunk) => {
        if (chunk.length === 8) return void socket.write('N');
        if (chunk.length === 5) return;
        for (let at = 0; at < words.length; at += 1_000) socket.write(words.subarray(at, at + 1_000));
      }),
    );
    expect((await ask(server.port)).observations).toMatchObject([{ facts: { method: 'scram-sha-256' } }]);
  });
});

describe('a server gives no connection', () => {
  test.each([
    ['57P03', 'the database system is starting up', 'cannot-connect-now'],
    ['53300', 'sorry, too many clients already', 'too-many-connections'],
    ['XX000', 'could not open file', 'refuses'],
  ])('when it answers with %s', async (state, words, evidenceClass) => {
    await using server = await postgresServer('N', postgresError(state, words));
    const { drafts } = await ask(server.port);
    expect(drafts).toMatchObject([{ discriminator: 'answer', severity: 'critical', evidenceClass }]);
    expect(drafts[0]?.title).toContain(`${words} (${state})`);
  });

  test('when its error has neither code nor words', async () => {
    await using server = await postgresServer('E', postgresMessage('E', Buffer.from([0xff, 0xfe, 0, 0])));
    expect((await ask(server.port)).drafts).toMatchObject([
      { title: expect.stringMatching(/gives no connection: no words$/), evidenceClass: 'refuses' },
    ]);
  });
});

test('TLS that is not offered is a finding only where it is wanted', async () => {
  await using server = await postgresServer('N', postgresAuthentication(10));
  expect((await ask(server.port)).drafts).toEqual([]);
  expect((await ask(server.port, { tls: true })).drafts).toMatchObject([{ discriminator: 'tls', severity: 'medium' }]);
});

test.each([
  ['a length that is too large', Buffer.from([0x52, 0x7f, 0xff, 0xff, 0xff])],
  ['a length that is too small', Buffer.from([0x52, 0, 0, 0, 1])],
  ['another letter', postgresMessage('D', 'I')],
])('%s is no PostgreSQL', async (_, bytes) => {
  await using server = await postgresServer('N', bytes);
  expect((await ask(server.port)).drafts).toMatchObject([{ evidenceClass: 'other-protocol' }]);
});

test('half of an answer is out of time', async () => {
  await using server = await postgresServer('N', postgresAuthentication(10).subarray(0, 6));
  expect((await ask(server.port, { timeout: '200ms' })).observations).toMatchObject([
    { facts: { outcome: 'failed', code: 'TIMEOUT' } },
  ]);
});

test.each(Object.entries(MISBEHAVING))('a server that %s is a finding', async (_, serve) => {
  await using server = await serve();
  expect((await ask(server.port, { timeout: '200ms' })).drafts).toMatchObject([
    { discriminator: 'answer', severity: 'critical' },
  ]);
});

test.each(OWN_TROUBLES)('%j, online %j, is unknown as %s', async (trouble, isOnline, code) => {
  const { observations } = await look(check, failingReader(trouble, isOnline), { host: 'db.test', attempts: 1 });
  expect(observations).toMatchObject([
    { status: 'unknown', resource: 'net:local/postgres/db.test:5432', failure: { code } },
  ]);
});

test.each([{ user: 'a\0b' }, { database: '' }, { password: 'x' }, { port: 0 }])('%j is refused', (input) => {
  expect(check.params.safeParse({ host: 'x', ...input }).success).toBe(false);
});
