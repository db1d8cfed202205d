import * as z from 'zod';
import { RISKS } from '../domain/action.ts';
import { jsonObject } from './json-value.ts';

/** The shape of a sealed plan that comes from outside; what this installation sealed itself is proved by its code. */
const text = z.string().max(100_000);
const id = <const Prefix extends string>(prefix: Prefix) =>
  z.templateLiteral([`${prefix}-`, z.string().regex(/^[0-9A-HJKMNP-TV-Z]{12}$/)]);
const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);
const cost = z.strictObject({
  amount: z.number().nullable(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  per: z.literal('month'),
  basis: text,
});
const risk = z.strictObject({ level: z.enum(RISKS), reasons: z.array(text) });
const actor = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('operator'), name: text }),
  z.strictObject({ kind: z.literal('runbook'), name: text, digest: text }),
  z.strictObject({ kind: z.literal('ci'), name: text, claims: jsonObject.nullable() }),
  z.strictObject({ kind: z.literal('model'), name: text }),
  z.strictObject({ kind: z.literal('mcp'), name: text }),
  z.strictObject({ kind: z.literal('holdfast'), name: text }),
]);

const step = z.strictObject({
  id: z.string().regex(/^s\d+$/),
  action: z.templateLiteral([z.string(), '/', z.string(), '@', z.int().positive()]),
  params: jsonObject,
  resource: text,
  name: text,
  summary: text,
  before: z.strictObject({ identity: jsonObject.nullable(), rests: jsonObject, shown: jsonObject }),
  after: z.strictObject({ fields: jsonObject, shown: jsonObject }),
  preview: z.strictObject({ by: z.enum(['server', 'computed']), diff: z.array(text) }),
  cost,
  risk,
  destructive: z.boolean(),
  dependents: z.array(text),
  undo: z.strictObject({ possible: z.boolean(), words: text }),
});

export const sealedPlanSchema = z.strictObject({
  v: z.literal(1),
  id: id('p'),
  engine: text,
  catalogue: digest,
  title: text,
  why: text,
  origin: z.strictObject({ actor, findings: z.array(id('f')) }),
  target: z.strictObject({ provider: text, id: text, name: text, details: jsonObject }),
  steps: z.array(step).min(1),
  cost,
  risk,
  destructive: z.boolean(),
  reverts: id('p').nullable(),
  supersedes: id('p').nullable(),
  createdAt: z.int(),
  expiresAt: z.int(),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
});
