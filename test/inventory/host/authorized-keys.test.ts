import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { source } from '../../../src/inventory/host/authorized-keys.ts';
import { parseKeyLine } from '../../../src/inventory/host/key-line.ts';
import { collect } from '../../support/inventory.ts';
import { tempFolder } from '../../support/temp.ts';
import { tree } from '../../support/tree.ts';

const PASSWD =
  'root:x:0:0:root:/root:/bin/bash\nana:x:1000:1000::/home/ana:/bin/sh\nsvc:x:9:9::/nonexistent:/bin/false\n';

/** A key whose blob holds `seed`: of the right form, of no use. */
function key(seed: number, type = 'ssh-ed25519'): string {
  const part = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return `${type} ${Buffer.concat([part(Buffer.from(type)), part(Buffer.alloc(32, seed))]).toString('base64')}`;
}

function fingerprint(seed: number): string {
  return parseKeyLine(key(seed))?.fingerprint ?? 'none';
}

async function keys(files: Readonly<Record<string, string>>) {
  using root = tree({ 'etc/passwd': PASSWD, ...files });
  return await collect(source, { root: root.path });
}

test('a key is known by its user and fingerprint, and keeps type, comment, options and file', async () => {
  const { facts, hidden } = await keys({
    'home/ana/.ssh/authorized_keys': `# mine\n\n${key(1)} ana@laptop\nno-pty,command="/usr/bin/rsync --server, x",from="10.0.0.0/8" ${key(2)}\n`,
  });
  expect(hidden).toEqual({});
  expect(facts).toEqual({
    [`authorized-key/ana/${fingerprint(1)}`]: {
      user: 'ana',
      type: 'ssh-ed25519',
      comments: ['ana@laptop'],
      options: [''],
      files: ['/home/ana/.ssh/authorized_keys'],
    },
    [`authorized-key/ana/${fingerprint(2)}`]: {
      user: 'ana',
      type: 'ssh-ed25519',
      comments: [''],
      options: ['command="/usr/bin/rsync --server, x", from="10.0.0.0/8", no-pty'],
      files: ['/home/ana/.ssh/authorized_keys'],
    },
  });
});

test('the order of lines makes no difference, and a key twice is one fact with both', async () => {
  const [a, b] = [`${key(1)} a`, `no-pty ${key(1)} b`];
  const one = await keys({ 'root/.ssh/authorized_keys': `${a}\n`, 'root/.ssh/authorized_keys2': `${b}\n${key(3)}\n` });
  expect(one.facts[`authorized-key/root/${fingerprint(1)}`]).toMatchObject({
    comments: ['a', 'b'],
    options: ['', 'no-pty'],
    files: ['/root/.ssh/authorized_keys', '/root/.ssh/authorized_keys2'],
  });
  expect(
    await keys({ 'root/.ssh/authorized_keys2': `${key(3)}\n${b}\n`, 'root/.ssh/authorized_keys': `${a}\n` }),
  ).toEqual(one);
});

test('what sshd passes over is no key: half a line, another word than the type, a private key', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const secret = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const { facts } = await keys({
    'root/.ssh/authorized_keys': [
      secret,
      key(1).slice(0, 20),
      key(1).replace('ssh-ed25519', 'ssh-rsa'),
      'ssh-rsa',
      '\0\x01',
      key(4),
    ].join('\n'),
  });
  expect(Object.keys(facts)).toEqual([`authorized-key/root/${fingerprint(4)}`]);
  for (const line of secret.split('\n').filter((text) => text.length > 20))
    expect(JSON.stringify(facts)).not.toContain(line);
});

test('what an option sets in the environment, and a secret in its command, are not kept, and a change of them shows', async () => {
  const options = (value: string) =>
    keys({
      'root/.ssh/authorized_keys': `environment="DB_PWD=${value}",command="PGPASSWORD=${value} psql" ${key(1)}\n`,
    });
  const first = await options('correct-horse-7');
  expect(JSON.stringify(first)).not.toContain('correct-horse');
  expect(JSON.stringify(first)).toContain('DB_PWD=');
  expect(await options('correct-horse-8')).not.toEqual(first);
});

