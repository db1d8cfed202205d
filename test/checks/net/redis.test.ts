import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/net/redis.ts';
import { look } from '../../support/look.ts';
import { netReader } from '../../support/http/net-reader.ts';
import { closedPort, rawServer } from '../../support/http/servers.ts';
import { failingReader, OWN_TROUBLES } from '../../support/net/failing.ts';
import { MISBEHAVING } from '../../support/net/misbehaving.ts';
import { bulk, redisServer } from '../../support/net/stand-ins.ts';

const SECRET = 'hunter2-s3cret';
const NOAUTH = '-NOAUTH Authentication required.\r\n';

function ask(port: number, params: object = {}, net = netReader()) {
  return look(check, net, { host: '127.0.0.1', port, attempts: 1, timeout: '5s', ...params });
}

function answering(ping: string, info = bulk('# Replication\r\nrole:master\r\nconnected_slaves:0\r\n')) {
  return redisServer((words) => (words === 'PING' ? ping : words === 'INFO replication' ? info : null));
}

describe('a server', () => {
  test('that answers PONG is well, and is asked nothing but PING, INFO replication and QUIT', async () => {
    await using server = await answering('+PONG\r\n');
    const { observations, drafts } = await ask(server.port);
    expect(drafts).toEqual([]);
    expect(observations).toMatchObject([
      { resource: `net:local/redis/127.0.0.1:${server.port}`, facts: { outcome: 'answered', ping: 'PONG' } },
      { resource: `net:local/redis-replication/127.0.0.1:${server.port}`, facts: { role: 'master', replicas: 0 } },
    ]);
    await expect.poll(() => server.told).toEqual(['PING', 'INFO replication', 'QUIT']);
  });

  test('is not asked for its replication when that is not wanted', async () => {
    await using server = await answering('+PONG\r\n');
    expect((await ask(server.port, { replication: false })).observations).toHaveLength(1);
    await expect.poll(() => server.told).toEqual(['PING', 'QUIT']);
  });

  test.each([
    ['-LOADING Redis is loading the dataset in memory\r\n', 'loading', 'high'],
    ['-MASTERDOWN Link with MASTER is down\r\n', 'master-down', 'critical'],
    ['-DENIED Redis is running in protected mode\r\n', 'protected', 'high'],
    ['-ERR max number of clients reached\r\n', 'error', 'critical'],
    ['+OINK\r\n', 'error', 'critical'],
  ])('that answers PING with %j is a finding, and its replication is hidden', async (ping, evidenceClass, severity) => {
    await using server = await answering(ping);
    const { observations, drafts } = await ask(server.port);
    expect(drafts).toMatchObject([{ discriminator: 'answer', evidenceClass, severity }]);
    expect(observations[1]).toMatchObject({ status: 'unknown' });
  });

  test('that does not listen hides its replication, which is not well for that', async () => {
    const { observations, drafts } = await ask(await closedPort());
    expect(drafts).toMatchObject([{ discriminator: 'answer', severity: 'critical' }]);
    expect(observations[1]).toMatchObject({ status: 'unknown', failure: { code: 'ECONNREFUSED' } });
  });
});

describe('a password', () => {
  const locked = (auth: string) =>
    redisServer((words) => {
      if (words.startsWith('AUTH')) return auth;
      if (words === 'PING') return auth === '+OK\r\n' ? '+PONG\r\n' : NOAUTH;
      return bulk('role:master\r\n');
    });
  const password = { env: 'REDIS_PASSWORD' };

  test('that is asked for and not given is no finding, but hides the replication with what to do', async () => {
    await using server = await answering(NOAUTH);
    const { observations, drafts } = await ask(server.port);
    expect(drafts).toEqual([]);
    expect(observations[1]).toMatchObject({
      status: 'unknown',
      failure: { code: 'NOAUTH', message: expect.stringContaining('replication: false') },
    });
    expect((await ask(server.port, { replication: false })).observations).toHaveLength(1);
  });

  test.each([
    [{ password }, `AUTH ${SECRET}`],
    [{ password, user: 'monitor' }, `AUTH monitor ${SECRET}`],
  ])('from the environment is sent, learnt and shown nowhere', async (params, words) => {
    await using server = await locked('+OK\r\n');
    const net = netReader({ REDIS_PASSWORD: SECRET });
    const result = await ask(server.port, params, net);
    expect(server.told[0]).toBe(words);
    expect(net.learnt).toEqual([SECRET]);
    expect(result.observations).toMatchObject([{ facts: { login: 'OK', ping: 'PONG' } }, { status: 'seen' }]);
    expect(JSON.stringify(result)).not.toContain(SECRET);
  });

  test('that is refused is a finding, even when the server repeats it', async () => {
    await using server = await locked(`-ERR unknown command 'AUTH', with args beginning with: '${SECRET}'\r\n`);
    const result = await ask(server.port, { password }, netReader({ REDIS_PASSWORD: SECRET }));
    expect(result.drafts).toMatchObject([{ severity: 'high', evidenceClass: 'login' }]);
    expect(JSON.stringify(result)).not.toContain(SECRET);
  });

  test('that is not set is unknown, and nothing is asked', async () => {
    await using server = await locked('+OK\r\n');
    const { observations } = await ask(server.port, { password });
    expect(observations).toMatchObject([
      { status: 'unknown', failure: { code: 'ENV_MISSING', message: expect.stringContaining('REDIS_PASSWORD') } },
      { status: 'unknown', failure: { code: 'ENV_MISSING' } },
    ]);
    expect(server.told).toEqual([]);
  });

  test('with a line in it is one word to the server, and no command', async () => {
    await using server = await rawServer((socket) => {
      let told = '';
      socket.on('data', (chunk) => {
        told += chunk.toString();
        socket.write(told.includes('$8\r\nx\r\nQUIT!\r\n') ? '+OK\r\n' : '-ERR\r\n');
      });
    });
    const { observations } = await ask(server.port, { password }, netReader({ REDIS_PASSWORD: 'x\r\nQUIT!' }));
    expect(observations[0]).toMatchObject({ facts: { login: 'OK' } });
  });
});

