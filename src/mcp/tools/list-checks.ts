import * as z from 'zod';
import { listChecks } from '../../app/checks.ts';
import { checkDocument } from '../../documents/check.ts';
import { checkSchema } from '../../documents/small-schemas.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { pageInput, pageOf, pageOutput } from '../paging.ts';
import { defineTool } from '../tool.ts';

export const listChecksTool = defineTool({
  name: 'list_checks',
  title: 'List the checks there are',
  description:
    'The read-only questions that run_check can ask, with their parameters as JSON Schema. Parameters of others than kubernetes and aws are for runbooks.',
  kind: 'stored',
  input: z.strictObject({
    match: z.string().max(200).default('*').describe('A pattern of ids: `kubernetes/*`, `aws/exposure-*`'),
    ...pageInput,
  }),
  output: z.strictObject({ checks: z.array(checkSchema), ...pageOutput }),
  run: async ({ app }, { match, ...wanted }) => {
    const all = await listChecks(app);
    const { rows, total, nextPage } = pageOf(
      all.filter(({ check }) => matchesGlob(match, check.id)),
      wanted,
    );
    return { checks: rows.map(checkDocument), total, nextPage };
  },
});
