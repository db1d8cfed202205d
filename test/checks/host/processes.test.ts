import { spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { check } from '../../../src/checks/host/processes.ts';
import { seen } from '../../../src/domain/failure.ts';
import type { StrandedProcess } from '../../../src/providers/host/reader.ts';
import { hostReader } from '../../support/host-reader.ts';
import { look } from '../../support/look.ts';
import { mayMount, sh } from '../../support/mounting.ts';
import { tempFolder } from '../../support/temp.ts';

const PROJECT = `${import.meta.dirname}/../../..`;

function processes(stranded: readonly Partial<StrandedProcess>[], hidden: string | null = null) {
  const whole = stranded.map((edit, at) => ({
    pid: 100 + at,
    start: String(5_000 - at),
    program: 'curl',
    parent: 77,
    parentProgram: 'worker',
    state: 'zombie' as const,
    switches: null,
    ...edit,
  }));
  const table = { source: '/proc/<pid>/stat', stranded: whole, processes: 300, hidden };
  return look(check, { ...hostReader(), processTable: async () => seen(table) }, {});
}

test('zombies are told by their parents, and what waits by its own name', async () => {
  const { observations } = await processes([
    {},
    { parent: 78 },
    { state: 'waiting', program: 'worker', switches: 9 },
    { parentProgram: '' },
  ]);
  expect(observations).toMatchObject([
    { resource: 'host:test/process/(no name)', facts: { zombies: 1 } },
    {
      resource: 'host:test/process/worker',
      facts: {
        zombies: 2,
        // The oldest first.
        zombieKeys: ['101:4999', '100:5000'],
        children: ['curl'],
        waiting: [{ key: '102:4998', pid: 102, switches: 9 }],
      },
    },
  ]);
});

test('of thousands of zombies a hundred are remembered, and all are counted', async () => {
  const { observations } = await processes(Array.from({ length: 5_000 }, () => ({})));
  const [worker] = observations;
  if (worker?.status !== 'seen') throw new Error('not seen');
  expect(worker.facts).toMatchObject({ zombies: 5_000 });
  expect(check.sample?.(worker)?.['zombieKeys']).toHaveLength(100);
});

test('a name that would rewrite the line is shown harmless', async () => {
  const { observations } = await processes([{ parentProgram: 'a\n\u001b[2J*' }]);
  expect(observations).toMatchObject([
    { resource: 'host:test/process/a\\u{a}\\u{1b}[2J%2A', name: 'a\\u{a}\\u{1b}[2J*' },
  ]);
});

test('a machine where none is stranded is quiet; where others are hidden the rest is unknown', async () => {
  expect(await processes([])).toEqual({ observations: [], drafts: [] });
  expect((await processes([{}], 'hidden.')).observations).toMatchObject([
    { status: 'seen' },
    { status: 'unknown', resource: 'host:test/process/*', failure: { code: 'PROCESSES_HIDDEN', message: 'hidden.' } },
  ]);
});

test('without /proc all is unknown', async () => {
  const { observations } = await look(check, hostReader({ procRoot: '/nope' }), {});
  expect(observations).toMatchObject([{ status: 'unknown', resource: 'host:test/process/*' }]);
});

test.skipIf(!mayMount)('a real /proc mounted with hidepid hides what is not ours, and says so', async () => {
  const folder = tempFolder();
  chmodSync(folder, 0o755);
  sh(`mount -t proc -o hidepid=2 proc '${folder}'`);
  onTestFinished(() => sh(`umount -l '${folder}'`));
  const script = `
    const { readProcessTable } = await import('${PROJECT}/src/providers/host/process-table.ts');
    const looked = await readProcessTable('linux', '${folder}', new AbortController().signal);
    console.log(JSON.stringify(looked.value.hidden));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    uid: 65_534,
    gid: 65_534,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  expect(said).toContain('the mount option hidepid');
});
