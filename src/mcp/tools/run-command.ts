import * as z from 'zod';
import { defineTool } from '../tool.ts';

export const runCommandTool = defineTool({
  name: 'holdfast_run_command',
  title: 'Run a read command of Holdfast',
  description:
    'Runs one of the commands that only read, as on the command line: ["findings", "--all"], ["topology", "prod/web"], ["checks", "run", "host/disk"]. ["help"] lists them. Add "--output", "json" for a document. Commands that write, decide or configure are not among them.',
  kind: 'live',
  input: z.strictObject({
    args: z.array(z.string().max(4_000)).min(1).max(40).describe('The words after `holdfast`'),
  }),
  output: z.strictObject({
    exitCode: z.int().describe('As docs/contracts.md has it: 0 done, 2 usage, 3 findings with --fail-on, 4 unknown'),
    output: z.string().describe('What it printed'),
    messages: z.string().describe('What it said on stderr'),
  }),
  run: async ({ command, signal }, { args }) => command(args, signal),
});
