import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { muteRulesTable } from '../../src/store/mute-rules.ts';
import { openStateDir } from '../../src/store/state-dir.ts';
import { aHome, type Home } from '../support/cli.ts';
import { aGateHome } from '../support/gate-home.ts';
import { aMuteRule } from '../support/mute-rule.ts';

let home: Home;
beforeEach(() => {
  home = aHome();
  writeFileSync(
    join(home.folder, 'backups.yaml'),
    `name: backups\nchecks:\n  - host/file-age: { path: "${home.folder}/none/*.tar", olderThan: 1d }\n`,
  );
});

const ADD = ['findings', 'mute-rule', 'add', '--check', 'host/*', '--reason', 'moving house', '--for', '30d'];

describe('holdfast findings mute-rule', () => {
  it('adds a rule that mutes, lists it, and removes it again, in words and as documents', async () => {
    await home.holdfast('run', 'backups.yaml');
    const added = await home.holdfast(...ADD);
    expect([added.code, added.stdout]).toEqual([
      0,
      expect.stringMatching(/^m-[0-9A-Z]{12} mutes check host\/\* until [-0-9]{10} [:0-9]{5}: 1 finding open now\.\n$/),
    ]);
    const id = added.stdout.slice(0, 14);
    expect((await home.holdfast('run', 'backups.yaml', '--fail-on', 'info')).stdout).toMatch(
      new RegExp(`MUTED[\\s\\S]*by\\s+${id}[\\s\\S]*1 muted`),
    );
    expect((await home.holdfast('findings')).stdout).toContain(`muted by`);
    expect((await home.holdfast('findings', '--fail-on', 'info')).code).toBe(0);
    expect((await home.json('findings'))['findings']).toMatchObject([
      { disposition: 'muted', mute: { reason: 'moving house', rule: id } },
    ]);
    expect((await home.holdfast('findings', 'mute-rule')).stdout).toMatch(
      /mutes 1 of the 1 open finding that it\s+matches/,
    );
    expect((await home.json('findings', 'mute-rule', 'list'))['rules']).toMatchObject([
      { id, check: 'host/*', upTo: 'high', state: 'active', matches: 1, mutes: 1 },
    ]);
    expect(await home.json('findings', 'mute-rule', 'remove', id)).toMatchObject({ id });
    expect((await home.holdfast('findings', '--fail-on', 'info')).code).toBe(3);
    expect((await home.holdfast('findings', 'mute-rule')).stdout).toContain('No mute rules.');
    const { entries } = (await home.json('audit', 'list', '--object', id)) as { entries: { verb: string }[] };
    expect(entries.map(({ verb }) => verb)).toEqual(['mute-rule-removed', 'mute-rule-added']);
  });

  it('says how many findings are too bad for the rule, and what looks like a slip', async () => {
    await home.holdfast('run', 'backups.yaml');
    const low = await home.holdfast(...ADD, '--up-to', 'low');
    expect(low.stdout).toContain('0 findings open now; 1 other is worse than low and told all the same.');
    const slip = await home.holdfast(
      'findings',
      'mute-rule',
      'add',
      '--check',
      'host/dsik',
      '--reason',
      'x',
      '--for',
      '1d',
    );
    expect([slip.code, slip.stderr]).toEqual([0, expect.stringContaining('did you mean "host/disk"?')]);
  });

  it('refuses a rule without reason, end or subject, and one of an environment that there is not', async () => {
    mkdirSync(join(home.folder, 'config/holdfast'), { recursive: true });
    writeFileSync(
      join(home.folder, 'config/holdfast/config.yaml'),
      'environments: { prod: { targets: ["host:a"] } }\n',
    );
    const tries = await Promise.all(
      [
        ['--check', 'host/*', '--for', '1d'],
        ['--check', 'host/*', '--reason', 'x'],
        ['--reason', 'x', '--for', '1d'],
        ['--reason', 'x', '--for', '1d', '--environment', 'prdo'],
        ['--reason', 'x', '--for', '1d', '--check', 'host/*', '--up-to', 'awful'],
      ].map((args) => home.holdfast('findings', 'mute-rule', 'add', ...args)),
    );
    expect(tries.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
    expect(tries[0]?.stderr).toContain('--reason');
    expect(tries[1]?.stderr).toContain('needs an end');
    expect(tries[2]?.stderr).toContain('every finding fits');
    expect(tries[3]?.stderr).toContain('did you mean "prod"?');
    expect(tries[4]?.stderr).toContain('critical, high, medium, low, info');
    expect((await home.json('findings', 'mute-rule'))['rules']).toEqual([]);
  });

  it('tells whoever reads the findings, and doctor, of rules that do nothing any more', async () => {
    await home.holdfast('run', 'backups.yaml');
    const database = openDatabase(openStateDir(join(home.folder, 'state/holdfast')).database);
    muteRulesTable(database).insert(aMuteRule({ at: 0, until: 1 }));
    database.close();
    const { stdout } = await home.holdfast('findings');
    expect(stdout).toMatch(/Mute rules: 1 expired\. `holdfast findings mute-rule list` shows them\.\n$/);
    expect((await home.holdfast('findings', 'mute-rule', 'list')).stdout).toContain('EXPIRED');
    expect((await home.holdfast('doctor')).stdout).toMatch(/warning +mute rules +1 expired/);
  });
});

describe('a run whose findings a rule mutes', () => {
  it('proposes no plan for them, until the rule is removed', async () => {
    const gate = aGateHome();
    gate.old('a.log');
    writeFileSync(
      join(gate.folder, 'logs.yaml'),
      `name: logs\nchecks:\n  - host/file-age: { path: "${gate.logs}/*.log", olderThan: 7d }\nonFinding:\n  - { check: host/file-age, minSeverity: low, propose: host/prune-directory, with: { path: "${gate.logs}", olderThan: 30d } }\n`,
    );
    const { stdout } = await gate.holdfast(...ADD, '--up-to', 'critical');
    expect((await gate.document('run', 'run', 'logs.yaml')).plans).toEqual([]);
    await gate.holdfast('findings', 'mute-rule', 'remove', stdout.slice(0, 14));
    expect((await gate.document('run', 'run', 'logs.yaml')).plans).toMatchObject([{ status: 'queued' }]);
  });
});

describe('the forms for other programs', () => {
  it('of a run, of runs show and of findings tell the same findings', async () => {
    const sarif = async (...args: string[]): Promise<string[]> => {
      const { stdout, stderr } = await home.holdfast(...args, '-o', 'sarif');
      expect(stderr).toBe('');
      const log = JSON.parse(stdout) as { runs: { results: { partialFingerprints: Record<string, string> }[] }[] };
      return log.runs.flatMap(({ results }) => results.flatMap((result) => Object.values(result.partialFingerprints)));
    };
    const ofRun = await sarif('run', 'backups.yaml');
    const { runs } = (await home.json('runs')) as { runs: { id: string }[] };
    expect(ofRun).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]);
    expect(await sarif('runs', 'show', runs[0]?.id ?? '')).toEqual(ofRun);
    expect(await sarif('findings')).toEqual(ofRun);
    const series = 'holdfast_findings{runbook="backups",check="host/file-age",severity="high",standing="new"';
    for (const args of [['runs', 'show', runs[0]?.id ?? ''], ['findings']])
      expect((await home.holdfast(...args, '-o', 'prometheus')).stdout).toContain(series);
  });

  it('are refused where a result has none', async () => {
    for (const form of ['sarif', 'prometheus']) {
      const { code, stderr } = await home.holdfast('runs', '-o', form);
      expect([code, stderr]).toEqual([2, expect.stringContaining(`--output ${form} is not a form of this result`)]);
    }
  });
});
