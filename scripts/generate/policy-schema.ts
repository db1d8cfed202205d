import { policyJsonSchema } from '../../src/maker/policy/json-schema.ts';

/** schemas/policy.schema.json, for editors. */
export async function generate(): Promise<{ path: string; content: string }[]> {
  return [{ path: 'schemas/policy.schema.json', content: `${JSON.stringify(policyJsonSchema(), null, 2)}\n` }];
}
