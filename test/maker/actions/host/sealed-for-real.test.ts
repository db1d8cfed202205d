import { chmodSync, realpathSync, writeFileSync } from 'node:fs';

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/domain/json.ts';
import { actionCatalog } from '../../../../src/maker/actions/catalog.ts';
import { seal } from '../../../../src/maker/seal.ts';
import { aged } from '../../../support/host-actions/files.ts';
import { standIn } from '../../../support/host-actions/systemctl.ts';
import { DAY, done, NOW, world } from '../../../support/host-actions/steps.ts';
import { action as compress } from '../../../../src/maker/actions/host/compress-logs.ts';
import { action as prune } from '../../../../src/maker/actions/host/prune-directory.ts';
import { redactor } from '../../../support/sighting.ts';
import { tempFolder } from '../../../support/temp.ts';

/** A machine on which every host action has something to do. */
async function machine() {
  const root = realpathSync(tempFolder());
  aged(root, { 'app/a.log': 40, 'app/b.log': 40, 'old/c.log': 40, 'big/d.log': 40 }, (name) => name.repeat(1_000));
  const script = join(tempFolder(), 'job.sh');
  writeFileSync(script, '#!/bin/sh\ntrue\n');
  chmodSync(script, 0o755);
  const job = {
    title: 'A job',
    argv: [script, '{days}'],
    params: { days: { integer: { min: 1, max: 9 } } },
    timeoutMs: 1_000,
    destructive: false,
    undo: null,
    verify: null,
  };
  const at = world(
    { pruneRoots: [root, join(root, 'big')], units: ['web.service'], commands: { job } },
    { env: standIn(tempFolder()).env },
  );
  await done(prune, { path: join(root, 'old'), olderThan: '30d' }, at);
  await done(compress, { path: join(root, 'big'), olderThan: '30d' }, at);
  const given: Readonly<Record<string, JsonObject>> = {
    'host/compress-logs': { path: `${root}/app`, olderThan: '30d', minSize: '1 KiB' },
    'host/decompress-logs': { root: join(root, 'big'), held: 'p-8K2M4QXV7C1D-s1' },
    'host/prune-directory': { path: `${root}/app`, olderThan: '30d', mode: 'delete' },
    'host/purge-held': { root, held: 'p-8K2M4QXV7C1D-s1' },
    'host/restart-unit': { unit: 'web.service' },
    'host/restore-held': { root, held: 'p-8K2M4QXV7C1D-s1' },
    'host/run-command': { command: 'job', args: '{"days":"7"}' },
  };
  return { at, given };
}

describe.each(actionCatalog.refs.filter((ref) => ref.startsWith('host/')))('%s', (ref) => {
  test('is sealed by the gate itself, with params that parse to themselves and nothing that reads like a secret', async () => {
    const { at, given } = await machine();
    const id = ref.slice(0, ref.indexOf('@'));
    const sealed = await seal(
      {
        why: 'a test',
        origin: { actor: { kind: 'operator', name: 'test' }, findings: [] },
        steps: [{ action: id, params: given[id] ?? {} }],
        expiresInMs: DAY,
        reverts: null,
      },
      {
        catalog: actionCatalog,
        readerOf: async () => at.reader,
        context: at.context,
        redactor,
        random: (size) => new Uint8Array(size).fill(7),
        engine: '0.1.0',
      },
    );
    if (sealed.status === 'invalid') throw new Error(JSON.stringify(sealed.failure));
    const [step] = sealed.body.sealed.steps;
    expect(sealed).toMatchObject({
      noop: false,
      body: { sealed: { target: { provider: 'host', id: 'test', name: 'test-host', details: {} }, createdAt: NOW } },
    });
    expect(step?.action).toBe(ref);
    expect(step?.resource).toMatch(/^host:test\/(folder|held|unit-system|command)\//);
  });
});
