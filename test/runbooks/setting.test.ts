import { describe, expect, it } from 'vitest';
import { parseSetting } from '../../src/runbooks/setting.ts';
import { codeOf } from '../support/errors.ts';

describe('key=value of the command line', () => {
  it.each([
    ['path=/var/log/app', ['path', '/var/log/app']],
    ['olderThan=30d', ['olderThan', '30d']],
    ['max=3', ['max', 3]],
    ['on=true', ['on', true]],
    ['args={days: 7}', ['args', { days: 7 }]],
    ['url=https://a.example/?x=1', ['url', 'https://a.example/?x=1']],
    ['include=*.log', ['include', '*.log']],
    ['include= *.log ', ['include', '*.log']],
    ['include="*.log"', ['include', '*.log']],
  ])('%s', (written, entry) => {
    expect(parseSetting(written)).toEqual(entry);
  });

  it.each(['path', '=x', 'list=[*all]', 'map={a: &x 1, b: *x}', 'map={a: 1, a: 2}', 'text="open'])(
    '%s is a mistake of whoever types it',
    (written) => {
      expect(codeOf(() => parseSetting(written))).toBe('USAGE');
    },
  );
});
