import { expect, it } from 'vitest';
import { createTurns, type Turns } from '../../src/mcp/turns.ts';
import { codeOfAsync } from '../support/errors.ts';

/** Work by name that began, and ends when it is told to. */
function workshop(turns: Turns) {
  const began: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const start = (name: string, signal = new AbortController().signal): Promise<string> => {
    const end = Promise.withResolvers<string>();
    ends.set(name, end);
    const taken = turns.take(signal, () => {
      began.push(name);
      return end.promise;
    });
    taken.catch(() => undefined);
    return taken;
  };
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    began,
    start,
    settled,
    end: async (name: string) => {
      ends.get(name)?.resolve(name);
      await settled();
    },
    fail: async (name: string) => {
      ends.get(name)?.reject(new Error('it broke'));
      await settled();
    },
  };
}

it('so many work at once; the others wait, first come first served', async () => {
  const shop = workshop(createTurns(2));
  for (const name of ['a', 'b', 'c', 'd']) void shop.start(name);
  await shop.settled();
  expect(shop.began).toEqual(['a', 'b']);
  await shop.end('b');
  expect(shop.began).toEqual(['a', 'b', 'c']);
  await shop.end('a');
  await shop.end('c');
  expect(shop.began).toEqual(['a', 'b', 'c', 'd']);
});

it('each is told what its own work came to', async () => {
  const shop = workshop(createTurns(1));
  const [first, second] = [shop.start('a'), shop.start('b')];
  await shop.end('a');
  await shop.end('b');
  expect(await Promise.all([first, second])).toEqual(['a', 'b']);
});

it('work that fails gives its turn on', async () => {
  const shop = workshop(createTurns(1));
  const first = shop.start('a');
  void shop.start('b');
  await shop.fail('a');
  await expect(first).rejects.toThrow('it broke');
  expect(shop.began).toEqual(['a', 'b']);
});

it('who comes while a turn is given on waits behind those who wait', async () => {
  const shop = workshop(createTurns(1));
  void shop.start('a').then(() => shop.start('late'));
  void shop.start('b');
  await shop.end('a');
  expect(shop.began).toEqual(['a', 'b']);
  await shop.end('b');
  expect(shop.began).toEqual(['a', 'b', 'late']);
});

it('who is cancelled while waiting is not begun, and keeps nobody waiting', async () => {
  const shop = workshop(createTurns(1));
  const cancel = new AbortController();
  void shop.start('a');
  const waiting = shop.start('b', cancel.signal);
  void shop.start('c');
  cancel.abort();
  expect(await codeOfAsync(() => waiting)).toBe('USAGE');
  await shop.end('a');
  expect(shop.began).toEqual(['a', 'c']);
});

it('who was cancelled before is not begun, whether there is a turn or not', async () => {
  const shop = workshop(createTurns(1));
  expect(await codeOfAsync(() => shop.start('gone', AbortSignal.abort()))).toBe('USAGE');
  void shop.start('a');
  expect(await codeOfAsync(() => shop.start('gone too', AbortSignal.abort()))).toBe('USAGE');
  void shop.start('b');
  await shop.end('a');
  expect(shop.began).toEqual(['a', 'b']);
});

it('who is cancelled while working keeps the turn until the work has ended', async () => {
  const shop = workshop(createTurns(1));
  const cancel = new AbortController();
  void shop.start('a', cancel.signal);
  void shop.start('b');
  cancel.abort();
  await shop.settled();
  expect(shop.began).toEqual(['a']);
  await shop.end('a');
  expect(shop.began).toEqual(['a', 'b']);
});
