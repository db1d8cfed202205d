import * as z from 'zod';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import type { JsonValue } from '../../../domain/json.ts';

/** Whatever JSON there is: values of resources, and the trees that say which of them are sensitive or unknown. */
const json = z
  .custom<JsonValue>(() => true)
  .optional()
  .transform((value): JsonValue => value ?? null);

const ACTIONS = ['no-op', 'create', 'read', 'update', 'delete', 'forget'] as const;

const change = z.object({
  actions: z.array(z.enum(ACTIONS)).min(1).max(2),
  before: json,
  after: json,
  after_unknown: json,
  before_sensitive: json,
  after_sensitive: json,
  replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).default([]),
  importing: z.object({}).nullish(),
});
export type Change = z.infer<typeof change>;

const resourceChange = z.object({
  address: z.string(),
  previous_address: z.string().optional(),
  mode: z.enum(['managed', 'data']).default('managed'),
  type: z.string(),
  name: z.string(),
  provider_name: z.string().default(''),
  deposed: z.string().optional(),
  change,
  action_reason: z.string().optional(),
});
export type ResourceChange = z.infer<typeof resourceChange>;

const check = z.object({
  address: z.object({ to_display: z.string() }),
  status: z.enum(['pass', 'fail', 'error', 'unknown']),
});

/**
 * What is used of `show -json <plan>`, format 1.x (https://developer.hashicorp.com/terraform/internals/json-format,
 * OpenTofu internal/command/jsonplan). A field that is not known is passed over, as its rules for minor
 * versions ask; an action, or a status, that is not known is refused.
 */
const plan = z.object({
  format_version: z.string().regex(/^1\.\d+$/),
  resource_changes: z.array(resourceChange).max(10_000).default([]),
  resource_drift: z.array(resourceChange).max(10_000).default([]),
  output_changes: z.record(z.string(), change).default({}),
  /** Absent in a state; a plan has it, were it empty. */
  planned_values: z.object({}),
  variables: z
    .record(z.string(), z.unknown())
    .default({})
    .transform((variables) => Object.keys(variables).toSorted()),
  checks: z.array(check).default([]),
  errored: z.boolean().default(false),
  /** Only newer ones say so. */
  applyable: z.boolean().optional(),
  complete: z.boolean().optional(),
});
export type ShownPlan = z.infer<typeof plan>;

export function parseShownPlan(text: string): Looked<ShownPlan> {
  const document = jsonOf(text);
  if (document === undefined) return unknown('PLAN_NOT_UNDERSTOOD', 'What "show -json" says of the plan is no JSON.');
  const parsed = plan.safeParse(document);
  if (parsed.success) return seen(parsed.data);
  const [issue] = parsed.error.issues;
  const where = issue?.path.map(String).join('.') || 'the document';
  return unknown(
    'PLAN_NOT_UNDERSTOOD',
    `What "show -json" says of the plan is not understood at ${where}; format 1.x is.`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut off, or no JSON at all: the caller says so, without a word of it.
    return undefined;
  }
}
