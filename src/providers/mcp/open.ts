import type { ProviderDeps } from '../../domain/provider-deps.ts';
import { connect } from './connection.ts';
import { createConnections } from './connections.ts';
import { createMcpReader, type McpReader } from './reader.ts';
import { ServerTrouble } from './trouble.ts';

/** The servers of the configuration, where they really are. */
export function openMcpReader({ env, home, mcp, learn }: ProviderDeps): McpReader {
  const trust = mcp ?? { servers: new Map(), pinOf: () => null };
  const connections = createConnections(async (name, signal) => {
    const server = trust.servers.get(name);
    if (server === undefined) throw new ServerTrouble('MCP_NO_SERVER', 'is not in the configuration');
    const tokenEnv = server.way.kind === 'http' ? server.way.tokenEnv : null;
    const token = tokenEnv === null ? null : (env[tokenEnv] ?? '');
    if (token === '') throw new ServerTrouble('MCP_NO_TOKEN', `needs a token, and the variable ${tokenEnv} is not set`);
    if (token !== null) learn(token);
    return connect({ server, env, home, token, signal });
  });
  return createMcpReader(trust, connections);
}
