import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import { planExit } from '../src/cli/plan-exit.ts';
import { buildProgram } from '../src/cli/program.ts';
import { loadConfig } from '../src/config.ts';
import { digestOfBytes } from '../src/domain/digest.ts';
import { PLAN_STATUSES } from '../src/domain/plan.ts';
import { loadPolicy } from '../src/maker/policy/load.ts';
import { runPolicyTests } from '../src/maker/policy/test.ts';
import { actionCatalog } from '../src/maker/actions/catalog.ts';
import { tempFolder } from './support/temp.ts';

const ROOT = join(import.meta.dirname, '..');
const EXAMPLE = join(ROOT, 'examples/ci-apply');
const DIGEST = `sha256:${'7f'.repeat(32)}`;

const step = z.object({
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  shell: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
  run: z.string().optional(),
  'working-directory': z.string().optional(),
});
const action = z
  .object({
    inputs: z.record(
      z.string(),
      z.object({ description: z.string(), default: z.string().optional(), required: z.boolean().optional() }),
    ),
    outputs: z.record(z.string(), z.object({ description: z.string(), value: z.string() })),
    runs: z.object({ using: z.literal('composite'), steps: z.array(step) }),
  })
  .parse(yaml(join(ROOT, 'action.yml')));
const main = action.runs.steps.find(({ id }) => id === 'plan');
const script = main?.run ?? '';

