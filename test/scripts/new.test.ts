import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A copy of what the script looks at, so that it scaffolds away from the project. */
function aProject(): string {
  const root = tempFolder();
  for (const path of ['src/checks/catalog.ts', 'src/maker/actions/catalog.ts', 'src/providers/host/reader.ts'])
    cpSync(join(ROOT, path), join(root, path));
  mkdirSync(join(root, 'test/fixtures/checks'), { recursive: true });
  return root;
}

function scaffold(root: string, id: string, what = 'check'): string {
  return execFileSync(process.execPath, [join(ROOT, 'scripts/new.ts'), what, id], {
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

describe('npm run new -- action', () => {
  it('writes the action, its test, and its sorted catalogue line with a version', () => {
    const root = aProject();
    scaffold(root, 'host/rename-file', 'action');
    const catalog = readFileSync(join(root, 'src/maker/actions/catalog.ts'), 'utf8');
    expect(catalog).toContain("  'host/rename-file@1': () => import('./host/rename-file.ts'),\n");
    expect(catalog.indexOf("'host/rename-file@1'")).toBeGreaterThan(catalog.indexOf("'host/purge-held@1'"));
    expect(catalog.indexOf("'host/rename-file@1'")).toBeLessThan(catalog.indexOf("'host/restart-unit@1'"));
    expect(readFileSync(join(root, 'src/maker/actions/host/rename-file.ts'), 'utf8')).toContain(
      "id: 'host/rename-file'",
    );
    expect(readFileSync(join(root, 'test/maker/actions/host/rename-file.test.ts'), 'utf8')).toContain(
      'parses to itself',
    );
  });

  it('writes what can do nothing yet: it is refused, and never pretends', () => {
    const root = aProject();
    scaffold(root, 'host/rename-file', 'action');
    const text = readFileSync(join(root, 'src/maker/actions/host/rename-file.ts'), 'utf8');
    expect(text).toContain("return unknown('NOT_WRITTEN'");
    expect(text).toContain("status: 'refused'");
  });

  it.each(['host', 'host/x', 'nowhere/do-this', 'host/Do-this', ''])('refuses %j', (id) => {
    expect(() => scaffold(aProject(), id, 'action')).toThrow();
  });

  it('knows checks and actions, and nothing else', () => {
    expect(() => scaffold(aProject(), 'host/do-this', 'notifier')).toThrow(/usage/);
  });
});
