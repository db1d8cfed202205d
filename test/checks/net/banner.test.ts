import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/net/banner.ts';
import { look } from '../../support/look.ts';
import { netReader } from '../../support/http/net-reader.ts';
import { rawServer } from '../../support/http/servers.ts';
import { failingReader, OWN_TROUBLES } from '../../support/net/failing.ts';
import { MISBEHAVING } from '../../support/net/misbehaving.ts';
import { lineServer } from '../../support/net/stand-ins.ts';

function hear(protocol: string, port: number, params: object = {}) {
  return look(check, netReader(), { host: '127.0.0.1', port, protocol, attempts: 1, timeout: '5s', ...params });
}

const EHLO = '250-mx.test greets you\r\n250-SIZE 1000\r\n';

describe('SMTP', () => {
  test('with a greeting of several lines and STARTTLS on offer is well, and is taken leave of', async () => {
    await using server = await lineServer('220-mx.test\r\n220 ESMTP ready\r\n', {
      EHLO: `${EHLO}250 STARTTLS\r\n`,
    });
    const { observations, drafts } = await hear('smtp', server.port);
    expect(drafts).toEqual([]);
    expect(observations).toMatchObject([
      { resource: `net:local/smtp/127.0.0.1:${server.port}`, facts: { greeting: '220-mx.test', startTls: true } },
    ]);
    await expect.poll(() => server.told).toEqual(['EHLO [127.0.0.1]', 'QUIT']);
  });

  test('without STARTTLS is a finding, unless that is meant', async () => {
    await using server = await lineServer('220 mx.test\r\n', { EHLO: `${EHLO}250 HELP\r\n` });
    expect((await hear('smtp', server.port)).drafts).toMatchObject([{ discriminator: 'starttls', severity: 'medium' }]);
    expect((await hear('smtp', server.port, { starttls: false })).drafts).toEqual([]);
  });

  test('that does not tell what it can do has no finding on STARTTLS', async () => {
    await using server = await lineServer('220 mx.test\r\n', { EHLO: '502 not here\r\n' });
    const { observations, drafts } = await hear('smtp', server.port);
    expect(drafts).toEqual([]);
    expect(observations).toMatchObject([{ facts: { startTls: null } }]);
  });

  test.each(['421 try later', '554 no service'])('that greets with %s takes nobody', async (line) => {
    await using server = await lineServer(`${line}\r\n`);
    expect((await hear('smtp', server.port)).drafts).toMatchObject([
      { discriminator: 'answer', severity: 'critical', evidenceClass: 'turns-away' },
    ]);
  });

  test('may send its greeting byte by byte, and end its lines with a line feed alone', async () => {
    await using server = await rawServer((socket) => {
      const words = Array.from('220 mx.test\n250-SIZE\n250 starttls\n');
      const drip = setInterval(() => {
        // The second half is the answer to EHLO, which it does not wait for.
        const next = words.shift();
        if (next === undefined) clearInterval(drip);
        else socket.write(next);
      }, 2);
      socket.on('close', () => clearInterval(drip));
    });
    expect((await hear('smtp', server.port)).observations).toMatchObject([{ facts: { startTls: true } }]);
  });

  test('can hide nothing in its greeting', async () => {
    await using server = await lineServer('220 \u001b[2Jmx\u0007\r\n', { EHLO: '250 STARTTLS\r\n' });
    expect((await hear('smtp', server.port)).observations).toMatchObject([
      { facts: { greeting: '220 \\u{1b}[2Jmx\\u{7}' } },
    ]);
  });
});

