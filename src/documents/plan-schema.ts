import * as z from 'zod';
import { RISKS } from '../domain/action.ts';
import { PLAN_STATUSES } from '../domain/plan.ts';

const time = z.iso.datetime().describe('RFC 3339, UTC');
const planId = z.string().regex(/^p-[0-9A-HJKMNP-TV-Z]{12}$/);
const anyJson = z.record(z.string(), z.unknown());
const cost = z.strictObject({
  amount: z.number().nullable().describe('null: not known'),
  currency: z.string(),
  per: z.literal('month'),
  basis: z.string(),
});
const risk = z.strictObject({ level: z.enum(RISKS), reasons: z.array(z.string()) });
const actor = z.strictObject({ kind: z.string(), name: z.string() });
const failure = z.strictObject({ code: z.string(), message: z.string() });

const step = z.strictObject({
  id: z.string(),
  action: z.string().describe('provider/verb-noun@version'),
  params: anyJson,
  resource: z.string(),
  name: z.string(),
  summary: z.string(),
  before: anyJson.nullable().describe('The fields that the decision rests on; null: the resource is not there'),
  now: anyJson.describe('As the card shows it'),
  after: anyJson.describe('The fields after'),
  intended: anyJson.describe('As the card shows it'),
  preview: z.enum(['server', 'computed']),
  diff: z.array(z.string()),
  cost,
  risk,
  destructive: z.boolean(),
  dependents: z.array(z.string()),
  undo: z.strictObject({ possible: z.boolean(), words: z.string() }),
  progress: z
    .strictObject({
      status: z.enum(['intent', 'done', 'refused', 'partial', 'unknown']),
      at: time,
      failure: failure.nullable(),
    })
    .nullable(),
});

/** A plan as the operator's surfaces show it: `holdfast/plan/v1`. */
export const planSchema = z
  .strictObject({
    id: planId,
    status: z.enum(PLAN_STATUSES),
    since: time,
    reason: z.string().nullable(),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    shortCode: z.string().regex(/^[0-9a-f]{6}$/),
    title: z.string(),
    why: z.string(),
    target: z.strictObject({ provider: z.string(), id: z.string(), name: z.string(), details: anyJson }),
    environment: z.string().nullable(),
    steps: z.array(step),
    cost,
    risk,
    destructive: z.boolean(),
    origin: z.strictObject({ actor, findings: z.array(z.string()) }),
    broughtBy: actor.nullable().describe('Who imported it: then its origin is what the file says; null: sealed here'),
    reverts: planId.nullable(),
    supersedes: planId.nullable(),
    createdAt: time,
    expiresAt: time,
    decision: z
      .strictObject({
        effect: z.enum(['deny', 'allow', 'queue']),
        policy: z.string().nullable(),
        rule: z.string().nullable(),
        why: z.string(),
      })
      .nullable(),
    grant: z
      .strictObject({
        id: z.string(),
        by: z.string(),
        assurance: z.string().describe('terminal, signature, non-interactive, console, or policy'),
        at: time,
        expiresAt: time,
      })
      .nullable(),
    moved: z.array(z.strictObject({ step: z.string(), path: z.string(), sealed: z.string(), now: z.string() })),
    seen: z.array(z.string()).describe('What was seen when it was verified'),
  })
  .describe('Ordered steps with their before and after, and how they stand');

export type PlanDocument = z.infer<typeof planSchema>;
