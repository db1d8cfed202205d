import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { aGateHome, prunePolicy, type GateHome, type PlanShown } from '../support/gate-home.ts';

let home: GateHome;
let before: Readonly<Record<string, string>>;
beforeEach(() => {
  home = aGateHome();
  home.old('a.log', 'twelve bytes');
  home.old('deep/b.log', 'eight b.');
  before = home.files();
});

const MINUTE = 60_000;
const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * MINUTE).toISOString();

/** Writes a policy and trusts it as it is; `rule` are further lines of its one rule. */
async function trusted(rule = '', more = ''): Promise<void> {
  writeFileSync(join(home.folder, 'p.yaml'), prunePolicy(home.logs, rule, more));
  const told = await home.holdfast('policy', 'trust', 'p.yaml');
  expect(told.code, told.stderr).toBe(0);
}

const apply = (...more: string[]): Promise<PlanShown & { code: number }> =>
  home.prune('--policy', 'p.yaml', '--apply', ...more);

describe('--apply under a trusted policy', () => {
  it('applies in one step what a rule allows exactly, and says which', async () => {
    await trusted('    bounds: { before.files: { max: 2 }, before.bytes: { max: 20 }, steps: { max: 1 } }\n');
    const plan = await apply();
    expect(plan).toMatchObject({ code: 0, status: 'verified', grant: { assurance: 'policy' } });
    expect(plan.grant?.by).toContain('policy nightly-prune, rule prune-logs');
    expect(home.files()).toEqual({});
    expect((await home.holdfast('audit', 'verify')).code).toBe(0);
  });

  it('shows the card first, and what came of it', async () => {
    await trusted();
    const told = await home.holdfast(
      'plan',
      'create',
      'host/prune-directory',
      '-s',
      `path=${home.logs}`,
      '-s',
      'olderThan=30d',
      '--policy',
      'p.yaml',
      '--apply',
    );
    expect(told.code).toBe(0);
    expect(told.stdout).toMatch(/^PLAN p-\w+/);
    expect(told.stdout).toMatch(/^p-\w+ is verified/m);
  });

  it.each<[string, () => string]>([
    ['one file over the bound', () => '    bounds: { before.files: { max: 1 } }\n'],
    ['one byte over the bound', () => '    bounds: { before.bytes: { max: 19 } }\n'],
    ['a field that there is not', () => '    bounds: { before.replicas: { max: 100 } }\n'],
    ['a cost bound below what it costs', () => '    bounds: { cost.monthly: { max: -1 } }\n'],
    ['one minute before the window', () => `    window: { notBefore: "${inMinutes(1)}" }\n`],
    ['one minute after the window', () => `    window: { notAfter: "${inMinutes(-1)}" }\n`],
    [
      'two minutes before the window of the day',
      () =>
        `    window: { from: "${inMinutes(2).slice(11, 16)}", to: "${inMinutes(3).slice(11, 16)}", timezone: UTC }\n`,
    ],
  ])('%s: it waits, and nothing is done', async (_what, rule) => {
    await trusted(rule());
    const plan = await apply();
    expect(plan).toMatchObject({ code: 10, status: 'queued', decision: { effect: 'queue' } });
    expect(home.files()).toEqual(before);
  });

  it('what destroys is not covered by a rule for what can be had back', async () => {
    await trusted();
    expect(await apply('--set', 'mode=delete')).toMatchObject({ code: 10, status: 'queued', destructive: true });
    expect(home.files()).toEqual(before);
  });

  it('an edit of one byte, even of a space, makes everything wait until it is trusted again', async () => {
    await trusted();
    appendFileSync(join(home.folder, 'p.yaml'), ' ');
    const plan = await apply();
    expect(plan).toMatchObject({ code: 10, status: 'queued' });
    expect(plan.decision?.why).toContain('not trusted as it is now');
    expect(home.files()).toEqual(before);
    await home.holdfast('policy', 'trust', 'p.yaml');
    expect((await apply()).code).toBe(0);
  });

  it('the third of two a day waits, and an edit refills nothing', async () => {
    await trusted('    limits: [{ of: applies, max: 2, per: day }]\n');
    expect((await apply()).code).toBe(0);
    home.old('c.log');
    expect((await apply()).code).toBe(0);
    home.old('d.log');
    expect(await apply()).toMatchObject({ code: 10, status: 'queued' });
    await trusted('    limits: [{ of: applies, max: 2, per: day }]\n', '# edited\n');
    expect(await apply()).toMatchObject({ code: 10, status: 'queued' });
    expect(Object.keys(home.files())).toEqual(['d.log']);
  });

  it('a rule that denies is the last word: 11', async () => {
    await trusted('', '  - { id: freeze, effect: deny, match: { action: "host/*" } }\n');
    const plan = await apply();
    expect(plan).toMatchObject({ code: 11, status: 'denied', decision: { effect: 'deny', rule: 'freeze' } });
    expect((await home.holdfast('plan', 'approve', plan.id)).code).toBe(2);
    expect((await home.holdfast('plan', 'wait', plan.id)).code).toBe(11);
    expect(home.files()).toEqual(before);
  });

  it('what it allows waits all the same without --apply, and --apply alone allows nothing', async () => {
    await trusted();
    expect(await home.prune('--policy', 'p.yaml')).toMatchObject({ code: 10, decision: { effect: 'allow' } });
    expect(await home.prune('--apply')).toMatchObject({ code: 10, decision: { effect: 'queue', policy: null } });
    expect(home.files()).toEqual(before);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['was edited', async () => appendFileSync(join(home.folder, 'p.yaml'), '# later\n')],
    ['is gone', async () => rmSync(join(home.folder, 'p.yaml'))],
    ['is no longer trusted', () => home.holdfast('policy', 'untrust', 'p.yaml')],
  ])('a grant dies when its policy %s before it was used', async (_what, change) => {
    await trusted();
    await home.holdfast('hold');
    const { id, code, status } = await apply();
    expect([code, status]).toEqual([17, 'authorised']);
    await change();
    await home.holdfast('release');
    expect((await home.holdfast('plan', 'resume', id)).code).toBe(16);
    expect((await home.plan(id)).status).toBe('revoked');
    expect(home.files()).toEqual(before);
  });
});

