import * as z from 'zod';

const failure = z.strictObject({ code: z.string(), message: z.string() });
const scoredCase = z.strictObject({
  name: z.string(),
  kind: z.enum(['summary', 'tool', 'refusal']),
  passed: z.boolean(),
  why: z.string().nullable(),
});

export const modelsSchema = z
  .strictObject({
    models: z.array(
      z.strictObject({
        model: z.string().describe('provider/model; `…` for a provider whose models are not listed'),
        leavesMachine: z.boolean(),
        capabilities: z.array(z.string()).nullable(),
        contextTokens: z.int().nullable(),
        size: z.number().nullable().describe('Bytes'),
        trust: z.enum(['passed', 'failed', 'untested']).nullable().describe('What `models test` said'),
        role: z.enum(['default', 'escalate']).nullable(),
        failure: failure.nullable().describe('Why it can not be asked now'),
      }),
    ),
  })
  .describe('Models that could be asked');

export const modelTestSchema = z
  .strictObject({
    tested: z.array(
      z.strictObject({
        model: z.string(),
        passed: z.boolean().nullable().describe('null: it could not be asked'),
        cases: z.array(scoredCase),
        failure: failure.nullable(),
      }),
    ),
  })
  .describe('How models did in the suite');

export const modelUsedSchema = z
  .strictObject({ model: z.string(), role: z.enum(['default', 'escalate']), file: z.string() })
  .describe('Which model is asked from now on');

/** A model call, without its body. */
const egressShape = {
  id: z.string().regex(/^c-[0-9A-HJKMNP-TV-Z]{12}$/),
  at: z.iso.datetime(),
  model: z.string(),
  purpose: z.string(),
  endpoint: z.string(),
  leavesMachine: z.boolean(),
  runbook: z.string().nullable(),
  run: z.string().nullable(),
  escalatedBecause: z.string().nullable(),
  requestBytes: z.int(),
  outcome: z.string().nullable().describe('answered, or the code of a failure; null: it never ended'),
  promptTokens: z.int().nullable(),
  completionTokens: z.int().nullable(),
  usd: z.number().nullable().describe('By your own prices; null: not known'),
  durationMs: z.int().nullable(),
};

export const egressListSchema = z
  .strictObject({ calls: z.array(z.strictObject(egressShape)) })
  .describe('Requests to models');

export const egressSchema = z
  .strictObject({
    ...egressShape,
    request: z.string().nullable().describe('The body exactly as it was sent; null: it stayed on this machine'),
  })
  .describe('One request to a model');
