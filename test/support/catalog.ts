import { z } from 'zod';
import type { Check, CheckCatalog, CheckId, Observation } from '../../src/domain/check.ts';

/**
 * A small catalogue with real schemas whose checks look at nothing: for tests of what runbooks ask for.
 * `host/old-disk` is an earlier name of `host/disk`.
 */
export function catalogForTests(): CheckCatalog {
  const checks = new Map<CheckId, Check>(
    [
      check(
        'host/disk',
        true,
        z.strictObject({ warnAt: z.number().min(1).max(100).default(85), paths: z.array(z.string()).optional() }),
      ),
      check('host/file-age', false, z.strictObject({ path: z.string().min(1), olderThan: z.string() })),
      check('host/load', true, z.strictObject({})),
      check('host/memory', true, z.strictObject({})),
      { ...check('host/night-scan', true, z.strictObject({})), nightly: true as const },
      check(
        'net/http',
        false,
        z.strictObject({
          url: z.url(),
          status: z.number().int().default(200),
          header: z.strictObject({ name: z.string() }).optional(),
        }),
      ),
      check('net/tls', false, z.strictObject({ host: z.string().min(1) })),
    ].map((each) => [each.id, each]),
  );
  return {
    ids: [...checks.keys()].toSorted(),
    aliases: { 'host/old-disk': 'host/disk' },
    load: async (id) => {
      const found = checks.get(id);
      if (found === undefined) throw new Error(`no check ${id}`);
      return found;
    },
  };
}

function check(id: CheckId, standalone: boolean, params: Check['params']): Check {
  return { id, title: id, keywords: [], description: '', standalone, params, timeoutMs: 1_000, read, judge: () => [] };
}

async function read(): Promise<readonly Observation[]> {
  return [];
}
