import { expect, test } from 'vitest';
import { check } from '../../../src/checks/net/mysql.ts';
import { look } from '../../support/look.ts';
import { netReader } from '../../support/http/net-reader.ts';
import { rawServer } from '../../support/http/servers.ts';
import { failingReader, OWN_TROUBLES } from '../../support/net/failing.ts';
import { MISBEHAVING } from '../../support/net/misbehaving.ts';
import { mysqlError, mysqlGreeting, mysqlPacket, mysqlServer } from '../../support/net/stand-ins.ts';

const GREETING = mysqlGreeting('8.4.3', { tls: true });
const DENIED = mysqlError(1_045, "#28000Access denied for user 'holdfast'@'localhost'");

function ask(port: number, params: object = {}) {
  return look(check, netReader(), { host: '127.0.0.1', port, attempts: 1, timeout: '5s', ...params });
}

test('a server that greets and denies us takes connections', async () => {
  await using server = await mysqlServer(GREETING, DENIED);
  const { observations, drafts } = await ask(server.port);
  expect(drafts).toEqual([]);
  expect(observations).toMatchObject([
    {
      resource: `net:local/mysql/127.0.0.1:${server.port}`,
      facts: { outcome: 'answered', version: '8.4.3', tls: true, errorCode: 1_045 },
    },
  ]);
});

test('the handshake is answered in full, as a broken one is counted against this machine', async () => {
  await using server = await mysqlServer(GREETING, DENIED);
  await ask(server.port, { user: 'monitor' });
  const [login = ''] = server.told;
  const bytes = Buffer.from(login, 'latin1');
  expect(bytes.readUIntLE(0, 3)).toBe(bytes.length - 4);
  expect(bytes.readUInt8(3)).toBe(1);
  // PROTOCOL_41, and no password: its length is nothing.
  expect(bytes.readUInt32LE(4) & 0x200).toBe(0x200);
  expect(bytes.toString('latin1', 36)).toBe('monitor\0\0mysql_native_password\0');
});

test('a server that wants another proof is given an empty one', async () => {
  const another = Buffer.concat([Buffer.from([0xfe]), Buffer.from('caching_sha2_password\0salt')]);
  await using server = await mysqlServer(GREETING, another, DENIED);
  const { observations } = await ask(server.port);
  expect(observations).toMatchObject([{ facts: { errorCode: 1_045 } }]);
  expect(server.told[1]).toBe('\0\0\0\u0003');
});

test('a server that lets us in is left in good order', async () => {
  await using server = await mysqlServer(mysqlGreeting('11.4.2-MariaDB', { tls: false }), Buffer.from([0, 0, 0, 2, 0]));
  const { observations, drafts } = await ask(server.port);
  expect(drafts).toEqual([]);
  expect(observations).toMatchObject([{ facts: { version: '11.4.2-MariaDB', tls: false, errorCode: null } }]);
  await expect.poll(() => server.told[1]).toBe('\u0001\0\0\0\u0001');
});

test.each([
  [1_040, 'Too many connections', 'critical', 'too-many-connections'],
  [1_129, "Host 'x' is blocked", 'high', 'host-blocked'],
  [1_130, "Host 'x' is not allowed", 'medium', 'host-not-allowed'],
  [1_053, 'Server shutdown in progress', 'critical', 'shutting-down'],
  [9_999, 'Something of its own', 'high', 'refuses'],
])('an error %i instead of a greeting is a finding', async (code, words, severity, evidenceClass) => {
  await using server = await mysqlServer(mysqlError(code, words));
  expect((await ask(server.port)).drafts).toMatchObject([{ discriminator: 'answer', severity, evidenceClass }]);
});

test('too many connections is found after the greeting too', async () => {
  await using server = await mysqlServer(GREETING, mysqlError(1_040, '#08004Too many connections'));
  const { drafts } = await ask(server.port);
  expect(drafts).toMatchObject([{ evidenceClass: 'too-many-connections' }]);
  expect(drafts[0]?.evidence).toContainEqual(expect.objectContaining({ value: 'Too many connections' }));
});

test.each([
  ['a version of the protocol that nobody speaks', Buffer.concat([Buffer.from([9]), GREETING.subarray(1)])],
  ['a version that does not end', Buffer.alloc(60, 10)],
  ['a greeting that is cut short', GREETING.subarray(0, 12)],
])('%s is no MySQL', async (_, greeting) => {
  await using server = await mysqlServer(greeting);
  expect((await ask(server.port)).drafts).toMatchObject([{ evidenceClass: 'other-protocol' }]);
});

test('a greeting in two halves is put together, and half of one alone is out of time', async () => {
  const packet = mysqlPacket(GREETING, 0);
  await using halves = await rawServer((socket) => {
    socket.write(packet.subarray(0, 20));
    setTimeout(() => socket.write(packet.subarray(20)), 20);
    socket.on('data', () => socket.write(mysqlPacket(DENIED, 2)));
  });
  expect((await ask(halves.port)).drafts).toEqual([]);
  await using half = await rawServer((socket) => void socket.write(packet.subarray(0, 20)));
  expect((await ask(half.port, { timeout: '200ms' })).observations).toMatchObject([{ facts: { code: 'TIMEOUT' } }]);
});

test('a server that asks for proof after proof is left', async () => {
  await using server = await rawServer((socket) => {
    socket.write(mysqlPacket(GREETING, 0));
    socket.on('data', () => socket.write(mysqlPacket(Buffer.from([0xfe]), 2)));
  });
  expect((await ask(server.port, { timeout: '300ms' })).drafts).toMatchObject([{ severity: 'critical' }]);
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
    { status: 'unknown', resource: 'net:local/mysql/db.test:3306', failure: { code } },
  ]);
});

test.each([{ user: 'a\0b' }, { user: '' }, { port: -1 }, { password: 'x' }])('%j is refused', (input) => {
  expect(check.params.safeParse({ host: 'x', ...input }).success).toBe(false);
});
