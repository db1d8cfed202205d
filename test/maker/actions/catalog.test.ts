import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { actionCatalog } from '../../../src/maker/actions/catalog.ts';
import { codeOfAsync } from '../../support/errors.ts';

const ACTIONS = join(import.meta.dirname, '../../../src/maker/actions');

describe('the catalogue of actions', () => {
  test('has every action once, sorted, and under the version that the action itself says', async () => {
    expect(actionCatalog.refs).toEqual([...new Set(actionCatalog.refs)].toSorted());
    expect(actionCatalog.refs.filter((ref) => ref.startsWith('host/'))).toEqual([
      'host/compress-logs@1',
      'host/decompress-logs@1',
      'host/prune-directory@1',
      'host/purge-held@1',
      'host/restart-unit@1',
      'host/restore-held@1',
      'host/run-command@1',
    ]);
    for (const ref of actionCatalog.refs) {
      const action = await actionCatalog.load(ref);
      expect(`${action.id}@${action.version}`).toBe(ref);
      expect(existsSync(join(ACTIONS, `${action.id}.ts`))).toBe(true);
      expect(await actionCatalog.load(action.id)).toBe(action);
    }
  });

  test.each([
    ['host/prune-directry', 'Did you mean "host/prune-directory"?'],
    ['host/prune-directory@2', 'this Holdfast has host/prune-directory@1'],
    ['host/prune-directory@0', 'this Holdfast has host/prune-directory@1'],
    ['host/prune-directory@', 'host/prune-directory@1'],
    ['shell/run', 'There is no action "shell/run"'],
    ['__proto__', 'There is no action'],
    ['constructor/x', 'There is no action'],
    ['', 'There is no action'],
  ])('%j is not found, in so many words', async (id, words) => {
    expect(await codeOfAsync(() => actionCatalog.load(id))).toBe('NOT_FOUND');
    await expect(actionCatalog.load(id)).rejects.toThrow(words);
  });

  test('loads no action and no zod before it is asked', () => {
    const script = `
      import { registerHooks } from 'node:module';
      const seen = [];
      registerHooks({ resolve: (name, context, next) => { seen.push(name); return next(name, context); } });
      const { actionCatalog } = await import('${ACTIONS}/catalog.ts');
      const early = seen.filter((name) => name === 'zod' || name.startsWith('./host/'));
      await actionCatalog.load('host/run-command');
      console.log(JSON.stringify([early, seen.includes('zod')]));`;
    expect(
      JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })),
    ).toEqual([[], true]);
  });
});

/** A node of a JSON Schema, as far as it is walked. */
const node = z.looseObject({ description: z.string().optional(), additionalProperties: z.unknown() });

async function schemaOf(ref: string): Promise<z.output<typeof node>> {
  const { params } = await actionCatalog.load(ref);
  if (!(params instanceof z.ZodType)) throw new Error(`the params of ${ref} are no zod schema`);
  return node.parse(z.toJSONSchema(params, { io: 'input' }));
}

/** Every parameter of a schema, nested ones too, with its path. */
function parametersOf(value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => [
    ...(key === 'properties' && typeof item === 'object' && item !== null
      ? Object.keys(item).map((name) => `${path}.${name}`)
      : []),
    ...parametersOf(item, key === 'properties' ? path : `${path}${key === 'anyOf' ? '' : `.${key}`}`),
  ]);
}

describe.each(actionCatalog.refs)('%s', (ref) => {
  test('has a closed schema in which every parameter is described', async () => {
    const schema = z.looseObject({
      properties: z.record(z.string(), z.looseObject({ description: z.string().min(20) })),
      additionalProperties: z.literal(false),
    });
    expect(schema.safeParse(await schemaOf(ref)).error).toBeUndefined();
  });

  test('takes no free command, argument vector, script, address or request', async () => {
    const free =
      /^(cmd|commandline|argv|arguments|script|shell|exec|code|url|uri|method|headers?|body|query|patch|manifest|sql|stdin|env)$/i;
    const named = parametersOf(await schemaOf(ref), '').map((path) => path.split('.').at(-1) ?? '');
    expect(named.filter((name) => free.test(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(0);
  });

  test('has a title and a description to be read', async () => {
    const { title, description, settleMs } = await actionCatalog.load(ref);
    expect(title).toMatch(/^[A-Z].{5,70}$/);
    expect(description.length).toBeGreaterThan(200);
    expect(settleMs).toBeGreaterThanOrEqual(0);
  });
});

test('a "command" is a name, never a line: only run-command has one, and it takes nothing but a name', async () => {
  for (const ref of actionCatalog.refs) {
    const names = parametersOf(await schemaOf(ref), '').map((path) => path.split('.').at(-1));
    expect(names.includes('command')).toBe(ref.startsWith('host/run-command@'));
  }
  const { params } = await actionCatalog.load('host/run-command');
  for (const command of ['rm -rf /', '/bin/sh', 'a;b', '$(id)', 'a b', '-c'])
    expect(params.safeParse({ command }).success).toBe(false);
});

test('no action starts a program or speaks to a network by itself: that is for its writer', () => {
  const files = readdirSync(ACTIONS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const outside =
    /node:(child_process|net|tls|http2?|https|dgram|dns|fs|vm|worker_threads|cluster)\b|\bfetch\s*\(|\beval\s*\(|new Function\b/;
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((name) => outside.test(readFileSync(join(ACTIONS, name), 'utf8')))).toEqual([]);
});
