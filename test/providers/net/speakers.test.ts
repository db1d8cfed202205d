import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bannerSpeaker } from '../../../src/providers/net/banner.ts';
import type { Speaker } from '../../../src/providers/net/conversation.ts';
import { mysqlSpeaker } from '../../../src/providers/net/mysql.ts';
import { redisSpeaker } from '../../../src/providers/net/redis.ts';
import { mysqlError, mysqlGreeting, mysqlPacket } from '../../support/net/stand-ins.ts';

/** Each speaker, with what a server would rightly say to its moves, one after the other. */
const SPEAKERS: Readonly<Record<string, readonly [() => Speaker<unknown>, ...Buffer[]]>> = {
  smtp: [() => bannerSpeaker('smtp'), Buffer.from('220 mx.test\r\n'), Buffer.from('250-SIZE\r\n250 STARTTLS\r\n')],
  imap: [() => bannerSpeaker('imap'), Buffer.from('* OK hi\r\n'), Buffer.from('* CAPABILITY IMAP4\r\na1 OK\r\n')],
  pop3: [() => bannerSpeaker('pop3'), Buffer.from('+OK hi\r\n'), Buffer.from('+OK\r\nSTLS\r\n.\r\n')],
  ssh: [() => bannerSpeaker('ssh'), Buffer.from('hello\r\nSSH-2.0-x\r\n')],
  redis: [
    () => redisSpeaker({ login: { user: null, password: 'p' }, replication: true }),
    Buffer.from('+OK\r\n'),
    Buffer.from('+PONG\r\n'),
    Buffer.from('$11\r\nrole:master\r\n'),
  ],
  mysql: [
    () => mysqlSpeaker('u'),
    mysqlPacket(mysqlGreeting('8.4.3', { tls: true }), 0),
    mysqlPacket(mysqlError(1_045, '#28000Access denied'), 2),
  ],
};

/** Says the words in pieces, as a network may cut them, until the speaker is content or gives up. */
function play(speaker: Speaker<unknown>, words: readonly Buffer[], cut: number): { readonly next: string } {
  let move = speaker.begin();
  for (const word of words) {
    for (let end = cut; ; end += cut) {
      move = speaker.hear(word.subarray(0, end));
      if (move.next !== 'listen' || end >= word.length) break;
    }
    if (move.next === 'done' || move.next === 'refuse') return move;
  }
  return move;
}

test.each(Object.entries(SPEAKERS))('%s understands its answer wherever it is cut', (_, [make, ...words]) => {
  const whole = play(make(), words, 10_000);
  expect(whole.next).toBe('done');
  for (let cut = 1; cut < 40; cut += 1) expect(play(make(), words, cut)).toEqual(whole);
});

test.each(Object.entries(SPEAKERS))('%s never throws, whatever bytes it hears', (_, [make, ...words]) => {
  const edits = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 });
  fc.assert(
    fc.property(edits, fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 3 }), (changes, more) => {
      const changed = words.map((word) => {
        const bytes = Buffer.from(word);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes;
      });
      for (const said of [changed, more.map((bytes) => Buffer.from(bytes))])
        expect(['listen', 'say', 'done', 'refuse']).toContain(play(make(), said, 10_000).next);
    }),
    { numRuns: 500 },
  );
});
