import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { aGateHome, prunePolicy, type GateHome } from '../support/gate-home.ts';

let home: GateHome;
beforeEach(() => {
  home = aGateHome();
  home.old('a.log');
  home.old('deep/b.log');
});

/** Lets a plan be approved by its digest on the command line, as an operator may set it. */
const NON_INTERACTIVE = 'approvals: { allowNonInteractive: true }';
const approve = async (id: string, ...more: string[]): Promise<number> =>
  (await home.holdfast('plan', 'approve', id, '--digest', (await home.plan(id)).digest, ...more)).code;

describe('holdfast plan create', () => {
  it('seals a plan that waits, and changes nothing', async () => {
    const before = home.files();
    const plan = await home.prune('--why', 'the disk is full');
    expect(plan).toMatchObject({
      code: 10,
      status: 'queued',
      why: 'the disk is full',
      destructive: false,
      grant: null,
    });
    expect(plan.steps).toMatchObject([{ action: 'host/prune-directory@1', now: { files: 2 }, after: { files: 2 } }]);
    expect(plan.decision).toMatchObject({ effect: 'queue', policy: null, rule: null });
    expect(home.files()).toEqual(before);
  });

  it('shows the card, whole, with the command that approves it', async () => {
    const { code, stdout, stderr } = await home.holdfast(
      'plan',
      'create',
      'host/prune-directory',
      '-s',
      `path=${home.logs}`,
      '-s',
      'olderThan=30d',
    );
    expect([code, stderr]).toEqual([10, '']);
    const id = /^PLAN (p-\w{12})/.exec(stdout)?.[1] ?? '';
    for (const label of ['Target', 'Resource', 'Now', 'After', 'Depends', 'Undo', 'Cost', 'Risk', 'From', 'Digest'])
      expect(stdout).toMatch(new RegExp(`^${label} `, 'm'));
    expect(stdout).toContain(`approve with: holdfast plan approve ${id}`);
    expect(stdout).toContain((await home.plan(id)).digest);
  });

  it('takes its steps from a file', async () => {
    writeFileSync(
      join(home.folder, 'plan.yaml'),
      `why: nightly\nexpires: 2h\nsteps:\n  - action: host/prune-directory\n    with: { path: "${home.logs}", olderThan: 30d }\n`,
    );
    const plan = await home.document('plan', 'plan', 'create', '--file', 'plan.yaml');
    expect(plan).toMatchObject({ status: 'queued', why: 'nightly' });
    expect(Date.parse(plan.expiresAt) - Date.parse(plan.createdAt)).toBe(2 * 3_600_000);
  });

  it('says that there is nothing to do when no file is that old', async () => {
    const plan = await home.prune('--set', 'include=*.never');
    expect(plan).toMatchObject({ code: 0, status: 'noop' });
  });

  it.each([
    [['plan', 'create'], 'USAGE'],
    [['plan', 'create', 'host/prune-directory', '--file', 'plan.yaml'], 'USAGE'],
    [['plan', 'create', '--file', 'none.yaml'], 'PLAN_FILE_INVALID'],
    [['plan', 'create', 'host/prune-directories'], 'PLAN_INVALID'],
    [['plan', 'create', 'host/prune-directory'], 'PLAN_INVALID'],
    [['plan', 'create', 'host/prune-directory', '--set', 'path=/etc', '--set', 'olderThan=30d'], 'PLAN_INVALID'],
    [['plan', 'create', 'host/prune-directory', '--set', 'path'], 'USAGE'],
    [['plan', 'create', 'host/prune-directory', '--expires', 'soon'], 'USAGE'],
    [['plan', 'create', 'host/prune-directory', '--expires', '31d'], 'USAGE'],
    [['plan', 'create', 'host/prune-directory', '--policy', 'none.yaml'], 'POLICY_UNREADABLE'],
    [['plan', 'create', 'host/prune-directory', '--set', 'olderThan=.nan'], 'USAGE'],
    [['plan', 'create', 'host/prune-directory', '--set', 'path=[*anchor]'], 'USAGE'],
    [['plan', 'create', 'host/prune-directory', '--set', 'path={a: 1, a: 2}'], 'USAGE'],
    [['plan', 'show', 'p-000000000000'], 'NOT_FOUND'],
    [['plan', 'approve', 'nothing'], 'NOT_FOUND'],
  ])('%j is a mistake of whoever types it', async (args, code) => {
    const told = await home.holdfast(...args);
    expect([told.code, told.stdout, told.stderr.split(' ')[0]?.trim()]).toEqual([2, '', code]);
  });

  it('refuses an unknown parameter, and names it', async () => {
    const told = await home.holdfast(
      'plan',
      'create',
      'host/prune-directory',
      '--set',
      `path=${home.logs}`,
      '--set',
      'olderThen=30d',
    );
    expect([told.code, told.stderr]).toEqual([2, expect.stringContaining('olderThen')]);
  });

  it('says a refusal as a document when JSON is asked for', async () => {
    const { code, stderr, stdout } = await home.holdfast('plan', 'create', 'host/none', '--output', 'json');
    expect([code, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'PLAN_INVALID' } });
    expect(await home.audited()).toContain('plan-refused ACTION_UNKNOWN');
  });
});

