import { createHash, timingSafeEqual } from 'node:crypto';
import { readMcpToken, rotateMcpToken } from '../store/mcp-token.ts';
import type { StatefulApp } from './app.ts';
import { operator } from './plans.ts';

/** The bearer token of the MCP server on this state directory. */
export function mcpToken({ stateDir }: StatefulApp): string {
  return readMcpToken(stateDir.mcpToken);
}

/** Makes a new one; servers that run take it from the next request on. */
export function newMcpToken(app: StatefulApp): string {
  const token = rotateMcpToken(app.stateDir.mcpToken);
  app.audit.append({
    actor: operator(app),
    verb: 'mcp-token-rotated',
    object: '',
    outcome: 'done',
    detail: app.redactor.data({}),
  });
  app.audit.sealHead();
  return token;
}

/** Whether it is the token that is in force now: read anew each time, compared in constant time. */
export function isMcpToken(app: StatefulApp, presented: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(presented), digest(mcpToken(app)));
}
