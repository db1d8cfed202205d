// `npm run new -- check <provider>/<name>`: writes the check, its catalogue line and its first proof.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = process.env['HOLDFAST_ROOT'] ?? join(import.meta.dirname, '..');
const [what, id = ''] = process.argv.slice(2);
if (what !== 'check' || !/^[a-z][a-z0-9]*\/[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
  fail('usage: npm run new -- check <provider>/<name>, in lower case with hyphens: host/uptime');
}
const [provider = '', name = ''] = id.split('/');
if (!existsSync(join(root, `src/providers/${provider}/reader.ts`))) {
  fail(
    `there is no provider "${provider}": write src/providers/${provider}/reader.ts and its line in src/providers/catalog.ts first`,
  );
}
const readerType = `${provider[0]?.toUpperCase()}${provider.slice(1)}Reader`;
const fixtures = `test/fixtures/checks/${provider}/${name}`;
write(`src/checks/${provider}/${name}.ts`, checkText());
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
addToCatalog();
console.log(
  `Next: say in src/checks/${provider}/${name}.ts what it reads and judges, make its cases true, then npm test && npm run generate`,
);

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

function addToCatalog(): void {
  const path = join(root, 'src/checks/catalog.ts');
  const lines = readFileSync(path, 'utf8').split('\n');
  const line = `  '${id}': () => import('./${id}.ts'),`;
  const entries = lines.flatMap((text, index) =>
    /^ {2}'[a-z0-9-]+\/[a-z0-9-]+': \(\) => import/.test(text) ? [index] : [],
  );
  const first = entries[0];
  if (first === undefined) fail('src/checks/catalog.ts has no list of checks that this script understands');
  const sorted = [...entries.map((index) => lines[index] ?? ''), line].toSorted();
  lines.splice(first, entries.length, ...sorted);
  writeFileSync(path, lines.join('\n'));
  console.log(`added ${id} to src/checks/catalog.ts`);
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
