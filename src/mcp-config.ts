import * as z from 'zod';
import { parseListen } from './domain/loopback.ts';

const listen = z.string().transform((text, context) => {
  try {
    return parseListen(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});

const origin = z
  .string()
  .refine(isOrigin, 'is not an Origin; write it like http://127.0.0.1:8080, without a path and without port 80 or 443');

export const mcpConfigSchema = z
  .strictObject({
    up: z.boolean().default(true).describe('Whether `holdfast up` serves MCP as well'),
    listen: listen
      .prefault('127.0.0.1:39393')
      .describe('Where MCP is served over HTTP: an address of this machine that no other can reach'),
    origins: z
      .array(origin)
      .max(20)
      .default([])
      .describe('Pages whose scripts may call it, if they have the token: none by default'),
  })
  .describe('The MCP server that other agents use');

/** As a browser writes it: what it would write in another way never matches. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[a-z0-9.[\]:-]+$/.test(text) && URL.parse(text)?.origin === text;
}
