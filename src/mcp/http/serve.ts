import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest, type InMemoryServerEventBus } from '@modelcontextprotocol/server';
import { CodedError } from '../../domain/coded-error.ts';
import type { MakeServer } from '../instance.ts';
import { MOST_BODY_BYTES, type Refusal } from './guard.ts';
import { createSessions } from './sessions.ts';

/** Speaks the protocol with callers that the guard let in, whichever version they speak. */
export interface Served {
  handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<Refusal | null>;
  /** Whether a client asked to be told of a resource. */
  isWatched(): boolean;
  resourceUpdated(uri: string): void;
  /** Called now and then. */
  sweep(): void;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Where changes are published for clients of the newer protocol that listen. */
  readonly bus: InMemoryServerEventBus;
  readonly now: () => number;
  readonly onTrouble: (error: Error) => void;
}

const MOST_SUBSCRIPTIONS = 256;

export function serveProtocol(makeServer: MakeServer, { bus, now, onTrouble }: ServeOptions): Served {
  const sessions = createSessions(makeServer, now);
  const modern = createMcpHandler(async () => (await makeServer({ era: 'modern' })).server, {
    legacy: 'reject',
    bus,
    maxSubscriptions: MOST_SUBSCRIPTIONS,
    maxRequestBodySize: MOST_BODY_BYTES,
    onerror: onTrouble,
  });
  const handleModern = toNodeHandler(modern, { onerror: onTrouble });
  return {
    handle: async (request, response, body) => {
      if (!hasTarget(request)) throw new CodedError('INTERNAL', 'a request without a method or a target');
      if (await isLegacyRequest(await toWebRequest(request, body), body))
        return sessions.handle(request, response, body);
      await handleModern(request, response, body);
      return null;
    },
    isWatched: () => {
      let isWatched = bus.listenerCount > 0;
      sessions.each((instance) => (isWatched ||= instance.isWatching()));
      return isWatched;
    },
    resourceUpdated: (uri) => {
      modern.notify.resourceUpdated(uri);
      sessions.each((instance) => instance.resourceUpdated(uri));
    },
    sweep: () => sessions.sweep(),
    close: async () => {
      await Promise.all([modern.close(), sessions.closeAll()]);
    },
  };
}

/** As every request has that Node's server hands on. */
function hasTarget(request: IncomingMessage): request is IncomingMessage & { method: string; url: string } {
  return request.method !== undefined && request.url !== undefined;
}
