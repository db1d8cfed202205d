import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { aGateHome, prunePolicy, type GateHome } from '../support/gate-home.ts';
import { dueRunbook, startUp } from '../support/up.ts';

let home: GateHome;
beforeEach(() => {
  home = aGateHome();
  home.configure(ALLOWED);
  home.old('a.log');
  home.old('b.log');
});

const ALLOWED = 'approvals: { allowNonInteractive: true }';
const approve = (
  plan: { readonly id: string; readonly digest: string },
  ...more: string[]
): ReturnType<GateHome['holdfast']> => home.holdfast('plan', 'approve', plan.id, '--digest', plan.digest, ...more);
const began = async (id: string): Promise<number> =>
  (await home.audited('--object', id)).filter((line) => line.startsWith('apply-began')).length;

async function until(what: () => boolean): Promise<void> {
  while (!what()) await delay(20);
}

/** What a runbook proposes when it finds old logs. */
const PROPOSES = (logs: string): string => `checks:
  - host/file-age: { path: "${logs}/*.log", olderThan: 7d }
onFinding:
  - { check: host/file-age, minSeverity: low, propose: host/prune-directory, with: { path: "${logs}", olderThan: 30d } }
`;

describe('holdfast up and plans', () => {
  it('applies what is approved elsewhere; approve waits for it and tells how it ended', async () => {
    const up = startUp(home);
    await up.logged({ event: 'up' });
    const plan = await home.prune();
    const told = await approve(plan);
    expect([told.code, told.stdout]).toEqual([0, expect.stringContaining(`${plan.id} is verified`)]);
    await up.logged({ event: 'plan', plan: plan.id, status: 'verified' });
    expect(await began(plan.id)).toBe(1);
    expect(home.files()).toEqual({});
    expect(await up.kill('SIGTERM')).toBe(0);
  });

  it('applies what was approved while it was not running', async () => {
    const plan = await home.prune();
    expect((await approve(plan, '--no-apply')).code).toBe(0);
    expect(Object.keys(home.files())).toHaveLength(2);
    const up = startUp(home);
    expect((await home.holdfast('plan', 'wait', plan.id)).code).toBe(0);
    expect(home.files()).toEqual({});
    await up.kill('SIGTERM');
  });

  it('applies nothing while everything is held, and goes on by itself after the release', async () => {
    const up = startUp(home);
    await up.logged({ event: 'up' });
    const plan = await home.prune();
    await home.holdfast('hold', '--reason', 'incident');
    const told = await approve(plan);
    expect([told.code, told.stderr]).toEqual([17, expect.stringContaining('holdfast release')]);
    expect(Object.keys(home.files())).toHaveLength(2);
    expect((await home.plan(plan.id)).status).toBe('authorised');
    await home.holdfast('release');
    expect((await home.holdfast('plan', 'wait', plan.id)).code).toBe(0);
    expect(home.files()).toEqual({});
    expect(await began(plan.id)).toBe(1);
    await up.kill('SIGTERM');
  });

  it("applies what a runbook's trusted policy allows without a word of anybody", async () => {
    await home.holdfast('status'); // makes the state directory
    dueRunbook(home, 'logs', `policy: ../p.yaml\n${PROPOSES(home.logs)}`);
    writeFileSync(
      join(home.folder, 'p.yaml'),
      prunePolicy(home.logs, '    limits: [{ of: applies, max: 1, per: day }]\n'),
    );
    await home.holdfast('policy', 'trust', 'p.yaml');
    const up = startUp(home);
    await up.logged({ event: 'plan', status: 'verified' });
    expect(home.files()).toEqual({});
    await up.kill('SIGTERM');
    expect((await home.document('plans', 'plan', 'list', '--all')).plans).toMatchObject([
      { grant: { assurance: 'policy' }, origin: { actor: { kind: 'runbook', name: 'logs' } } },
    ]);
  });

  it('ends what waited too long, and applies it no more', async () => {
    const plan = await home.prune('--expires', '1s');
    await until(() => Date.now() > Date.parse(plan.expiresAt));
    const up = startUp(home);
    await up.logged({ event: 'plan-expired', plan: plan.id });
    expect((await home.plan(plan.id)).status).toBe('expired');
    expect((await approve(plan)).code).toBe(2);
    await up.kill('SIGTERM');
    expect(Object.keys(home.files())).toHaveLength(2);
  });
});

