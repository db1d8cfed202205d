import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { readCertificateFile } from '../../../src/providers/host/certificate-files.ts';
import { nextPemBlock } from '../../../src/providers/host/pem-block.ts';
import { hasOpenssl, makeAuthority, type Authority } from '../../support/http/certificates.ts';
import { tempFolder } from '../../support/temp.ts';

function fileOf(content: string | Uint8Array): string {
  const path = join(tempFolder(), 'file.pem');
  writeFileSync(path, content);
  return path;
}

const KEY = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0LXNlY3JldA==\n-----END PRIVATE KEY-----\n';

describe('a block in PEM form', () => {
  const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
  const block = (text: string, from = 0) => nextPemBlock(Buffer.from(text), from);

  test.each([
    ['', { kind: 'none' }],
    ['Bag Attributes\n', { kind: 'none' }],
    [`Subject: x\n${certificate}\n`, { kind: 'certificate', from: 11, to: 11 + certificate.length }],
    [KEY, { kind: 'other', label: 'PRIVATE KEY' }],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n', { kind: 'open' }],
    ['-----BEGIN CERTI', { kind: 'open' }],
    [`-----BEGIN CERTIFICATE-----\nAAAA\n${KEY}`, { kind: 'broken' }],
    [`-----BEGIN CERTIFICATE-----\nAAAA\n${certificate}`, { kind: 'broken' }],
    [`-----BEGIN ${'A'.repeat(100)}`, { kind: 'other', label: '' }],
    ['-----BEGIN \u001B[31m-----\n', { kind: 'other', label: '' }],
  ])('%j', (text, expected) => {
    expect(block(text)).toEqual(expected);
  });

  test('is found in any text without an exception, and always further on', () => {
    const piece = fc.constantFrom(
      '-----BEGIN ',
      'CERTIFICATE',
      '-----',
      '-----END ',
      '\n',
      'AAAA',
      'RSA PRIVATE KEY',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const found = block(pieces.join(''));
        expect(found.kind === 'certificate' ? found.to - found.from : 1).toBeGreaterThan(0);
      }),
    );
  });
});

test.each([
  ['nothing', '', null],
  ['text', 'hello\n', null],
  ['zeros', Buffer.alloc(100_000), null],
  ['a private key', KEY, 'PRIVATE KEY'],
  ['DER that is no certificate', Buffer.from([0x30, 0x82, 0x01, 0x02, 0x02, 0x01, 0x00]), null],
])('a file with %s holds no certificate', async (_, content, holds) => {
  expect(await readCertificateFile(fileOf(content))).toMatchObject({ status: 'none', holds });
});

test('a pipe and a folder are no certificate, and nobody waits for them', async () => {
  const folder = tempFolder();
  const pipe = join(folder, 'pipe.pem');
  execFileSync('mkfifo', [pipe]);
  expect(await readCertificateFile(pipe)).toMatchObject({ status: 'none' });
  expect(await readCertificateFile(folder)).toMatchObject({ status: 'none' });
});

test('what is not there, leads in a circle, or is no certificate inside is unknown, with the reason', async () => {
  const folder = tempFolder();
  symlinkSync('circle', join(folder, 'circle'));
  expect(await readCertificateFile(join(folder, 'none.pem'))).toMatchObject({ failure: { code: 'ENOENT' } });
  expect(await readCertificateFile(join(folder, 'circle'))).toMatchObject({ failure: { code: 'ELOOP' } });
  const broken = fileOf('-----BEGIN CERTIFICATE-----\nc2VjcmV0LXNlY3JldA==\n-----END CERTIFICATE-----\n');
  const answer = await readCertificateFile(broken);
  expect(answer).toMatchObject({ failure: { code: 'CERTIFICATE_INVALID' } });
  expect(JSON.stringify(answer)).not.toContain('c2VjcmV0');
  const cut = fileOf('-----BEGIN CERTIFICATE-----\nAAAA\n');
  expect(await readCertificateFile(cut)).toMatchObject({ failure: { code: 'CERTIFICATE_CUT_OFF' } });
});

test('a file of 50 GB is given up after its first MiB', async () => {
  const path = fileOf('a file that is sparse\n');
  truncateSync(path, 50 * 1024 ** 3);
  expect(await readCertificateFile(path)).toMatchObject({ failure: { code: 'CERTIFICATE_FILE_TOO_LARGE' } });
});

