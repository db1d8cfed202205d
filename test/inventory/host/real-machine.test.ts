import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/domain/canonical-json.ts';
import type { InventoryRead } from '../../../src/domain/inventory.ts';
import { createRedactor } from '../../../src/domain/redaction/redactor.ts';
import { inventoryCatalog } from '../../../src/inventory/catalog.ts';
import { hostReader } from '../../support/host-reader.ts';
import { inventoryContext } from '../../support/inventory.ts';
import { tree } from '../../support/tree.ts';

const HOST = inventoryCatalog.ids.filter((id) => id.startsWith('host/'));

async function read(id: string, deps: Parameters<typeof hostReader>[0] = { root: '' }): Promise<InventoryRead> {
  const source = await inventoryCatalog.load(HOST.find((known) => known === id) ?? 'host/none');
  const context = inventoryContext(['/etc/passwd', '/not/there']);
  return source.read(hostReader(deps), context);
}

/** Without what other tests of this machine open and mount for a moment. */
function steady({ facts, hidden }: InventoryRead): string {
  const passing = ({ kind, name }: { readonly kind: string; readonly name: string }): boolean =>
    name.includes(':chosen/') || (kind === 'mount' && /^\/(?:tmp|mnt|var\/tmp)\//.test(name));
  return canonicalJson([facts.filter((fact) => !passing(fact)), hidden.filter((part) => !passing(part))]);
}

describe.skipIf(process.platform !== 'linux')('on this very machine', () => {
  test.each(HOST)('%s says the same twice, and nothing that has no canonical form', async (id) => {
    const [first, second] = [await read(id), await read(id)];
    expect(steady(second)).toBe(steady(first));
    expect(new Set(first.facts.map(({ kind, resource }) => `${kind} ${resource}`)).size).toBe(first.facts.length);
    // What a baseline shows must not be taken for a secret on its way to a report.
    expect(createRedactor({ key: new Uint8Array(32) }).data(first.facts)).toEqual(first.facts);
  });
});

test.each(HOST)('%s hides its kinds where it is not known how to look, and says so', async (id) => {
  const source = await inventoryCatalog.load(HOST.find((known) => known === id) ?? 'host/none');
  const { facts, hidden } = await read(id, { platform: 'darwin', root: '' });
  expect(facts).toEqual([]);
  expect(hidden.map(({ kind }) => kind)).toEqual(Object.keys(source.kinds));
  for (const { failure, resource, kind } of hidden) {
    expect(failure.code).toBe('LINUX_ONLY');
    expect(resource).toBe(`host:test/${kind}/*`);
  }
});

test.skipIf(process.getuid?.() !== 0)(
  'what one who is not root may not read is hidden, and the rest is there (needs root to become someone else)',
  () => {
    using root = tree({
      'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nana:x:1000:1000::/home/ana:/bin/sh\n',
      'etc/group': 'root:x:0:\nsudo:x:27:ana\n',
      'etc/sudoers': 'ana ALL=(ALL) ALL\n',
      'root/.ssh/authorized_keys': '',
      'home/ana/.ssh/authorized_keys': '',
      'var/spool/cron/crontabs/ana': '* * * * * x\n',
      'etc/crontab': '17 * * * * root run-parts /etc/cron.hourly\n',
      'etc/secret.conf': 'x',
      'usr/bin/sudo': 'x',
      'usr/lib/closed/x': 'x',
    });
    chmodSync(root.path, 0o755);
    for (const path of ['etc/sudoers', 'etc/secret.conf']) chmodSync(join(root.path, path), 0o440);
    for (const path of ['root', 'var/spool/cron/crontabs', 'usr/lib/closed']) chmodSync(join(root.path, path), 0o700);
    chmodSync(join(root.path, 'usr/bin/sudo'), 0o4111);
    mkdirSync(join(root.path, 'usr/lib/listed'));
    writeFileSync(join(root.path, 'usr/lib/listed/x'), 'x');
    chmodSync(join(root.path, 'usr/lib/listed'), 0o744);
    const here = (path: string) => JSON.stringify(join(import.meta.dirname, '../../..', path));
    const script = `
      process.setgid(65534); process.setuid(65534);
      const { collect } = await import(${here('test/support/inventory.ts')});
      const all = {};
      for (const id of ['sudoers', 'authorized-keys', 'scheduled-jobs', 'named-files', 'setuid-files', 'accounts', 'listeners']) {
        const { source } = await import(${here('src/inventory/host')} + '/' + id + '.ts');
        all[id] = await collect(source, { root: '${root.path}' }, id === 'named-files' ? ['/etc/secret.conf'] : []);
      }
      console.log(JSON.stringify(all));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    const all: Record<string, { facts: Record<string, object>; hidden: Record<string, string> }> = JSON.parse(output);
    expect(all['sudoers']).toEqual({ facts: {}, hidden: { 'sudo-rule/*': 'EACCES' } });
    expect(all['authorized-keys']).toEqual({ facts: {}, hidden: { 'authorized-key/root/*': 'EACCES' } });
    expect(all['scheduled-jobs']?.hidden).toEqual({
      'cron-job//var/spool/cron/crontabs/*': 'EACCES',
      'timer/user root/*': 'EACCES',
    });
    expect(Object.keys(all['scheduled-jobs']?.facts ?? {})).toEqual([
      'cron-job//etc/crontab/root: run-parts /etc/cron.hourly',
    ]);
    expect(all['named-files']?.facts).toMatchObject({
      'named-file//etc/secret.conf': { is: 'file', mode: '0440', content: 'not to be read by this user', sizeBytes: 1 },
    });
    expect(all['setuid-files']?.facts).toMatchObject({
      'setuid-file//usr/bin/sudo': { mode: '4111', content: 'not to be read by this user', sizeBytes: 1 },
    });
    expect(all['setuid-files']?.hidden).toEqual({
      'setuid-file//usr/lib/closed/*': 'EACCES',
      'setuid-file//usr/lib/listed/*': 'EACCES',
    });
    expect(all['accounts']?.facts).toMatchObject({ 'privileged-group/sudo': { members: ['ana'] } });
    expect(all['listeners']?.hidden).not.toHaveProperty('listener/*');
  },
);
