import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seen } from '../../../src/domain/failure.ts';
import { bytesOfText, textOfBytes } from '../../../src/providers/host/byte-name.ts';
import { createSystemFiles } from '../../../src/providers/host/system-files.ts';
import { tree } from '../../support/tree.ts';

describe('a name of the file system as text', () => {
  test('turns back into the same bytes, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(bytesOfText(textOfBytes(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test('is the name itself when it is UTF-8, and no two names become one', () => {
    expect(textOfBytes(Buffer.from('größe 💀'))).toBe('größe 💀');
    expect(bytesOfText('/ü/💀')).toEqual(Buffer.from('/ü/💀'));
    expect(textOfBytes(Buffer.from([0xff]))).not.toBe(textOfBytes(Buffer.from([0xfe])));
  });
});

describe('files of the system', () => {
  test('are looked for below a root, and those of /proc where it is', async () => {
    using root = tree({ 'etc/x': 'etc', 'p/x': 'proc' });
    const files = createSystemFiles(root.path, join(root.path, 'p'));
    expect(await files.text('/etc/x')).toEqual(seen('etc'));
    expect(await files.text('/proc/x')).toEqual(seen('proc'));
  });

  test('that are not there are null, of whatever kind was asked for', async () => {
    using root = tree({ file: '' });
    const files = createSystemFiles(root.path, '/proc');
    for (const path of ['/gone', '/file/below']) {
      expect(await files.text(path)).toEqual(seen(null));
      expect(await files.names(path)).toEqual(seen(null));
      expect(await files.look(path, 1)).toEqual(seen(null));
      expect(await files.linkTarget(path)).toEqual(seen(null));
    }
    expect(await files.linkTarget('/file')).toEqual(seen(null));
  });

  test('with names that are no text can be asked for as they were listed', async () => {
    using root = tree();
    mkdirSync(join(root.path, 'etc'));
    writeFileSync(Buffer.concat([Buffer.from(join(root.path, 'etc/')), Buffer.from([0xe9, 0x80])]), 'odd');
    const files = createSystemFiles(root.path, '/proc');
    const names = await files.names('/etc');
    const [name] = names.status === 'seen' ? (names.value ?? []) : [];
    expect(await files.text(`/etc/${name}`)).toEqual(seen('odd'));
    expect(await files.look(`/etc/${name}`, 9)).toMatchObject({ value: { kind: 'file', sizeBytes: 3 } });
  });

  test('with bytes that are no text keep them apart', async () => {
    using root = tree();
    const files = createSystemFiles(root.path, '/proc');
    writeFileSync(join(root.path, 'a'), Buffer.from([0x61, 0xff]));
    writeFileSync(join(root.path, 'b'), Buffer.from([0x61, 0xfe]));
    expect(await files.text('/a')).not.toEqual(await files.text('/b'));
  });

  test('of just 8 MiB are read, and not one byte more', async () => {
    using root = tree({ x: 'x'.repeat(8 * 2 ** 20) });
    const files = createSystemFiles(root.path, '/proc');
    expect(await files.text('/x')).toMatchObject({ status: 'seen' });
    appendFileSync(join(root.path, 'x'), 'x');
    expect(await files.text('/x')).toMatchObject({ status: 'unknown', failure: { code: 'TOO_LARGE' } });
  });

  test('behind a link are looked at, and the link is told', async () => {
    using root = tree({ real: 'x' });
    symlinkSync('real', join(root.path, 'link'));
    symlinkSync('nowhere', join(root.path, 'dangling'));
    const files = createSystemFiles(root.path, '/proc');
    expect(await files.look('/link', 9)).toMatchObject({ value: { kind: 'file', link: 'real', sizeBytes: 1 } });
    expect(await files.look('/dangling', 9)).toMatchObject({ value: { kind: 'dangling link', link: 'nowhere' } });
    expect(await files.look('/real', 0)).toMatchObject({ value: { digest: null, withoutDigest: null, link: null } });
  });

  test.skipIf(process.platform !== 'linux')('of the kernel, which have no size, are read to their end', async () => {
    const text = await createSystemFiles('', '/proc').text('/proc/self/mountinfo');
    expect(text).toMatchObject({ status: 'seen', value: expect.stringContaining(' - ') });
  });
});