describe('the action', () => {
  test('puts no expression into a script: an input that is pasted into one is a script itself', () => {
    for (const { run, shell } of action.runs.steps) {
      expect(run).toBeTypeOf('string');
      expect(run).not.toContain('${{');
      expect(shell).toBe('bash');
    }
  });

  test('hands every input on, and has outputs for what its script writes', () => {
    const places = JSON.stringify(action.runs.steps.map(({ env, if: condition }) => [env, condition]));
    for (const name of Object.keys(action.inputs)) expect(places).toContain(`inputs.${name}`);
    for (const [name, { value }] of Object.entries(action.outputs)) {
      expect(value).toBe(`\${{ steps.plan.outputs.${name} }}`);
      expect(script).toMatch(new RegExp(`"${name}[="]`));
    }
  });

  test('installs without the token of the job in the environment', () => {
    expect(action.runs.steps[0]?.run).toMatch(
      /^env -u ACTIONS_ID_TOKEN_REQUEST_URL -u ACTIONS_ID_TOKEN_REQUEST_TOKEN npm ci/,
    );
    expect(action.runs.steps[0]?.if).toBe("inputs.path == ''");
  });

  test('asks holdfast for one plan with what it was given, and nothing for what it was not', async () => {
    const { args, code, outputs } = await play({
      inputs: {
        action: 'host/prune-directory',
        set: 'path=/var/cache/builds\r\n\nolderThan=30d\n',
        why: 'the cache is full',
        policy: 'policies/ci.yaml',
        'policy-digest': DIGEST,
      },
    });
    expect(args).toEqual([
      'plan',
      'create',
      '--apply',
      '--ci',
      '--output=json',
      '--why=the cache is full',
      '--policy=policies/ci.yaml',
      `--policy-digest=${DIGEST}`,
      expect.stringMatching(/^--export=.*\/holdfast-\w{6}-plan\.json$/),
      '--set=path=/var/cache/builds',
      '--set=olderThan=30d',
      '--',
      'host/prune-directory',
    ]);
    expect(code).toBe(0);
    expect(outputs).toEqual({ outcome: 'applied', 'exit-code': '0', 'plan-id': 'p-8K2M4QXV7C1D', digest: DIGEST });
  });

  test('takes a plan file instead, and every other input that it has', async () => {
    const { args } = await play({
      inputs: {
        file: 'plan.yaml',
        policy: 'p.yaml',
        'policy-signature': 'p.yaml.sig',
        'actor-name': 'nightly',
        config: 'holdfast.yaml',
        expires: '24h',
        export: 'out/plan.json',
        'export-for': 'oidc:repo:acme/shop:environment:staging',
      },
    });
    expect(args.slice(5)).toEqual([
      '--config=holdfast.yaml',
      '--file=plan.yaml',
      '--expires=24h',
      '--policy=p.yaml',
      '--policy-signature=p.yaml.sig',
      '--actor-name=nightly',
      '--export=out/plan.json',
      '--for=oidc:repo:acme/shop:environment:staging',
    ]);
  });

  test.each([
    '$(touch pwned)',
    '`touch pwned`',
    '"; touch pwned; "',
    "'; touch pwned; '",
    '${IFS}x && touch pwned',
    '--policy=evil.yaml',
    '* ? [a-z] ~',
    '%s\\n$HOME',
    'a b  c\t',
  ])('hands %j on as it is, in whatever input it comes, and runs nothing of it', async (hostile) => {
    const OPTION: Readonly<Record<string, string>> = { 'export-for': 'for' };
    const names = Object.keys(action.inputs).filter((name) => name !== 'path' && name !== 'allow-queued');
    const inputs = Object.fromEntries(names.map((name) => [name, `${hostile} ${name}`]));
    const { args, folder } = await play({ inputs });
    expect(args.slice(5).toSorted()).toEqual(
      [
        '--',
        ...names.map((name) => (name === 'action' ? '' : `--${OPTION[name] ?? name}=`) + `${hostile} ${name}`),
      ].toSorted(),
    );
    expect(args.slice(-2)).toEqual(['--', `${hostile} action`]);
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });

  test.each([
    [0, 'applied'],
    [1, 'error'],
    [2, 'usage'],
    [10, 'queued'],
    [11, 'denied'],
    [12, 'stale'],
    [13, 'failed'],
    [14, 'partial'],
    [15, 'unknown'],
    [16, 'closed'],
    [17, 'held'],
    [99, 'error'],
    [130, 'interrupted'],
  ])('ends as holdfast does: %i is %s', async (exit, outcome) => {
    const { code, outputs } = await play({ inputs: { policy: 'p.yaml' }, exit });
    expect(code).toBe(exit);
    expect(outputs).toMatchObject({ outcome, 'exit-code': String(exit) });
  });

  test('has a word for every status that a plan can end in', async () => {
    const exits = new Set(PLAN_STATUSES.flatMap((status) => [planExit(status, false), planExit(status, true)]));
    for (const exit of exits) expect(script).toMatch(new RegExp(`^\\s*${exit}\\) outcome=(?!error)`, 'm'));
  });

  test('lets a plan wait without failing where that was asked for, and nothing else', async () => {
    const inputs = { policy: 'p.yaml', 'allow-queued': 'true' };
    expect((await play({ inputs, exit: 10 })).code).toBe(0);
    expect((await play({ inputs, exit: 11 })).code).toBe(11);
    expect((await play({ inputs: { ...inputs, 'allow-queued': 'yes' }, exit: 10 })).code).toBe(10);
  });

  test('names the export of a plan that waits, and of no other', async () => {
    const queued = await play({ inputs: { policy: 'p.yaml' }, exit: 10, exports: true });
    expect(queued.outputs['export-file']).toMatch(/\/holdfast-\w{6}-plan\.json$/);
    expect((await play({ inputs: { policy: 'p.yaml' }, exit: 10 })).outputs).not.toHaveProperty('export-file');
    expect((await play({ inputs: { policy: 'p.yaml' }, exports: true })).outputs).not.toHaveProperty('export-file');
  });

  test('makes no output of what has not its form, so that no line can be smuggled in', async () => {
    const { outputs } = await play({
      inputs: { policy: 'p.yaml', export: 'plan.json\noutcome=applied' },
      exit: 10,
      exports: true,
      document: { id: 'p-8K2M4QXV7C1D\noutcome=applied', digest: `${DIGEST}\noutcome=applied` },
    });
    expect(outputs).toEqual({ outcome: 'queued', 'exit-code': '10' });
  });

  test.each([undefined, 'not JSON'])(
    'has no plan to name when holdfast printed none (%j), and still says how it ended',
    async (document) => {
      const { code, outputs } = await play({ inputs: { policy: 'p.yaml' }, exit: 2, document: document ?? '' });
      expect(code).toBe(2);
      expect(outputs).toEqual({ outcome: 'usage', 'exit-code': '2' });
    },
  );

  test('keeps what holdfast prints from speaking to the runner', async () => {
    const { stdout } = await play({ inputs: { policy: 'p.yaml' }, document: '::set-output name=x::y' });
    const lines = stdout.trim().split('\n');
    const pause = /^::stop-commands::([0-9a-f-]{36})$/.exec(lines[0] ?? '')?.[1];
    expect(lines.indexOf('::set-output name=x::y')).toBeGreaterThan(0);
    expect(lines.at(-1)).toBe(`::${pause}::`);
  });
});

