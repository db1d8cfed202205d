import type { McpServer, Server } from '@modelcontextprotocol/server';

/** One server as the SDK knows it, for one session, one connection or one request. */
export interface McpInstance {
  readonly server: McpServer | Server;
  /** A resource was changed: tells the client, when it asked to be told of this one. */
  resourceUpdated(uri: string): void;
  /** Whether the client asked to be told of something. */
  isWatching(): boolean;
  close(): Promise<void>;
}

export interface ServedClient {
  /** `legacy`: protocol 2025-11-25 and before, a session; `modern`: 2026-07-28, each request by itself. */
  readonly era: 'legacy' | 'modern';
}

export type MakeServer = (client: ServedClient) => McpInstance | Promise<McpInstance>;
