import * as z from 'zod';
import { lookForClient } from '../../app/checks.ts';
import { lookDocument } from '../../documents/look.ts';
import { lookSchema } from '../../documents/small-schemas.ts';
import { defineTool } from '../tool.ts';

export const runCheckTool = defineTool({
  name: 'run_check',
  title: 'Look with one check, now',
  description:
    'Looks once and says what was seen and what is wrong with it. Nothing is kept: no finding is opened or resolved by it. outcome `unknown` means that it could not look. Parameters are taken for kubernetes and aws; what others are given says which address or file is reached, and is for the operator.',
  kind: 'live',
  input: z.strictObject({
    check: z.string().max(200).describe('An id of list_checks'),
    params: z.record(z.string(), z.unknown()).default({}).describe('Its parameters, as list_checks describes them'),
  }),
  output: lookSchema,
  run: async ({ app, signal, onProgress }, { check, params }) => {
    onProgress(`looking: ${check}`);
    return lookDocument(await lookForClient(app, check, params, signal));
  },
});
