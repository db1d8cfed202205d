import * as z from 'zod';
import type { Check, CheckCatalog, CheckId, Observation, ReadContext } from '../../src/domain/check.ts';

/** A check made for a test: `read` is given, `judge` reports what the facts say. */
export function aCheck(
  id: CheckId,
  read: (reader: unknown, params: unknown, context: ReadContext) => Promise<readonly Observation[]>,
  edit: Partial<Check> = {},
): Check {
  return {
    id,
    title: 'A check of a test',
    keywords: [],
    description: 'Reports every observation whose fact `bad` is true.',
    standalone: true,
    params: z.strictObject({}),
    timeoutMs: 5_000,
    read,
    judge: (seen) =>
      seen.facts['bad'] === true
        ? [
            {
              discriminator: 'bad',
              severity: 'high',
              title: `${seen.name} is bad`,
              why: 'it should not be',
              next: 'look at it',
              evidence: [{ label: 'note', value: seen.facts['note'] ?? null, source: 'test' }],
            },
          ]
        : [],
    ...edit,
  };
}

export function seenOf(name: string, facts: Record<string, string | number | boolean> = {}): Observation {
  return { status: 'seen', resource: `test:x/thing/${name}`, name, facts };
}

export function catalogOf(...checks: readonly Check[]): CheckCatalog {
  return {
    ids: checks.map(({ id }) => id),
    aliases: Object.fromEntries(checks.flatMap(({ id, aliases = [] }) => aliases.map((alias) => [alias, id]))),
    load: async (id) => {
      const check = checks.find((candidate) => candidate.id === id);
      if (check === undefined) throw new Error(`no check ${id}`);
      return check;
    },
  };
}
