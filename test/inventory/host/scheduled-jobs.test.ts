import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { source } from '../../../src/inventory/host/scheduled-jobs.ts';
import { collect } from '../../support/inventory.ts';
import { tree } from '../../support/tree.ts';

const PASSWD =
  'root:x:0:0:root:/root:/bin/bash\nana:x:1000:1000::/home/ana:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n';

async function jobs(files: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}) {
  using root = tree({ 'etc/passwd': PASSWD, ...files });
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(join(root.path, path, '..'), { recursive: true });
    symlinkSync(target, join(root.path, path));
  }
  return await collect(source, { root: root.path });
}

describe('cron', () => {
  test('lines of tables are told by table, user and command, with their times', async () => {
    const { facts, hidden } = await jobs({
      'etc/crontab': 'SHELL=/bin/sh\n# m h dom\n17 *\t* * *\troot\tcd / && run-parts /etc/cron.hourly\n',
      'etc/cron.d/job': '@daily root /usr/bin/a\n5-55/10 * * * MON-fri ana  /usr/bin/b\n-*/5 0 1 1 * root /usr/bin/c\n',
      'etc/anacrontab': 'RANDOM_DELAY=45\n1\t5\tcron.daily\tnice run-parts /etc/cron.daily\n@monthly 45 m /usr/bin/m\n',
      'var/spool/cron/crontabs/ana': '0 4 * * * /home/ana/backup\n0 16 * * * /home/ana/backup\n',
      'var/spool/cron/bob': '1 1 1 1 1 /bin/true\n',
      'var/spool/cron/tabs/eve': '2 2 2 2 2 /bin/false\n',
      'var/spool/cron/atjobs/a00001': 'not ours',
    });
    expect(hidden).toEqual({});
    expect(facts).toEqual({
      'cron-job//etc/crontab/root: cd / && run-parts /etc/cron.hourly': {
        table: '/etc/crontab',
        user: 'root',
        command: 'cd / && run-parts /etc/cron.hourly',
        runs: ['17 * * * * SHELL=/bin/sh'],
      },
      'cron-job//etc/anacrontab/root: nice run-parts /etc/cron.daily': {
        table: '/etc/anacrontab',
        user: 'root',
        command: 'nice run-parts /etc/cron.daily',
        runs: ['every 1 d after 5 min RANDOM_DELAY=45'],
      },
      'cron-job//etc/anacrontab/root: /usr/bin/m': {
        table: '/etc/anacrontab',
        user: 'root',
        command: '/usr/bin/m',
        runs: ['@monthly after 45 min RANDOM_DELAY=45'],
      },
      'cron-job//etc/cron.d/job/root: /usr/bin/a': {
        table: '/etc/cron.d/job',
        user: 'root',
        command: '/usr/bin/a',
        runs: ['@daily'],
      },
      'cron-job//etc/cron.d/job/ana: /usr/bin/b': {
        table: '/etc/cron.d/job',
        user: 'ana',
        command: '/usr/bin/b',
        runs: ['5-55/10 * * * mon-fri'],
      },
      'cron-job//etc/cron.d/job/root: /usr/bin/c': {
        table: '/etc/cron.d/job',
        user: 'root',
        command: '/usr/bin/c',
        runs: ['*/5 0 1 1 *'],
      },
      'cron-job//var/spool/cron/crontabs/ana//home/ana/backup': {
        table: '/var/spool/cron/crontabs/ana',
        user: null,
        command: '/home/ana/backup',
        runs: ['0 16 * * *', '0 4 * * *'],
      },
      'cron-job//var/spool/cron/tabs/eve//bin/false': {
        table: '/var/spool/cron/tabs/eve',
        user: null,
        command: '/bin/false',
        runs: ['2 2 2 2 2'],
      },
      'cron-job//var/spool/cron/bob//bin/true': {
        table: '/var/spool/cron/bob',
        user: null,
        command: '/bin/true',
        runs: ['1 1 1 1 1'],
      },
    });
  });

  test('the files of cron.daily and its like are told by mode, owner and what is in them', async () => {
    using root = tree({ 'etc/passwd': PASSWD, 'etc/cron.daily/job': '#!/bin/sh\n', 'etc/cron.daily/.placeholder': '' });
    chmodSync(join(root.path, 'etc/cron.daily/job'), 0o755);
    const { facts } = await collect(source, { root: root.path });
    expect(facts).toMatchObject({ 'cron-job//etc/cron.daily/job': { mode: '0755', content: /^sha256:/ } });
    expect(Object.keys(facts)).toHaveLength(1);
  });

  test('spacing, comments and what packages leave behind make no difference', async () => {
    const one = await jobs({ 'etc/cron.d/a': '0 0 * * * root /x\n' });
    const two = await jobs({
      'etc/cron.d/a': '# x\n\n  0   0 *\t* * root   /x  \n',
      'etc/cron.d/a.dpkg-old': '1 1 * * * root /y\n',
      'etc/cron.d/.placeholder': 'x',
      'etc/cron.d/a~': '1 1 * * * root /y\n',
    });
    expect(two).toEqual(one);
  });

  test('what is assigned is not kept, above a line or in it, and a change of it shows', async () => {
    const table = (value: string) =>
      jobs({
        'etc/cron.d/a': `MAILTO=ops\nDB_PWD="${value}"\n0 0 * * * root API_KEY=${value} /x --password ${value}\n`,
      });
    const first = await table('correct-horse-7');
    expect(JSON.stringify(first)).not.toContain('correct-horse');
    expect(JSON.stringify(first)).toContain('MAILTO=ops');
    expect(await table('correct-horse-7')).toEqual(first);
    expect(await table('correct-horse-8')).not.toEqual(first);
  });

  test('settings count for the lines below them only', async () => {
    const { facts } = await jobs({ 'etc/cron.d/a': '0 0 * * * root /x\nHOME=/y\n0 1 * * * root /x\n' });
    expect(facts['cron-job//etc/cron.d/a/root: /x']).toMatchObject({ runs: ['0 0 * * *', '0 1 * * * HOME=/y'] });
  });

  test.each(['0 0 * *', '0 0 * * * root', 'rm -rf /', '61,,,', '\u0000\u0001'])(
    'a line that cron would refuse is told of: %j',
    async (line) => {
      const { facts } = await jobs({ 'etc/cron.d/a': `${line}\n0 0 * * * root /x\n` });
      expect(Object.keys(facts).toSorted()).toEqual([
        'cron-job//etc/cron.d/a/lines that are none',
        'cron-job//etc/cron.d/a/root: /x',
      ]);
    },
  );

  test('a table that can not be read hides its jobs and no others', async () => {
    const { facts, hidden } = await jobs(
      {
        'etc/cron.d/a': '0 0 * * * root /x\n',
        'etc/cron.d/folder/x': '',
        'etc/cron.d/huge': '# x\n'.repeat(2_100_000),
      },
      { 'etc/cron.d/loop': 'loop', 'etc/cron.d/gone': 'nowhere' },
    );
    expect(Object.keys(facts)).toEqual(['cron-job//etc/cron.d/a/root: /x']);
    expect(hidden).toEqual({
      'cron-job//etc/cron.d/folder/*': 'NOT_A_FILE',
      'cron-job//etc/cron.d/huge/*': 'TOO_LARGE',
      'cron-job//etc/cron.d/loop/*': 'ELOOP',
    });
  });
});