describe('holdfast plan list', () => {
  it('lists what waits, and with --all what has ended', async () => {
    expect((await home.holdfast('plan', 'list')).stdout).toContain('No plan waits');
    const { id } = await home.prune();
    expect((await home.holdfast('plan')).stdout).toContain(id);
    expect((await home.document('plans', 'plan', 'list')).plans.map((plan) => plan.id)).toEqual([id]);
    await home.holdfast('plan', 'reject', id);
    expect((await home.document('plans', 'plan', 'list')).plans).toEqual([]);
    expect((await home.document('plans', 'plan', 'list', '--all')).plans).toMatchObject([{ id, status: 'rejected' }]);
  });

  it('gives one document a line', async () => {
    await home.prune();
    await home.prune();
    const { stdout } = await home.holdfast('plan', 'list', '--output', 'ndjson');
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { schema: string }).schema),
    ).toEqual(['holdfast/plan/v1', 'holdfast/plan/v1']);
  });
});

it('takes an id in any case, without its prefix, or just its start', async () => {
  const { id } = await home.prune();
  for (const typed of [id.toLowerCase(), id.slice(2), id.slice(0, 7)]) expect((await home.plan(typed)).id).toBe(id);
});

it('shows what would change line by line', async () => {
  const { id } = await home.prune();
  const { stdout } = await home.holdfast('plan', 'diff', id);
  expect(stdout).toMatch(/^- a\.log \(6 B/m);
  expect(stdout).toMatch(/^- deep\/b\.log \(11 B/m);
});

describe('a plan that is decided over', () => {
  it.each([
    ['reject', 'rejected'],
    ['withdraw', 'withdrawn'],
  ])('plan %s says no, with a reason, once', async (verb, status) => {
    const { id } = await home.prune();
    const told = await home.document('plan', 'plan', verb, id, '--reason', 'not today');
    expect(told).toMatchObject({ id, status, reason: 'not today' });
    const again = await home.holdfast('plan', verb, id);
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/^PLAN_STATE/)]);
    expect((await home.holdfast('plan', 'wait', id)).code).toBe(16);
    expect(await home.audited('--object', id)).toEqual(['plan-sealed queued', `plan-changed ${status}`]);
  });

  it('revoke takes a yes back before it was used', async () => {
    home.configure(NON_INTERACTIVE);
    const { id } = await home.prune();
    expect(await approve(id, '--no-apply')).toBe(0);
    expect((await home.plan(id)).status).toBe('authorised');
    expect(await home.document('plan', 'plan', 'revoke', id, '--reason', 'wrong folder')).toMatchObject({
      status: 'revoked',
      reason: 'wrong folder',
    });
    expect(Object.keys(home.files())).toEqual(['a.log', 'deep/b.log']);
    expect((await home.holdfast('plan', 'wait', id)).code).toBe(16);
    expect((await home.holdfast('plan', 'resume', id)).stderr).toMatch(/^PLAN_STATE/);
  });

  it.each(['revoke', 'abandon', 'resume', 'undo'])('%s of a plan that waits is refused', async (verb) => {
    const { id } = await home.prune();
    const told = await home.holdfast('plan', verb, id);
    expect([told.code, told.stderr]).toEqual([2, expect.stringMatching(/^PLAN_(STATE|NOT_UNDOABLE)/)]);
    expect((await home.plan(id)).status).toBe('queued');
  });
});

