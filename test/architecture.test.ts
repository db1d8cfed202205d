import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkImports, HOMES, RULES, type SourceFile } from './support/house-rules.ts';

const ROOT = join(import.meta.dirname, '..');

describe('the house', () => {
  it('has no import that its rules forbid', () => {
    expect(checkImports(sourceFiles(join(ROOT, 'src')))).toEqual([]);
  });

  it('catches a check that imports a neighbour', () => {
    expect(violations('src/checks/host/disk.ts', "import { openDatabase } from '../../store/database.ts';")).toEqual([
      expect.stringContaining('src/checks/host/disk.ts may not import src/store/database.ts'),
    ]);
  });

  it('catches a check that imports another provider, or a writer', () => {
    expect(violations('src/checks/host/disk.ts', "import { x } from '../../providers/net/reader.ts';")).toHaveLength(1);
    expect(violations('src/checks/host/disk.ts', "import { x } from '../../providers/host/writer.ts';")).toHaveLength(
      1,
    );
    expect(
      violations('src/checks/host/disk.ts', "import type { HostReader } from '../../providers/host/reader.ts';"),
    ).toEqual([]);
  });

  it('catches a domain file that imports a package, however it is written', () => {
    for (const line of [
      "import * as z from 'zod';",
      "export { z } from 'zod';",
      "const z = await import('zod');",
      "import 'zod';",
    ]) {
      expect(violations('src/domain/finding.ts', line), line).toHaveLength(1);
    }
  });

  it('catches a package away from its home', () => {
    expect(violations('src/cli/main.ts', "import { DatabaseSync } from 'node:sqlite';")).toEqual([
      expect.stringContaining('node:sqlite lives in src/store'),
    ]);
    expect(violations('src/store/runs.ts', "import { execFile } from 'node:child_process';")).toHaveLength(1);
  });

  it('catches a door that goes round the app', () => {
    expect(violations('src/cli/commands/run.ts', "import { createLedger } from '../../store/ledger.ts';")).toHaveLength(
      1,
    );
  });

  it('catches the clock, the environment and the terminal where they are handed in', () => {
    for (const line of [
      'const now = Date.now();',
      'const home = process.env.HOME;',
      "console.log('x');",
      "await fetch('x');",
      'const d = new Date();',
    ]) {
      expect(violations('src/domain/finding.ts', line), line).toHaveLength(1);
    }
  });

  it('gives every rule a reason', () => {
    for (const { why } of [...RULES, ...HOMES]) expect(why).toMatch(/\w+ \w+/);
  });
});

function violations(path: string, text: string): readonly string[] {
  return checkImports([{ path, text }]);
}

function sourceFiles(folder: string): readonly SourceFile[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sourceFiles(path);
    return path.endsWith('.ts') ? [{ path: relative(ROOT, path), text: readFileSync(path, 'utf8') }] : [];
  });
}
