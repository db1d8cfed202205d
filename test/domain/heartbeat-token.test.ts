import { expect, test } from 'vitest';
import { stripHeartbeatToken } from '../../src/domain/heartbeat-token.ts';

const heartbeat = (reply: string, maxAckChars?: unknown) =>
  stripHeartbeatToken(reply, { mode: 'heartbeat', maxAckChars });
const message = (reply: string) => stripHeartbeatToken(reply, { mode: 'message' });

test.each(['', '  \n'])('a reply without a word is an acknowledgement that had no token', (reply) => {
  expect(heartbeat(reply)).toEqual({ shouldSkip: true, text: '', didStrip: false });
});

test.each([
  'HEARTBEAT_OK',
  'HEARTBEAT_OK.',
  '**HEARTBEAT_OK**',
  '`HEARTBEAT_OK`',
  '<b>HEARTBEAT_OK</b>',
  '&nbsp;HEARTBEAT_OK',
  'All clear. HEARTBEAT_OK',
  'HEARTBEAT_OK HEARTBEAT_OK',
  'HEARTBEAT_OK 🦞',
])('on a beat %s tells nothing', (reply) => {
  expect(heartbeat(reply)).toEqual({ shouldSkip: true, text: '', didStrip: true });
});

test('a rest of up to 300 characters is dropped on a beat, one more is told', () => {
  expect(heartbeat(`${'A'.repeat(300)} HEARTBEAT_OK`).shouldSkip).toBe(true);
  expect(heartbeat(`${'A'.repeat(301)} HEARTBEAT_OK`)).toEqual({
    shouldSkip: false,
    text: 'A'.repeat(301),
    didStrip: true,
  });
});

test.each([
  [5, false],
  ['5', false],
  [-1, false],
  ['much', true],
  [null, true],
  [Number.NaN, true],
])('with a limit of %s a rest of ten characters is dropped: %s', (limit, dropped) => {
  expect(heartbeat('short note HEARTBEAT_OK', limit).shouldSkip).toBe(dropped);
});

test('in a message the token goes and the rest stays, its white space collapsed', () => {
  expect(message('Disk 91 %\n\non db-1 HEARTBEAT_OK')).toEqual({
    shouldSkip: false,
    text: 'Disk 91 % on db-1',
    didStrip: true,
  });
  expect(message('HEARTBEAT_OK!!!').text).toBe('!!!');
  expect(message('<code>HEARTBEAT_OK</code> all good').text).toBe('all good');
  expect(message('All clear. HEARTBEAT_OK!').text).toBe('All clear.!');
});

test.each(['hello HEARTBEAT_OK there', 'heartbeat_ok', 'see HEARTBEAT_OK.....', 'I answer <HEARTBEAT_OK now'])(
  '%s holds no token at its edges and stays as it is',
  (reply) => {
    expect(heartbeat(reply)).toEqual({ shouldSkip: false, text: reply, didStrip: false });
  },
);

test('a long reply of nothing but markup is dealt with in one pass', () => {
  expect(message('<'.repeat(200_000)).didStrip).toBe(false);
  expect(message(`${'*_'.repeat(100_000)}x`).didStrip).toBe(false);
});
