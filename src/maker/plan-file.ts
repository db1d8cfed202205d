import { parseDocument, LineCounter } from 'yaml';
import * as z from 'zod';
import type { StepDraft } from '../domain/action.ts';
import { CodedError } from '../domain/coded-error.ts';
import { jsonValue } from './json-value.ts';

const schema = z.strictObject({
  why: z.string().max(2_000).optional(),
  expires: z.string().optional(),
  steps: z
    .array(z.strictObject({ action: z.string().min(3), with: z.record(z.string(), jsonValue).default({}) }))
    .min(1)
    .max(20),
});

export interface PlanFile {
  readonly why: string | null;
  readonly expires: string | null;
  readonly steps: readonly StepDraft[];
}

const MOST_CHARACTERS = 256 * 1024;

/** A draft as a YAML file: `why`, `expires`, and `steps` of `action` and `with`. PLAN_FILE_INVALID with line and column. */
export function readPlanFile({ path, text }: { readonly path: string; readonly text: string }): PlanFile {
  if (text.length > MOST_CHARACTERS)
    throw invalid(`it has ${text.length} characters, ${MOST_CHARACTERS} are read`, path);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  const [trouble] = [...document.errors, ...document.warnings];
  if (trouble !== undefined) {
    const { line, col } = lines.linePos(trouble.pos[0]);
    throw invalid(trouble.message.split('\n')[0] ?? 'not YAML', `${path}:${line}:${col}`);
  }
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 20 }));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'not a plan'}`, path);
  }
  const { why, expires, steps } = parsed.data;
  return {
    why: why ?? null,
    expires: expires ?? null,
    steps: steps.map(({ action, with: params }) => ({ action, params })),
  };
}

function invalid(what: string, where: string): CodedError {
  return new CodedError('PLAN_FILE_INVALID', what, {
    where,
    next: 'a plan file has `why`, `expires` and `steps: [{ action, with: { … } }]`',
  });
}
