import * as z from 'zod';
import { openGate } from '../../app/gate.ts';
import { draftPlan } from '../../app/plan-create.ts';
import { planView, planViewSchema } from '../plan-view.ts';
import { defineTool } from '../tool.ts';

export const draftPlanTool = defineTool({
  name: 'draft_plan',
  title: 'Draft a change for the operator to decide',
  description:
    'Seals one or several catalogued actions (list them with holdfast_run_command ["actions", "list"]) into a plan that waits. Nothing is changed by it: only the operator of this machine lets a plan be applied. get_plan says what became of it.',
  kind: 'draft',
  input: z.strictObject({
    why: z
      .string()
      .trim()
      .min(1)
      .max(2_000)
      .describe('For the operator: what it is for, and on which findings it rests'),
    steps: z
      .array(
        z.strictObject({
          action: z.string().max(200).describe('An action: `kubernetes/scale-workload`'),
          params: z.record(z.string(), z.json()).describe('Its parameters'),
        }),
      )
      .min(1)
      .max(20),
    findings: z.array(z.string().max(40)).max(20).default([]).describe('Ids of findings that it is for'),
  }),
  output: planViewSchema,
  run: async ({ app, client, signal, onProgress }, { why, steps, findings }) => {
    onProgress('reading what the plan is about');
    const gate = openGate(app, { signal });
    return planView(app, await draftPlan(app, gate, { kind: 'mcp', name: client }, { why, steps, findings }));
  },
});
