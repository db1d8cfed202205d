import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/domain/digest.ts';
import { jsonObject } from '../../src/maker/json-value.ts';
import { aGateHome, prunePolicy, type GateHome, type PlanShown } from '../support/gate-home.ts';
import type { Told } from '../support/cli.ts';

/** A runner: its state directory begins empty with every test, and its folder is what was checked out. */
let runner: GateHome;
let before: Readonly<Record<string, string>>;
beforeEach(() => {
  runner = aGateHome({ CI: 'true', GITHUB_REPOSITORY: 'acme/shop', GITHUB_REF: 'refs/heads/main' });
  runner.old('a.log');
  runner.old('b.log');
  before = runner.files();
});

/** Writes the policy and says its digest as `sha256sum` does. */
function policy(rule = '', more = ''): string {
  const text = prunePolicy(runner.logs, rule, more).replace(
    'destructive: false,',
    'destructive: false, actor: { kind: ci, name: nightly },',
  );
  writeFileSync(join(runner.folder, 'p.yaml'), text);
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

const NIGHTLY = ['--ci', '--actor-name', 'nightly'];
const job = (digest: string, ...more: string[]): Promise<PlanShown & { code: number }> =>
  runner.prune(...NIGHTLY, '--policy', 'p.yaml', '--policy-digest', digest, '--apply', ...more);

describe('a fresh runner applies what its pinned policy allows, and nothing else', () => {
  it('what a rule allows, in one step', async () => {
    const plan = await job(policy());
    expect(plan).toMatchObject({ code: 0, status: 'verified', origin: { actor: { kind: 'ci', name: 'nightly' } } });
    expect(runner.files()).toEqual({});
    expect((await runner.holdfast('audit', 'verify')).code).toBe(0);
  });

  it.each<[string, string[]]>([
    ['with the digest of another policy', ['--policy', 'p.yaml', '--policy-digest', `sha256:${'0'.repeat(64)}`]],
    ['with half a digest', ['--policy', 'p.yaml', '--policy-digest', 'sha256:']],
    ['with an empty digest, as an unset variable gives', ['--policy', 'p.yaml', '--policy-digest', '']],
    ['without a digest', ['--policy', 'p.yaml']],
    ['without a policy', []],
  ])('nothing %s: it is queued, and written to --export', async (_what, given) => {
    policy();
    const plan = await runner.prune(...NIGHTLY, '--apply', '--export', 'waits.json', ...given);
    expect(plan).toMatchObject({ code: 10, status: 'queued' });
    expect(runner.files()).toEqual(before);
    expect(JSON.parse(readFileSync(join(runner.folder, 'waits.json'), 'utf8'))).toMatchObject({ digest: plan.digest });
  });

  it('nothing for another name', async () => {
    const digest = policy();
    const plan = await runner.prune(
      '--ci',
      '--actor-name',
      'weekly',
      '--policy',
      'p.yaml',
      '--policy-digest',
      digest,
      '--apply',
    );
    expect(plan).toMatchObject({ code: 10, status: 'queued' });
  });

  it('nothing for whoever does not come as a job', async () => {
    const digest = policy();
    expect(await runner.prune('--policy', 'p.yaml', '--policy-digest', digest, '--apply')).toMatchObject({ code: 10 });
  });

  it.each([[['--ci']], [['--ci', '--actor-name', 'oidc:repo:acme/shop']], [['--ci', '--actor-name', '']]])(
    'nothing without a name of its own: %j',
    async (given) => {
      const digest = policy();
      const told = await runner.holdfast(
        'plan',
        'create',
        'host/prune-directory',
        '-s',
        `path=${runner.logs}`,
        '-s',
        'olderThan=30d',
        ...given,
        '--policy',
        'p.yaml',
        '--policy-digest',
        digest,
        '--apply',
      );
      expect([told.code, told.stderr]).toEqual([2, expect.stringMatching(/^(CI_IDENTITY_UNPROVED|USAGE)/)]);
      expect(runner.files()).toEqual(before);
    },
  );

  it('nothing under a rule with limits, since nobody counts here', async () => {
    const plan = await job(policy('    limits: [{ of: applies, max: 100, per: day }]\n'));
    expect(plan).toMatchObject({ code: 10, status: 'queued', decision: { effect: 'queue' } });
    expect(runner.files()).toEqual(before);
  });

  it('nothing that is denied: 11, and no export', async () => {
    const plan = await job(
      policy('', '  - { id: freeze, effect: deny, match: { action: "host/*" } }\n'),
      '--export',
      'waits.json',
    );
    expect(plan).toMatchObject({ code: 11, status: 'denied' });
    expect(existsSync(join(runner.folder, 'waits.json'))).toBe(false);
    expect(runner.files()).toEqual(before);
  });

  it('an allowed job leaves nothing behind for the next one: each brings its digest', async () => {
    expect((await job(policy())).code).toBe(0);
    runner.old('c.log');
    expect((await runner.prune(...NIGHTLY, '--policy', 'p.yaml', '--apply')).code).toBe(10);
    expect(Object.keys(runner.files())).toEqual(['c.log']);
  });
});

describe('a plan that was reviewed elsewhere', () => {
  /** Another state directory on the same machine: what a second runner, or the operator's own installation, is. */
  const elsewhere = (...args: string[]): Promise<Told> => runner.holdfast('--state-dir', 'elsewhere', ...args);
  const planIn = (told: Told): PlanShown => JSON.parse(told.stdout) as PlanShown;

  async function exported(receiver: string): Promise<PlanShown> {
    return runner.prune(...NIGHTLY, '--apply', '--export', 'x.json', '--for', receiver);
  }

  const refused = (code: string): object => ({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(new RegExp(`^${code}`)),
  });

  it('is taken by the job that it is for, decided anew, and applied as it was sealed', async () => {
    const { id, digest } = await exported('nightly');
    const pin = policy();
    const told = await elsewhere(
      'plan',
      'import',
      'x.json',
      '--digest',
      digest,
      ...NIGHTLY,
      '--policy',
      'p.yaml',
      '--policy-digest',
      pin,
      '--apply',
      '--output',
      'json',
    );
    expect(told.code, told.stderr).toBe(0);
    expect(planIn(told)).toMatchObject({ id, digest, status: 'verified' });
    expect(runner.files()).toEqual({});
  });

  it('waits where no policy allows it, whatever was decided where it was sealed', async () => {
    const { digest } = await exported('nightly');
    const told = await elsewhere(
      'plan',
      'import',
      'x.json',
      '--digest',
      digest,
      ...NIGHTLY,
      '--apply',
      '--output',
      'json',
    );
    expect([told.code, planIn(told).status]).toEqual([10, 'queued']);
    expect(runner.files()).toEqual(before);
  });

  it('is for one receiver, and for nobody who only says another name', async () => {
    await exported('nightly');
    expect(await elsewhere('plan', 'import', 'x.json', '--ci', '--actor-name', 'weekly')).toMatchObject(
      refused('PLAN_FILE_INVALID'),
    );
    expect(await elsewhere('plan', 'import', 'x.json')).toMatchObject(refused('PLAN_FILE_INVALID'));
    expect((await elsewhere('plan', 'list', '--all')).stdout).toContain('No plan');
  });

  it('is refused with another digest than the reviewed one, or with a byte changed', async () => {
    await exported('nightly');
    const path = join(runner.folder, 'x.json');
    const text = readFileSync(path, 'utf8');
    expect(
      await elsewhere('plan', 'import', 'x.json', ...NIGHTLY, '--digest', `sha256:${'0'.repeat(64)}`),
    ).toMatchObject(refused('PLAN_DIGEST'));
    for (const changed of [
      text.replace('/logs"', '/lots"'),
      text.replace('  ', '   '),
      `${text}\n`,
      text.slice(0, -10),
      text.replace('"for": "nightly"', '"for": "weekly"').replace('weekly', 'nightly2'),
      '{}',
      '',
    ]) {
      writeFileSync(path, changed);
      expect([changed.length, await elsewhere('plan', 'import', 'x.json', ...NIGHTLY)]).toMatchObject([
        changed.length,
        { code: 2, stdout: '' },
      ]);
    }
    expect((await elsewhere('plan', 'list', '--all')).stdout).toContain('No plan');
  });

  const forgeries: Readonly<Record<string, (plan: string) => string>> = {
    'that says that it can be had back though it deletes': (plan) =>
      plan.replaceAll('"mode": "hold"', '"mode": "delete"'),
    'whose card tells of another change': (plan) => plan.replaceAll('Move aside', 'Look at'),
    'whose folder is another one than its card says': (plan) =>
      plan.replace(/("params": \{[^}]*"path": ")[^"]*/, '$1/etc'),
    'of another engine': (plan) => plan.replace(/"engine": "[^"]*"/, '"engine": "9.9.9"'),
    'of another catalogue': (plan) =>
      plan.replace(/"catalogue": "sha256:[0-9a-f]{64}"/, `"catalogue": "sha256:${'0'.repeat(64)}"`),
    'for another machine': (plan) => plan.replace(/("target": \{\s+"details": \{\},\s+"id": ")[^"]*/, '$1another'),
    'that says a finding of an operator asked for less files': (plan) => plan.replaceAll('"files": 2', '"files": 1'),
  };

  it.each(Object.keys(forgeries))('is refused when it is a forgery %s', async (what) => {
    await exported('nightly');
    const path = join(runner.folder, 'x.json');
    const text = readFileSync(path, 'utf8');
    const changed = forgeries[what]?.(text) ?? text;
    expect(changed).not.toBe(text);
    const { plan, ...rest } = jsonObject.parse(JSON.parse(changed));
    writeFileSync(path, sorted({ ...rest, digest: digestOf('plan', jsonObject.parse(plan)), plan }));
    const pin = policy();
    const told = await elsewhere(
      'plan',
      'import',
      'x.json',
      ...NIGHTLY,
      '--policy',
      'p.yaml',
      '--policy-digest',
      pin,
      '--apply',
    );
    expect([told.code, told.stderr]).toEqual([2, expect.stringMatching(/^PLAN_(STATE|NEWER|INVALID)/)]);
    expect(runner.files()).toEqual(before);
  });

  it('gains nothing by claiming to come from somebody else: it is decided for who brings it', async () => {
    await exported('weekly');
    const path = join(runner.folder, 'x.json');
    const text = readFileSync(path, 'utf8')
      .replace('"name": "nightly"', '"name": "nightly-of-ana"')
      .replace('"kind": "ci"', '"kind": "operator"');
    const { plan, ...rest } = jsonObject.parse(JSON.parse(text));
    const forged = jsonObject.parse(plan);
    const { claims: _claims, ...actor } = jsonObject.parse(jsonObject.parse(forged['origin'])['actor']);
    const body = { ...forged, origin: { ...jsonObject.parse(forged['origin']), actor } };
    writeFileSync(path, sorted({ ...rest, digest: digestOf('plan', body), plan: body }));
    const pin = policy();
    const told = await elsewhere(
      'plan',
      'import',
      'x.json',
      '--ci',
      '--actor-name',
      'weekly',
      '--policy',
      'p.yaml',
      '--policy-digest',
      pin,
      '--apply',
      '--output',
      'json',
    );
    expect(told.code, told.stderr).toBe(10);
    expect(runner.files()).toEqual(before);
    expect(JSON.parse(told.stdout)).toMatchObject({ broughtBy: { kind: 'ci', name: 'weekly' } });
  });
});

/** As an export is written: keys in canonical order, indented. */
function sorted(value: unknown): string {
  return `${JSON.stringify(inOrder(value), null, 2)}\n`;
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, inOrder(each)]),
  );
}
