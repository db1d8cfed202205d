import * as z from 'zod';

const server = z.strictObject({
  name: z.string(),
  way: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('stdio'),
      command: z.string(),
      args: z.array(z.string()),
      env: z.array(z.string()).describe('Names of variables that it gets'),
      cwd: z.string().nullable().describe('null: your home'),
    }),
    z.strictObject({ kind: z.literal('http'), url: z.string(), tokenEnv: z.string().nullable() }),
  ]),
  ask: z.boolean().describe('Whether models may call its tools'),
  tools: z.array(
    z.strictObject({
      name: z.string(),
      standing: z.enum(['trusted', 'changed', 'untrusted', 'not-allowed', 'missing']),
      notRead: z.string().nullable().describe('Why it is not taken for one that only reads'),
      definition: z
        .record(z.string(), z.unknown())
        .nullable()
        .describe('As its server lists it now; null: not asked, or not there'),
      digest: z.string().nullable().describe('Of the definition and the way to its server'),
      differences: z.array(z.strictObject({ part: z.string(), was: z.unknown(), is: z.unknown() })),
    }),
  ),
});

export const mcpServerSchema = server.describe("Somebody else's MCP server, and what is trusted of it");

export const mcpServersSchema = z
  .strictObject({ servers: z.array(server) })
  .describe("Other people's MCP servers of the configuration; none was asked");

export const mcpUntrustedSchema = z
  .strictObject({ server: z.string(), tools: z.array(z.string()) })
  .describe('Tools that are not trusted any more');
