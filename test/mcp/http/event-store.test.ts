import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';
import { expect, it } from 'vitest';
import { createEventStore } from '../../../src/mcp/http/event-store.ts';

function message(id: number): JSONRPCMessage {
  return { jsonrpc: '2.0', id, result: {} };
}

async function kept(store: EventStore, stream: string, ...ids: readonly number[]): Promise<readonly string[]> {
  const events: string[] = [];
  for (const id of ids) events.push(await store.storeEvent(stream, message(id)));
  return events;
}

/** The ids of the messages that are sent again after an event. */
async function replayed(store: EventStore, last = ''): Promise<readonly unknown[]> {
  const sent: unknown[] = [];
  await store.replayEventsAfter(last, { send: async (_event, said) => void sent.push('id' in said ? said.id : null) });
  return sent;
}

it('what came after the last event that a client saw is sent again, in order, of its own stream alone', async () => {
  const store = createEventStore();
  const [first] = await kept(store, 'a', 1);
  await kept(store, 'b', 2);
  const [, last] = await kept(store, 'a', 3, 4);
  await kept(store, 'b', 5);
  expect(await replayed(store, first)).toEqual([3, 4]);
  expect(await replayed(store, last)).toEqual([]);
});

it('the stream of an event is known, and each event has an id of its own', async () => {
  const store = createEventStore();
  const events = [...(await kept(store, 'a', 1, 2)), ...(await kept(store, 'b', 3))];
  expect(new Set(events).size).toBe(3);
  expect(await Promise.all(events.map(async (event) => store.getStreamIdForEventId?.(event)))).toEqual(['a', 'a', 'b']);
});

it('the first sixty-four are kept, and then the oldest is dropped for each that comes', async () => {
  const store = createEventStore();
  const events = await kept(store, 'a', ...Array.from({ length: 66 }, (_, id) => id));
  expect(await store.getStreamIdForEventId?.(events[1] ?? '')).toBeUndefined();
  expect(await store.getStreamIdForEventId?.(events[2] ?? '')).toBe('a');
  expect(await replayed(store, events[2])).toHaveLength(63);
});

it('after an event that was dropped, or never was, nothing is sent: what is missing is not passed over', async () => {
  const store = createEventStore();
  const [first] = await kept(store, 'a', ...Array.from({ length: 65 }, (_, id) => id));
  expect(await replayed(store, first)).toEqual([]);
  expect(await replayed(store, 'made-up')).toEqual([]);
});
