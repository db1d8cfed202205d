import * as z from 'zod';
import { checkResult } from '../../src/checks/mcp/check-result.ts';

/** schemas/check-result.schema.json, for whoever writes a check in another language. */
export async function generate(): Promise<{ path: string; content: string }[]> {
  const schema = z.toJSONSchema(checkResult, { io: 'input' });
  return [{ path: 'schemas/check-result.schema.json', content: `${JSON.stringify(schema, null, 2)}\n` }];
}
