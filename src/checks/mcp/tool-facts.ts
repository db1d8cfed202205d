import * as z from 'zod';
import { printableStart } from '../../domain/printable.ts';
import { SEVERITIES } from '../../domain/severity.ts';
import { anyJson } from './any-json.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type Scalar = z.output<typeof scalar>;

/** A value as it is kept and compared. */
export function shownScalar(value: Scalar): Scalar {
  return typeof value === 'string' ? printableStart(value, 200) : value;
}

/** What was seen of a resource: what its tool says of it, or what was found at the places that are asked about. */
export const toolFacts = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('tool'),
    server: z.string(),
    tool: z.string(),
    findings: z.array(
      z.strictObject({
        id: z.string(),
        severity: z.enum(SEVERITIES),
        title: z.string(),
        why: z.string().nullable(),
        next: z.string().nullable(),
        evidence: z.array(z.strictObject({ label: z.string(), value: anyJson })),
      }),
    ),
  }),
  z.strictObject({
    by: z.literal('conditions'),
    server: z.string(),
    tool: z.string(),
    values: z.array(z.strictObject({ path: z.string(), value: scalar })),
  }),
]);

export type ToolFacts = z.output<typeof toolFacts>;