describe("a runbook's own policy", () => {
  it('applies what a run proposes when it is trusted, and proposes it once when it is not', async () => {
    writeFileSync(join(home.folder, 'p.yaml'), prunePolicy(home.logs));
    writeFileSync(
      join(home.folder, 'logs.yaml'),
      `name: logs\npolicy: p.yaml\nchecks:\n  - host/file-age: { path: "${home.logs}/*.log", olderThan: 7d }\nonFinding:\n  - { check: host/file-age, minSeverity: low, propose: host/prune-directory, with: { path: "${home.logs}", olderThan: 30d } }\n`,
    );
    const first = await home.document('run', 'run', 'logs.yaml');
    expect(first.plans).toMatchObject([{ status: 'queued' }]);
    expect((await home.document('run', 'run', 'logs.yaml')).plans).toEqual(first.plans);
    await home.holdfast('plan', 'withdraw', first.plans[0]?.id ?? '');
    await home.holdfast('policy', 'trust', 'p.yaml');
    const { plans } = await home.document('run', 'run', 'logs.yaml');
    expect(plans).toMatchObject([{ status: 'verified' }]);
    expect(Object.keys(home.files())).toEqual([]);
  });
});

describe('holdfast policy', () => {
  it('trust says the digest that it pinned, and the audit who did it', async () => {
    await trusted();
    const { digest } = await home.document('policy', 'policy', 'trust', 'p.yaml');
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await home.document('policy', 'policy', 'untrust', 'p.yaml')).toMatchObject({ digest, trusted: false });
    expect(await home.audited()).toEqual([
      'audit-began done',
      'policy-trusted trusted',
      'policy-trusted trusted',
      'policy-untrusted untrusted',
    ]);
    expect((await apply()).code).toBe(10);
  });

  it('explain names every clause that fails, and when it would hold', async () => {
    await trusted(`    bounds: { before.files: { max: 1 } }\n    window: { notBefore: "${inMinutes(60)}" }\n`);
    const { id } = await home.prune();
    const explained = await home.document('policy-explain', 'policy', 'explain', 'p.yaml', id);
    expect(explained).toMatchObject({ plan: id, effect: 'queue', nearest: 'prune-logs' });
    expect(explained.rules[0]?.holds).toBe(false);
    expect(explained.rules[0]?.failing.map(({ clause }) => clause)).toEqual([
      expect.stringContaining('before.files'),
      expect.stringContaining('not before'),
    ]);
    const { stdout } = await home.holdfast('policy', 'explain', 'p.yaml', id);
    expect(stdout).toContain('before.files');
  });

  it('test plays the tests of the file: 2 when one is not decided as it expects', async () => {
    const tests = (expected: string): string =>
      `tests:\n  - name: two files\n    given: { action: host/prune-directory, params: { path: "${home.logs}", mode: hold } }\n    expect: ${expected}\n`;
    writeFileSync(join(home.folder, 'p.yaml'), prunePolicy(home.logs, '', tests('allow')));
    expect(await home.document('policy-test', 'policy', 'test', 'p.yaml')).toMatchObject({
      results: [{ passed: true }],
    });
    writeFileSync(join(home.folder, 'p.yaml'), prunePolicy(home.logs, '', tests('deny')));
    const told = await home.holdfast('policy', 'test', 'p.yaml');
    expect([told.code, told.stderr]).toEqual([2, expect.stringMatching(/^POLICY_TEST_FAILED/)]);
  });

  it('lint finds mistakes with their place, and a policy with one is neither trusted nor asked', async () => {
    writeFileSync(join(home.folder, 'p.yaml'), prunePolicy(home.logs).replace('effect: allow', 'effect: alow'));
    const told = await home.holdfast('policy', 'lint', 'p.yaml');
    expect([told.code, told.stdout]).toEqual([2, expect.stringMatching(/p\.yaml:5:\d+.*alow/)]);
    const linted = await home.document('mistakes', 'policy', 'lint', 'p.yaml');
    expect(linted.mistakes).toMatchObject([{ level: 'error', where: { line: 5 } }]);
    for (const args of [
      ['policy', 'trust', 'p.yaml'],
      ['plan', 'create', 'host/prune-directory', '--policy', 'p.yaml', '--apply'],
    ]) {
      const refused = await home.holdfast(...args);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/^POLICY_/)]);
    }
    expect((await home.holdfast('policy', 'lint', 'none.yaml')).stderr).toMatch(/^POLICY_UNREADABLE/);
  });

  it('a policy whose file is written in several ways of the same words has several digests', async () => {
    await trusted();
    const path = join(home.folder, 'p.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('\n', '\r\n'));
    expect((await apply()).code).toBe(10);
  });
});
