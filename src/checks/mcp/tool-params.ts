import * as z from 'zod';
import { parseJsonPath } from '../../domain/json-path.ts';
import { SEVERITIES } from '../../domain/severity.ts';
import { anyJson } from './any-json.ts';

const condition = z
  .strictObject({
    path: z
      .string()
      .refine((path) => parseJsonPath(path) !== null, {
        error: 'write a path such as "$.status" or "$.queues[0].depth"',
      })
      .describe('The place in the result: `$.status`, `$.queues[0].depth`, `$["a key"]`.'),
    equals: z
      .union([z.string(), z.number(), z.boolean(), z.null()])
      .optional()
      .describe('The value that must be there, of the same type.'),
    atMost: z.number().optional().describe('The number there must be at most this.'),
    atLeast: z.number().optional().describe('The number there must be at least this.'),
  })
  .refine(({ equals, atMost, atLeast }) => equals !== undefined || atMost !== undefined || atLeast !== undefined, {
    error: 'say what must be there: equals, atMost or atLeast',
  })
  .refine(({ equals, atMost, atLeast }) => equals === undefined || (atMost === undefined && atLeast === undefined), {
    error: 'a value that must be equal has no bounds',
  });

export const toolParams = z.strictObject({
  server: z.string().min(1).describe('The MCP server, by its name under `mcp.servers` of the configuration.'),
  tool: z.string().min(1).describe('The tool, by its name: one that the configuration allows, and that you trusted.'),
  arguments: z
    .record(z.string(), anyJson)
    .default({})
    .describe('What the tool is called with. No secrets: a server gets those from its own environment.'),
  healthyWhen: z
    .union([condition.transform((one) => [one]), z.array(condition).min(1).max(50)])
    .refine((all) => new Set(all.map(({ path }) => path)).size === all.length, {
      error: 'two conditions are about the same path; write atLeast and atMost into one',
    })
    .optional()
    .describe(
      'What must hold of the result; each that does not is a finding. Without it, the tool itself must judge, and answer with a `holdfast/check-result/v1`.',
    ),
  resource: z
    .string()
    .min(1)
    .max(200)
    .default('result')
    .describe('What `healthyWhen` is about, as findings name it: `orders queue`.'),
  severity: z.enum(SEVERITIES).default('high').describe('Of what `healthyWhen` reports.'),
  why: z.string().min(1).max(1_000).optional().describe('Why it matters, for what `healthyWhen` reports.'),
  next: z.string().min(1).max(1_000).optional().describe('What to look at next, for what `healthyWhen` reports.'),
});

export type ToolParams = z.output<typeof toolParams>;
export type Condition = z.output<typeof condition>;