describe('timers', () => {
  const TIMER =
    '[Unit]\nDescription=x\n[Timer]\n# daily\nOnCalendar = daily\nPersistent=true\n[Install]\nWantedBy=timers.target\n';
  const SERVICE =
    '[Service]\nType=oneshot\nUser=ana\nExecStart=/usr/bin/backup \\\n  --all\nEnvironment=A=correct-horse "B=correct horse" C\n';

  test('a timer is told with what it runs and whether anything starts it', async () => {
    const { facts, hidden } = await jobs(
      { 'usr/lib/systemd/system/b.timer': TIMER, 'etc/systemd/system/b.service': SERVICE },
      { 'etc/systemd/system/timers.target.wants/b.timer': '/usr/lib/systemd/system/b.timer' },
    );
    expect(hidden).toEqual({});
    expect(facts).toEqual({
      'timer/system/b.timer': {
        file: '/usr/lib/systemd/system/b.timer',
        masked: false,
        enabled: true,
        timer: ['OnCalendar=daily', 'Persistent=true'],
        starts: 'b.service',
        service: [
          'User=ana',
          'ExecStart=/usr/bin/backup --all',
          expect.stringMatching(/^Environment=A=\[value:\w+\] B=\[value:\w+\] \[value:\w+\]$/),
        ],
      },
    });
  });

  test('the folder that comes first counts, drop-ins are added by name, and another unit may be started', async () => {
    const { facts } = await jobs({
      'usr/lib/systemd/system/b.timer': TIMER,
      'lib/systemd/system/b.timer': TIMER,
      'etc/systemd/system/b.timer': '[Timer]\nOnCalendar=hourly\nUnit=other.service\n',
      'etc/systemd/system/b.timer.d/20.conf': '[Timer]\nOnBootSec=2\n',
      'usr/lib/systemd/system/b.timer.d/10.conf': '[Timer]\nOnBootSec=1\n',
      'usr/lib/systemd/system/b.timer.d/20.conf': '[Timer]\nOnBootSec=3\n',
      'usr/lib/systemd/system/other.service': '[Service]\nExecStart=/bin/o\n',
    });
    expect(facts['timer/system/b.timer']).toMatchObject({
      file: '/etc/systemd/system/b.timer',
      enabled: false,
      timer: ['OnCalendar=hourly', 'Unit=other.service', 'OnBootSec=1', 'OnBootSec=2'],
      starts: 'other.service',
      service: ['ExecStart=/bin/o'],
    });
  });

  test('one that is masked says so, and one without a service runs nothing', async () => {
    const { facts } = await jobs(
      { 'usr/lib/systemd/system/b.timer': TIMER, 'usr/lib/systemd/system/c.timer': TIMER },
      { 'etc/systemd/system/b.timer': '/dev/null' },
    );
    expect(facts['timer/system/b.timer']).toMatchObject({ masked: true, timer: [] });
    expect(facts['timer/system/c.timer']).toMatchObject({ masked: false, service: [] });
  });

  test('an instance of a template that something starts is a timer of its own', async () => {
    const { facts } = await jobs(
      {
        'usr/lib/systemd/system/b@.timer': TIMER,
        'usr/lib/systemd/system/b@.service': SERVICE,
        'etc/systemd/system/b@ana.timer.d/x.conf': '[Timer]\nOnBootSec=1\n',
        'etc/systemd/system/timers.target.wants/gone.timer': '',
      },
      { 'etc/systemd/system/timers.target.wants/b@ana.timer': '/usr/lib/systemd/system/b@.timer' },
    );
    expect(facts).toMatchObject({
      'timer/system/b@.timer': { enabled: false, starts: 'b@.service' },
      'timer/system/b@ana.timer': {
        file: '/usr/lib/systemd/system/b@.timer',
        enabled: true,
        timer: ['OnCalendar=daily', 'Persistent=true', 'OnBootSec=1'],
        starts: 'b@ana.service',
        service: ['User=ana', 'ExecStart=/usr/bin/backup --all', expect.stringContaining('Environment=A=')],
      },
    });
    expect(Object.keys(facts)).toHaveLength(2);
  });

  test("users' own timers are told apart from those of all users", async () => {
    const { facts } = await jobs({
      'home/ana/.config/systemd/user/b.timer': TIMER,
      'usr/lib/systemd/user/b.timer': TIMER,
    });
    expect(Object.keys(facts).toSorted()).toEqual(['timer/user ana/b.timer', 'timer/user/b.timer']);
  });

  test('a unit file that can not be read hides its timer, a folder that can not, all of its timers', async () => {
    const units = { 'usr/lib/systemd/system/a.timer': TIMER, 'usr/lib/systemd/system/b.timer': TIMER };
    const one = await jobs(units, { 'etc/systemd/system/a.timer': 'a.timer' });
    expect(Object.keys(one.facts)).toEqual(['timer/system/b.timer']);
    expect(one.hidden).toEqual({ 'timer/system/a.timer': 'ELOOP' });
    const all = await jobs(units, { 'etc/systemd/system': 'system' });
    expect(all).toEqual({ facts: {}, hidden: { 'timer/system/*': 'ELOOP' } });
  });

  test('without a list of users, jobs of cron are told still', async () => {
    const { facts, hidden } = await jobs({ 'etc/passwd': 'half', 'etc/cron.d/a': '0 0 * * * root /x\n' });
    expect(Object.keys(facts)).toEqual(['cron-job//etc/cron.d/a/root: /x']);
    expect(hidden).toEqual({ 'timer/*': 'ACCOUNTS_GARBAGE' });
  });
});

test('a machine without cron and systemd has no jobs', async () => {
  expect(await jobs({})).toEqual({ facts: {}, hidden: {} });
});
