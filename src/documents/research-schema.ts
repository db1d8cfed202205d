import * as z from 'zod';
import { RESEARCH_CATEGORIES } from '../domain/research.ts';
import { answerSchema } from './answer-schema.ts';

const failure = z.strictObject({ code: z.string(), message: z.string() });

/** `holdfast/research/v1`. */
export const researchSchema = z
  .strictObject({
    at: z.iso.datetime(),
    durationMs: z.int(),
    scope: z.array(z.string()),
    providers: z.array(z.string()),
    missing: z.array(z.strictObject({ provider: z.string(), why: z.string() })),
    checks: answerSchema.shape.checks,
    findings: z.array(
      answerSchema.shape.findings.element.extend({
        number: z.int().positive().describe('What groups speak of'),
        category: z.enum(RESEARCH_CATEGORIES),
      }),
    ),
    groups: z.array(
      z.strictObject({
        findings: z.array(z.int()).describe('Numbers, the one nearest to the cause first'),
        because: z.array(z.string()),
      }),
    ),
    monthlyCost: z
      .array(z.strictObject({ amount: z.number(), currency: z.string(), findings: z.int() }))
      .describe('Where it is known, by currency'),
    summary: z.string().nullable().describe("A model's words; null: none was asked, or it had none"),
    model: z.string().nullable(),
    failure: failure.nullable(),
    calls: z.array(z.string()),
  })
  .describe('One look at everything that is connected');

export type ResearchDocument = z.infer<typeof researchSchema>;
