// `npm run new -- check <provider>/<name>`: writes the check, its catalogue line and its first proof.
// `npm run new -- action <provider>/<verb-noun>`: the same for an action.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = process.env['HOLDFAST_ROOT'] ?? join(import.meta.dirname, '..');
const [what, id = ''] = process.argv.slice(2);
if ((what !== 'check' && what !== 'action') || !/^[a-z][a-z0-9]*\/[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
  fail(
    'usage: npm run new -- check <provider>/<name>, or action <provider>/<verb-noun>, in lower case with hyphens: host/uptime, host/restart-unit',
  );
}
if (what === 'action' && !/\/[a-z0-9]+-/.test(id)) fail(`an action is named by a verb and a noun: ${id}-something`);
const [provider = '', name = ''] = id.split('/');
if (!existsSync(join(root, `src/providers/${provider}/reader.ts`))) {
  fail(
    `there is no provider "${provider}": write src/providers/${provider}/reader.ts and its line in src/providers/catalog.ts first`,
  );
}
const readerType = `${provider[0]?.toUpperCase()}${provider.slice(1)}Reader`;
if (what === 'check') newCheck();
else newAction();

function newCheck(): void {
  const fixtures = `test/fixtures/checks/${provider}/${name}`;
  write(`src/checks/${id}.ts`, checkText());
  write(
    `${fixtures}/within-limit/seen.json`,
    json({ about: 'at the limit is fine', history: { now: '2026-11-20T12:00:00.000Z' }, seen: seen(10) }),
  );
  write(`${fixtures}/within-limit/expected.json`, json([]));
  write(
    `${fixtures}/above-limit/seen.json`,
    json({ about: 'one above the limit', history: { now: '2026-11-20T12:00:00.000Z' }, seen: seen(11) }),
  );
  write(`${fixtures}/above-limit/expected.json`, json([expected()]));
  addToCatalog('src/checks/catalog.ts', id);
  console.log(
    `Next: say in src/checks/${id}.ts what it reads and judges, make its cases true, then npm test && npm run generate`,
  );
}

function newAction(): void {
  write(`src/maker/actions/${id}.ts`, actionText());
  write(`test/maker/actions/${id}.test.ts`, actionTestText());
  addToCatalog('src/maker/actions/catalog.ts', `${id}@1`);
  console.log(
    `Next: say in src/maker/actions/${id}.ts what it reads and writes (src/domain/action.ts has the contract), its writing in src/providers/${provider}/writer.ts, and make its test true; then npm test && npm run generate`,
  );
}

function checkText(): string {
  return `import * as z from 'zod';
import type { Check } from '../../domain/check.ts';
import type { ${readerType} } from '../../providers/${provider}/reader.ts';

const params = z.strictObject({
  limit: z.number().min(0).default(10).describe('Report from above this value on.'),
});

const facts = z.object({ value: z.number() });

export const check: Check<${readerType}, z.output<typeof params>> = {
  id: '${id}',
  title: 'What it asks, in a few words',
  keywords: [],
  description: 'What it looks at and when it reports, in Markdown.',
  standalone: true,
  params,
  timeoutMs: 10_000,

  async read() {
    throw new Error('${id} does not read anything yet');
  },

  judge(seen, { limit }) {
    const { value } = facts.parse(seen.facts);
    if (value <= limit) return [];
    return [
      {
        discriminator: 'value',
        severity: 'medium',
        title: \`The value is \${value}, more than \${limit}\`,
        why: 'Why it matters.',
        next: 'What to look at next.',
        evidence: [{ label: 'value', value, source: 'where it was read' }],
      },
    ];
  },
};
`;
}

function seen(value: number): object {
  return { resource: `${provider}:m/kind/name`, name: 'name', facts: { value } };
}

function expected(): object {
  return {
    discriminator: 'value',
    severity: 'medium',
    title: 'The value is 11, more than 10',
    why: 'Why it matters.',
    next: 'What to look at next.',
    evidence: [{ label: 'value', value: 11, source: 'where it was read' }],
  };
}

function addToCatalog(catalog: string, key: string): void {
  const path = join(root, catalog);
  const lines = readFileSync(path, 'utf8').split('\n');
  const line = `  '${key}': () => import('./${id}.ts'),`;
  const entries = lines.flatMap((text, index) =>
    /^ {2}'[a-z0-9-]+\/[a-z0-9-]+(@\d+)?': \(\) => import/.test(text) ? [index] : [],
  );
  const first = entries[0];
  if (first === undefined) fail(`${catalog} has no list that this script understands`);
  const sorted = [...entries.map((index) => lines[index] ?? ''), line].toSorted();
  lines.splice(first, entries.length, ...sorted);
  writeFileSync(path, lines.join('\n'));
  console.log(`added ${key} to ${catalog}`);
}

function actionText(): string {
  return `import * as z from 'zod';
import type { Action } from '../../../domain/action.ts';
import { seen, unknown } from '../../../domain/failure.ts';
import { unknownCost } from '../../../domain/money.ts';
import { resourceId } from '../../../domain/resource-id.ts';
import type { ${readerType} } from '../../../providers/${provider}/reader.ts';

const params = z.strictObject({
  name: z.string().min(1).describe('The name of the resource, as people call it.'),
});

export const action: Action<${readerType}, z.output<typeof params>> = {
  id: '${id}',
  version: 1,
  title: 'What it changes, in a few words',
  description: 'What it does, refuses and can not do, in Markdown.',
  params,
  settleMs: 0,

  async identify(_reader, { name }) {
    const target = { provider: '${provider}', id: 'its identity, read from it', name: 'its name', details: {} };
    return seen({ target, resource: resourceId('${provider}', target.id, 'kind', name), name });
  },

  async observe() {
    return seen({ identity: null, rests: {}, shown: {}, version: null });
  },

  async preview() {
    return unknown('NOT_WRITTEN', '${id} can not do anything yet.');
  },

  cost: () => unknownCost('not reckoned'),

  risk: () => ({ level: 'high', reasons: ['nothing is known of it yet'] }),

  destructive: () => true,

  dependents: async () => seen([]),

  async apply() {
    return { status: 'refused', because: 'failed', failure: { code: 'NOT_WRITTEN', message: '${id} can not do anything yet.' } };
  },

  async verify() {
    return seen({ asPromised: false, seen: ['Nothing was looked at.'] });
  },

  undo: () => ({ possible: false, words: 'It is not known how to take it back.' }),
};
`;
}

function actionTestText(): string {
  return `import { expect, test } from 'vitest';
import { action } from '../../../../src/maker/actions/${id}.ts';

test('what was parsed parses to itself', () => {
  const once = action.params.safeParse({ name: 'x' });
  if (!once.success) throw new Error('refused');
  expect(action.params.safeParse(JSON.parse(JSON.stringify(once.data)))).toEqual(once);
});

test.todo('observes what it rests on, and is stale when that moved');
test.todo('applies once, verifies, and is taken back');
`;
}

function write(path: string, text: string): void {
  if (existsSync(join(root, path))) fail(`${path} exists already`);
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(`wrote ${path}`);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
