import { expect, test } from 'vitest';
import { source } from '../../../src/inventory/host/accounts.ts';
import { collect } from '../../support/inventory.ts';
import { tree } from '../../support/tree.ts';

const ROOT = 'root:x:0:0:root:/root:/bin/bash';
const GROUPS = 'root:x:0:\nsudo:x:27:\nusers:x:100:ana\n';

async function accounts(passwd: string, group = GROUPS) {
  using root = tree({ 'etc/passwd': passwd, 'etc/group': group, 'etc/shadow': 'root:$y$hash:1:0:99999:7:::\n' });
  return await collect(source, { root: root.path });
}

test('who may log in, is root by number, or is in a group with rights is a fact, and others are not', async () => {
  const { facts, hidden } = await accounts(
    [
      ROOT,
      'toor:x:0:0::/root:/usr/sbin/nologin',
      'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
      'sync:x:4:65534:sync:/bin:/bin/sync',
      'ana:x:1000:1000:Ana,,,:/home/ana:/bin/zsh',
      'svc:x:990:990::/var/lib/svc:/bin/false',
      'backup:x:34:27::/var/backups:/usr/sbin/nologin',
      'bare:x:991:991::/:',
      '',
    ].join('\n'),
    `${GROUPS}docker:x:999:svc,gone\nplain:x:1000:daemon\n`,
  );
  expect(hidden).toEqual({});
  expect(Object.keys(facts).toSorted()).toEqual([
    'privileged-group/docker',
    'privileged-group/root',
    'privileged-group/sudo',
    'user/ana',
    'user/backup',
    'user/bare',
    'user/root',
    'user/svc',
    'user/toor',
  ]);
  expect(facts['user/ana']).toEqual({
    uid: 1000,
    gid: 1000,
    home: '/home/ana',
    shell: '/bin/zsh',
    login: 'as the shadow file says',
  });
  expect(facts['privileged-group/docker']).toEqual({ gids: [999], members: ['gone', 'svc'] });
  expect(facts['privileged-group/sudo']).toEqual({ gids: [27], members: ['backup'] });
  expect(facts['privileged-group/root']).toEqual({ gids: [0], members: ['root', 'toor'] });
});

test.each([
  ['', 'without a password'],
  ['*', 'locked'],
  ['!$6$hash', 'locked'],
  ['x', 'as the shadow file says'],
  ['$6$salt$SECRETHASH', 'with a password kept in /etc/passwd'],
])('a password field of %j says "%s", and no hash is kept', async (field, login) => {
  const { facts } = await accounts(`root:${field}:0:0:root:/root:/bin/bash\n`);
  expect(facts['user/root']).toMatchObject({ login });
  expect(JSON.stringify(facts)).not.toContain('hash');
  expect(JSON.stringify(facts)).not.toContain('SECRETHASH');
});

test('a group of number 0 has rights whatever its name', async () => {
  const { facts } = await accounts(`${ROOT}\n`, `${GROUPS}wizards:x:0:ana\n`);
  expect(facts['privileged-group/wizards']).toMatchObject({ members: ['ana', 'root'] });
});

test('the order of members and a member named twice make no difference', async () => {
  const { facts } = await accounts(`${ROOT}\n`, 'root:x:0:\nsudo:x:27:bob,ana,bob\n');
  expect(facts).toEqual((await accounts(`${ROOT}\n`, 'sudo:x:27:ana,bob\nroot:x:0:\n')).facts);
});

test('two lines of one name are both kept', async () => {
  const { facts } = await accounts(`${ROOT}\nroot:x:1000:0::/x:/bin/sh\n`);
  expect(facts['user/root']).toMatchObject({ lines: [{ uid: 0 }, { uid: 1000, home: '/x' }] });
});

test.each([
  ['half a line', `${ROOT}\nana:x:1000:10`],
  ['a number that is none', `${ROOT}\nana:x:one:1000::/home/ana:/bin/sh\n`],
  ['a line too long by a field', `${ROOT}\nana:x:1:1::/:/bin/sh:x\n`],
])('%s hides everything, as half a list is no list', async (_, passwd) => {
  expect(await accounts(passwd)).toEqual({
    facts: {},
    hidden: { 'privileged-group/*': 'ACCOUNTS_GARBAGE', 'user/*': 'ACCOUNTS_GARBAGE' },
  });
});

test('comments, empty lines and lines of a directory service are passed over', async () => {
  const { facts } = await accounts(`# users\n\n${ROOT}\n+@admins::::::\n+::0:0:::\n`);
  expect(Object.keys(facts).filter((name) => name.startsWith('user/'))).toEqual(['user/root']);
});

test('without the files there is no telling', async () => {
  using root = tree();
  expect((await collect(source, { root: root.path })).hidden).toEqual({
    'privileged-group/*': 'NO_ACCOUNT_FILES',
    'user/*': 'NO_ACCOUNT_FILES',
  });
});

test('a name that is not plain is shown as what it is', async () => {
  const { facts } = await accounts(`${ROOT}\na\u202Eb*:x:5:5::/h\u0007:/bin/sh\n`);
  expect(facts['user/a\\u{202e}b%2A']).toMatchObject({ home: '/h\\u{7}' });
});
