import * as z from 'zod';
import { glanceAtDrift } from '../../app/baseline.ts';
import { baselineDiffDocument } from '../../documents/baseline.ts';
import { baselineDiffSchema } from '../../documents/baseline-schema.ts';
import { defineTool } from '../tool.ts';

export const driftTool = defineTool({
  name: 'drift',
  title: 'How things differ from the baseline, now',
  description:
    'Reads the inventory that a baseline is of and compares: what was added, removed or changed since it was accepted. May take minutes on large accounts. Nothing is kept, and nothing is accepted: only the operator does that.',
  kind: 'live',
  input: z.strictObject({
    baseline: z.string().max(200).optional().describe('Its name; may be left out when there is one'),
  }),
  output: baselineDiffSchema,
  run: async ({ app, signal, onProgress }, { baseline }) => {
    onProgress('reading the inventory');
    return baselineDiffDocument(await glanceAtDrift(app, baseline ?? null, signal));
  },
});
