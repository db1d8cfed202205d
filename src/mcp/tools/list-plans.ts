import * as z from 'zod';
import { openGate } from '../../app/gate.ts';
import { listPlans } from '../../app/plans.ts';
import { pageInput, pageOf, pageOutput } from '../paging.ts';
import { planView, planViewSchema } from '../plan-view.ts';
import { defineTool } from '../tool.ts';

/** More plans than this nobody pages through. */
const MOST = 2_000;

export const listPlansTool = defineTool({
  name: 'list_plans',
  title: 'List plans and how they stand',
  description:
    'Plans that wait, run or have ended, latest first. With `mine`, those that this client drafted: that is how a draft’s fate is found.',
  kind: 'stored',
  input: z.strictObject({
    ended: z.boolean().default(false).describe('Those that have ended as well'),
    mine: z.boolean().default(false).describe('Only what this client drafted, ended or not'),
    changedAfter: z.iso.datetime().optional().describe('Only what came to stand as it does after this time'),
    ...pageInput,
  }),
  output: z.strictObject({ plans: z.array(planViewSchema), ...pageOutput }),
  run: async ({ app, client, signal }, { ended, mine, changedAfter, ...wanted }) => {
    const after = changedAfter === undefined ? 0 : Date.parse(changedAfter);
    const all = listPlans(openGate(app, { signal }), { all: ended || mine, limit: MOST }).filter(
      ({ since, sealed: { origin } }) =>
        since >= after && (!mine || (origin.actor.kind === 'mcp' && origin.actor.name === client)),
    );
    const { rows, total, nextPage } = pageOf(all, wanted);
    return { plans: rows.map((plan) => planView(app, plan)), total, nextPage };
  },
});
