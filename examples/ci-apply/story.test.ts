import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { aGateHome, type GateHome, type PlanShown } from '../../test/support/gate-home.ts';

const HERE = import.meta.dirname;
const file = (name: string): string => readFileSync(join(HERE, name), 'utf8');
/** The name of the job's runner: a token of GitHub's can not be had here (docs/ci.md, "What was not tried"). */
const NAMED = ['--ci', '--actor-name', 'build'];

let machine: GateHome;
beforeEach(async () => {
  machine = aGateHome({ CI: 'true' });
  machine.old('branch-a.tar');
  machine.old('branch-b.tar');
  const { target } = await machine.prune();
  const here = (text: string): string => text.replaceAll('/var/cache/builds', machine.logs);
  machine.configure(here(file('config.yaml')).replace('replace-by-the-id-that-holdfast-doctor-shows', target.id));
  writeFileSync(join(machine.folder, 'plan.yaml'), here(file('plan.yaml')));
  writeFileSync(join(machine.folder, 'policy.yaml'), here(file('policy.yaml')));
});

const digest = (): string =>
  `sha256:${createHash('sha256')
    .update(readFileSync(join(machine.folder, 'policy.yaml')))
    .digest('hex')}`;

/** The command of docs/ci.md, as the action calls it. */
async function job(...more: string[]): Promise<PlanShown & { readonly code: number }> {
  const policy = ['--policy', 'policy.yaml', '--policy-digest', digest()];
  const words = ['plan', 'create', '--file', 'plan.yaml', ...NAMED, '--apply', ...policy, '--export', 'waits.json'];
  const told = await machine.holdfast(...words, ...more, '--output', 'json');
  return { ...(JSON.parse(told.stdout) as PlanShown), code: told.code };
}

/** Lets the runner be told by its name, as on a machine of one's own, instead of by the claims of a token. */
function byName(): void {
  const path = join(machine.folder, 'policy.yaml');
  const text = readFileSync(path, 'utf8');
  const [rules = '', tests = ''] = text.split(/^tests:$/m);
  const named = rules
    .replace(/ {2}- id: nothing-from-a-pull-request[\s\S]*?\n\n/, '')
    .replace(/actor:\n {8}kind: ci\n {8}claims:\n[\s\S]*?(?= {6}action:)/, 'actor: { kind: ci, name: build }\n');
  expect(tests).not.toBe('');
  expect(named).toContain('name: build');
  expect(named).not.toContain('claims');
  writeFileSync(path, named);
}

it('every test in its policy passes', async () => {
  const report = await machine.document('policy-test', 'policy', 'test', 'policy.yaml');
  expect(report.results.filter(({ passed }) => !passed)).toEqual([]);
  expect(report.results.length).toBeGreaterThan(10);
});

it('a job that shows no token is denied, and nothing is pruned', async () => {
  const before = machine.files();
  expect(await job()).toMatchObject({ code: 11, status: 'denied', decision: { rule: 'nothing-from-a-pull-request' } });
  expect(machine.files()).toEqual(before);
  expect(existsSync(join(machine.folder, 'waits.json'))).toBe(false);
});

it('prunes the cache of the build machine in one step, on the machine that the configuration names', async () => {
  byName();
  expect(await job()).toMatchObject({ code: 0, status: 'verified', environment: 'build-machines' });
  expect(machine.files()).toEqual({});
});

it('waits on another machine, and writes what waits', async () => {
  byName();
  const before = machine.files();
  machine.configure(`environments: { build-machines: { targets: ["host:another"] } }`);
  expect(await job()).toMatchObject({ code: 10, status: 'queued', environment: null });
  expect(machine.files()).toEqual(before);
  expect(existsSync(join(machine.folder, 'waits.json'))).toBe(true);
});

it('deletes nothing, whatever the plan in the repository says', async () => {
  byName();
  const before = machine.files();
  const path = join(machine.folder, 'plan.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace('mode: hold', 'mode: delete'));
  expect(await job()).toMatchObject({ code: 11, status: 'denied', decision: { rule: 'never-destructive' } });
  expect(machine.files()).toEqual(before);
});