describe('the example workflow', () => {
  const workflow = z
    .object({
      permissions: z.record(z.string(), z.string()),
      on: z.record(z.string(), z.unknown()),
      jobs: z.record(z.string(), z.object({ environment: z.string(), steps: z.array(step) })),
    })
    .parse(yaml(join(EXAMPLE, 'workflow.yaml')));
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  const uses = steps.find(({ id }) => id === 'holdfast');

  test('may do nothing but read and prove who it is, and runs for no pull request', () => {
    expect(workflow.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(Object.keys(workflow.on).filter((event) => !['schedule', 'workflow_dispatch'].includes(event))).toEqual([]);
  });

  test('names every action by its commit and has no script', () => {
    for (const { uses: name, run } of steps) {
      expect(name).toMatch(/@[0-9a-f]{40}$/);
      expect(run).toBeUndefined();
    }
  });

  test('gives the action what it takes, with the digest from a variable of the environment', () => {
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(uses?.with ?? {})));
    const required = Object.entries(action.inputs).filter(([, input]) => input.required === true);
    for (const [name] of required) expect(uses?.with).toHaveProperty(name);
    expect(uses?.with?.['policy-digest']).toBe('${{ vars.HOLDFAST_POLICY_DIGEST }}');
  });

  test('looks only at outputs that there are', () => {
    const text = readFileSync(join(EXAMPLE, 'workflow.yaml'), 'utf8');
    const looked = [...text.matchAll(/steps\.holdfast\.outputs\.([a-z-]+)/g)].map((match) => match[1] ?? '');
    expect(looked.length).toBeGreaterThan(0);
    for (const name of looked) expect(action.outputs).toHaveProperty(name);
  });
});

describe('the rest of the example', () => {
  const path = join(EXAMPLE, 'policy.yaml');
  const text = readFileSync(path, 'utf8');
  const { policy, mistakes } = loadPolicy({ path, text, digest: digestOfBytes(text) });

  test('is a policy without a mistake, whose tests pass', () => {
    expect(mistakes).toEqual([]);
    const results = policy === null ? [] : runPolicyTests(policy).results;
    expect(results.length).toBeGreaterThan(10);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
  });

  test('is a configuration, with the environment that the policy speaks of', () => {
    const { environments, host } = loadConfig(join(EXAMPLE, 'config.yaml'));
    const named = (policy?.rules ?? []).flatMap(({ match }) => match.environment ?? []);
    expect(Object.keys(environments)).toEqual(named);
    expect(host.pruneRoots).toEqual(['/var/cache/builds']);
  });

  test('is a plan whose action there is, and that the policy speaks of', () => {
    const plan = z
      .strictObject({
        why: z.string(),
        steps: z.array(z.strictObject({ action: z.string(), with: z.record(z.string(), z.unknown()) })),
      })
      .parse(yaml(join(EXAMPLE, 'plan.yaml')));
    for (const { action: id } of plan.steps) {
      expect(actionCatalog.refs.map((ref) => ref.split('@')[0])).toContain(id);
      expect((policy?.rules ?? []).flatMap(({ match }) => match.action ?? [])).toContain(id);
    }
  });
});