describe('a plan that is applied', () => {
  it('is verified, told and exits with 0; its undo brings every byte back', async () => {
    home.configure(NON_INTERACTIVE);
    const before = home.files();
    const { id, digest } = await home.prune();
    const told = await home.holdfast('plan', 'approve', id, '--digest', digest);
    expect([told.code, told.stdout]).toEqual([0, expect.stringContaining(`${id} is verified`)]);
    expect(told.stdout).toContain(`holdfast plan undo ${id}`);
    expect(home.files()).toEqual({});
    expect(await home.document('plan', 'plan', 'wait', id)).toMatchObject({
      status: 'verified',
      seen: [/No file/].map((text) => expect.stringMatching(text)),
    });

    const undo = await home.document('plan', 'plan', 'undo', id);
    expect(undo).toMatchObject({ status: 'queued', reverts: id });
    expect(home.files()).toEqual({});
    expect(await approve(undo.id)).toBe(0);
    expect(home.files()).toEqual(before);
    expect(await home.audited('--object', id)).toEqual([
      'plan-sealed queued',
      'plan-authorised authorised',
      'apply-began applying',
      'step-intent applying',
      'step-outcome applying',
      'plan-changed applied',
      'plan-verified verified',
    ]);
    expect((await home.holdfast('audit', 'verify')).code).toBe(0);
  });

  it('is used once: a second yes is refused', async () => {
    home.configure(NON_INTERACTIVE);
    const { id, digest } = await home.prune();
    expect(await approve(id)).toBe(0);
    home.old('c.log');
    const again = await home.holdfast('plan', 'approve', id, '--digest', digest);
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/^PLAN_STATE/)]);
    expect(Object.keys(home.files())).toEqual(['c.log']);
  });

  it('is stale when a file of it changed since: 12, and nothing was done', async () => {
    home.configure(NON_INTERACTIVE);
    const { id } = await home.prune();
    home.old('a.log', 'another text\n');
    const before = home.files();
    expect(await approve(id)).toBe(12);
    expect(home.files()).toEqual(before);
    expect(await home.plan(id)).toMatchObject({
      status: 'stale',
      moved: expect.arrayContaining([expect.objectContaining({ path: 'rests.manifest' })]),
    });
    expect((await home.holdfast('plan', 'wait', id)).code).toBe(12);
  });

  it('is not touched by files that grew old after it was sealed', async () => {
    home.configure(NON_INTERACTIVE);
    const { id } = await home.prune();
    home.old('late.log', 'late\n', 29);
    expect(await approve(id)).toBe(0);
    expect(Object.keys(home.files())).toEqual(['late.log']);
  });

  it('of which nobody can say what came of it exits with 15, and is read, never repeated', async () => {
    const ran = join(home.folder, 'ran');
    const script = join(home.folder, 'fails.sh');
    writeFileSync(script, `#!/bin/sh\necho once >> '${ran}'\nexit 3\n`, { mode: 0o700 });
    home.configure(
      `${NON_INTERACTIVE}\nhost:\n  commands:\n    fails: { title: Fail, argv: ["${script}"], destructive: false }`,
    );
    const { id } = await home.document('plan', 'plan', 'create', 'host/run-command', '--set', 'command=fails');
    expect(await approve(id)).toBe(15);
    expect((await home.plan(id)).status).toBe('unknown');
    expect((await home.holdfast('plan', 'wait', id)).code).toBe(15);
    expect((await home.holdfast('plan', 'resume', id)).code).toBe(15);
    expect(readFileSync(ran, 'utf8')).toBe('once\n');
  });
});

