import * as z from 'zod';
import { MCP_CLIENTS, MCP_CONFIG_KINDS } from '../domain/mcp-config.ts';

/** What registers this Holdfast in a client: `holdfast/mcp-config/v1`. */
export const mcpConfigSchema = z
  .strictObject({
    client: z.enum(MCP_CLIENTS),
    transport: z.enum(['stdio', 'http']),
    kind: z.enum(MCP_CONFIG_KINDS),
    path: z
      .string()
      .nullable()
      .describe('The file that it goes into, as the client documents it: ~ is the home folder; null for a command'),
    text: z.string().describe('To be pasted, or run in a POSIX shell, as it is'),
    needsToken: z
      .boolean()
      .describe('Whether the client needs the token of `holdfast mcp token`, which is not in here'),
    notes: z.array(z.string()),
  })
  .describe('What registers this Holdfast in an MCP client');
