import * as z from 'zod';
import { defineTool } from '../tool.ts';

export const versionTool = defineTool({
  name: 'holdfast_version',
  title: 'Version of Holdfast',
  description: 'Which Holdfast answers, and what it lets a client do.',
  kind: 'stored',
  input: z.strictObject({}),
  output: z.strictObject({
    name: z.literal('holdfast'),
    version: z.string(),
    instance: z.string().describe('Random id of this installation'),
    writes: z.string().describe('How anything is ever changed'),
  }),
  run: async ({ app }) => ({
    name: 'holdfast' as const,
    version: app.surroundings.version,
    instance: app.stateDir.instance,
    writes:
      'A client drafts plans and can decide nothing: a plan waits until the operator of this machine approves it, or a policy that the operator pinned allows exactly that.',
  }),
});
