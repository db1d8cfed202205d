import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { source } from '../../../src/inventory/host/sudoers.ts';
import { collect } from '../../support/inventory.ts';
import { tree } from '../../support/tree.ts';

async function sudo(files: Readonly<Record<string, string>>) {
  using root = tree(Object.fromEntries(Object.entries(files).map(([name, text]) => [`etc/${name}`, text])));
  return await collect(source, { root: root.path });
}

test('rules are told by whom they are about, in the order in which sudo reads them', async () => {
  const { facts, hidden } = await sudo({
    sudoers: [
      '# who may do what',
      'Defaults\tenv_reset',
      'Defaults  mail_badpass   # a comment',
      'Defaults:ana !authenticate',
      'root    ALL = (ALL : ALL) ALL',
      '%sudo\tALL=(ALL:ALL) ALL',
      '#1000 ALL=(ALL) /bin/ls',
      'User_Alias ADMINS = ana, \\',
      '   bob',
      'ana ALL=(root) NOPASSWD: /usr/bin/systemctl restart web, PASSWD: /bin/cat',
      '@includedir /etc/sudoers.d',
    ].join('\n'),
    'sudoers.d/10-x': 'ana ALL=(ALL) /bin/true\n',
    'sudoers.d/README.md': 'mallory ALL=(ALL) ALL\n',
    'sudoers.d/old~': 'mallory ALL=(ALL) ALL\n',
  });
  expect(hidden).toEqual({});
  expect(facts).toEqual({
    'sudo-rule/Defaults': { rules: ['env_reset', 'mail_badpass'] },
    'sudo-rule/Defaults:ana': { rules: ['!authenticate'] },
    'sudo-rule/root': { rules: ['ALL=(ALL:ALL) ALL'] },
    'sudo-rule/%sudo': { rules: ['ALL=(ALL:ALL) ALL'] },
    'sudo-rule/#1000': { rules: ['ALL=(ALL) /bin/ls'] },
    'sudo-rule/User_Alias ADMINS': { rules: ['ana,bob'] },
    'sudo-rule/ana': {
      rules: [
        'ALL=(root) [no password asked] /usr/bin/systemctl restart web,[password asked] /bin/cat',
        'ALL=(ALL) /bin/true',
      ],
    },
  });
});

test('spacing, comments and where lines are broken make no difference', async () => {
  expect(await sudo({ sudoers: 'ana   ALL =( ALL : ALL )\\\n  SETENV : /bin/a ,  /bin/b # x\n\n' })).toEqual(
    await sudo({ sudoers: 'ana ALL=( ALL:ALL ) SETENV:/bin/a,/bin/b\n' }),
  );
});

test('order makes a difference, as the last rule that fits is the one that counts', async () => {
  const one = await sudo({ sudoers: 'ana ALL=(ALL) ALL\nana ALL=(ALL) !/bin/su\n' });
  expect(await sudo({ sudoers: 'ana ALL=(ALL) !/bin/su\nana ALL=(ALL) ALL\n' })).not.toEqual(one);
});

test('a # within quotes is no comment', async () => {
  const { facts } = await sudo({ sudoers: 'Defaults badpass_message="no # way"\n' });
  expect(facts['sudo-rule/Defaults']).toEqual({ rules: ['badpass_message="no # way"'] });
});

test('what is assigned in an argument, and a token, are not kept, and a change of them shows', async () => {
  const rule = (value: string) =>
    sudo({ sudoers: `ana ALL=(ALL) /usr/bin/env DB_PWD\\=${value} /usr/bin/run, /usr/bin/curl --token ${value}x\n` });
  const first = await rule('correct-horse-7');
  expect(JSON.stringify(first)).not.toContain('correct-horse');
  expect(JSON.stringify(first)).toContain('DB_PWD');
  expect(await rule('correct-horse-7')).toEqual(first);
  expect(await rule('correct-horse-8')).not.toEqual(first);
});

describe('what can not be read', () => {
  const all = (code: string) => ({ facts: {}, hidden: { 'sudo-rule/*': code } });

  test('is nothing when there is no sudo', async () => {
    using root = tree();
    expect(await collect(source, { root: root.path })).toEqual({ facts: {}, hidden: {} });
  });

  test('a file that includes itself hides everything', async () => {
    expect(await sudo({ sudoers: '#include /etc/more\n', more: '@include "/etc/sudoers"\n' })).toEqual(
      all('SUDOERS_LOOP'),
    );
  });

  test('a link that leads to itself hides everything', async () => {
    using root = tree({ 'etc/sudoers': 'ana ALL=(ALL) ALL\n#includedir /etc/sudoers.d\n', 'etc/sudoers.d/a': '' });
    symlinkSync('loop', join(root.path, 'etc/sudoers.d/loop'));
    expect(await collect(source, { root: root.path })).toEqual(all('ELOOP'));
  });

  test('a file larger than any such file hides everything', async () => {
    expect(await sudo({ sudoers: '# x\n'.repeat(2_100_000) })).toEqual(all('TOO_LARGE'));
  });

  test('a folder where the file should be hides everything', async () => {
    expect(await sudo({ 'sudoers/x': '' })).toEqual(all('NOT_A_FILE'));
  });

  test('half a line is kept as it is', async () => {
    expect((await sudo({ sudoers: 'ana ALL=(ALL) NOPASS' })).facts).toEqual({
      'sudo-rule/ana': { rules: ['ALL=(ALL) NOPASS'] },
    });
    expect((await sudo({ sudoers: '"ana' })).facts).toEqual({ 'sudo-rule/a line of no form': { rules: ['"ana'] } });
  });
});
