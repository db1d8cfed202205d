import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifySshSignature, type SshSignatureAnswer } from '../../src/maker/ssh-signature.ts';
import { armor, hasSshKeygen, madeKey, realKey, type Making } from '../support/openssh.ts';
import { tempFolder } from '../support/temp.ts';

const NAMESPACE = 'holdfast-approval';
const TEXT = 'approve p-8K2M4QXV7C1D sha256:7f3a91';

function ask(armored: string, signers: readonly string[], text = TEXT): SshSignatureAnswer {
  return verifySshSignature({ armored, message: Buffer.from(text), namespace: NAMESPACE, signers });
}

/** `name` when it is good, else why not. */
function answered(...asked: Parameters<typeof ask>): string {
  const answer = ask(...asked);
  return answer.status === 'good' ? answer.name : answer.why;
}

describe.skipIf(!hasSshKeygen)('a signature of ssh-keygen (skipped without openssh-client)', () => {
  it.each([[[]], [['-O', 'hashalg=sha256']]])(
    'is good, and names who signed and the key that ssh shows: %j',
    (more) => {
      const folder = tempFolder();
      const key = realKey(folder);
      const shown = execFileSync('ssh-keygen', ['-l', '-f', join(folder, 'id.pub')], { encoding: 'utf8' });
      const answer = ask(key.sign(TEXT, NAMESPACE, ...more), [`ana ${key.pub}`]);
      expect(answer).toEqual({ status: 'good', name: 'ana', fingerprint: shown.split(' ')[1] });
    },
  );

  it('finds the signer among several', () => {
    const folder = tempFolder();
    const [ana, ben] = [realKey(folder, 'a'), realKey(folder, 'b')];
    const signers = [`ana ${ana.pub}`, `ben ${ben.pub}`, `tok ${madeKey('token').pub}`];
    expect(answered(ben.sign(TEXT, NAMESPACE), signers)).toBe('ben');
  });

  it('is bad for another text, another namespace, another key', () => {
    const folder = tempFolder();
    const [ana, ben] = [realKey(folder, 'a'), realKey(folder, 'b')];
    expect(answered(ana.sign(`${TEXT} `, NAMESPACE), [`ana ${ana.pub}`])).toBe('the signature is not of this text');
    expect(answered(ana.sign(TEXT, 'git'), [`ana ${ana.pub}`])).toContain('made for "git"');
    expect(answered(ben.sign(TEXT, NAMESPACE), [`ana ${ana.pub}`])).toMatch(/SHA256:.* is not one of the signers/);
  });

  it('with any one byte changed is bad', () => {
    const key = realKey(tempFolder());
    expectNoFlip(key.sign(TEXT, NAMESPACE), key.pub);
  });

  it('of an RSA or ECDSA key is bad, whoever it is', () => {
    const folder = tempFolder();
    const path = join(folder, 'rsa');
    execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', path]);
    writeFileSync(join(folder, 'text'), TEXT);
    const sign = ['-q', '-Y', 'sign', '-f', path, '-n', NAMESPACE];
    const armored = execFileSync('ssh-keygen', sign, { input: TEXT, encoding: 'utf8', stdio: 'pipe' });
    expect(answered(armored, [`ana ${madeKey('file').pub}`])).toContain('not an SSH signature of an ed25519 key');
  });

  it('is what ssh-keygen itself takes ours for', () => {
    const folder = tempFolder();
    const key = madeKey('file');
    writeFileSync(join(folder, 'signers'), `ana ${key.pub}\n`);
    writeFileSync(join(folder, 'sig'), armor(key.blob(TEXT)));
    const verify = [
      '-Y',
      'verify',
      '-f',
      join(folder, 'signers'),
      '-I',
      'ana',
      '-n',
      NAMESPACE,
      '-s',
      join(folder, 'sig'),
    ];
    expect(execFileSync('ssh-keygen', verify, { input: TEXT, encoding: 'utf8' })).toContain('Good');
  });

  it('of a token made of software is what ssh-keygen itself takes ours for', () => {
    const folder = tempFolder();
    const key = madeKey('token');
    writeFileSync(join(folder, 'signers'), `ana ${key.pub}\n`);
    writeFileSync(join(folder, 'sig'), armor(key.blob(TEXT)));
    const verify = [
      '-Y',
      'verify',
      '-f',
      join(folder, 'signers'),
      '-I',
      'ana',
      '-n',
      NAMESPACE,
      '-s',
      join(folder, 'sig'),
    ];
    expect(execFileSync('ssh-keygen', verify, { input: TEXT, encoding: 'utf8' })).toContain('Good');
  });
});