describe('a plan that failed exits with 13', () => {
  async function run(text: string, more = ''): Promise<string> {
    const script = join(home.folder, 'script.sh');
    writeFileSync(script, text, { mode: 0o700 });
    home.configure(
      `${NON_INTERACTIVE}\nhost:\n  commands:\n    it: { title: It, argv: ["${script}"], destructive: false${more} }\n    never: { title: No, argv: ["/bin/false"], destructive: false }`,
    );
    const { id } = await home.document('plan', 'plan', 'create', 'host/run-command', '--set', 'command=it');
    expect(await approve(id)).toBe(13);
    expect((await home.holdfast('plan', 'wait', id)).code).toBe(13);
    return id;
  }

  it('when a step was refused and nothing was done', async () => {
    const id = await run('#!/nowhere/at/all\n');
    expect(await home.plan(id)).toMatchObject({ status: 'failed', steps: [{ progress: { status: 'refused' } }] });
  });

  it('when all was done, and is not as was promised', async () => {
    const id = await run('#!/bin/sh\nexit 0\n', ', verify: never');
    const plan = await home.plan(id);
    expect(plan).toMatchObject({ status: 'unverified', steps: [{ progress: { status: 'done' } }] });
    expect(plan.seen.join()).toContain('exit code 1');
  });
});

describe('a plan of which a part was done', () => {
  /** Two steps: the first moves the logs aside, the second fails for certain: its program is gone in the middle. */
  async function half(): Promise<string> {
    const script = join(home.folder, 'vanishes.sh');
    const remove = join(home.folder, 'remove.sh');
    writeFileSync(script, '#!/bin/sh\nexit 0\n', { mode: 0o700 });
    writeFileSync(remove, `#!/bin/sh\nrm '${script}'\n`, { mode: 0o700 });
    home.configure(
      `${NON_INTERACTIVE}\nhost:\n  commands:\n    remove: { title: Remove it, argv: ["${remove}"], destructive: false }\n    vanishes: { title: Vanish, argv: ["${script}"], destructive: false }`,
    );
    writeFileSync(
      join(home.folder, 'two.yaml'),
      'why: two\nsteps:\n  - { action: host/run-command, with: { command: remove } }\n  - { action: host/run-command, with: { command: vanishes } }\n',
    );
    const { id } = await home.document('plan', 'plan', 'create', '--file', 'two.yaml');
    expect(await approve(id)).toBe(14);
    return id;
  }

  it('exits with 14, says which step, and is gone on with or abandoned', async () => {
    const id = await half();
    const plan = await home.plan(id);
    expect(plan).toMatchObject({
      status: 'partial',
      steps: [{ progress: { status: 'done' } }, { progress: { status: 'refused' } }],
    });
    expect((await home.holdfast('plan', 'resume', id)).code).toBe(14);
    expect(await home.document('plan', 'plan', 'abandon', id, '--reason', 'enough')).toMatchObject({
      status: 'abandoned',
      reason: 'enough',
    });
    expect((await home.holdfast('plan', 'wait', id)).code).toBe(14);
    expect((await home.holdfast('plan', 'resume', id)).stderr).toMatch(/^PLAN_STATE/);
  });

  it('goes on where it stopped once the world is as it was sealed again, the first step not done twice', async () => {
    const ran = join(home.folder, 'ran');
    const flaky = join(home.folder, 'flaky.sh');
    const first = join(home.folder, 'first.sh');
    writeFileSync(first, `#!/bin/sh\necho first >> '${ran}'\nmv '${flaky}' '${flaky}.away'\n`, { mode: 0o700 });
    writeFileSync(flaky, `#!/bin/sh\necho second >> '${ran}'\n`, { mode: 0o700 });
    home.configure(
      `${NON_INTERACTIVE}\nhost:\n  commands:\n    first: { title: First, argv: ["${first}"], destructive: false }\n    second: { title: Second, argv: ["${flaky}"], destructive: false }`,
    );
    writeFileSync(
      join(home.folder, 'two.yaml'),
      'why: two\nsteps:\n  - { action: host/run-command, with: { command: first } }\n  - { action: host/run-command, with: { command: second } }\n',
    );
    const { id } = await home.document('plan', 'plan', 'create', '--file', 'two.yaml');
    expect(await approve(id)).toBe(14);
    renameSync(`${flaky}.away`, flaky);
    expect((await home.holdfast('plan', 'resume', id)).code).toBe(0);
    expect(readFileSync(ran, 'utf8')).toBe('first\nsecond\n');
  });
});

