import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { aHome } from '../support/cli.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'bin/holdfast.js');

describe('the built command', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('prints the help page that the commands give, for %j', (args) => {
    const program = buildProgram('', async () => undefined);
    let page = '';
    program.configureOutput({ writeOut: (text) => (page += text) });
    program.outputHelp();
    expect(execFileSync(process.execPath, [BIN, ...args], { encoding: 'utf8' })).toBe(page);
  });

  it('knows its version', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(execFileSync(process.execPath, [BIN, '--version'], { encoding: 'utf8' }).trim()).toBe(version);
  });

  const old = oldNode();
  it.skipIf(old === null)('says in one line what an old Node lacks (needs a Node below 24 on the machine)', () => {
    const { status, stdout, stderr } = spawnSync(old ?? '', [BIN, 'run', 'x'], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^NODE_TOO_OLD {2}holdfast needs Node 24\.15 or newer, this is \d+.*\n$/);
  });
});

describe('help of one command', () => {
  it.each([
    ['help', 'mcp'],
    ['mcp', '--help'],
    ['help', 'findings'],
    ['help', 'policy'],
  ])('is printed for %s %s, and that is all', async (...words) => {
    const { code, stdout, stderr } = await aHome().holdfast(...words);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: holdfast (?:mcp|findings|policy) /);
  });

  it('stands above the mistake of naming a group alone', async () => {
    const { code, stdout, stderr } = await aHome().holdfast('policy');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Usage: holdfast policy [\s\S]*\nUSAGE {2}that is a group of commands\n {2}next: name one/);
  });
});

describe('a slip on the command line', () => {
  it.each([
    [['runn'], 'Did you mean one of run, runs?'],
    [['findngs'], 'Did you mean findings?'],
    [['findings', 'shwo', 'x'], 'USAGE'],
    [['run', '--outptu', 'json', 'x'], 'Did you mean --output?'],
    [['run', 'x', '--fail-on', 'awful'], 'critical, high, medium, low, info'],
    [['checks', 'show', 'host/dsik'], 'did you mean "host/disk"?'],
    [['checks', 'run', 'host/load', '--set', 'wran=2'], 'host/load'],
    [['runs', '--limit', 'many'], 'whole number'],
    [['run'], "missing required argument 'runbook'"],
  ])('%j is told with what to write instead', async (args, hint) => {
    const { code, stdout, stderr } = await aHome().holdfast(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(hint);
  });

  it('is JSON on stderr when JSON was asked for', async () => {
    const { code, stderr } = await aHome().holdfast('findings', 'show', 'f-000', '--output', 'json');
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'NOT_FOUND', next: 'holdfast findings lists them' } });
  });
});

/** The system's Node, when it is older than ours. */
function oldNode(): string | null {
  const candidates = ['/usr/bin/node', '/usr/local/bin/node'].filter((path) => existsSync(path));
  return (
    candidates.find(
      (path) => Number(/v(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1]) < 24,
    ) ?? null
  );
}
