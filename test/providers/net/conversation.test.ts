import { describe, expect, test } from 'vitest';
import type { Spoken, TcpQuestion } from '../../../src/providers/net/reader.ts';
import { netReader } from '../../support/http/net-reader.ts';
import { closedPort, rawServer } from '../../support/http/servers.ts';
import { MISBEHAVING } from '../../support/net/misbehaving.ts';

const reader = netReader();

const SPEAKERS: Readonly<Record<string, (question: TcpQuestion) => Promise<Spoken<unknown>>>> = {
  smtp: (question) => reader.banner(question, 'smtp'),
  imap: (question) => reader.banner(question, 'imap'),
  pop3: (question) => reader.banner(question, 'pop3'),
  ssh: (question) => reader.banner(question, 'ssh'),
  redis: (question) => reader.redis(question, { login: null, replication: true }),
  postgres: (question) => reader.postgres({ ...question, user: 'u', database: 'd' }),
  mysql: (question) => reader.mysql(question, 'u'),
};

function questionTo(port: number, more: Partial<TcpQuestion> = {}): TcpQuestion {
  return { host: '127.0.0.1', port, timeoutMs: 300, signal: new AbortController().signal, ...more };
}

describe.each(Object.entries(SPEAKERS))('who speaks %s', (_, speak) => {
  test.each(Object.entries(MISBEHAVING))('comes to an end with a server that %s', async (_name, serve) => {
    await using server = await serve();
    const spoken = await speak(questionTo(server.port));
    if (spoken.status === 'answered') throw new Error(`took ${JSON.stringify(spoken.value)} for an answer`);
    expect(['TIMEOUT', 'ECONNRESET', 'EPIPE', 'UNEXPECTED_ANSWER']).toContain(spoken.trouble.code);
    expect(spoken.trouble.message).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    // A reset may arrive before the connection is seen to be there.
    expect(['connect', 'headers']).toContain(spoken.trouble.phase);
  });

  test('says that nobody listens', async () => {
    expect(await speak(questionTo(await closedPort()))).toMatchObject({
      status: 'failed',
      trouble: { phase: 'connect', code: 'ECONNREFUSED' },
    });
  });

  test('throws an abort, before and in the middle', async () => {
    await using server = await rawServer(() => undefined);
    const gone = AbortSignal.abort(new Error('the run is over'));
    await expect(speak(questionTo(server.port, { signal: gone }))).rejects.toThrow('the run is over');
    const controller = new AbortController();
    const going = speak(questionTo(server.port, { signal: controller.signal, timeoutMs: 20_000 }));
    setTimeout(() => controller.abort(new Error('the run is over')), 30);
    await expect(going).rejects.toThrow('the run is over');
  });
});

describe('a conversation', () => {
  test('says how much of an answer came when the rest did not', async () => {
    await using silent = await rawServer((socket) => void socket.write('220-part of'));
    await using closing = await rawServer((socket) => socket.end('220-part of'));
    expect(await SPEAKERS['smtp']?.(questionTo(silent.port))).toMatchObject({
      trouble: { code: 'TIMEOUT', message: 'no answer within 300 ms, but 11 bytes of one' },
    });
    expect(await SPEAKERS['smtp']?.(questionTo(closing.port))).toMatchObject({
      trouble: { code: 'ECONNRESET', message: expect.stringContaining('after 11 bytes') },
    });
  });

  test('reads no more than it takes of a server that does not stop talking', async () => {
    let sent = 0;
    await using server = await rawServer((socket) => {
      const more = Buffer.from(`220-${'x'.repeat(1_000)}\r\n`.repeat(60));
      const flood = (): void => {
        sent += more.length;
        if (sent < 100_000_000) socket.write(more, flood);
      };
      flood();
    });
    expect(await SPEAKERS['smtp']?.(questionTo(server.port, { timeoutMs: 5_000 }))).toMatchObject({
      trouble: { code: 'UNEXPECTED_ANSWER', message: 'it did not stop talking' },
    });
    expect(sent).toBeLessThan(50_000_000);
  });

  test('has one limit of time for both connections of PostgreSQL', async () => {
    await using server = await rawServer((socket) =>
      socket.on('data', (chunk) => {
        if (chunk.length === 8) socket.write('N');
      }),
    );
    expect(await SPEAKERS['postgres']?.(questionTo(server.port))).toMatchObject({ trouble: { code: 'TIMEOUT' } });
  });
});