describe('where sshd looks', () => {
  test('is what its configuration says, with what it includes and under Match', async () => {
    const { facts } = await keys({
      'etc/ssh/sshd_config':
        'Include /etc/ssh/sshd_config.d/*.conf\nMatch User git\n  AuthorizedKeysFile /srv/git/keys\n',
      'etc/ssh/sshd_config.d/10.conf': 'authorizedkeysfile .ssh/authorized_keys "/etc/ssh/keys/%u"\n',
      'etc/ssh/keys/ana': key(1),
      'home/ana/.ssh/authorized_keys': key(2),
      'home/ana/.ssh/authorized_keys2': key(3),
      'srv/git/keys': key(4),
    });
    expect(Object.keys(facts).toSorted()).toEqual(
      [
        ...['ana', 'root', 'svc'].map((user) => `authorized-key/${user}/${fingerprint(4)}`),
        ...[1, 2].map((seed) => `authorized-key/ana/${fingerprint(seed)}`),
      ].toSorted(),
    );
  });

  test('is its own two places where only some users have others, and none where it says none', async () => {
    const files = { 'home/ana/.ssh/authorized_keys2': key(3) };
    const match = 'Match User git\nAuthorizedKeysFile none\n';
    expect(Object.keys((await keys({ ...files, 'etc/ssh/sshd_config': match })).facts)).toHaveLength(1);
    const none = 'AuthorizedKeysFile none\n';
    expect(Object.keys((await keys({ ...files, 'etc/ssh/sshd_config': none })).facts)).toHaveLength(0);
  });
});

describe('what can not be read', () => {
  test('hides the keys of that user and of nobody else', async () => {
    using root = tree({ 'etc/passwd': PASSWD, 'home/ana/.ssh/authorized_keys': key(1) });
    mkdirSync(join(root.path, 'root/.ssh'), { recursive: true });
    symlinkSync('authorized_keys', join(root.path, 'root/.ssh/authorized_keys'));
    expect(await collect(source, { root: root.path })).toMatchObject({
      facts: { [`authorized-key/ana/${fingerprint(1)}`]: {} },
      hidden: { 'authorized-key/root/*': 'ELOOP' },
    });
  });

  test('is not waited for when it is a pipe', async () => {
    using root = tree({ 'etc/passwd': PASSWD, 'root/.ssh/x': '' });
    execFileSync('mkfifo', [join(root.path, 'root/.ssh/authorized_keys')]);
    expect((await collect(source, { root: root.path })).hidden).toEqual({ 'authorized-key/root/*': 'NOT_A_FILE' });
  });

  test('hides everything when it is the list of users', async () => {
    expect(await keys({ 'etc/passwd': 'ana:x' })).toEqual({
      facts: {},
      hidden: { 'authorized-key/*': 'ACCOUNTS_GARBAGE' },
    });
  });
});

test.skipIf(!existsSync('/usr/bin/ssh-keygen'))('a fingerprint is what ssh-keygen says of the key', () => {
  const path = join(tempFolder(), 'k/id');
  mkdirSync(dirname(path));
  execFileSync('/usr/bin/ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-C', 'a b', '-f', path]);
  const line = execFileSync('/bin/cat', [`${path}.pub`], { encoding: 'utf8' });
  writeFileSync(`${path}.both`, line);
  const [, shown] = execFileSync('/usr/bin/ssh-keygen', ['-l', '-f', `${path}.pub`], { encoding: 'utf8' }).split(' ');
  expect(parseKeyLine(line)).toMatchObject({ fingerprint: shown, comment: 'a b', type: 'ecdsa-sha2-nistp256' });
});

test('ten thousand keys of one user are as many facts', async () => {
  const line = (index: number): string => {
    const blob = Buffer.from(key(0).split(' ')[1] ?? '', 'base64');
    blob.writeUInt32BE(index, blob.length - 4);
    return `command="serve user-${index}",no-pty ssh-ed25519 ${blob.toString('base64')} key ${index}`;
  };
  const { facts, hidden } = await keys({
    'home/ana/.ssh/authorized_keys': Array.from({ length: 10_000 }, (_, index) => line(index)).join('\n'),
  });
  expect(hidden).toEqual({});
  expect(Object.keys(facts)).toHaveLength(10_000);
});
