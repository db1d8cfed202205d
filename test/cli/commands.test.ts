import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { aHome, asDocument, type Home } from '../support/cli.ts';

let home: Home;
beforeEach(() => {
  home = aHome();
});

/** A finding to work with: a backup that isn't there. */
async function aFinding(): Promise<string> {
  writeFileSync(
    join(home.folder, 'backups.yaml'),
    `name: backups\nchecks:\n  - host/file-age: { path: "${home.folder}/none/*.tar", olderThan: 1d }\n`,
  );
  const { findings } = (await home.json('run', 'backups.yaml')) as { findings: { id: string }[] };
  return findings[0]?.id ?? '';
}

type Finding = { disposition: string; acknowledgement: unknown; mute: { reason: string; until: string } | null };
const disposition = async (id: string): Promise<Finding> =>
  ((await home.json('findings', 'show', id)) as { finding: Finding }).finding;

describe('holdfast findings', () => {
  it('lists, and says so when there are none', async () => {
    expect((await home.holdfast('findings')).stdout).toContain('No open findings');
    const id = await aFinding();
    const { stdout } = await home.holdfast('findings');
    expect(stdout).toContain(id);
    expect((await home.holdfast('findings', '--fail-on', 'info')).code).toBe(3);
  });

  it('takes an id in any case, without its prefix, or just its start', async () => {
    const id = await aFinding();
    for (const typed of [id.toLowerCase(), id.slice(2), id.slice(0, 6)]) {
      expect((await home.holdfast('findings', 'show', typed)).stdout).toContain(id);
    }
  });

  it('mutes with a reason and an end, until it is unmuted', async () => {
    const id = await aFinding();
    await home.json('findings', 'mute', id, '--reason', 'moving house', '--for', '7d');
    const muted = await disposition(id);
    expect(muted).toMatchObject({ disposition: 'muted', mute: { reason: 'moving house' } });
    expect((await home.holdfast('run', 'backups.yaml')).stdout).toMatch(/MUTED/);
    await home.json('findings', 'unmute', id);
    expect(await disposition(id)).toMatchObject({ disposition: 'none', mute: null });
  });

  it.each([
    [['--for', '7d'], 'reason'],
    [['--reason', 'x'], 'needs an end'],
    [['--reason', ' ', '--for', '7d'], 'needs a reason'],
    [['--reason', 'x', '--for', 'soon'], '"soon" is not an end'],
    [['--reason', 'x', '--for', '0m'], 'not in the future'],
    [['--reason', 'x', '--until', '2020-01-01'], 'not in the future'],
    [['--reason', 'x', '--until', 'tomorrow'], '"tomorrow" is not an end'],
    [['--reason', 'x', '--for', '800d'], 'more than a year'],
  ])('refuses a mute with %j', async (args, hint) => {
    const id = await aFinding();
    const { code, stderr } = await home.holdfast('findings', 'mute', id, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(hint);
    expect((await disposition(id)).disposition).toBe('none');
  });

  it('acknowledges, and keeps who said what in the history', async () => {
    const id = await aFinding();
    await home.holdfast('findings', 'ack', id, '--reason', 'on it');
    expect((await disposition(id)).disposition).toBe('acknowledged');
    const { stdout } = await home.holdfast('findings', 'show', id);
    expect(stdout).toMatch(/acknowledged\s+on it\s+by the operator/);
    expect(stdout).toMatch(/opened\s+r-/);
  });

  it('keeps a secret out of a reason', async () => {
    const id = await aFinding();
    await home.holdfast('findings', 'ack', id, '--reason', 'see password=hunter2-lab-only');
    expect((await home.holdfast('findings', 'show', id)).stdout).not.toContain('hunter2-lab-only');
  });

  it('says NOT_FOUND for an id that is none', async () => {
    expect((await home.holdfast('findings', 'show', 'f-ZZZZ')).stderr).toMatch(/^NOT_FOUND/);
  });
});

describe('holdfast runs', () => {
  it('lists and shows', async () => {
    await aFinding();
    const { runs } = (await home.json('runs')) as { runs: { id: string; findings: unknown[] }[] };
    expect(runs[0]?.findings).toHaveLength(1);
    const shown = await home.json('runs', 'show', runs[0]?.id ?? '');
    expect(shown['checks']).toMatchObject([{ id: 'host/file-age', outcome: 'findings' }]);
    expect((await home.holdfast('runs')).stdout).toContain('1 new');
    expect((await home.holdfast('runs', 'show', runs[0]?.id ?? '')).stdout).toContain('Why');
  });
});

describe('holdfast checks', () => {
  it('lists and shows every check as its schema says', async () => {
    const { checks } = (await home.json('checks')) as { checks: { id: string }[] };
    expect(checks.map(({ id }) => id)).toContain('host/disk');
    // The list holds all of each; two are shown, one with parameters that it needs and one without.
    for (const id of ['host/disk', 'net/http']) {
      await home.json('checks', 'show', id);
      expect((await home.holdfast('checks', 'show', id)).stdout).toContain('Time limit');
    }
  });

  it('runs one without keeping anything', async () => {
    const look = await home.json(
      'checks',
      'run',
      'host/file-age',
      '--set',
      `path=${home.folder}/none`,
      '--set',
      'olderThan=1d',
    );
    expect(look['outcome']).toBe('findings');
    expect(((await home.json('findings')) as { findings: unknown[] }).findings).toEqual([]);
  });

  it('reads the values of --set as YAML and says what is wrong with them', async () => {
    const bad = await home.holdfast('checks', 'run', 'host/disk', '--set', 'warn: 5');
    expect(bad.stderr).toContain('is not key=value');
    const wrong = await home.holdfast('checks', 'run', 'host/disk', '--set', 'warn=lots');
    expect([wrong.code, wrong.stderr.includes('host/disk')]).toEqual([2, true]);
    const tagged = await home.holdfast('checks', 'run', 'host/disk', '--set', 'paths=!!js/function x');
    expect([tagged.code, tagged.stderr.includes('not YAML')]).toEqual([2, true]);
  });
});

describe('holdfast runbook', () => {
  it('writes a starter that lints clean, and never overwrites', async () => {
    for (const form of ['markdown', 'yaml']) {
      const { stdout } = await home.holdfast('runbook', 'new', `shop-${form}`, '--form', form);
      expect(stdout).toContain('Wrote runbooks/shop-');
    }
    const lint = await home.holdfast('runbook', 'lint');
    expect([lint.code, lint.stdout]).toEqual([0, '']);
    expect(lint.stderr).toContain('2 runbooks: 0 errors, 0 warnings.');
    expect((await home.holdfast('runbook', 'new', 'shop-yaml', '--form', 'yaml')).stderr).toMatch(/^FILE_EXISTS/);
    expect((await home.holdfast('runbook', 'new', '../escape')).code).toBe(2);
    const { runbooks } = (await home.json('runbook', 'list')) as { runbooks: { name: string }[] };
    expect(runbooks.map(({ name }) => name)).toEqual(['shop-markdown', 'shop-yaml']);
    await home.json('runbook', 'show', 'shop-yaml');
  });

  it('lints with a place for each mistake and exits with 2', async () => {
    writeFileSync(join(home.folder, 'bad.yaml'), 'every: 30 min\n');
    const { code, stdout } = await home.holdfast('runbook', 'lint', 'bad.yaml');
    expect(code).toBe(2);
    expect(stdout).toMatch(/^RUNBOOK_SCHEDULE_INVALID {2}bad\.yaml:1:\d+ {2}error: .*30 min.*30m/m);
    const document = asDocument((await home.holdfast('runbook', 'lint', 'bad.yaml', '-o', 'json')).stdout);
    expect(document['mistakes']).toContainEqual(
      expect.objectContaining({ code: 'RUNBOOK_SCHEDULE_INVALID', level: 'error' }),
    );
  });
});

describe('holdfast init', () => {
  it('writes a configuration and a runbook that work, for their owner only, and never overwrites', async () => {
    const first = await home.holdfast('init', '--yes');
    expect(first.code).toBe(0);
    const config = join(home.folder, 'config/holdfast/config.yaml');
    expect(statSync(config).mode & 0o777).toBe(0o600);
    expect((await home.holdfast('run', 'machine')).stdout).toContain('host/disk');
    expect((await home.holdfast('runbook', 'lint')).code).toBe(0);
    writeFileSync(config, 'findings: { resolveAfter: 5 }\n');
    const again = await home.holdfast('init', '--yes');
    expect([again.code, again.stderr.startsWith('FILE_EXISTS')]).toEqual([2, true]);
    expect(readFileSync(config, 'utf8')).toContain('resolveAfter: 5');
    await home.json('init', '--yes', '--force');
    expect(readFileSync(config, 'utf8')).toContain('resolveAfter: 2');
  });

  it('says what it found by name and place, never by value', async () => {
    const found = aHome({ AWS_PROFILE: 'prod-admin', GITHUB_TOKEN: 'made-up-token-value-1234567890' });
    mkdirSync(join(found.folder, '.kube'));
    writeFileSync(join(found.folder, '.kube/config'), 'secret: made-up');
    const { stdout } = await found.holdfast('init', '--yes');
    for (const line of [/Kubernetes\s+.*\.kube\/config/, /AWS\s+\$AWS_PROFILE/, /GitHub\s+\$GITHUB_TOKEN/])
      expect(stdout).toMatch(line);
    expect(stdout).not.toMatch(/prod-admin|made-up/);
    expect(stdout).toContain('Next: holdfast run machine, holdfast run cluster');
    expect((await found.holdfast('runbook', 'lint')).code).toBe(0);
    expect((await found.holdfast('run', 'cluster')).stdout).toContain('UNKNOWN');
  });
});

describe('holdfast doctor', () => {
  it('finds everything in order on a fresh machine', async () => {
    const { diagnoses } = (await home.json('doctor')) as { diagnoses: { state: string }[] };
    expect(diagnoses.filter(({ state }) => state === 'broken')).toEqual([]);
  });

  it('names each broken part by its code, without hiding the others', async () => {
    await aFinding();
    chmodSync(join(home.folder, 'state/holdfast'), 0o755);
    mkdirSync(join(home.folder, 'config/holdfast'), { recursive: true });
    writeFileSync(join(home.folder, 'config/holdfast/config.yaml'), 'findngs: {}\n');
    const { code, stdout } = await home.holdfast('doctor');
    expect(code).toBe(2);
    expect(stdout).toContain('CONFIG_INVALID');
    expect(stdout).toContain('STATE_DIR_UNSAFE');
    expect(stdout).toMatch(/ok\s+redaction/);
  });
});

describe('the configuration', () => {
  const write = (text: string): string => {
    const path = join(home.folder, 'c.yaml');
    writeFileSync(path, text);
    return path;
  };

  it.each([
    ['findngs: {}', ':1:', 'did you mean "findings"?'],
    ['findings:\n  resolveAftr: 2', ':2:', 'did you mean "resolveAfter"?'],
    ['findings:\n  resolveAfter: many', ':2:', 'resolveAfter'],
    ['a: 1\na: 2', ':2:', ''],
    ['x: !!js/function y', ':1:', ''],
    ['findings: [', ':1:', ''],
  ])('%j is refused with its place', async (text, place, hint) => {
    const { code, stderr } = await home.holdfast('findings', '--config', write(text));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^CONFIG_INVALID/);
    expect(stderr).toContain(`c.yaml${place}`);
    expect(stderr).toContain(hint);
  });

  it('sets how many clean looks resolve a finding', async () => {
    const config = write('findings: { resolveAfter: 1 }');
    await aFinding();
    mkdirSync(join(home.folder, 'none'));
    writeFileSync(join(home.folder, 'none/a.tar'), 'x');
    const { findings } = (await home.json('run', 'backups.yaml', '--config', config)) as {
      findings: { standing: string }[];
    };
    expect(findings.map(({ standing }) => standing)).toEqual(['resolved']);
  });
});

