import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStateDir } from '../../src/store/state-dir.ts';
import { codeOf } from '../support/errors.ts';
import { raceOpening } from '../support/first-start-racer.ts';
import { tempFolder } from '../support/temp.ts';

const isRoot = process.getuid?.() === 0;
const mode = (path: string): number => statSync(path).mode & 0o777;

describe('the state directory', () => {
  it('is made for its owner only, with an instance id and a redaction key that stay', () => {
    const path = join(tempFolder(), 'state', 'holdfast');
    const first = openStateDir(path);
    const again = openStateDir(path);
    expect([mode(path), mode(join(path, 'keys')), mode(join(path, 'instance.json'))]).toEqual([0o700, 0o700, 0o600]);
    expect(mode(join(path, 'keys', 'redaction.key'))).toBe(0o600);
    expect(again.instance).toBe(first.instance);
    expect(again.redactionKey).toEqual(first.redactionKey);
    expect(first.redactionKey).toHaveLength(32);
  });

  it.each([
    ['the folder', '', 0o755],
    ['the keys', 'keys', 0o750],
    ['the database', 'holdfast.db', 0o644],
    ['the instance file', 'instance.json', 0o604],
    ['the redaction key', 'keys/redaction.key', 0o640],
  ])('refuses %s when others can use it, and says what to do', (_what, name, wide) => {
    const path = join(tempFolder(), 'holdfast');
    openStateDir(path);
    const file = join(path, name);
    if (name === 'holdfast.db') writeFileSync(file, '');
    chmodSync(file, wide);
    expect(codeOf(() => openStateDir(path))).toBe('STATE_DIR_UNSAFE');
    expect(mode(file)).toBe(wide);
  });

  it.each(['audit.head', 'keys/audit.key'])('refuses %s when others can use it', (name) => {
    const path = join(tempFolder(), 'holdfast');
    openStateDir(path);
    writeFileSync(join(path, name), 'x', { mode: 0o600 });
    openStateDir(path);
    chmodSync(join(path, name), 0o640);
    expect(codeOf(() => openStateDir(path))).toBe('STATE_DIR_UNSAFE');
  });

  it.skipIf(!isRoot)('refuses one that belongs to somebody else (needs root to make one)', () => {
    const path = join(tempFolder(), 'holdfast');
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, 65534, 65534);
    expect(codeOf(() => openStateDir(path))).toBe('STATE_DIR_UNSAFE');
  });

  it('says that a file is in its way', () => {
    const path = join(tempFolder(), 'holdfast');
    writeFileSync(path, 'x', { mode: 0o600 });
    expect(codeOf(() => openStateDir(path))).toBe('STATE_DIR_UNUSABLE');
    expect(readFileSync(path, 'utf8')).toBe('x');
  });

  it('says that the instance file is damaged, and does not become another instance', () => {
    const path = join(tempFolder(), 'holdfast');
    openStateDir(path);
    writeFileSync(join(path, 'instance.json'), '{ half');
    expect(codeOf(() => openStateDir(path))).toBe('STATE_DIR_UNUSABLE');
    expect(readFileSync(join(path, 'instance.json'), 'utf8')).toBe('{ half');
  });

  it.each(['redaction.key', 'gate.key'])('refuses half of %s', (name) => {
    const path = join(tempFolder(), 'holdfast');
    openStateDir(path);
    const file = join(path, 'keys', name);
    for (const half of ['', readFileSync(file, 'utf8').slice(0, 20)]) {
      writeFileSync(file, half);
      expect(codeOf(() => openStateDir(path))).toBe('STATE_DIR_UNUSABLE');
    }
  });

  it('is one and the same for all who start first at the same time', async () => {
    const [first, ...others] = (await raceOpening(tempFolder(), 4, 50)).map((told) => told.trim().split('\n'));
    expect(first).toHaveLength(50);
    for (const told of first ?? []) expect(told).toMatch(/^i?[^,]+,[0-9a-f]{64},[0-9a-f]{64}$/);
    for (const other of others) expect(other).toEqual(first);
  });
});
