import * as z from 'zod';
import { DISPOSITIONS, STANDINGS } from '../domain/finding.ts';
import { SEVERITIES } from '../domain/severity.ts';

const time = z.iso.datetime().describe('RFC 3339, UTC');

/** A finding as every door shows it: `holdfast/finding/v1`. */
export const findingSchema = z
  .strictObject({
    id: z.string().regex(/^f-[0-9A-HJKMNP-TV-Z]{12}$/),
    key: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    check: z.string(),
    runbook: z.string(),
    resource: z.string(),
    name: z.string().describe('What a person calls the resource'),
    severity: z.enum(SEVERITIES),
    standing: z.enum(STANDINGS),
    disposition: z.enum(DISPOSITIONS),
    title: z.string(),
    why: z.string(),
    next: z.string(),
    evidence: z.array(
      z.strictObject({ label: z.string(), value: z.unknown().describe('Any JSON'), source: z.string() }),
    ),
    firstSeen: time,
    lastSeen: time,
    resolvedAt: time.nullable(),
    resolvedBecause: z.enum(['clean', 'not-asked']).nullable(),
    reopened: z.int().nonnegative(),
    flapping: z.boolean(),
    mute: z
      .strictObject({
        reason: z.string(),
        until: time,
        rule: z.string().nullable().describe('The mute rule that mutes it; null: it was muted by itself'),
      })
      .nullable(),
    acknowledgement: z.strictObject({ at: time, reason: z.string().nullable() }).nullable(),
    monthlyCost: z
      .strictObject({ amount: z.number().nullable(), currency: z.string(), per: z.literal('month'), basis: z.string() })
      .nullable(),
  })
  .describe('A judgement that needs attention, with its identity over time');

export type FindingDocument = z.infer<typeof findingSchema>;