describe('IMAP', () => {
  const capable = (words: string) => ({ 'a1 CAPABILITY': `* CAPABILITY IMAP4rev2 ${words}\r\na1 OK done\r\n` });

  test('is asked for its capabilities and taken leave of', async () => {
    await using server = await lineServer('* OK ready\r\n', capable('STARTTLS LOGINDISABLED'));
    expect((await hear('imap', server.port)).drafts).toEqual([]);
    await expect.poll(() => server.told).toEqual(['a1 CAPABILITY', 'a2 LOGOUT']);
  });

  test('without STARTTLS, though with a word like it, is a finding', async () => {
    await using server = await lineServer('* PREAUTH hello\r\n', capable('XSTARTTLS STARTTLSX'));
    expect((await hear('imap', server.port)).drafts).toMatchObject([{ discriminator: 'starttls' }]);
  });

  test('that says BYE takes nobody', async () => {
    await using server = await lineServer('* BYE overloaded\r\n');
    expect((await hear('imap', server.port)).drafts).toMatchObject([{ evidenceClass: 'turns-away' }]);
  });
});

describe('POP3', () => {
  test('is asked for its capabilities, of which STLS is the one that counts', async () => {
    await using server = await lineServer('+OK ready\r\n', { CAPA: '+OK list\r\nUSER\r\nSTLS\r\n.\r\n' });
    expect((await hear('pop3', server.port)).drafts).toEqual([]);
    await using plain = await lineServer('+OK ready\r\n', { CAPA: '+OK list\r\nUSER\r\n.\r\n' });
    expect((await hear('pop3', plain.port)).drafts).toMatchObject([{ title: expect.stringContaining('STLS') }]);
  });

  test('without CAPA is well, and with -ERR takes nobody', async () => {
    await using old = await lineServer('+OK ready\r\n', { CAPA: '-ERR what?\r\n' });
    expect((await hear('pop3', old.port)).drafts).toEqual([]);
    await using away = await lineServer('-ERR busy\r\n');
    expect((await hear('pop3', away.port)).drafts).toMatchObject([{ evidenceClass: 'turns-away' }]);
  });
});

describe('SSH', () => {
  test('may say other lines before its version', async () => {
    await using server = await lineServer('welcome to a host\r\nSSH-2.0-OpenSSH_9.9\r\n');
    const { observations, drafts } = await hear('ssh', server.port);
    expect(drafts).toEqual([]);
    expect(observations).toMatchObject([{ facts: { greeting: 'SSH-2.0-OpenSSH_9.9', startTls: null } }]);
    expect(server.told).toEqual([]);
  });

  test.each(['1.5', '1.99'])('of version %s is a finding', async (version) => {
    await using server = await lineServer(`SSH-${version}-old\r\n`);
    expect((await hear('ssh', server.port)).drafts).toMatchObject([{ discriminator: 'protocol', severity: 'high' }]);
  });
});

test.each(['smtp', 'imap', 'pop3'])('an SSH server is no %s server, and that is said', async (protocol) => {
  await using server = await lineServer('SSH-2.0-OpenSSH_9.9\r\n');
  const { drafts } = await hear(protocol, server.port);
  expect(drafts).toMatchObject([{ discriminator: 'answer', severity: 'critical', evidenceClass: 'other-protocol' }]);
  expect(drafts[0]?.title).toContain('SSH-2.0-OpenSSH_9.9');
});

test.each(Object.entries(MISBEHAVING))('a server that %s is a finding', async (_, serve) => {
  await using server = await serve();
  expect((await hear('imap', server.port, { timeout: '200ms' })).drafts).toMatchObject([
    { discriminator: 'answer', severity: 'critical' },
  ]);
});

test.each(OWN_TROUBLES)('%j, online %j, is unknown as %s', async (trouble, isOnline, code) => {
  const params = { host: 'mx.test', port: 25, protocol: 'smtp', attempts: 1 };
  expect((await look(check, failingReader(trouble, isOnline), params)).observations).toMatchObject([
    { status: 'unknown', resource: 'net:local/smtp/mx.test:25', failure: { code } },
  ]);
});

test.each([{}, { protocol: 'ftp' }, { protocol: 'smtp', port: 'x' }])('%j is refused', (input) => {
  expect(check.params.safeParse({ host: 'x', port: 25, ...input }).success).toBe(false);
});
