import * as z from 'zod';
import type { JsonObject } from '../../domain/json.ts';
import { policySchema } from './schema.ts';

/**
 * The JSON Schema (draft 7) of a policy's YAML, for editors. The loader stays the judge: it knows more (zones,
 * what goes together).
 */
export function policyJsonSchema(): JsonObject {
  const made = z
    .json()
    .parse(
      JSON.parse(
        JSON.stringify(z.toJSONSchema(policySchema, { io: 'input', target: 'draft-7', unrepresentable: 'any' })),
      ),
    );
  if (typeof made !== 'object' || made === null || Array.isArray(made))
    throw new TypeError('zod made no schema of an object');
  return {
    ...made,
    title: 'Holdfast policy',
    description: 'What may be applied without asking, and what may never be. See docs/policy.md.',
  };
}