describe('backup and restore', () => {
  it('bring back what was there, also after damage', async () => {
    const id = await aFinding();
    await home.json('backup', 'copy.db');
    const database = join(home.folder, 'state/holdfast/holdfast.db');
    writeFileSync(database, 'damaged '.repeat(2_000));
    const broken = await home.holdfast('findings');
    expect([broken.code, broken.stderr.startsWith('STORE_CORRUPT')]).toEqual([1, true]);
    const { kept } = (await home.json('restore', 'copy.db')) as { kept: string };
    expect(existsSync(kept)).toBe(true);
    expect((await home.holdfast('findings')).stdout).toContain(id);
  });
});

describe('holdfast completion', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('prints a script for %s', async (shell) => {
    const { code, stdout } = await home.holdfast('completion', shell);
    expect(code).toBe(0);
    expect(stdout).toContain('holdfast');
  });

  it('offers commands, options and checks', async () => {
    expect((await home.holdfast('complete', '--', 'fin')).stdout).toContain('findings');
    expect((await home.holdfast('complete', '--', 'run', '--')).stdout).toContain('--fail-on');
    expect((await home.holdfast('complete', '--', 'checks', 'show', 'host/')).stdout).toContain('host/disk');
  });

  it('refuses a shell that it does not know', async () => {
    expect((await home.holdfast('completion', 'tcsh')).code).toBe(2);
  });
});

describe('a state directory', () => {
  it('that others can use is refused before anything is read', async () => {
    await aFinding();
    chmodSync(join(home.folder, 'state/holdfast/holdfast.db'), 0o644);
    const { code, stderr } = await home.holdfast('findings');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^STATE_DIR_UNSAFE .*mode 0644/);
    expect(stderr).toContain('chmod 600');
  });
});
