import * as z from 'zod';
import { showFinding } from '../../app/findings.ts';
import { findingHistoryDocument } from '../../documents/finding-history.ts';
import { findingHistorySchema } from '../../documents/finding-history-schema.ts';
import { defineTool } from '../tool.ts';

export const getFindingTool = defineTool({
  name: 'get_finding',
  title: 'One finding, with its evidence and history',
  description:
    'Why it matters, what to look at next, where each fact was read, and what became of it since it was opened.',
  kind: 'stored',
  input: z.strictObject({ id: z.string().max(40).describe('f-…, or the start of one') }),
  output: findingHistorySchema,
  run: async ({ app }, { id }) => {
    const { finding, history } = showFinding(app, id);
    return findingHistoryDocument(finding, history, app.surroundings.clock.now());
  },
});
