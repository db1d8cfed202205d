import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/host/certificate-files.ts';
import { seen } from '../../../src/domain/failure.ts';
import type { CertificateFiles } from '../../../src/providers/host/reader.ts';
import { hostReader } from '../../support/host-reader.ts';
import { hasOpenssl, makeAuthority, type Authority } from '../../support/http/certificates.ts';
import { look } from '../../support/look.ts';
import { tempFolder } from '../../support/temp.ts';
import { tree } from '../../support/tree.ts';

const KEY = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';

test('nothing that fits, a folder that is not there, and files without a certificate are findings of one kind', async () => {
  using root = tree({ 'notes.txt': 'x', 'key.pem': KEY });
  const title = async (path: string) => {
    const { drafts } = await look(check, hostReader(), { path });
    expect(drafts).toMatchObject([{ discriminator: 'none', severity: 'medium' }]);
    return drafts[0]?.title;
  };
  expect(await title(`${root.path}/*.crt`)).toBe(`No file is to be found at ${root.path}/*.crt`);
  expect(await title(`${root.path}/certs/*.crt`)).toContain(`: the folder ${root.path}/certs does not exist`);
  expect(await title(`${root.path}/*.pem`)).toBe(`No file at ${root.path}/*.pem begins with a certificate`);
});

test('a key that is named by its whole path is unknown, and nothing of it is quoted', async () => {
  using root = tree({ 'key.pem': KEY });
  const { observations, drafts } = await look(check, hostReader(), { path: `${root.path}/key.pem` });
  expect(drafts).toEqual([]);
  expect(observations).toMatchObject([
    { status: 'unknown', failure: { code: 'NO_CERTIFICATE', message: expect.stringContaining('"PRIVATE KEY"') } },
  ]);
  expect(JSON.stringify(observations)).not.toContain('c2VjcmV0');
});

describe('what may not be read', () => {
  const files = (edit: Partial<CertificateFiles>, unreadable: readonly { path: string; code: string }[] = []) => ({
    ...hostReader(),
    certificateFiles: async () =>
      seen<CertificateFiles>({
        files: [],
        cut: false,
        found: { matched: 0, newest: null, ahead: null, missingFolder: null, unreadable, dangling: 0, cut: false },
        ...edit,
      }),
  });

  test('a folder hides the files below it, and itself where it is a file', async () => {
    const reader = files({}, [{ path: '/etc/private', code: 'EACCES' }]);
    expect((await look(check, reader, { path: '/etc/**/*.pem' })).observations).toMatchObject([
      { status: 'unknown', resource: 'host:test/certificate-file//etc/private', failure: { code: 'EACCES' } },
      { status: 'unknown', resource: 'host:test/certificate-file//etc/private/*' },
    ]);
  });

  test('so many that not all are known hide everything, as do too many files', async () => {
    const many = Array.from({ length: 5 }, (_, index) => ({ path: `/etc/p${index}`, code: 'EACCES' }));
    for (const reader of [files({}, many), files({ cut: true })]) {
      const { observations, drafts } = await look(check, reader, { path: '/etc/**/*.pem' });
      expect(drafts).toEqual([]);
      expect(observations).toContainEqual(
        expect.objectContaining({ status: 'unknown', resource: 'host:test/certificate-file/*' }),
      );
    }
  });
});

describe.skipIf(!hasOpenssl)('real certificates (needs the openssl command)', () => {
  const now = Date.now();
  const authority: Authority | null = hasOpenssl ? makeAuthority(now) : null;
  afterAll(() => authority?.[Symbol.dispose]());
  const issued = (to: number, from = -60) => {
    if (authority === null) throw new Error('skipped without openssl');
    return authority.issue({ names: ['a.example'], from, to });
  };

  test.each([
    [31, undefined],
    [29.9, 'low'],
    [6.9, 'high'],
    [0.9, 'critical'],
    [-2, 'critical'],
  ])('one with %f days left is %s, as net/tls has it', async (to, severity) => {
    const path = join(tempFolder(), 'fullchain.pem');
    writeFileSync(path, issued(to).cert);
    const { drafts } = await look(check, hostReader(), { path }, { now });
    expect(drafts[0]?.severity).toBe(severity);
  });

  test('every file under a pattern is a resource of its own; keys among them are passed over', async () => {
    const folder = tempFolder();
    const leaf = issued(2);
    for (const name of ['a', 'b']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'fullchain.pem'), `${leaf.cert}${authority?.intermediate.cert ?? ''}`);
      writeFileSync(join(folder, name, 'privkey.pem'), leaf.key);
    }
    writeFileSync(join(folder, 'b', 'fullchain.pem'), issued(80).cert);
    writeFileSync(join(folder, 'b', 'broken.pem'), '-----BEGIN CERTIFICATE-----\n');
    const { observations, drafts } = await look(check, hostReader(), { path: `${folder}/*/*.pem` }, { now });
    expect(observations).toMatchObject([
      { status: 'seen', facts: { about: 'pattern', matched: 5, withCertificates: 2 } },
      { status: 'seen', name: `${folder}/a/fullchain.pem` },
      { status: 'unknown', name: `${folder}/b/broken.pem`, failure: { code: 'CERTIFICATE_CUT_OFF' } },
      { status: 'seen', name: `${folder}/b/fullchain.pem` },
    ]);
    expect(drafts).toMatchObject([
      {
        discriminator: 'expiry',
        severity: 'high',
        title: expect.stringContaining(`in ${folder}/a/fullchain.pem expires in`),
      },
    ]);
  });
});
