import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { aGateHome, type GateHome } from '../support/gate-home.ts';

let home: GateHome;
beforeEach(() => {
  home = aGateHome();
  home.old('a.log');
  home.old('b.log');
});

/** A runbook about old logs with these remedies. */
function runbook(...onFinding: readonly string[]): void {
  writeFileSync(
    join(home.folder, 'logs.yaml'),
    `name: logs\nchecks:\n  - host/file-age: { path: "${home.logs}/*.log", olderThan: 7d }\nonFinding:\n${onFinding.map((remedy) => `  - ${remedy}\n`).join('')}`,
  );
}

const prune = (edit = ''): string =>
  `{ check: host/file-age, minSeverity: low, propose: host/prune-directory, with: { path: "${home.logs}", olderThan: 30d }${edit} }`;
const run = () => home.document('run', 'run', 'logs.yaml');
const open = async (): Promise<readonly string[]> =>
  (await home.document('plans', 'plan', 'list')).plans.map(({ id }) => id);

describe('a run that finds something', () => {
  it('proposes what its runbook says: held, with the finding it is for; the run names it', async () => {
    runbook(prune());
    const before = home.files();
    const told = await home.holdfast('run', 'logs.yaml');
    const [id = ''] = await open();
    expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining(`holdfast plan approve ${id}`) });
    const plan = await home.plan(id);
    expect(plan.why).toContain('more than 7 d');
    expect(plan).toMatchObject({
      status: 'queued',
      origin: { actor: { kind: 'runbook', name: 'logs' }, findings: [expect.stringMatching(/^f-/)] },
    });
    expect(home.files()).toEqual(before);
  });

  it('proposes the same once while it waits, and anew when the world moved', async () => {
    runbook(prune());
    const first = (await run()).plans;
    expect((await run()).plans).toEqual(first);
    expect(await open()).toHaveLength(1);
    home.old('c.log');
    const [second] = (await run()).plans;
    expect(second?.id).not.toBe(first[0]?.id);
    expect(await open()).toEqual([second?.id]);
    expect(await home.plan(first[0]?.id ?? '')).toMatchObject({ status: 'superseded' });
    expect(await home.plan(second?.id ?? '')).toMatchObject({ supersedes: first[0]?.id });
  });

  it('takes no for an answer until the finding has come back', async () => {
    runbook(prune());
    const [plan] = (await run()).plans;
    await home.holdfast('plan', 'reject', plan?.id ?? '', '--reason', 'we need them');
    expect((await run()).plans).toEqual([]);
    home.old('fresh.log', 'x', 0);
    await run();
    await run(); // clean twice: resolved
    home.old('fresh.log', 'x', 40);
    expect((await run()).plans).toMatchObject([{ status: 'queued' }]);
  });

  it('proposes nothing for a finding that is muted, or less severe than is said', async () => {
    runbook(prune().replace('minSeverity: low', 'minSeverity: critical'));
    const { findings, plans } = await run();
    expect([findings.length, plans]).toEqual([1, []]);
    runbook(prune());
    await home.holdfast('findings', 'mute', findings[0]?.id ?? '', '--reason', 'known', '--for', '1d');
    expect((await run()).plans).toEqual([]);
    expect(await open()).toEqual([]);
  });

  it('proposes nothing when there is nothing to do, or nothing was found', async () => {
    runbook(prune().replace('olderThan: 30d', 'olderThan: 300d'));
    expect((await run()).plans).toEqual([]);
    expect((await home.document('plans', 'plan', 'list', '--all')).plans).toEqual([]);
  });

  it('says what it could not propose, and goes on with the rest', async () => {
    runbook(prune().replace(home.logs, '/var/log'), prune());
    const told = await home.holdfast('run', 'logs.yaml');
    expect((told.stdout + told.stderr).replaceAll(/\s+/g, ' ')).toMatch(/host\/prune-directory can't be proposed/);
    expect(await open()).toHaveLength(1);
    expect(await home.audited()).toContainEqual(expect.stringMatching(/^plan-refused /));
  });

  it('waits when its policy is gone or has a mistake, and says which', async () => {
    writeFileSync(join(home.folder, 'bad.yaml'), 'policy: x\n');
    for (const policy of ['none.yaml', 'bad.yaml']) {
      runbook(prune());
      const path = join(home.folder, 'logs.yaml');
      writeFileSync(path, `policy: ${policy}\n${readFileSync(path, 'utf8')}`);
      const { plans } = await run();
      expect(plans).toMatchObject([{ status: 'queued' }]);
      expect((await home.plan(plans[0]?.id ?? '')).decision?.why).toContain(policy);
      await home.holdfast('plan', 'withdraw', plans[0]?.id ?? '');
    }
  });

  it('floods nobody: so many plans of one runbook a day, and no more', { timeout: 120_000 }, async () => {
    const folders = Array.from({ length: 22 }, (_, index) => `f${index}`);
    for (const folder of folders) home.old(`${folder}/x.log`);
    runbook(...folders.map((folder) => prune().replace(`${home.logs}"`, `${home.logs}/${folder}"`)));
    const told = await home.holdfast('run', 'logs.yaml');
    expect((told.stdout + told.stderr).replaceAll(/\s+/g, ' ')).toMatch(/20 plans within a day are enough/);
    expect(await open()).toHaveLength(20);
  });
});
