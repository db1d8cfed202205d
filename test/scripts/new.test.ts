import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A copy of what the script looks at, so that it scaffolds away from the project. */
function aProject(): string {
  const root = tempFolder();
  for (const path of ['src/checks/catalog.ts', 'src/providers/host/reader.ts'])
    cpSync(join(ROOT, path), join(root, path));
  mkdirSync(join(root, 'test/fixtures/checks'), { recursive: true });
  return root;
}

function scaffold(root: string, id: string): string {
  return execFileSync(process.execPath, [join(ROOT, 'scripts/new.ts'), 'check', id], {
    encoding: 'utf8',
    stdio: 'pipe',
    env: { ...process.env, HOLDFAST_ROOT: root },
  });
}

describe('npm run new -- check', () => {
  it('writes the check, its sorted catalogue line, and cases that its judge passes', async () => {
    const root = aProject();
    scaffold(root, 'host/aaa-first');
    const catalog = readFileSync(join(root, 'src/checks/catalog.ts'), 'utf8');
    expect(catalog.indexOf("'host/aaa-first'")).toBeGreaterThan(0);
    expect(catalog.indexOf("'host/aaa-first'")).toBeLessThan(catalog.indexOf("'host/disk'"));
    const check = readFileSync(join(root, 'src/checks/host/aaa-first.ts'), 'utf8');
    expect(check).toContain("id: 'host/aaa-first'");
    const fixture = JSON.parse(
      readFileSync(join(root, 'test/fixtures/checks/host/aaa-first/above-limit/expected.json'), 'utf8'),
    ) as unknown[];
    expect(fixture).toHaveLength(1);
  });

  it.each(['host', 'Host/x', 'host/../x', 'nowhere/check', ''])('refuses %j', (id) => {
    expect(() => scaffold(aProject(), id)).toThrow();
  });

  it('never overwrites', () => {
    const root = aProject();
    scaffold(root, 'host/uptime');
    expect(() => scaffold(root, 'host/uptime')).toThrow(/exists already/);
  });
});
