import * as z from 'zod';
import { costBy, costReport } from '../../app/cost-report.ts';
import { costDocument } from '../../documents/cost.ts';
import { costSchema } from '../../documents/cost-schema.ts';
import { defineTool } from '../tool.ts';

export const costTool = defineTool({
  name: 'cost',
  title: 'What was paid lately',
  description:
    'What was paid, what grew and what stands out: by Cost Explorer ($0.01 a request, a few a day at most, kept for the day) or OpenCost.',
  kind: 'live',
  input: z.strictObject({
    days: z.int().min(1).max(35).default(14),
    by: z.string().max(200).default('service').describe('`service`, `account` or `tag:<key>`'),
    profile: z.string().max(200).optional().describe('Profile of the AWS tools'),
    source: z.enum(['cost-explorer', 'opencost']).default('cost-explorer'),
  }),
  output: costSchema,
  run: async ({ app, signal }, { days, by, profile, source }) => {
    const from = source === 'opencost' ? 'opencost' : undefined;
    return costDocument(await costReport(app, { days, by: costBy(by), profile, from }, signal));
  },
});
