import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import type { Told } from '../support/cli.ts';
import { aGateHome, type GateHome } from '../support/gate-home.ts';
import { dueRunbook, startUp } from '../support/up.ts';

/** Credentials that look like some, made for one test each: none of them may be found anywhere afterwards. */
const letters = (size: number): string =>
  randomBytes(size * 2)
    .toString('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, size);
let canaries: Readonly<Record<'github' | 'aws' | 'password', string>>;
let home: GateHome;
let said: string;

beforeEach(() => {
  canaries = { github: `ghp_${letters(36)}`, aws: letters(40), password: `Canary-${letters(20)}` };
  said = '';
  home = aGateHome({
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7CANARY1',
    AWS_SECRET_ACCESS_KEY: canaries.aws,
    DB_PASSWORD: canaries.password,
  });
});

async function run(...args: string[]): Promise<Told> {
  const told = await home.holdfast(...args);
  said += told.stdout + told.stderr;
  return told;
}

/** Everything that a person, a program or a thief could read afterwards. */
async function leaks(...more: readonly string[]): Promise<readonly string[]> {
  await run('plan', 'list', '--all');
  await run('plan', 'list', '--all', '--output', 'json');
  await run('audit', 'list', '--limit', '500', '--output', 'json');
  expect((await run('audit', 'export', join(home.folder, 'audit.jsonl'))).code).toBe(0);
  const kept = [...filesIn(home.state), join(home.folder, 'audit.jsonl'), ...more].map(
    (path): readonly [string, string] => [path, readFileSync(path, 'latin1')],
  );
  expect(kept.map(([path]) => path)).toContain(join(home.state, 'holdfast.db'));
  return [...kept, ['what was said', said] as const].flatMap(([path, text]) =>
    Object.entries(canaries)
      .filter(([, canary]) => text.includes(canary))
      .map(([name]) => `${name} in ${path}`),
  );
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

it('what a command prints, and the environment that it must not see', async () => {
  const script = join(home.folder, 'leaks.sh');
  const { github, aws, password } = canaries;
  writeFileSync(
    script,
    `#!/bin/sh\necho "token ${github}; $AWS_SECRET_ACCESS_KEY $DB_PASSWORD; was ${aws} password=${password}"\nenv >&2\nexit 3\n`,
    { mode: 0o700 },
  );
  home.configure(
    `approvals: { allowNonInteractive: true }\nhost:\n  commands: { leaks: { title: Leaks, argv: ["${script}"], destructive: false } }`,
  );
  const told = await run('plan', 'create', 'host/run-command', '--set', 'command=leaks', '--output', 'json');
  const { id, digest } = JSON.parse(told.stdout) as { id: string; digest: string };
  expect((await run('plan', 'approve', id, '--digest', digest)).code).toBe(15);
  expect((await run('plan', 'show', id)).stdout).toContain('unknown');
  await run('plan', 'resume', id);
  expect(await leaks()).toEqual([]);
  expect(said).toContain('[secret:'); // it did print, and what it printed is told
});

it('a credential in the configuration of a command is not sealed, and not shown', async () => {
  home.configure(
    `host:\n  commands: { deploy: { title: Deploy, argv: ["/bin/echo", "--token=${canaries.github}"], destructive: false } }`,
  );
  const told = await run('plan', 'create', 'host/run-command', '--set', 'command=deploy');
  expect(told.code).toBe(2);
  expect(await leaks()).toEqual([]);
});

it('a credential in the name of a file, in the words of the operator and in a parameter', async () => {
  home.old(`${canaries.github}.log`);
  await run('plan', 'create', 'host/prune-directory', '--set', `path=${home.logs}`, '--set', 'olderThan=30d');
  await run(
    'plan',
    'create',
    'host/prune-directory',
    '--set',
    `path=${home.logs}`,
    '--set',
    'olderThan=30d',
    '--set',
    'include=*.none',
    '--why',
    `with ${canaries.github}`,
  );
  await run(
    'plan',
    'create',
    'host/prune-directory',
    '--set',
    `path=${home.logs}/${canaries.github}`,
    '--set',
    'olderThan=30d',
  );
  await run('plan', 'create', `host/${canaries.github}`);
  await run('plan', 'show', canaries.github);
  await run('hold', '--reason', `because of ${canaries.github}`);
  await run('status');
  await run('release');
  expect(await leaks()).toEqual([]);
  expect(said).toMatch(/because of \[secret:/);
});

it('a credential in what a runbook finds and proposes, all the way to the notification', async () => {
  const file = join(home.folder, 'told.jsonl');
  home.configure(`notify: { ways: { log: { file: { path: "${file}" } } }, default: [log] }`);
  home.old(`a-${canaries.github}.log`);
  home.old('b.log');
  await run('status');
  dueRunbook(
    home,
    'logs',
    `checks:\n  - host/file-age: { path: "${home.logs}/*.log", olderThan: 7d }\nonFinding:\n  - { check: host/file-age, minSeverity: low, propose: host/prune-directory, with: { path: "${home.logs}", olderThan: 30d } }\n`,
  );
  const up = startUp(home);
  await up.logged({ event: 'run', runbook: 'logs' });
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes('holdfast plan approve p-')) await delay(20);
  await up.kill('SIGTERM');
  said += JSON.stringify(up.entries());
  expect(await leaks(file)).toEqual([]);
});