describe('the command line', () => {
  const program = buildProgram('0', () => Promise.resolve());
  const written = [
    script,
    ...[join(ROOT, 'docs/ci.md'), join(EXAMPLE, 'README.md')].flatMap((page) => codeIn(readFileSync(page, 'utf8'))),
  ].join('\n');

  test('has every command and option that the action, docs/ci.md and the README of the example name', () => {
    const named = [...written.matchAll(/(?:holdfast(?:\.js")?) ((?:[a-z]+ ?)+)([^\n]*)/g)].map(
      ([, words = '', rest = '']) => ({
        words: words.trim().split(' '),
        options: [...rest.matchAll(/(?<=\s)--([a-z-]+)/g)].map((match) => match[1] ?? ''),
      }),
    );
    expect(named.length).toBeGreaterThan(5);
    for (const { words, options } of named) {
      const command = find(program, words);
      const known = [...program.options, ...command.options].map(({ long }) => long);
      for (const option of options) expect(known, `${words.join(' ')} --${option}`).toContain(`--${option}`);
    }
    // Those that the script puts together.
    const create = find(program, ['plan', 'create']);
    const known = [...program.options, ...create.options].map(({ long }) => long);
    for (const [, option] of script.matchAll(/^\s*add ([a-z-]+) /gm)) expect(known).toContain(`--${option}`);
  });
});

/** The command that the first words name; at least two levels where there is one. */
function find(program: Command, words: readonly string[]): Command {
  let command = program;
  for (const word of words) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) break;
    command = next;
  }
  expect(command, words.join(' ')).not.toBe(program);
  expect(command.commands, words.join(' ')).toEqual([]);
  return command;
}

function codeIn(markdown: string): readonly string[] {
  return [...markdown.matchAll(/```[a-z]*\n([\s\S]*?)```|`(holdfast [^`]+)`/g)].map(
    ([, fenced, inline]) => fenced ?? inline ?? '',
  );
}

function yaml(path: string): unknown {
  const document = parseDocument(readFileSync(path, 'utf8'), { strict: true, uniqueKeys: true });
  expect([...document.errors, ...document.warnings], path).toEqual([]);
  return document.toJS();
}

interface Scene {
  readonly inputs: Readonly<Record<string, string>>;
  /** What holdfast ends with. */
  readonly exit?: number;
  /** What it prints; text as it is. */
  readonly document?: unknown;
  /** Whether it writes the export that it was asked for. */
  readonly exports?: boolean;
}

/** Runs the script of the action as a runner would, with a holdfast that only writes down how it was called. */
async function play({ inputs, exit = 0, document = { id: 'p-8K2M4QXV7C1D', digest: DIGEST }, exports = false }: Scene) {
  const folder = tempFolder();
  const home = join(folder, 'holdfast home');
  mkdirSync(join(home, 'node_modules/.bin'), { recursive: true });
  mkdirSync(join(home, 'bin'));
  mkdirSync(join(folder, 'runner temp'));
  symlinkSync(process.execPath, join(home, 'node_modules/.bin/node'));
  writeFileSync(join(home, 'bin/holdfast.js'), STAND_IN);
  writeFileSync(join(home, 'package.json'), '{"type":"module"}');
  const output = join(folder, 'output');
  writeFileSync(output, '');
  chmodSync(output, 0o600);
  const defaults = Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? '']),
  );
  const given: Readonly<Record<string, string>> = { ...defaults, path: home, ...inputs };
  const env = Object.fromEntries(
    Object.entries(main?.env ?? {}).map(([name, expression]) => [
      name,
      given[/inputs\.([a-z-]+)/.exec(expression)?.[1] ?? ''] ?? '',
    ]),
  );
  const args = join(folder, 'args.json');
  const { code, stdout } = await bash(script, folder, {
    ...env,
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    RUNNER_TEMP: join(folder, 'runner temp'),
    GITHUB_OUTPUT: output,
    STAND_IN: JSON.stringify({
      args,
      exit,
      text: typeof document === 'string' ? document : JSON.stringify(document),
      exports,
    }),
  });
  const lines = readFileSync(output, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return {
    folder,
    code,
    stdout,
    args: z.array(z.string()).parse(JSON.parse(readFileSync(args, 'utf8'))),
    outputs: Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    ),
  };
}

const STAND_IN = `import { writeFileSync } from 'node:fs';
const { args, exit, text, exports } = JSON.parse(process.env.STAND_IN);
writeFileSync(args, JSON.stringify(process.argv.slice(2)));
const file = process.argv.find((arg) => arg.startsWith('--export='))?.slice('--export='.length);
if (exports) writeFileSync(file, '{}');
console.log(text);
process.exitCode = exit;
`;

/** As the runner calls it: `bash --noprofile --norc -eo pipefail {0}`. */
function bash(
  text: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly stdout: string }> {
  const file = join(cwd, 'script.sh');
  writeFileSync(file, text);
  return new Promise((resolve) => {
    execFile('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], { cwd, env }, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout });
    });
  });
}
