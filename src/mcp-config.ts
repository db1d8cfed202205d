import * as z from 'zod';
import { parseBytes } from './domain/bytes.ts';
import { parseDuration } from './domain/duration.ts';
import { parseListen } from './domain/loopback.ts';
import type { McpServer } from './domain/mcp-server.ts';

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

const environmentVariable = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
    'is not the name of an environment variable; the secret itself never stands here',
  );

const [LEAST_MS, MOST_MS] = [100, 110_000];

const timeout = z.string().transform((written, context) => {
  const ms = parseDuration(written);
  if (ms !== null && ms >= LEAST_MS && ms <= MOST_MS) return ms;
  context.addIssue({ code: 'custom', message: `"${written.slice(0, 40)}" is not a duration from 100ms to 110s` });
  return z.NEVER;
});

const [LEAST_BYTES, MOST_BYTES] = [1024, 4 * 1024 * 1024];

const size = z.string().transform((written, context) => {
  const bytes = parseBytes(written);
  if (bytes !== null && bytes >= LEAST_BYTES && bytes <= MOST_BYTES) return bytes;
  context.addIssue({ code: 'custom', message: `"${written.slice(0, 40)}" is not a size from 1 KiB to 4 MiB` });
  return z.NEVER;
});

/** Over the network only what nobody can change on its way; and no credential in the file. */
const address = z.string().superRefine((written, context) => {
  const url = URL.parse(written);
  const say = (message: string): void => context.addIssue({ code: 'custom', message });
  if (url === null || !/^https?:$/.test(url.protocol)) say('is not an http or https URL');
  else if (url.username !== '' || url.password !== '') say('holds a credential; name its variable with "tokenEnv"');
  else if (url.protocol === 'http:' && !/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname))
    say('is not on this machine, so that it must be https');
});

const toolName = z
  .string()
  .regex(/^[A-Za-z0-9_./-]{1,128}$/, 'is not the name of a tool; patterns are not taken, each is named');

const server = z
  .strictObject({
    command: z.string().min(1).max(4_096).optional().describe('The program to start; spoken to over stdio'),
    args: z.array(z.string().max(4_096)).max(100).default([]).describe('Its arguments'),
    env: z
      .array(environmentVariable)
      .max(50)
      .default([])
      .describe(
        'Names of environment variables that it gets besides PATH, HOME and the like; nothing else is inherited',
      ),
    cwd: z.string().regex(/^\//, 'write the whole path').optional().describe('Where it is started; default: your home'),
    url: address.optional().describe('Or: where it listens, https, or http on this machine'),
    tokenEnv: environmentVariable.optional().describe('Name of the environment variable that holds its bearer token'),
    tools: z
      .array(toolName)
      .min(1)
      .max(100)
      .describe('The tools that may be called, by name; each must be trusted too (holdfast mcp servers trust)'),
    ask: z.boolean().default(false).describe('Whether models may call them while they answer a question'),
    timeout: timeout.prefault('30s').describe('How long one call may take'),
    maxOutput: size.prefault('256 KiB').describe('How much one result may hold'),
  })
  .superRefine((of, context) => {
    const say = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if ((of.command === undefined) === (of.url === undefined))
      say(of.command === undefined ? 'command' : 'url', 'a server has either a command or a url');
    if (of.command === undefined && (of.args.length > 0 || of.env.length > 0 || of.cwd !== undefined))
      say('url', '"args", "env" and "cwd" are for a command');
    if (of.url === undefined && of.tokenEnv !== undefined)
      say('tokenEnv', 'is for a url; a command gets its secrets by "env"');
  });

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
    servers: z
      .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'lower-case letters, digits and dashes'), server)
      .default({})
      .describe("Other people's MCP servers, by name, whose read tools are checks of yours"),
  })
  .describe('The MCP server that other agents use, and the MCP servers of others that are used');

/** The servers of others, as their provider takes them. */
export function mcpServersOf({ servers }: z.infer<typeof mcpConfigSchema>): ReadonlyMap<string, McpServer> {
  return new Map(
    Object.entries(servers).map(([name, { tools, ask, timeout: timeoutMs, maxOutput, ...of }]) => [
      name,
      {
        name,
        way:
          of.url === undefined
            ? { kind: 'stdio', command: of.command ?? '', args: of.args, env: of.env, cwd: of.cwd ?? null }
            : { kind: 'http', url: of.url, tokenEnv: of.tokenEnv ?? null },
        tools,
        ask,
        timeoutMs,
        maxOutput,
      },
    ]),
  );
}

/** As a browser writes it: what it would write in another way never matches. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[a-z0-9.[\]:-]+$/.test(text) && URL.parse(text)?.origin === text;
}
