import * as z from 'zod';
import { BASELINE_EVENTS } from '../domain/baseline.ts';
import { DIRECTIONS } from '../domain/drift.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const value = z.record(z.string(), z.unknown().describe('Any JSON'));
const failure = z.strictObject({ code: z.string(), message: z.string() });
const subject = { kind: z.string(), resource: z.string(), name: z.string() };
const hidden = z.strictObject({ ...subject, failure });

/** What was accepted: `holdfast/baseline/v1`. */
export const baselineSchema = z
  .strictObject({
    name: z.string(),
    at: z.iso.datetime().describe('When it was taken, or last accepted into'),
    digest,
    kinds: z.array(z.string()).describe('The kinds of facts that it speaks of'),
    facts: z.array(z.strictObject({ ...subject, value })),
    hidden: z.array(hidden).describe('What could not be read when it was taken: it says nothing of it'),
  })
  .describe('An accepted picture of an inventory');

/** How things are now: `holdfast/baseline-diff/v1`. */
export const baselineDiffSchema = z
  .strictObject({
    name: z.string(),
    at: z.iso.datetime().describe('When it was looked'),
    baseline: z.strictObject({ at: z.iso.datetime(), digest }).nullable().describe('null: there is none yet'),
    facts: z.int().nonnegative().describe('How many were seen'),
    drifted: z.array(
      z.strictObject({
        direction: z.enum(DIRECTIONS),
        ...subject,
        before: value.nullable(),
        after: value.nullable(),
      }),
    ),
    incomparable: z.array(hidden),
    fresh: z.array(z.string()).describe('Kinds that the baseline never held'),
  })
  .describe('What differs from a baseline');

const eventSchema = z.strictObject({
  at: z.iso.datetime(),
  actor: z.strictObject({ kind: z.enum(['operator', 'holdfast']), name: z.string() }),
  event: z.enum(BASELINE_EVENTS),
  reason: z.string(),
  before: digest.nullable(),
  after: digest,
  counts: z.strictObject({
    added: z.int().nonnegative(),
    removed: z.int().nonnegative(),
    changed: z.int().nonnegative(),
    facts: z.int().nonnegative(),
  }),
  items: z
    .array(z.strictObject({ direction: z.enum(DIRECTIONS), ...subject }))
    .describe('What was accepted, at most 200 of it'),
});

/** `holdfast/baseline-accepted/v1`. */
export const baselineAcceptedSchema = z
  .strictObject({
    name: z.string(),
    seenAt: z.iso.datetime().describe('When that which was accepted was seen'),
    event: eventSchema.nullable().describe('null: nothing differed'),
    left: z.int().nonnegative().describe('How many facts still differ'),
  })
  .describe('What accepting did');

/** `holdfast/baseline-history/v1`, oldest first. */
export const baselineHistorySchema = z
  .strictObject({ name: z.string(), events: z.array(eventSchema) })
  .describe('Who accepted what, when and why');

export type BaselineDocument = z.infer<typeof baselineSchema>;
export type BaselineDiffDocument = z.infer<typeof baselineDiffSchema>;
export type BaselineAcceptedDocument = z.infer<typeof baselineAcceptedSchema>;
export type BaselineHistoryDocument = z.infer<typeof baselineHistorySchema>;
