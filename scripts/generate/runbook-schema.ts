import { checkCatalog } from '../../src/checks/catalog.ts';
import { runbookJsonSchema } from '../../src/runbooks/json-schema.ts';

/** schemas/runbook.schema.json, for editors. */
export async function generate(): Promise<{ path: string; content: string }[]> {
  return [
    {
      path: 'schemas/runbook.schema.json',
      content: `${JSON.stringify(await runbookJsonSchema(checkCatalog), null, 2)}\n`,
    },
  ];
}
