import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { aGateHome, type GateHome } from '../support/gate-home.ts';
import { atTerminal, CTRL_C, CTRL_D, ENTER, hasScript } from '../support/pty.ts';

let home: GateHome;
let before: Readonly<Record<string, string>>;
beforeEach(() => {
  home = aGateHome();
  for (const name of ['monday.log', 'tuesday.log', 'deep/wednesday.log']) home.old(name);
  before = home.files();
});

const ASKED = /Type yes to approve [0-9a-f]{6}|Type its short code/;

/** A runbook that finds logs that are too old and says what could be done. */
function pruneRunbook(more = ''): void {
  writeFileSync(
    join(home.folder, 'logs.yaml'),
    `name: logs
checks:
  - host/file-age: { path: "${home.logs}/*.log", olderThan: 7d }
onFinding:
  - check: host/file-age
    minSeverity: low
    propose: host/prune-directory
    with: { path: "${home.logs}", olderThan: 30d }
${more}`,
  );
}

describe.skipIf(!hasScript)('holdfast plan approve, at a terminal (needs script of util-linux)', () => {
  it('the whole way: found, proposed, read, approved by typing, applied, verified, and taken back the same way', async () => {
    pruneRunbook();
    const run = await home.document('run', 'run', 'logs.yaml');
    expect(run.findings).toMatchObject([{ check: 'host/file-age', standing: 'new' }]);
    const { plans } = await home.document('plans', 'plan', 'list');
    expect(plans).toMatchObject([
      { status: 'queued', origin: { actor: { kind: 'runbook', name: 'logs' }, findings: [run.findings[0]?.id] } },
    ]);
    const id = plans[0]?.id ?? '';
    expect(home.files()).toEqual(before);

    const approved = await atTerminal(home, ['plan', 'approve', id], { question: ASKED, keys: `yes${ENTER}` });
    expect(approved.code, approved.shown).toBe(0);
    const { digest } = await home.plan(id);
    expect(approved.shown).toContain(digest);
    expect(approved.shown.indexOf(digest)).toBeLessThan(approved.shown.search(ASKED));
    expect(approved.shown).toContain(`${id} is verified`);
    expect(home.files()).toEqual({});

    const undo = await home.document('plan', 'plan', 'undo', id);
    const undone = await atTerminal(home, ['plan', 'approve', undo.id], { question: ASKED, keys: `yes${ENTER}` });
    expect(undone.code, undone.shown).toBe(0);
    expect(home.files()).toEqual(before);
    expect((await home.plan(undo.id)).reverts).toBe(id);
    expect(await home.document('audit-proof', 'audit', 'verify')).toMatchObject({ sealedTo: expect.any(Number) });
    expect(await home.plan(id)).toMatchObject({ grant: { assurance: 'terminal' } });
  });

  it.each([
    ['no', `no${ENTER}`],
    ['nothing', ENTER],
    ['YES', `YES${ENTER}`],
    ['y', `y${ENTER}`],
    ['yes, and more', `yes please${ENTER}`],
    ['Ctrl-C', CTRL_C],
    ['Ctrl-D', CTRL_D],
    ['Ctrl-D in the middle of the word', `ye${CTRL_D}`],
  ])('"%s" is no', async (_what, keys) => {
    const { id } = await home.prune();
    const told = await atTerminal(home, ['plan', 'approve', id], { question: ASKED, keys });
    expect([told.code, told.shown]).toEqual([2, expect.stringContaining('APPROVAL_REFUSED')]);
    expect((await home.plan(id)).status).toBe('queued');
    expect(home.files()).toEqual(before);
    expect(await home.audited('--object', id)).toEqual(['plan-sealed queued', 'approval-refused APPROVAL_REFUSED']);
  });

  it('a terminal that goes away is no', async () => {
    const { id } = await home.prune();
    const { code } = await atTerminal(home, ['plan', 'approve', id], { question: ASKED, keys: null });
    expect(code).toBe(2);
    expect((await home.plan(id)).status).toBe('queued');
    expect(home.files()).toEqual(before);
  });

  it('a plan that destroys wants its short code, and nothing else will do', async () => {
    const { id, shortCode } = await home.prune('--set', 'mode=delete');
    const approve = (keys: string): Promise<{ code: number; shown: string }> =>
      atTerminal(home, ['plan', 'approve', id, '--allow-destructive', '--code', shortCode], { question: ASKED, keys });
    for (const keys of [`yes${ENTER}`, `${shortCode.slice(0, 5)}${ENTER}`, ENTER]) {
      const told = await approve(keys);
      expect([told.code, told.shown]).toEqual([2, expect.stringContaining('APPROVAL_REFUSED')]);
    }
    const unasked = await atTerminal(home, ['plan', 'approve', id], { question: /APPROVAL_DESTRUCTIVE/, keys: '' });
    expect([unasked.code, unasked.shown]).toEqual([2, expect.not.stringMatching(ASKED)]);
    expect(home.files()).toEqual(before);
    const done = await approve(`${shortCode}${ENTER}`);
    expect(done.code, done.shown).toBe(0);
    expect(home.files()).toEqual({});
  });

  it('--digest of another plan is refused before anything is asked', async () => {
    const [mine, other] = [await home.prune(), await home.prune()];
    const told = await atTerminal(home, ['plan', 'approve', mine.id, '--digest', other.digest], {
      question: /PLAN_DIGEST/,
      keys: '',
    });
    expect([told.code, told.shown]).toEqual([2, expect.not.stringMatching(ASKED)]);
    expect((await home.plan(mine.id)).status).toBe('queued');
  });

  it('what was decided elsewhere while the question stood is not applied by a late yes', async () => {
    const { id } = await home.prune();
    const rejected: Promise<unknown>[] = [];
    const told = await atTerminal(home, ['plan', 'approve', id], {
      question: ASKED,
      keys: () => {
        rejected.push(home.holdfast('plan', 'reject', id));
        return '';
      },
      afterwards: { until: () => Promise.all(rejected), keys: `yes${ENTER}` },
    });
    expect([told.code, told.shown]).toEqual([2, expect.stringContaining('PLAN_STATE')]);
    expect((await home.plan(id)).status).toBe('rejected');
    expect(home.files()).toEqual(before);
  });

  it('--no-apply leaves it to `up`', async () => {
    const { id } = await home.prune();
    const told = await atTerminal(home, ['plan', 'approve', id, '--no-apply'], {
      question: ASKED,
      keys: `yes${ENTER}`,
    });
    expect(told.code).toBe(0);
    expect(await home.plan(id)).toMatchObject({ status: 'authorised' });
    expect(home.files()).toEqual(before);
  });

  it('shows what could steer a terminal written out', async () => {
    home.old('evil\u{1b}[2Jname.log');
    home.old('rtl\u{202e}gol.log');
    const { id } = await home.prune('--why', 'clear \u{1b}[2J\u{7}\u{202e}screen');
    const { stdout } = await home.holdfast('plan', 'show', id);
    const diff = await home.holdfast('plan', 'diff', id);
    for (const text of [stdout, diff.stdout]) expect(text).not.toMatch(/[\u{1b}\u{7}\u{202e}]/u);
    expect(diff.stdout).toMatch(/evil.*2Jname\.log/);
  });
});