describe.skipIf(!hasOpenssl)('files of real certificates (needs the openssl command)', () => {
  const now = Date.now();
  const authority: Authority | null = hasOpenssl ? makeAuthority(now) : null;
  afterAll(() => authority?.[Symbol.dispose]());
  const issuer = (): Authority => {
    if (authority === null) throw new Error('skipped without openssl');
    return authority;
  };
  const leafOf = (name: string) => issuer().issue({ names: [name], from: -1, to: 90, by: 'intermediate' });

  test('a chain is read to its end, the private key that follows is not', async () => {
    const leaf = leafOf('a.example');
    const chain = `${leaf.cert}${issuer().intermediate.cert}`;
    const expected = {
      status: 'read',
      certificates: [
        { name: 'a.example', issuer: 'Holdfast test intermediate' },
        { name: 'Holdfast test intermediate' },
      ],
    };
    expect(await readCertificateFile(fileOf(chain))).toMatchObject(expected);
    expect(await readCertificateFile(fileOf(`Bag Attributes\n${chain}${leaf.key}`))).toMatchObject(expected);
    expect(await readCertificateFile(fileOf(chain.replaceAll('\n', '\r\n')))).toMatchObject(expected);
  });

  test('a bundle is read over many pieces; one of five hundred certificates and more is unknown', async () => {
    const { cert } = leafOf('bundle.example');
    const bundle = (times: number) => readCertificateFile(fileOf(`# a bundle\n${cert}`.repeat(times)));
    expect(await bundle(40)).toMatchObject({ status: 'read', certificates: { length: 40 } });
    expect(await bundle(500)).toMatchObject({ failure: { code: 'CERTIFICATE_FILE_TOO_LARGE' } });
  });

  test('what stands behind a private key is not read', async () => {
    const leaf = leafOf('b.example');
    expect(await readCertificateFile(fileOf(`${leaf.key}${leaf.cert}`))).toMatchObject({ status: 'none' });
    const afterwards = await readCertificateFile(fileOf(`${leaf.cert}${leaf.key}${issuer().root.cert}`));
    expect(afterwards).toMatchObject({ certificates: [{ name: 'b.example' }] });
  });

  test('DER and what OpenSSL calls trusted are read too', async () => {
    const pem = fileOf(leafOf('c.example').cert);
    const der = `${pem}.der`;
    execFileSync('openssl', ['x509', '-in', pem, '-outform', 'DER', '-out', der]);
    expect(await readCertificateFile(der)).toMatchObject({ certificates: [{ name: 'c.example' }] });
    const trusted = `${pem}.trusted`;
    execFileSync('openssl', ['x509', '-in', pem, '-addtrust', 'serverAuth', '-trustout', '-out', trusted]);
    expect(await readCertificateFile(trusted)).toMatchObject({ certificates: [{ name: 'c.example' }] });
  });

  test('a key and a key store in DER hold no certificate', async () => {
    const leaf = leafOf('d.example');
    const key = fileOf(leaf.key);
    execFileSync('openssl', ['pkcs8', '-topk8', '-nocrypt', '-in', key, '-outform', 'DER', '-out', `${key}.der`]);
    expect(await readCertificateFile(`${key}.der`)).toMatchObject({ status: 'none' });
    const both = fileOf(`${leaf.cert}${leaf.key}`);
    execFileSync('openssl', ['pkcs12', '-export', '-in', both, '-passout', 'pass:x', '-out', `${both}.p12`]);
    expect(await readCertificateFile(`${both}.p12`)).toMatchObject({ status: 'none' });
  });

  test.skipIf(process.getuid?.() !== 0)('a file that may not be read is unknown (needs root to try)', () => {
    const path = fileOf(leafOf('e.example').cert);
    chmodSync(path, 0o600);
    const module = join(import.meta.dirname, '../../../src/providers/host/certificate-files.ts');
    chmodSync(join(path, '..'), 0o755);
    const script = `
      const { readCertificateFile } = await import(${JSON.stringify(module)});
      console.log(JSON.stringify(await readCertificateFile(process.argv[1])));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script, path], {
      uid: 65_534,
      gid: 65_534,
      env: {},
      cwd: '/',
      encoding: 'utf8',
    });
    expect(JSON.parse(output)).toMatchObject({ status: 'unknown', failure: { code: 'EACCES' } });
  });
});