describe('a plan that waits is told', () => {
  const told = (file: string): readonly string[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '') // it may be made and not written yet
          .map((line) => JSON.parse(line) as { lines: { news: string; text: string }[] })
          .flatMap(({ lines }) => lines.filter(({ news }) => news === 'plan').map(({ text }) => text))
      : [];

  it('once, with the command that approves it, and not again by the next beat', { timeout: 200_000 }, async () => {
    const file = join(home.folder, 'told.jsonl');
    home.configure(`${ALLOWED}\nnotify: { ways: { log: { file: { path: "${file}" } } }, default: [log] }`);
    await home.holdfast('status'); // makes the state directory
    dueRunbook(home, 'one', PROPOSES(home.logs));
    const up = startUp(home);
    const beats = (): number =>
      up.entries().filter(({ event, runbook, status }) => event === 'run' && runbook === 'one' && status === 'done')
        .length;
    await up.logged({ event: 'run', runbook: 'one' });
    await until(() => told(file).length > 0);
    await until(() => beats() === 2); // within a minute
    expect(await up.kill('SIGTERM')).toBe(0);
    const { plans } = await home.document('plans', 'plan', 'list');
    expect(plans).toMatchObject([{ status: 'queued' }]);
    expect(told(file)).toEqual([expect.stringContaining(`holdfast plan approve ${plans[0]?.id}`)]);
  });
});

describe('a SIGKILL of up in the middle of a plan', () => {
  /** A command that is in the middle until the file `go` is there: it then writes `done`. */
  function slowCommand(verify: boolean): void {
    const script = join(home.folder, 'slow.sh');
    const check = join(home.folder, 'check.sh');
    writeFileSync(
      script,
      `#!/bin/sh\ncd '${home.folder}'\necho began >> began\nwhile [ ! -e go ]; do sleep 0.05; done\necho done >> done\n`,
      { mode: 0o700 },
    );
    writeFileSync(check, `#!/bin/sh\n[ -e '${home.folder}/done' ]\n`, { mode: 0o700 });
    home.configure(
      `${ALLOWED}\nhost:\n  commands:\n    slow: { title: Slow, argv: ["${script}"], destructive: false${verify ? ', verify: check' : ''} }\n    check: { title: Check, argv: ["${check}"], destructive: false }`,
    );
  }
  const path = (name: string): string => join(home.folder, name);
  const text = (name: string): string => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : '');

  async function killedInTheMiddle(): Promise<string> {
    const up = startUp(home);
    await up.logged({ event: 'up' });
    const plan = await home.document('plan', 'plan', 'create', 'host/run-command', '--set', 'command=slow');
    const waiting = approve(plan, '--no-apply');
    await until(() => text('began') !== '');
    await waiting;
    await up.kill('SIGKILL');
    expect((await home.plan(plan.id)).status).toBe('applying');
    writeFileSync(path('go'), '');
    await until(() => text('done') !== '');
    return plan.id;
  }

  it('what took effect is read by the next up, and done exactly once', async () => {
    slowCommand(true);
    const id = await killedInTheMiddle();
    const up = startUp(home);
    expect((await home.holdfast('plan', 'wait', id)).code).toBe(0);
    expect([text('began'), text('done')]).toEqual(['began\n', 'done\n']);
    expect((await home.plan(id)).status).toBe('verified');
    await up.kill('SIGTERM');
    expect((await home.holdfast('audit', 'verify')).code).toBe(0);
  });

  it('what nobody can tell stays unknown, is told as trouble, and is not repeated', async () => {
    slowCommand(false);
    const id = await killedInTheMiddle();
    const up = startUp(home);
    await up.logged({ event: 'plan-ended-badly', subject: id });
    expect((await home.holdfast('plan', 'wait', id)).code).toBe(15);
    expect([text('began'), text('done')]).toEqual(['began\n', 'done\n']);
    await up.kill('SIGTERM');
  });

  it('no file is lost or doubled, wherever it was cut off', { timeout: 120_000 }, async () => {
    for (let index = 0; index < 1_500; index += 1) home.old(`many/${index}.log`);
    const before = home.files();
    const held = join(home.logs, '.holdfast-held');
    const first = startUp(home);
    await first.logged({ event: 'up' });
    const plan = await home.prune();
    const waiting = approve(plan, '--no-apply');
    const isUnderWay = (): boolean =>
      existsSync(held) && readdirSync(held, { recursive: true }).some((name) => String(name).endsWith('.log'));
    await until(isUnderWay);
    await first.kill('SIGKILL');
    await waiting;
    const second = startUp(home);
    await home.holdfast('plan', 'wait', plan.id);
    const { status } = await home.plan(plan.id);
    expect(['verified', 'partial']).toContain(status);
    expect(await began(plan.id)).toBeLessThanOrEqual(2);
    const undo = await home.document('plan', 'plan', 'undo', plan.id);
    expect((await approve(undo)).code).toBe(0);
    expect(home.files()).toEqual(before);
    await second.kill('SIGTERM');
  });
});
