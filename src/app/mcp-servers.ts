import { canonicalJson } from '../domain/canonical-json.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { Digest } from '../domain/digest.ts';
import {
  toolDifferences,
  toolDigest,
  whyNotRead,
  type McpServer,
  type McpTool,
  type ToolDifference,
  type ToolPin,
} from '../domain/mcp-server.ts';
import type { McpReader } from '../providers/mcp/reader.ts';
import { mcpPinsTable, type McpPinsTable } from '../store/mcp-pins.ts';
import type { StatefulApp } from './app.ts';
import { operator } from './plans.ts';

/**
 * How a tool stands. `trusted`: it is as the operator trusted it, as far as is known; `changed`: it, or the way to its
 * server, is not; `untrusted`: nobody trusted it yet; `not-allowed`: the configuration does not name it; `missing`: its
 * server does not list it (once, that is).
 */
export type ToolStanding = 'trusted' | 'changed' | 'untrusted' | 'not-allowed' | 'missing';

export interface ToolView {
  readonly name: string;
  readonly standing: ToolStanding;
  /** Why it is not taken for one that only reads; null: it says that it does, or was not asked. */
  readonly notRead: string | null;
  /** What it is now; null: not asked, or not there. */
  readonly tool: McpTool | null;
  readonly digest: Digest | null;
  /** Where it differs from what was trusted. */
  readonly differences: readonly ToolDifference[];
}

export interface ServerView {
  readonly server: McpServer;
  readonly tools: readonly ToolView[];
}

/** The servers of the configuration and what is trusted of them; none is started or asked. */
export function listMcpServers(app: StatefulApp): readonly ServerView[] {
  const pins = pinsOf(app);
  return [...serversOf(app).values()].map((server) => ({
    server,
    tools: server.tools.map((name) => withoutAsking(server, name, pins.get(server.name, name))),
  }));
}

function withoutAsking(server: McpServer, name: string, pin: ToolPin | null): ToolView {
  const standing =
    pin === null ? 'untrusted' : pin.digest === toolDigest(server, pin.definition) ? 'trusted' : 'changed';
  return { name, standing, notRead: null, tool: null, digest: pin?.digest ?? null, differences: [] };
}

/** Asks a server what tools it has, and holds them against what was trusted. NOT_FOUND, MCP_SERVER_AWAY. */
export async function showMcpServer(app: StatefulApp, name: string, signal: AbortSignal): Promise<ServerView> {
  const server = theServer(app, name);
  const pins = pinsOf(app);
  const listed = await askTools(app, server, signal);
  const names = [...new Set([...server.tools, ...listed.map((tool) => tool.name)])];
  return { server, tools: names.map((tool) => viewOf(server, tool, listed, pins.get(name, tool))) };
}

function viewOf(server: McpServer, name: string, listed: readonly McpTool[], pin: ToolPin | null): ToolView {
  const [tool, another] = listed.filter((one) => one.name === name);
  if (tool === undefined || another !== undefined)
    return { name, standing: 'missing', notRead: null, tool: null, digest: null, differences: [] };
  const digest = toolDigest(server, tool.definition);
  return {
    name,
    standing: standingOf(server, name, pin, digest),
    notRead: whyNotRead(tool.definition),
    tool,
    digest,
    differences: pin === null ? [] : toolDifferences(pin.definition, tool.definition),
  };
}

function standingOf(server: McpServer, name: string, pin: ToolPin | null, digest: Digest): ToolStanding {
  if (!server.tools.includes(name)) return 'not-allowed';
  if (pin === null) return 'untrusted';
  return pin.digest === digest ? 'trusted' : 'changed';
}

/**
 * Pins tools as they are now; all that the configuration allows when none is named. All or none. NOT_FOUND,
 * MCP_SERVER_AWAY, and MCP_TOOL_REFUSED for one that is not allowed, not there, does not say that it only reads, or
 * whose description holds what looks like a secret.
 */
export async function trustMcpTools(
  app: StatefulApp,
  name: string,
  named: readonly string[],
  signal: AbortSignal,
): Promise<ServerView> {
  const { server, tools } = await showMcpServer(app, name, signal);
  const wanted = named.length === 0 ? server.tools : named;
  const pins = wanted.map((tool) => pinFor(app, server, tools.find((one) => one.name === tool) ?? null, tool));
  app.database.transaction(() => {
    const table = pinsOf(app);
    for (const pin of pins) {
      table.set(pin);
      audit(app, 'mcp-tool-trusted', pin, pin.digest);
    }
  });
  app.audit.sealHead();
  return showAgain(server, tools, pins);
}

