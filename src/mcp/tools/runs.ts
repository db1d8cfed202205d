import * as z from 'zod';
import { listRuns } from '../../app/runs.ts';
import { runDocument } from '../../documents/run.ts';
import { runSchema } from '../../documents/run-schema.ts';
import { defineTool } from '../tool.ts';

export const runsTool = defineTool({
  name: 'runs',
  title: 'What has run',
  description: 'Runs of runbooks, latest first: every check of each, what it found, and what it could not look at.',
  kind: 'stored',
  input: z.strictObject({
    runbook: z.string().max(200).optional().describe('Of one runbook only'),
    limit: z.int().min(1).max(100).default(5),
  }),
  output: z.strictObject({ runs: z.array(runSchema) }),
  run: async ({ app }, { runbook, limit }) => {
    const { runs, findings } = listRuns(app, { limit, runbook: runbook ?? null });
    const now = app.surroundings.clock.now();
    return { runs: runs.map((run) => runDocument(run, findings, now)) };
  },
});
