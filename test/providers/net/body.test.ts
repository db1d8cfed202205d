import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { readBody, type BodyWish } from '../../../src/providers/net/body.ts';

/** A body in pieces, as if it came from the network. */
function message(pieces: readonly (string | Buffer)[], headers: Record<string, string> = {}): IncomingMessage {
  let next = 0;
  const read = (): void => void incoming.push(pieces[next++] ?? null);
  const incoming: IncomingMessage = Object.assign(new IncomingMessage(new Socket()), { headers, _read: read });
  return incoming;
}

const readAll = (incoming: IncomingMessage, wish: Partial<BodyWish> = {}) =>
  readBody(incoming, { limit: 1 << 20, until: [], withinMs: 10_000, ...wish }, new AbortController().signal);

test('is read to its end', async () => {
  expect(await readAll(message(['one ', 'two']))).toEqual({ text: 'one two', bytes: 7, end: 'complete' });
});

test('exactly as long as the limit is complete, one byte more is cut', async () => {
  expect(await readAll(message(['12345']), { limit: 5 })).toMatchObject({ bytes: 5, end: 'complete' });
  expect(await readAll(message(['12345', '6']), { limit: 5 })).toEqual({ text: '12345', bytes: 5, end: 'limit' });
  expect(await readAll(message(['123456789']), { limit: 5 })).toEqual({ text: '12345', bytes: 5, end: 'limit' });
});

test('a text is found across many tiny pieces, and reading stops there', async () => {
  const pieces = `${'x'.repeat(40_000)}needle${'y'.repeat(200_000)}`.split('');
  const { bytes, end } = await readAll(message(pieces), { until: ['needle'] });
  expect(end).toBe('enough');
  expect(bytes).toBeGreaterThanOrEqual(40_006);
  expect(bytes).toBeLessThan(240_006);
});

test('all texts must be found', async () => {
  expect(await readAll(message(['b a ', 'c']), { until: ['a', 'c'] })).toMatchObject({ end: 'enough' });
  expect(await readAll(message(['b a ', 'd']), { until: ['a', 'c'] })).toMatchObject({ end: 'complete' });
});

test('is decoded as it declares, or as UTF-8 when it declares nonsense', async () => {
  expect(
    await readAll(message([Buffer.from([0xe4])], { 'content-type': 'text/plain; charset=ISO-8859-1' })),
  ).toMatchObject({ text: 'ä' });
  expect(await readAll(message(['ä'], { 'content-type': 'text/plain; charset=nonsense' }))).toMatchObject({
    text: 'ä',
  });
  expect(await readAll(message([Buffer.from([0xff, 0x41])]))).toMatchObject({ text: '\ufffdA' });
});
