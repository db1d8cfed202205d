import * as z from 'zod';
import { DOCUMENTS } from '../../src/documents/all-schemas.ts';

/** schemas/v1/<noun>.schema.json, one for each document that a command prints. */
export async function generate(): Promise<{ path: string; content: string }[]> {
  return Object.entries(DOCUMENTS).map(([noun, schema]) => ({
    path: `schemas/v1/${noun}.schema.json`,
    content: `${JSON.stringify(z.toJSONSchema(schema, { target: 'draft-2020-12', unrepresentable: 'any' }), null, 2)}\n`,
  }));
}
