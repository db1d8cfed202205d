import { randomUUID } from 'node:crypto';
import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';

/** What one session may have waiting for a client that comes back. */
const MOST_EVENTS = 64;

/** Events of one session, so that a client whose stream was cut goes on where it was. The oldest are dropped first. */
export function createEventStore(): EventStore {
  const events = new Map<string, { readonly stream: string; readonly message: JSONRPCMessage }>();
  return {
    storeEvent: async (stream, message) => {
      const id = randomUUID();
      events.set(id, { stream, message });
      const [oldest] = events.keys();
      if (events.size > MOST_EVENTS && oldest !== undefined) events.delete(oldest);
      return id;
    },
    getStreamIdForEventId: async (id) => events.get(id)?.stream,
    replayEventsAfter: async (last, { send }) => {
      const ids = [...events.keys()];
      const stream = events.get(last)?.stream ?? '';
      for (const id of ids.slice(ids.indexOf(last) + 1)) {
        const event = events.get(id);
        if (event !== undefined && event.stream === stream && 'jsonrpc' in event.message) await send(id, event.message);
      }
      return stream;
    },
  };
}
