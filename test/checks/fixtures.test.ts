import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { checkCatalog } from '../../src/checks/catalog.ts';
import { SEVERITIES } from '../../src/domain/severity.ts';

/**
 * A check is tested by folders, fixtures/checks/<provider>/<name>/<case>: `seen.json` goes in, as an
 * observation with the parameters of a runbook and a history, and exactly the findings of
 * `expected.json` must come out. A new case needs no code.
 */
const FOLDER = join(import.meta.dirname, '../fixtures/checks');

const seenFile = z.strictObject({
  /** What the case is about, for whoever reads it. */
  about: z.string(),
  params: z.record(z.string(), z.json()).default({}),
  history: z.strictObject({
    now: z.iso.datetime().transform((text) => Date.parse(text)),
    open: z.record(z.string(), z.enum(SEVERITIES)).default({}),
    /** Newest first. */
    samples: z
      .array(
        z.strictObject({
          at: z.iso.datetime().transform((text) => Date.parse(text)),
          values: z.record(z.string(), z.json()),
        }),
      )
      .default([]),
  }),
  seen: z.strictObject({ resource: z.string(), name: z.string(), facts: z.record(z.string(), z.json()) }),
});

describe.each(checkCatalog.ids)('%s', (id) => {
  const cases = foldersIn(join(FOLDER, id));

  test('has cases, one of which finds nothing and one of which finds something', () => {
    const counts = cases.map((name) => expectedOf(id, name).length);
    expect(counts).toContain(0);
    expect(Math.max(...counts)).toBeGreaterThan(0);
  });

  test.each(cases)('%s', async (name) => {
    const check = await checkCatalog.load(id);
    const { params, history, seen } = seenFile.parse(jsonOf(join(FOLDER, id, name, 'seen.json')));
    const parsed = check.params.safeParse(params);
    if (!parsed.success) throw new Error(JSON.stringify(parsed.error.issues));
    const drafts = check.judge({ status: 'seen', ...seen }, parsed.data, {
      ...history,
      open: new Map(Object.entries(history.open)),
    });
    expect(drafts).toEqual(expectedOf(id, name));
    for (const { title } of drafts) expect(title).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });
});

function expectedOf(id: string, name: string): readonly unknown[] {
  return z.array(z.unknown()).parse(jsonOf(join(FOLDER, id, name, 'expected.json')));
}

function foldersIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

function jsonOf(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
