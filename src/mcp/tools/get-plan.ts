import * as z from 'zod';
import { openGate } from '../../app/gate.ts';
import { thePlan } from '../../app/plans.ts';
import { planView, planViewSchema } from '../plan-view.ts';
import { defineTool } from '../tool.ts';

export const getPlanTool = defineTool({
  name: 'get_plan',
  title: 'One plan and how it stands',
  description:
    'Its steps, before and after, risk, cost, who decided and what was done; without the digest that approves it.',
  kind: 'stored',
  input: z.strictObject({ id: z.string().max(40).describe('p-…, or the start of one') }),
  output: planViewSchema,
  run: async ({ app, signal }, { id }) => planView(app, thePlan(openGate(app, { signal }), id)),
});
