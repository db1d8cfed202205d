import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { checkCatalog } from '../../src/checks/catalog.ts';
import { check as logPatterns } from '../../src/checks/host/log-patterns.ts';
import type { Check, Sample } from '../../src/domain/check.ts';
import type { Redacted } from '../../src/domain/redaction/redacted.ts';
import { lookAtEntry } from '../../src/scheduler/entry.ts';
import { look } from '../../src/scheduler/look.ts';
import { aCheck, catalogOf, seenOf } from '../support/check.ts';
import { hostReader } from '../support/host-reader.ts';
import { redactor } from '../support/sighting.ts';
import { tempFolder } from '../support/temp.ts';

const clock = { now: () => 1_000, monotonic: () => 0 };
const { signal } = new AbortController();

/** Hands over as facts what it was shown of the past of `test:x/thing/a`. */
const rememberer = (resource = 'test:x/thing/a'): Check =>
  aCheck('test/remember', async (_reader, _params, { earlier }) => [
    seenOf('a', { seen: JSON.stringify(earlier(resource)) }),
  ]);

test('a read is shown the samples of the resource that it asks about', async () => {
  const samples: readonly Sample[] = [{ at: 1, values: { offset: 7 } }];
  const result = await look(
    rememberer(),
    async () => null,
    {},
    (resource) => ({ samples: resource === 'test:x/thing/a' ? samples : [], open: new Map(), now: 1_000 }),
    { clock, signal, together: { signal } },
  );
  expect(result).toMatchObject({ status: 'looked', seen: [{ seen: { facts: { seen: JSON.stringify(samples) } } }] });
});

test('samples are looked for under the name they are kept by, which is redacted', async () => {
  const asked: Redacted<string>[] = [];
  const id = `test:x/thing/token=${['ghp', 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'].join('_')}`;
  const check = rememberer(id);
  await lookAtEntry('heartbeat', { id: check.id, params: {} }, [], {
    catalog: catalogOf(check),
    readerOf: async () => null,
    ledger: { samplesOf: (_runbook, _check, resource) => (asked.push(resource), []) },
    redactor,
    clock,
    signal,
    together: { signal },
  });
  expect(asked).toContain(redactor.text(id));
  expect(asked.join()).not.toContain('ghp_');
});

test('what a look at a log remembers, redacted as it is kept, is where the next one goes on', async () => {
  const path = join(tempFolder(), 'app.log');
  writeFileSync(path, 'ERROR of yesterday\n');
  const kept: Sample[] = [];
  const { data } = z
    .object({ data: z.record(z.string(), z.json()) })
    .parse(logPatterns.params.safeParse({ path, patterns: ['ERROR'] }));
  const beat = async () => {
    const entry = await lookAtEntry('heartbeat', { id: 'host/log-patterns', params: data }, [], {
      catalog: checkCatalog,
      readerOf: async () => hostReader(),
      ledger: { samplesOf: () => kept },
      redactor,
      clock,
      signal,
      together: { signal },
    });
    kept.unshift(...entry.samples);
    return [entry.check.outcome, entry.check.note ?? null, entry.drafted.length];
  };
  expect(await beat()).toEqual(['ok', expect.stringContaining('first look at'), 0]);
  appendFileSync(path, 'ERROR of today\n');
  expect(await beat()).toEqual(['findings', null, 1]);
  expect(await beat()).toEqual(['ok', null, 0]);
});