function pinFor(app: StatefulApp, server: McpServer, view: ToolView | null, tool: string): ToolPin {
  const refuse = (why: string, next: string): CodedError =>
    new CodedError('MCP_TOOL_REFUSED', `the tool "${tool}" of the MCP server "${server.name}" is not trusted: ${why}`, {
      next,
    });
  const list = `holdfast mcp servers show ${server.name}`;
  if (!server.tools.includes(tool))
    throw refuse('the configuration does not allow it', `name it under mcp.servers.${server.name}.tools first`);
  if (view === null || view.tool === null || view.digest === null) throw refuse('its server does not list it', list);
  if (view.notRead !== null) throw refuse(view.notRead, 'Holdfast calls tools that read, and no others');
  const { definition } = view.tool;
  if (canonicalJson(app.redactor.data(definition)) !== canonicalJson(definition))
    throw refuse('its description holds what looks like a secret', list);
  return { server: server.name, tool, digest: view.digest, definition, at: app.surroundings.clock.now() };
}

function showAgain(server: McpServer, tools: readonly ToolView[], pins: readonly ToolPin[]): ServerView {
  const pinned = new Set(pins.map(({ tool }) => tool));
  return {
    server,
    tools: tools
      .filter(({ name }) => pinned.has(name))
      .map((view) => ({ ...view, standing: 'trusted', differences: [] })),
  };
}

/** Takes pins back; all of the server when none is named. NOT_FOUND when nothing was pinned. */
export function untrustMcpTools(app: StatefulApp, name: string, named: readonly string[]): readonly string[] {
  const table = pinsOf(app);
  const wanted = named.length === 0 ? (serversOf(app).get(name)?.tools ?? []) : named;
  const removed = app.database.transaction(() =>
    wanted.filter((tool) => {
      const was = table.remove(name, tool);
      if (was) audit(app, 'mcp-tool-untrusted', { server: name, tool }, null);
      return was;
    }),
  );
  app.audit.sealHead();
  if (removed.length > 0) return removed;
  throw new CodedError('NOT_FOUND', `no tool of the MCP server "${name}" is trusted`, {
    next: 'holdfast mcp servers list',
  });
}

function audit(
  app: StatefulApp,
  verb: 'mcp-tool-trusted' | 'mcp-tool-untrusted',
  { server, tool }: Pick<ToolPin, 'server' | 'tool'>,
  digest: Digest | null,
): void {
  app.audit.append({
    actor: operator(app),
    verb,
    object: `${server}/${tool}`,
    outcome: verb === 'mcp-tool-trusted' ? 'trusted' : 'untrusted',
    detail: app.redactor.data(digest === null ? {} : { digest }),
  });
}

function pinsOf({ database, stateDir }: StatefulApp): McpPinsTable {
  return mcpPinsTable(database, stateDir.gateKey);
}

function serversOf({ provider }: StatefulApp): ReadonlyMap<string, McpServer> {
  return provider.mcp?.servers ?? new Map<string, McpServer>();
}

function theServer(app: StatefulApp, name: string): McpServer {
  const server = serversOf(app).get(name);
  if (server !== undefined) return server;
  throw new CodedError('NOT_FOUND', `the configuration has no MCP server "${name}"`, {
    where: app.places.configFile,
    next: 'name it under mcp.servers; holdfast mcp servers list shows those that there are',
  });
}

async function askTools(app: StatefulApp, { name }: McpServer, signal: AbortSignal): Promise<readonly McpTool[]> {
  const reader = await app.readers.of('mcp');
  if (!isMcpReader(reader)) throw new CodedError('INTERNAL', 'the provider "mcp" has no reader of MCP servers');
  const listed = await reader.tools(name, signal, { signal });
  if (listed.status === 'seen') return listed.value;
  throw new CodedError('MCP_SERVER_AWAY', app.redactor.text(listed.failure.message), {
    next: `see mcp.servers.${name} in the configuration, and run the server by hand`,
  });
}

export function isMcpReader(reader: unknown): reader is McpReader {
  return typeof reader === 'object' && reader !== null && 'call' in reader && 'tools' in reader;
}
