// `npm run generate` writes every file that is made from the code; `-- --check` fails when one is out of step.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as actionsPage from './generate/actions-page.ts';
import * as awsClients from './generate/aws-clients.ts';
import * as awsPermissions from './generate/aws-permissions.ts';
import * as checkResultSchema from './generate/check-result-schema.ts';
import * as checksPage from './generate/checks-page.ts';
import * as commandsPage from './generate/commands-page.ts';
import * as documentSchemas from './generate/document-schemas.ts';
import * as errorCodesPage from './generate/error-codes-page.ts';
import * as policySchema from './generate/policy-schema.ts';
import * as runbookSchema from './generate/runbook-schema.ts';
import * as signposts from './generate/signposts.ts';

const root = join(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const generators = [
  runbookSchema,
  policySchema,
  checkResultSchema,
  documentSchemas,
  checksPage,
  actionsPage,
  errorCodesPage,
  commandsPage,
  signposts,
  awsClients,
  awsPermissions,
];
const files = (await Promise.all(generators.map(({ generate }) => generate()))).flat();
const stale = files.filter(
  ({ path, content }) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== content,
);
for (const { path, content } of stale) {
  console.log(check ? `${path} is out of step: run npm run generate` : `wrote ${path}`);
  if (check) continue;
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}
console.log(`${files.length} generated files, ${stale.length} ${check ? 'out of step' : 'written'}`);
process.exitCode = check && stale.length > 0 ? 1 : 0;
