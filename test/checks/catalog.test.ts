import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { checkCatalog } from '../../src/checks/catalog.ts';

const CHECKS = join(import.meta.dirname, '../../src/checks');
const CASES = join(import.meta.dirname, '../fixtures/checks');

test('ids are sorted, each has its cases, and an id is the path of its check', async () => {
  const proven = readdirSync(CASES).flatMap((provider) =>
    readdirSync(join(CASES, provider)).map((name) => `${provider}/${name}`),
  );
  expect(checkCatalog.ids).toEqual(proven.toSorted());
  for (const id of checkCatalog.ids) {
    expect(existsSync(join(CHECKS, `${id}.ts`))).toBe(true);
    expect((await checkCatalog.load(id)).id).toBe(id);
  }
});

test.each(['host/discs', 'constructor/x', '__proto__/x'] as const)('%s is not found, in so many words', async (id) => {
  await expect(checkCatalog.load(id)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining(id),
  });
});

test('the catalogue loads no check and no zod before it is asked', () => {
  const script = `
    import { registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ resolve: (name, context, next) => { seen.push(name); return next(name, context); } });
    await import('${CHECKS}/catalog.ts');
    const before = seen.length;
    const { checkCatalog } = await import('${CHECKS}/catalog.ts');
    const early = seen.filter((name) => name === 'zod' || name.startsWith('./host/') || name.startsWith('./net/'));
    await checkCatalog.load('host/load');
    console.log(JSON.stringify([early, seen.includes('zod')]));`;
  expect(
    JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })),
  ).toEqual([[], true]);
});

describe.each(checkCatalog.ids)('%s', (id) => {
  test('describes every parameter, all of which a closed JSON Schema can hold', async () => {
    const { params } = await checkCatalog.load(id);
    if (!(params instanceof z.ZodType)) throw new Error('not a zod schema');
    const schema = z.looseObject({
      properties: z.record(z.string(), z.looseObject({ description: z.string().min(20) })),
      additionalProperties: z.literal(false),
    });
    expect(schema.safeParse(z.toJSONSchema(params, { io: 'input' })).error).toBeUndefined();
  });

  test('runs without parameters exactly when it says so, and refuses what it does not know', async () => {
    const { params, standalone } = await checkCatalog.load(id);
    expect(params.safeParse({}).success).toBe(standalone);
    const refused = params.safeParse({ nonsense: 1 });
    expect(refused.success ? [] : refused.error.issues).toContainEqual(
      expect.objectContaining({ code: 'unrecognized_keys', keys: ['nonsense'] }),
    );
  });

  test('has a title and a description to be read', async () => {
    const { title, description, timeoutMs } = await checkCatalog.load(id);
    expect(title).toMatch(/^[A-Z].{5,60}$/);
    expect(description.length).toBeGreaterThan(200);
    expect(timeoutMs).toBeGreaterThan(0);
  });
});
