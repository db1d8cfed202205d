import * as z from 'zod';
import { findingSchema } from './finding-schema.ts';

/** A finding with what happened to it: `holdfast/finding-history/v1`. */
export const findingHistorySchema = z
  .strictObject({
    finding: findingSchema,
    history: z.array(
      z.strictObject({
        at: z.iso.datetime(),
        kind: z.enum(['opened', 'reopened', 'changed', 'resolved', 'flapping', 'acknowledged', 'muted', 'unmuted']),
        run: z.string().nullable().describe('null: done by the operator'),
        detail: z.string().nullable(),
      }),
    ),
  })
  .describe('A finding and its history, oldest first');

export type FindingHistoryDocument = z.infer<typeof findingHistorySchema>;