describe('replication', () => {
  const replica = (more: string) => bulk(`role:slave\r\nmaster_host:10.0.0.1\r\n${more}`);

  test.each([
    ['master_link_status:up\r\n', []],
    ['master_link_status:down\r\nmaster_link_down_since_seconds:125\r\n', [['high', 'link-down']]],
    ['master_link_status:down\r\nmaster_sync_in_progress:1\r\n', [['medium', 'syncing']]],
  ])('of a replica that says %j', async (more, expected) => {
    await using server = await answering('+PONG\r\n', replica(more));
    const { drafts } = await ask(server.port);
    expect(drafts.map(({ severity, evidenceClass }) => [severity, evidenceClass])).toEqual(expected);
  });

  test('of a master with fewer replicas than are wanted is a finding', async () => {
    await using server = await answering('+PONG\r\n', bulk('role:master\r\nconnected_slaves:1\r\n'));
    expect((await ask(server.port, { replicas: 2 })).drafts).toMatchObject([
      { severity: 'high', evidenceClass: 'replicas-missing', title: expect.stringContaining('1 of 2') },
    ]);
    expect((await ask(server.port, { replicas: 1 })).drafts).toEqual([]);
  });

  test.each([
    ['-NOPERM this user has no permissions\r\n', 'NOPERM'],
    [bulk('nothing of the kind'), 'UNEXPECTED_ANSWER'],
    [bulk(''), 'UNEXPECTED_ANSWER'],
  ])('that is answered with %j is hidden', async (info, code) => {
    await using server = await answering('+PONG\r\n', info);
    expect((await ask(server.port)).observations).toMatchObject([
      { status: 'seen' },
      { status: 'unknown', failure: { code } },
    ]);
  });

  test.each(['$5000\r\nrole:master\r\n', '$-1\r\n', '$x\r\n', '*1\r\n'])(
    'that is answered with %j, which is no answer, is no answer of the server either',
    async (info) => {
      await using server = await answering('+PONG\r\n', info);
      expect((await ask(server.port, { timeout: '200ms' })).observations).toMatchObject([
        { facts: { outcome: 'failed' } },
        { status: 'unknown' },
      ]);
    },
  );
});

test.each(Object.entries(MISBEHAVING))('a server that %s is a finding', async (_, serve) => {
  await using server = await serve();
  expect((await ask(server.port, { timeout: '200ms' })).drafts).toMatchObject([
    { discriminator: 'answer', severity: 'critical' },
  ]);
});

test.each(OWN_TROUBLES)('%j, online %j, is unknown as %s', async (trouble, isOnline, code) => {
  const { observations } = await look(check, failingReader(trouble, isOnline), { host: 'cache.test', attempts: 1 });
  expect(observations).toMatchObject([
    { status: 'unknown', resource: 'net:local/redis/cache.test:6379', failure: { code } },
    { status: 'unknown', resource: 'net:local/redis-replication/cache.test:6379', failure: { code } },
  ]);
});

test.each([
  { password: 'hunter2' },
  { user: 'a' },
  { user: 'a b', password: { env: 'X' } },
  { replication: false, replicas: 1 },
])('%j is refused', (input) => {
  expect(check.params.safeParse({ host: 'x', ...input }).success).toBe(false);
});