describe('the digest on a command line, when the operator allows it', () => {
  beforeEach(() => home.configure('approvals: { allowNonInteractive: true }'));

  it('approves, and the plan says how', async () => {
    const { id, digest } = await home.prune();
    expect((await home.holdfast('plan', 'approve', id, '--digest', digest)).code).toBe(0);
    expect(await home.plan(id)).toMatchObject({ status: 'verified', grant: { assurance: 'non-interactive' } });
  });

  it('must be the whole digest of this very plan', async () => {
    const { id, digest, shortCode } = await home.prune();
    const other = await home.prune();
    for (const args of [
      [],
      ['--digest', ''],
      ['--digest', shortCode],
      ['--digest', digest.slice(0, -1)],
      ['--digest', other.digest],
      ['--digest', digest.toUpperCase()],
      ['--digest', digest.slice(7)],
    ]) {
      const told = await home.holdfast('plan', 'approve', id, ...args);
      expect([told.code, told.stderr]).toEqual([2, expect.stringMatching(/^(APPROVAL_REFUSED|PLAN_DIGEST)/)]);
    }
    expect((await home.plan(id)).status).toBe('queued');
    expect(home.files()).toEqual(before);
  });
});

it('host/run-command: the configuration decides what runs, when it is sealed and again when it is applied', async () => {
  const ran = join(home.folder, 'ran');
  const script = join(home.folder, 'rotate.sh');
  const configured = (argv: string): string =>
    `approvals: { allowNonInteractive: true }\nhost:\n  commands:\n    rotate:\n      title: Rotate\n      argv: ${argv}\n      params: { days: { integer: { min: 1, max: 7 } }, unit: { oneOf: [web, db] } }\n      destructive: false`;
  writeFileSync(script, `#!/bin/sh\necho "$@" >> '${ran}'\n`, { mode: 0o700 });
  home.configure(configured(`["${script}", "{days}", "{unit}"]`));
  const create = (command: string, args: string): ReturnType<GateHome['holdfast']> =>
    home.holdfast(
      'plan',
      'create',
      'host/run-command',
      '--set',
      `command=${command}`,
      '--set',
      `args=${args}`,
      '--output',
      'json',
    );
  for (const [command, args, code] of [
    ['reboot', '{days: 1, unit: web}', 'COMMAND_NOT_ALLOWED'],
    ['rotate', '{days: 8, unit: web}', 'ARGS_REFUSED'],
    ['rotate', '{days: 1, unit: "web; reboot"}', 'ARGS_REFUSED'],
    ['rotate', '{days: 1, unit: web, extra: 1}', 'ARGS_REFUSED'],
    ['rotate', '{days: 1}', 'ARGS_REFUSED'],
    ['../rotate', '{days: 1, unit: web}', 'PARAMS_INVALID'],
  ] as const) {
    const told = await create(command, args);
    expect([told.code, told.stderr]).toEqual([2, expect.stringContaining('PLAN_INVALID')]);
    expect(told.stderr).toMatch(new RegExp(code));
  }
  const plan = async (): Promise<{ id: string; digest: string }> =>
    JSON.parse((await create('rotate', '{days: 3, unit: db}')).stdout) as { id: string; digest: string };
  const stale = await plan();
  home.configure(configured(`["${script}", "--all", "{days}", "{unit}"]`));
  expect((await home.holdfast('plan', 'approve', stale.id, '--digest', stale.digest)).code).toBe(12);
  home.configure(configured(`["${script}", "{days}", "{unit}"]`));
  const edited = await plan();
  writeFileSync(script, `#!/bin/sh\necho other >> '${ran}'\n`, { mode: 0o700 });
  expect((await home.holdfast('plan', 'approve', edited.id, '--digest', edited.digest)).code).toBe(12);
  writeFileSync(script, `#!/bin/sh\necho "$@" >> '${ran}'\n`, { mode: 0o700 });
  const good = await plan();
  expect((await home.holdfast('plan', 'approve', good.id, '--digest', good.digest)).code).toBe(0);
  expect(readFileSync(ran, 'utf8')).toBe('3 db\n');
});

