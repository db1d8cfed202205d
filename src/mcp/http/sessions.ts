import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { isInitializeRequest } from '@modelcontextprotocol/server';
import type { MakeServer, McpInstance } from '../instance.ts';
import { createEventStore } from './event-store.ts';
import { refusal, type Refusal } from './guard.ts';

/** Clients of protocol 2025-11-25 and before: one server for each session, from `initialize` to its end. */
export interface Sessions {
  /** Answers, or says why not. */
  handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<Refusal | null>;
  /** Ends those that were silent too long and hold no stream open. */
  sweep(): void;
  each(work: (instance: McpInstance) => void): void;
  readonly size: number;
  closeAll(): Promise<void>;
}

interface Session {
  readonly transport: NodeStreamableHTTPServerTransport;
  readonly instance: McpInstance;
  usedAt: number;
  open: number;
}

const MOST_SESSIONS = 256;
const IDLE_MS = 30 * 60_000;

export function createSessions(makeServer: MakeServer, now: () => number): Sessions {
  const sessions = new Map<string, Session>();
  let beginning = 0;

  const begin = async (request: IncomingMessage, response: ServerResponse, body: unknown): Promise<Refusal | null> => {
    if (sessions.size + beginning >= MOST_SESSIONS && !endQuietest())
      return refusal(503, `there are ${MOST_SESSIONS} sessions already`, { 'Retry-After': '60' });
    beginning += 1;
    try {
      await initialize(request, response, body);
    } finally {
      beginning -= 1;
    }
    return null;
  };

  const initialize = async (request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> => {
    const instance = await makeServer({ era: 'legacy' });
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: createEventStore(),
      retryInterval: 1_000,
      onsessioninitialized: (id) => {
        const session = { transport, instance, usedAt: now(), open: 0 };
        sessions.set(id, session);
        keepOpen(session, response);
      },
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await instance.server.connect(transport);
    await transport.handleRequest(request, response, body);
    if (transport.sessionId === undefined || !sessions.has(transport.sessionId)) await instance.close();
  };

  const goOn = async (session: Session, request: IncomingMessage, response: ServerResponse, body: unknown) => {
    keepOpen(session, response);
    await session.transport.handleRequest(request, response, body);
    return null;
  };

  /** Until the response ended, which it may have done before: its client may be gone. */
  const keepOpen = (session: Session, response: ServerResponse): void => {
    session.usedAt = now();
    session.open += 1;
    finished(response, () => {
      session.open -= 1;
      session.usedAt = now();
    });
  };

  const end = async (id: string, { instance }: Session): Promise<void> => {
    sessions.delete(id);
    await instance.close();
  };

  /** Ends the one that was silent longest; false when each has something open. */
  const endQuietest = (): boolean => {
    const [quietest] = [...sessions]
      .filter(([, { open }]) => open === 0)
      .toSorted(([, a], [, b]) => a.usedAt - b.usedAt);
    if (quietest === undefined) return false;
    void end(...quietest);
    return true;
  };

  return {
    handle: async (request, response, body) => {
      const id = request.headers['mcp-session-id'];
      if (id === undefined && isInitializeRequest(body)) return begin(request, response, body);
      if (typeof id !== 'string') return refusal(400, 'no session: begin with initialize');
      const session = sessions.get(id);
      return session === undefined
        ? refusal(404, 'there is no such session (any more): begin again with initialize')
        : goOn(session, request, response, body);
    },
    sweep: () => {
      for (const [id, session] of sessions)
        if (session.open === 0 && now() - session.usedAt >= IDLE_MS) void end(id, session);
    },
    each: (work) => {
      for (const { instance } of sessions.values()) work(instance);
    },
    get size() {
      return sessions.size;
    },
    closeAll: async () => {
      await Promise.all([...sessions].map(([id, session]) => end(id, session)));
    },
  };
}
