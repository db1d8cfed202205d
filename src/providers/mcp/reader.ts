import type { Failure, Together } from '../../domain/check.ts';
import { seen, unknown, type Looked } from '../../domain/failure.ts';
import type { JsonObject } from '../../domain/json.ts';
import {
  toolDifferences,
  toolDigest,
  whyNotRead,
  type McpServer,
  type McpTool,
  type McpTrust,
} from '../../domain/mcp-server.ts';
import type { Connection, ToolResult } from './connection.ts';
import type { Connections } from './connections.ts';
import { troubleOf } from './trouble.ts';

export type { ToolResult };

export interface ToolWish {
  readonly server: string;
  readonly tool: string;
  readonly input: JsonObject;
}

/**
 * The tools of MCP servers of others, of which only those are called that the configuration allows by name, that say of
 * themselves that they only read, and whose descriptions are as the operator trusted them. Trouble is a value; only an
 * abort is thrown.
 */
export interface McpReader {
  /** Asks one tool. The server is not even begun with unless the tool is allowed and trusted. */
  call(wish: ToolWish, signal: AbortSignal, together: Together): Promise<Looked<ToolResult>>;
  /** What a server lists now, allowed or not: for the operator, who decides what to trust. */
  tools(server: string, signal: AbortSignal, together: Together): Promise<Looked<readonly McpTool[]>>;
}

export function createMcpReader(trust: McpTrust, connections: Connections): McpReader {
  const lists = new WeakMap<Connection, Promise<readonly McpTool[]>>();
  /** One list for a connection: what a server changes while it is asked, the next run sees. */
  const listOf = (connection: Connection, signal: AbortSignal): Promise<readonly McpTool[]> => {
    const list = lists.get(connection) ?? connection.tools(signal);
    lists.set(connection, list);
    list.catch(() => lists.delete(connection)); // whoever waits for it is told; the next one asks again
    return list;
  };
  const asking = async <T>(
    server: McpServer,
    signal: AbortSignal,
    together: Together,
    work: (connection: Connection) => Promise<Looked<T>>,
  ): Promise<Looked<T>> => {
    try {
      return await connections.with(server.name, together, work);
    } catch (error) {
      signal.throwIfAborted();
      return { status: 'unknown', failure: troubleOf(server.name, error, server.timeoutMs) };
    }
  };
  return {
    call: async ({ server: name, tool, input }, signal, together) => {
      const server = trust.servers.get(name);
      if (server === undefined) return unknownServer(name);
      const refused = refusal(trust, server, tool);
      if (refused !== null) return { status: 'unknown', failure: refused };
      return asking(server, signal, together, async (connection) => {
        const changed = changedSince(trust, server, tool, await listOf(connection, signal));
        if (changed !== null) return { status: 'unknown', failure: changed };
        return seen(await connection.call(tool, input, signal));
      });
    },
    tools: async (name, signal, together) => {
      const server = trust.servers.get(name);
      if (server === undefined) return unknownServer(name);
      return asking(server, signal, together, async (connection) => seen(await listOf(connection, signal)));
    },
  };
}

function unknownServer<T>(name: string): Looked<T> {
  return unknown('MCP_NO_SERVER', `The configuration has no MCP server "${name}" (mcp.servers).`);
}

/** What the operator did not allow, or did not trust, is not asked; null: nothing speaks against it. */
function refusal(trust: McpTrust, server: McpServer, tool: string): Failure | null {
  const { name } = server;
  if (!server.tools.includes(tool))
    return {
      code: 'MCP_NOT_ALLOWED',
      message: `The tool "${tool}" of the MCP server "${name}" is not among those that the configuration allows (mcp.servers.${name}.tools).`,
    };
  const pin = trust.pinOf(name, tool);
  const next = `read what it does, then: holdfast mcp servers trust ${name} ${tool}`;
  if (pin === null)
    return {
      code: 'MCP_NOT_TRUSTED',
      message: `The tool "${tool}" of the MCP server "${name}" is not trusted yet: ${next}`,
    };
  if (pin.digest !== toolDigest(server, pin.definition))
    return {
      code: 'MCP_CHANGED',
      message: `The MCP server "${name}" is reached another way than when its tool "${tool}" was trusted: ${next}`,
    };
  return null;
}

function changedSince(trust: McpTrust, server: McpServer, tool: string, list: readonly McpTool[]): Failure | null {
  const { name } = server;
  const [now, another] = list.filter((one) => one.name === tool);
  if (now === undefined || another !== undefined) {
    const how = now === undefined ? 'does not list' : 'lists twice';
    return { code: 'MCP_NO_TOOL', message: `The MCP server "${name}" ${how} the tool "${tool}".` };
  }
  const pin = trust.pinOf(name, tool);
  if (pin !== null && pin.digest === toolDigest(server, now.definition)) {
    const why = whyNotRead(now.definition);
    return why === null
      ? null
      : { code: 'MCP_NOT_READ_ONLY', message: `The tool "${tool}" of the MCP server "${name}" is not asked: ${why}.` };
  }
  const parts = toolDifferences(pin?.definition ?? {}, now.definition).map(({ part }) => part);
  return {
    code: 'MCP_CHANGED',
    message: `The tool "${tool}" of the MCP server "${name}" is not what was trusted any more (${parts.slice(0, 5).join(', ')}): see holdfast mcp servers show ${name}`,
  };
}
