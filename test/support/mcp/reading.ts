import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Looked } from '../../../src/domain/failure.ts';
import { toolDigest, type McpServer, type McpTool, type ToolPin } from '../../../src/domain/mcp-server.ts';
import { openMcpReader } from '../../../src/providers/mcp/open.ts';
import type { ToolResult } from '../../../src/providers/mcp/reader.ts';

const BAD = join(import.meta.dirname, 'bad-server.mjs');

export interface Reading {
  call(input?: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Looked<ToolResult>>;
  tools(): Promise<Looked<readonly McpTool[]>>;
  /** Pins what the server lists now, and begins another run. */
  trust(): Promise<void>;
  /** Ends the run and begins another, with what is changed about the server: by its environment, or in the configuration. */
  next(change?: { readonly how?: string; readonly server?: Partial<McpServer> }): void;
  readonly learnt: readonly string[];
}

/** A server that misbehaves as it is told, with its one tool `look` allowed. */
export function stdioServer(how: string, place = '', more: Partial<McpServer> = {}): McpServer {
  return {
    name: 'bad',
    way: { kind: 'stdio', command: process.execPath, args: [BAD, how, place], env: ['HOW'], cwd: null },
    tools: ['look'],
    ask: false,
    timeoutMs: 10_000,
    maxOutput: 16 * 1024,
    ...more,
  };
}

/** Reads one server as a run does; ended with the test. */
export function reading(server: McpServer, given: Readonly<Record<string, string | undefined>> = process.env): Reading {
  const servers = new Map([[server.name, server]]);
  const env = { ...given };
  let pin: ToolPin | null = null;
  const learnt: string[] = [];
  let run = new AbortController();
  let together = { signal: run.signal };
  onTestFinished(() => run.abort());
  const reader = openMcpReader({
    clock: { now: () => 0, monotonic: () => 0 },
    env,
    home: import.meta.dirname,
    platform: process.platform,
    instance: 'test',
    mcp: { servers, pinOf: () => pin },
    learn: (secret) => learnt.push(secret),
  });
  const next: Reading['next'] = ({ how, server: change } = {}) => {
    run.abort();
    run = new AbortController();
    together = { signal: run.signal };
    if (how !== undefined) env['HOW'] = how;
    servers.set(server.name, { ...(servers.get(server.name) ?? server), ...change });
  };
  const tools = (): Promise<Looked<readonly McpTool[]>> => reader.tools(server.name, run.signal, together);
  return {
    tools,
    call: (input = {}, signal = run.signal) =>
      reader.call({ server: server.name, tool: 'look', input }, signal, together),
    trust: async () => {
      const listed = await tools();
      const tool = listed.status === 'seen' ? listed.value.find(({ name }) => name === 'look') : undefined;
      if (tool === undefined) throw new Error(`nothing to trust: ${JSON.stringify(listed)}`);
      const { definition } = tool;
      const digest = toolDigest(servers.get(server.name) ?? server, definition);
      pin = { server: server.name, tool: 'look', digest, definition, at: 0 };
      next();
    },
    next,
    learnt,
  };
}