describe('a destructive plan', () => {
  it('says so, needs its consent and its code, and can not be undone', async () => {
    home.configure(NON_INTERACTIVE);
    const { id, digest, shortCode, destructive } = await home.prune('--set', 'mode=delete');
    expect(destructive).toBe(true);
    const card = (await home.holdfast('plan', 'show', id)).stdout;
    expect(card).toMatch(/^Destroys +yes/m);
    expect(card).toContain(`holdfast plan approve ${id} --allow-destructive`);
    for (const more of [
      [],
      ['--allow-destructive'],
      ['--code', shortCode],
      ['--allow-destructive', '--code', '000000x'],
    ]) {
      const told = await home.holdfast('plan', 'approve', id, '--digest', digest, ...more);
      expect([told.code, told.stderr]).toEqual([2, expect.stringMatching(/^APPROVAL_DESTRUCTIVE/)]);
    }
    expect(Object.keys(home.files())).toEqual(['a.log', 'deep/b.log']);
    expect(await approve(id, '--allow-destructive', '--code', shortCode)).toBe(0);
    expect(home.files()).toEqual({});
    expect((await home.holdfast('plan', 'undo', id)).stderr).toMatch(/^PLAN_NOT_UNDOABLE/);
  });
});

it('expires: it can no longer be approved, and waiting for it ends with 16', async () => {
  home.configure(NON_INTERACTIVE);
  const { id, digest } = await home.prune('--expires', '1s');
  const waited = await home.holdfast('plan', 'wait', id);
  expect([waited.code, waited.stdout]).toEqual([16, expect.stringContaining('expired')]);
  const told = await home.holdfast('plan', 'approve', id, '--digest', digest);
  expect([told.code, told.stderr]).toEqual([2, expect.stringMatching(/^PLAN_STATE/)]);
  expect(Object.keys(home.files())).toEqual(['a.log', 'deep/b.log']);
  expect(await home.audited('--object', id)).toContain('plan-changed expired');
});

describe('a plan as a file', () => {
  it('is written once, for nobody else to read, and is not taken by the one who sealed it as another', async () => {
    const { id, digest } = await home.prune();
    const path = join(home.folder, 'plan.json');
    expect(await home.document('file', 'plan', 'export', id, 'plan.json')).toMatchObject({ path });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ digest, plan: { id } });
    const again = await home.holdfast('plan', 'export', id, 'plan.json');
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/^FILE_EXISTS/)]);
    expect((await home.document('plan', 'plan', 'import', 'plan.json')).id).toBe(id);
    expect((await home.document('plans', 'plan', 'list')).plans).toHaveLength(1);
  });

  it('is written by create where it waits, and nowhere when it was applied', async () => {
    writeFileSync(join(home.folder, 'p.yaml'), prunePolicy(home.logs));
    await home.prune('--export', 'waits.json');
    expect(existsSync(join(home.folder, 'waits.json'))).toBe(true);
    await home.holdfast('policy', 'trust', 'p.yaml');
    expect((await home.prune('--policy', 'p.yaml', '--apply', '--export', 'done.json')).code).toBe(0);
    expect(existsSync(join(home.folder, 'done.json'))).toBe(false);
  });
});
