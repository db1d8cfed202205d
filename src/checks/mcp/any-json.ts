import * as z from 'zod';
import type { JsonValue } from '../../domain/json.ts';

const json = z.json();

/** Any JSON; an editor is told no more than that. */
export const anyJson = z.unknown().transform((value, context): JsonValue => {
  const read = json.safeParse(value);
  if (read.success) return read.data;
  context.addIssue({ code: 'custom', message: 'is no JSON' });
  return z.NEVER;
});
