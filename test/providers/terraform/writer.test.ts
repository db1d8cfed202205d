import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { applyFolder } from '../../../src/providers/terraform/apply-folder.ts';
import { createTerraformReader } from '../../../src/providers/terraform/reader.ts';
import { createTerraformWriter, type ApplyLimits, type Ran } from '../../../src/providers/terraform/writer.ts';
import type { ApplyScript } from '../../support/terraform/saved-plan.ts';
import { hook, inState, summary, workspace, type Workspace } from '../../support/terraform/workspace.ts';

const begun = hook('apply_start', 'b', 'create');
const done = hook('apply_complete', 'b', 'create');

function waiting(ends: NonNullable<ApplyScript['ends']>): Workspace {
  return workspace({
    apply: { says: [begun], ends, after: [done, summary(1, 0, 0)], exit: 0, state: [inState('b')] },
  });
}

function apply(
  space: Workspace,
  limits: Partial<ApplyLimits> = {},
  signal = new AbortController().signal,
): Promise<Ran> {
  const writer = createTerraformWriter(
    { env: { PATH: '/usr/bin:/bin' } },
    { limitMs: 600_000, graceMs: 600_000, ...limits },
  );
  const { dir, path } = space;
  const bytes = readFileSync(join(dir, 'plan.bin'));
  return writer.apply({ path: join(path, 'terraform'), dir, bytes, key: 'key', signal });
}

async function isThere(path: string): Promise<void> {
  await expect.poll(() => existsSync(path), { timeout: 20_000 }).toBe(true);
}

describe('the writer', () => {
  test('asks once to stop when it takes too long, and leaves the program to finish', async () => {
    const space = waiting('not');
    const giveUp = new AbortController();
    const ran = apply(space, { graceMs: 50 }, giveUp.signal);
    await isThere(join(space.dir, 'waiting'));
    giveUp.abort();
    const pid = Number(readFileSync(join(space.dir, 'waiting'), 'utf8'));
    expect(await ran).toEqual({ status: 'still-running', pid });
    const reader = createTerraformReader({ env: {} });
    expect(await reader.trace(space.dir, 'key')).toMatchObject({ value: { mayRun: true } });

    writeFileSync(join(space.dir, 'release'), '');
    await expect
      .poll(async () => JSON.stringify(await reader.trace(space.dir, 'key')), { timeout: 20_000 })
      .toContain('change_summary');
    expect(readFileSync(join(space.dir, 'interrupts'), 'utf8')).toBe('.');
  });

  test('asks it to stop by itself after its limit', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const space = waiting('interrupted');
    const ran = apply(space, { limitMs: 1_000 });
    await isThere(join(space.dir, 'waiting'));
    vi.advanceTimersByTime(1_000);
    expect(await ran).toMatchObject({ status: 'ended', code: 0, said: expect.stringContaining('change_summary') });
  });

  test('interrupts once, even when it is given up and takes too long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const space = waiting('not');
    const giveUp = new AbortController();
    const ran = apply(space, { limitMs: 1_000 }, giveUp.signal);
    await isThere(join(space.dir, 'waiting'));
    giveUp.abort();
    await isThere(join(space.dir, 'interrupts'));
    vi.advanceTimersByTime(1_000);
    writeFileSync(join(space.dir, 'release'), '');
    expect(await ran).toMatchObject({ status: 'ended', code: 0 });
    expect(readFileSync(join(space.dir, 'interrupts'), 'utf8')).toBe('.');
  });

  test('a program outlives us and our process group, and can be found by who comes next', async () => {
    const space = waiting('not');
    const us = spawn(process.execPath, ['--input-type=module', '-e', program(space)], {
      stdio: 'ignore',
      detached: true,
    });
    await isThere(join(space.dir, 'waiting'));
    const gone = new Promise((resolve) => us.once('exit', resolve));
    process.kill(-(us.pid ?? Number.NaN), 'SIGKILL');
    await gone;
    const reader = createTerraformReader({ env: {} });
    expect(await reader.trace(space.dir, 'key')).toMatchObject({ value: { mayRun: true } });
    writeFileSync(join(space.dir, 'release'), '');
    await isThere(join(space.dir, 'state.json'));
    await expect
      .poll(() => readFileSync(join(space.dir, 'state.json'), 'utf8'), { timeout: 20_000 })
      .toContain('"serial":8');
    await expect
      .poll(async () => await reader.trace(space.dir, 'key'), { timeout: 20_000 })
      .toMatchObject({
        value: { mayRun: false, text: expect.stringContaining('change_summary') },
      });
  });

  test('does not start what is not there, and leaves nothing', async () => {
    const space = waiting('by-itself');
    rmSync(join(space.path, 'terraform'));
    expect(await apply(space)).toMatchObject({ status: 'not-started', failure: { code: 'ENOENT' } });
    expect(existsSync(applyFolder(space.dir, 'key'))).toBe(false);
    rmSync(join(space.dir, '.terraform'), { recursive: true });
    expect(await apply(space)).toMatchObject({ status: 'not-started', failure: { code: 'ENOENT' } });
  });

  test('does not take a folder that is there for its own', async () => {
    const space = waiting('by-itself');
    mkdirSync(applyFolder(space.dir, 'key'));
    expect(await apply(space)).toEqual({ status: 'tried-before' });
    expect(space.calls()).toEqual([]);
  });
});

/** A process of its own that applies, to be killed. */
function program({ dir, path }: Workspace): string {
  const writer = fileURLToPath(new URL('../../../src/providers/terraform/writer.ts', import.meta.url));
  return `
    const { createTerraformWriter } = await import(${JSON.stringify(writer)});
    const { readFileSync } = await import('node:fs');
    await createTerraformWriter({ env: { PATH: '/usr/bin:/bin' } }).apply({
      path: ${JSON.stringify(join(path, 'terraform'))},
      dir: ${JSON.stringify(dir)},
      bytes: readFileSync(${JSON.stringify(join(dir, 'plan.bin'))}),
      key: 'key',
      signal: new AbortController().signal,
    });`;
}