describe('a database that somebody wrote to', () => {
  beforeEach(() => home.configure('approvals: { allowNonInteractive: true }'));

  it.each([
    ['how a plan stands', `UPDATE plans SET state = replace(state, '"queued"', '"authorised"')`],
    ['one byte of what was sealed', `UPDATE plans SET bytes = replace(bytes, '/logs', '/lots')`],
    [
      'the digest',
      `UPDATE plans SET digest = 'sha256:' || substr('0000000000000000000000000000000000000000000000000000000000000000', 1, 64)`,
    ],
  ])('%s: PLAN_TAMPERED, and nothing is applied', async (_what, sql) => {
    const { id, digest } = await home.prune();
    home.sql(`DROP TRIGGER plans_keep_what_was_sealed; ${sql}`);
    for (const args of [
      ['show', id],
      ['approve', id, '--digest', digest],
      ['export', id, 'x.json'],
      ['list'],
      ['wait', id],
      ['reject', id],
    ]) {
      const told = await home.holdfast('plan', ...args);
      expect([args[0], told.code, told.stderr]).toEqual([args[0], 2, expect.stringMatching(/^PLAN_TAMPERED/)]);
    }
    expect(home.files()).toEqual(before);
  });

  it('a row put back as it was before it was applied is not applied twice', async () => {
    const { id, digest } = await home.prune();
    await home.holdfast('plan', 'approve', id, '--digest', digest, '--no-apply');
    home.sql('CREATE TABLE kept AS SELECT * FROM plans');
    expect((await home.holdfast('plan', 'resume', id)).code).toBe(0);
    const undo = await home.document('plan', 'plan', 'undo', id);
    expect((await home.holdfast('plan', 'approve', undo.id, '--digest', undo.digest)).code).toBe(0);
    expect(home.files()).toEqual(before);
    home.sql(`DELETE FROM plans WHERE id = '${id}'; INSERT INTO plans SELECT * FROM kept; DROP TABLE kept`);
    const told = await home.holdfast('plan', 'resume', id);
    expect([told.code, told.stderr]).toEqual([2, expect.stringMatching(/^PLAN_TAMPERED/m)]);
    expect(home.files()).toEqual(before);
  });
});
