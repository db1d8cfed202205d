import * as z from 'zod';
import { SEVERITIES } from '../domain/severity.ts';

const anyJson = z.unknown().describe('Any JSON');
const failure = z.strictObject({ code: z.string(), message: z.string() });
const money = z.strictObject({
  amount: z.number().nullable(),
  currency: z.string(),
  per: z.literal('month'),
  basis: z.string(),
});

/** A row of a question that asks for a list. */
export const answerRowSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  region: z.string().nullable(),
  cost: z.number().nullable().describe('A month, in the currency of `monthlyCost`; null: not known'),
  monthlyCost: money.nullable(),
  facts: z.record(z.string(), anyJson),
});

/** What `ask` says: `holdfast/answer/v1`. */
export const answerSchema = z
  .strictObject({
    question: z.string(),
    answer: z.string(),
    by: z
      .enum(['model', 'checks'])
      .describe('Whose words the answer is in; healthy, findings and rows are never a model’s'),
    healthy: z
      .boolean()
      .nullable()
      .describe(
        'null: not known, or not a question about health. Test it with `.healthy != true`: null is not healthy',
      ),
    findings: z.array(
      z.strictObject({
        check: z.string(),
        resource: z.string(),
        name: z.string(),
        severity: z.enum(SEVERITIES),
        title: z.string(),
        why: z.string(),
        next: z.string(),
        evidence: z.array(z.strictObject({ label: z.string(), value: anyJson, source: z.string() })),
        monthlyCost: money.nullable(),
      }),
    ),
    rows: z.array(answerRowSchema),
    evidence: z.array(
      z
        .strictObject({ id: z.string(), source: z.string(), input: anyJson, text: z.string() })
        .describe('An exhibit: what was read'),
    ),
    statements: z.array(
      z.strictObject({
        text: z.string(),
        evidence: z.array(z.string()),
        support: z.enum(['supported', 'unsupported']),
      }),
    ),
    checks: z.array(
      z.strictObject({
        id: z.string(),
        chosenBy: z.enum(['route', 'model']),
        outcome: z.enum(['ok', 'findings', 'unknown']),
        failure: failure.nullable(),
        looked: z.int(),
        hidden: z.int(),
      }),
    ),
    notes: z.array(z.string()),
    model: z.string().nullable(),
    failure: failure.nullable().describe('Why the model gave no answer; null when it did, or when none was asked'),
    calls: z.array(z.string()).describe('Model calls, for `holdfast egress show`'),
    tokens: z.int().describe('Prompts and answers together, as the server counted them'),
    cost: z.strictObject({ amount: z.number().nullable(), currency: z.literal('USD') }).describe('Of the model'),
  })
  .describe('The answer to a question about what is live');

export type AnswerDocument = z.infer<typeof answerSchema>;