describe.each(['file', 'token'] as const)('a signature of a key in a %s, made by hand', (kind) => {
  const key = madeKey(kind);
  const signers = [`ana ${key.pub}`];

  it('is good with either hash', () => {
    for (const hash of ['sha256', 'sha512']) expect(answered(armor(key.blob(TEXT, { hash })), signers)).toBe('ana');
  });

  it('is bad for another text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(text !== TEXT);
        expect(answered(armor(key.blob(TEXT)), signers, text)).toBe('the signature is not of this text');
      }),
      { numRuns: 50 },
    );
  });

  it.each<[what: string, making: Making, why: RegExp]>([
    ['another namespace', { namespace: 'git' }, /made for "git"/],
    ['no namespace', { namespace: '' }, /made for ""/],
    ['a namespace that begins alike', { namespace: `${NAMESPACE}s` }, /made for/],
    ['a weak hash', { hash: 'sha1' }, /not an SSH signature/],
    ['another long hash', { hash: 'sha384' }, /not an SSH signature/],
    ['another version', { version: 2 }, /not an SSH signature/],
    ['something in the reserved field', { reserved: 'x' }, /not an SSH signature/],
    ['something after it', { after: Buffer.of(0) }, /not an SSH signature/],
    ['something after the signature in it', { afterSignature: Buffer.of(0) }, /not an SSH signature/],
    ['something after the key in it', { afterKey: Buffer.of(0) }, /not an SSH signature/],
    ['a signature that says it is of another kind', { type: 'ssh-rsa' }, /not an SSH signature/],
  ])('is bad with %s', (_what, making, why) => {
    expect(answered(armor(key.blob(TEXT, making)), signers)).toMatch(why);
  });

  it('is bad when anything is cut off at its end', () => {
    const blob = key.blob(TEXT);
    for (let length = 0; length < blob.length; length++)
      expect(ask(armor(blob.subarray(0, length)), signers).status, `${length} bytes`).toBe('bad');
  });

  it('is bad with any one bit changed', () => {
    expectNoFlip(armor(key.blob(TEXT)), key.pub);
  });

  it('is bad when nobody, or only others, may sign', () => {
    const armored = armor(key.blob(TEXT));
    expect(answered(armored, [])).toContain('nobody may sign');
    expect(answered(armored, [`ben ${madeKey(kind).pub}`])).toContain('is not one of the signers');
  });
});

describe('a token', () => {
  const key = madeKey('token');
  it.each([
    [0x00, 'was not touched'],
    [0x04, 'was not touched'],
    [0x41, 'was not touched'],
    [0x81, 'was not touched'],
    [0x01, 'ana'],
    [0x05, 'ana'],
  ])('with the flags %i: %s', (flags, said) => {
    expect(answered(armor(key.blob(TEXT, { flags })), [`ana ${key.pub}`])).toContain(said);
  });

  it('may have counted to any number', () => {
    for (const counter of [0, 1, 0xffffffff])
      expect(answered(armor(key.blob(TEXT, { counter })), [`ana ${key.pub}`])).toBe('ana');
  });
});

describe('a line of a signer', () => {
  const key = madeKey('file');
  const armored = armor(key.blob(TEXT));
  const [type = '', base64 = ''] = key.pub.split(' ');

  it.each([`ana ${type} ${base64}`, `ana\t${type}  ${base64} a comment of words`, `  ana ${type} ${base64}\n`])(
    'may be written as %j',
    (line) => expect(answered(armored, [line])).toBe('ana'),
  );

  it.each([
    ['empty', ''],
    ['a comment', '# ana'],
    ['no name', `${type} ${base64}`],
    ['options', `ana namespaces="x" ${type} ${base64}`],
    ['another kind than the key', `ana sk-ssh-ed25519@openssh.com ${base64}`],
    ['a key cut short', `ana ${type} ${base64.slice(0, -4)}`],
    [
      'a key with more behind it',
      `ana ${type} ${Buffer.concat([Buffer.from(base64, 'base64'), Buffer.of(1)]).toString('base64')}`,
    ],
    ['base64 with dirt', `ana ${type} ${base64.slice(0, 5)}*${base64.slice(5)}`],
  ])('that is %s makes every signature bad: a list that is half read is not the list that was meant', (_what, line) => {
    expect(answered(armored, [`ana ${key.pub}`, line])).toContain('signer 2 of the configuration');
  });
});

describe('what is no armored signature', () => {
  const key = madeKey('file');
  const good = armor(key.blob(TEXT));

  it('may have blanks around it, and the line ends of Windows', () => {
    expect(answered(`\n ${good.replaceAll('\n', '\r\n')}\n\n`, [`ana ${key.pub}`])).toBe('ana');
  });

  it.each([
    ['nothing', ''],
    ['no armor', good.split('\n').slice(1, -2).join('\n')],
    ['another kind of armor', good.replaceAll('SSH SIGNATURE', 'PGP SIGNATURE')],
    ['no end', good.replace('-----END SSH SIGNATURE-----', '')],
    ['two of them', `${good}${good}`],
    ['a blank in the middle', good.replace('\n', '\n ')],
    ['other base64 for the same bytes', good.replace('\nU', '\n=U')],
    ['endless', good.replace('\n', `\n${'\n'.repeat(10_000)}`)],
    ['an empty one', '-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----'],
  ])('is bad: %s', (_what, armored) => {
    expect(answered(armored, [`ana ${key.pub}`])).toBe('it is not an armored SSH signature');
  });

  it('is bad, and throws nothing, whatever bytes it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const blobs = [bytes, Buffer.concat([Buffer.from('SSHSIG\0\0\0\x01', 'latin1'), bytes])];
        for (const blob of blobs) expect(ask(armor(blob), [`ana ${key.pub}`]).status).toBe('bad');
      }),
    );
  });
});

function expectNoFlip(armored: string, pub: string): void {
  const blob = Buffer.from(armored.split('\n').slice(1, -2).join(''), 'base64');
  expect(ask(armor(blob), [`ana ${pub}`]).status).toBe('good');
  for (let bit = 0; bit < blob.length * 8; bit++) {
    const copy = Buffer.from(blob);
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(ask(armor(copy), [`ana ${pub}`]).status, `bit ${bit}`).toBe('bad');
  }
}
