import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { source } from '../../../src/inventory/host/package-sources.ts';
import { collect } from '../../support/inventory.ts';
import { tree } from '../../support/tree.ts';

async function packages(files: Readonly<Record<string, string>>) {
  using root = tree(files);
  return await collect(source, { root: root.path });
}

const names = ({ facts }: Awaited<ReturnType<typeof packages>>) => Object.keys(facts).toSorted();

test('entries of apt in either form are told by type, address and suite', async () => {
  const one = await packages({
    'etc/apt/sources.list':
      '# main\ndeb http://deb.debian.org/debian bookworm main contrib # more\n#deb http://old bookworm main\ndeb [trusted=yes  signed-by="/k.gpg"] https://x ./\n',
    'etc/apt/sources.list.d/a.list.save': 'deb http://saved bookworm main\n',
    'etc/apt/sources.list.d/b.list': 'deb-src http://deb.debian.org/debian bookworm main\n',
  });
  expect(one).toEqual({
    facts: {
      'package-source/deb http://deb.debian.org/debian bookworm': {
        files: ['/etc/apt/sources.list'],
        settings: ['components: contrib main; enabled: yes'],
      },
      'package-source/deb https://x ./': {
        files: ['/etc/apt/sources.list'],
        settings: ['components: ; enabled: yes; signed-by: /k.gpg; trusted: yes'],
      },
      'package-source/deb-src http://deb.debian.org/debian bookworm': {
        files: ['/etc/apt/sources.list.d/b.list'],
        settings: ['components: main; enabled: yes'],
      },
    },
    hidden: {},
  });
  const two = await packages({
    'etc/apt/sources.list.d/debian.sources':
      'Types: deb deb-src\n# a comment\nURIs: http://deb.debian.org/debian\nSuites: bookworm bookworm-updates\nComponents: main\n contrib\nEnabled: No\nSigned-By: /k.gpg\n\n \nTypes: deb\nURIs: http://y\nSuites: ./\n',
  });
  expect(names(two)).toEqual([
    'package-source/deb http://deb.debian.org/debian bookworm',
    'package-source/deb http://deb.debian.org/debian bookworm-updates',
    'package-source/deb http://y ./',
    'package-source/deb-src http://deb.debian.org/debian bookworm',
    'package-source/deb-src http://deb.debian.org/debian bookworm-updates',
  ]);
  expect(two.facts['package-source/deb http://deb.debian.org/debian bookworm']).toEqual({
    files: ['/etc/apt/sources.list.d/debian.sources'],
    settings: ['components: contrib main; enabled: no; signed-by: /k.gpg'],
  });
});

test('repositories of dnf are told by their id, with what they say of signatures', async () => {
  const { facts } = await packages({
    'etc/yum.repos.d/epel.repo':
      '[epel]\nname = Extra\nbaseurl=https://a/x\n  https://b/x\ngpgcheck=0\n; a comment\n[epel-debug]\nenabled=0\n',
  });
  expect(facts).toEqual({
    'package-source/[epel]': {
      files: ['/etc/yum.repos.d/epel.repo'],
      settings: ['baseurl: https://a/x https://b/x; gpgcheck: 0; name: Extra'],
    },
    'package-source/[epel-debug]': { files: ['/etc/yum.repos.d/epel.repo'], settings: ['enabled: 0'] },
  });
});

test('one source in two files keeps both, as the laxer counts', async () => {
  const { facts } = await packages({
    'etc/apt/sources.list': 'deb http://x s main\n',
    'etc/apt/sources.list.d/a.list': 'deb [trusted=yes] http://x s main\n',
  });
  expect(facts['package-source/deb http://x s']).toEqual({
    files: ['/etc/apt/sources.list', '/etc/apt/sources.list.d/a.list'],
    settings: ['components: main; enabled: yes', 'components: main; enabled: yes; trusted: yes'],
  });
});

test('who asks, and with which password, is not kept; a change of a password or of a key in an entry shows', async () => {
  const given = (value: string) =>
    packages({
      'etc/apt/sources.list': `deb https://me:${value}@x/y s main\n`,
      'etc/yum.repos.d/a.repo': `[a]\nusername=me\npassword=${value}\nbaseurl=https://me:${value}@x/y\n`,
      'etc/apt/sources.list.d/k.sources': `Types: deb\nURIs: http://k\nSuites: s\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n ${value}\n`,
    });
  const first = await given('correct-horse-7');
  expect(JSON.stringify(first)).not.toContain('correct-horse');
  expect(names(first)).toContain('package-source/deb https://x/y s');
  const second = await given('correct-horse-8');
  expect(second.facts['package-source/[a]']).not.toEqual(first.facts['package-source/[a]']);
  expect(second.facts['package-source/deb http://k s']).not.toEqual(first.facts['package-source/deb http://k s']);
  expect(names(second)).toEqual(names(first));
});

test('files of keys are told by digest', async () => {
  const { facts } = await packages({
    'etc/apt/trusted.gpg.d/a.gpg': 'key',
    'usr/share/keyrings/b.gpg': 'key',
    'etc/apt/trusted.gpg.d/c.gpg~': 'key',
    'etc/pki/rpm-gpg/RPM-GPG-KEY': 'key',
    'etc/apt/trusted.gpg': '',
  });
  expect(Object.keys(facts)).toHaveLength(4);
  expect(facts['package-key//usr/share/keyrings/b.gpg']).toEqual({ content: expect.stringMatching(/^sha256:/) });
});

test('a list that can not be read hides all sources, as it may hold any, and no key', async () => {
  using root = tree({ 'etc/apt/sources.list': 'deb http://x s main\n', 'etc/apt/keyrings/k': 'k' });
  symlinkSync('sources.list.d', join(root.path, 'etc/apt/sources.list.d'));
  const { facts, hidden } = await collect(source, { root: root.path });
  expect(Object.keys(facts)).toEqual(['package-source/deb http://x s', 'package-key//etc/apt/keyrings/k']);
  expect(hidden).toEqual({ 'package-source/*': 'ELOOP' });
});

test('half a line, half a stanza and a setting of no repository are none', async () => {
  expect(
    await packages({
      'etc/apt/sources.list': 'deb http://x\ndeb [unclosed http://x s main\n',
      'etc/apt/sources.list.d/a.sources': 'Types: deb\nURIs: http://x\n',
      'etc/yum.repos.d/a.repo': 'gpgcheck=0\n[half',
    }),
  ).toEqual({ facts: {}, hidden: {} });
});

test('a machine without any has none', async () => {
  expect(await packages({})).toEqual({ facts: {}, hidden: {} });
});
