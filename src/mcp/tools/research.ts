import * as z from 'zod';
import { research } from '../../app/research/research.ts';
import { researchDocument } from '../../documents/research.ts';
import { researchSchema } from '../../documents/research-schema.ts';
import { defineTool } from '../tool.ts';

export const researchTool = defineTool({
  name: 'research',
  title: 'Look at everything that is connected',
  description:
    'One look at everything that this machine can reach: health, posture, hygiene, drift; graded, and what belongs together put together. Takes its time. Nothing is kept.',
  kind: 'live',
  input: z.strictObject({
    scope: z
      .array(z.string().max(200))
      .max(50)
      .default([])
      .describe('Providers, patterns of checks, or `drift`; none: everything'),
    context: z.string().max(300).optional().describe('Context of the kubeconfig; the current one by default'),
  }),
  output: researchSchema,
  run: async ({ app, signal, onProgress }, { scope, context }) => {
    const model = { named: null, none: true, localOnly: true, budget: null, purpose: 'ask', runbook: null } as const;
    return researchDocument(await research(app, { scope, context, model, onProgress }, signal));
  },
});
