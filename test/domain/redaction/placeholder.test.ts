import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/domain/redaction/redactor.ts';

const redactor = createRedactor({ key: new Uint8Array(32).fill(5), known: ['kn0wn-Value!', 'abcdef'] });

describe('a placeholder', () => {
  it('is the same for the same secret and another one under another key', () => {
    const text = 'password=hunter2';
    const other = createRedactor({ key: new Uint8Array(32).fill(6) });
    expect(redactor.text(text)).toBe(redactor.text(text));
    expect(redactor.text(text)).not.toBe(other.text(text));
  });

  it('is never redacted again, even when its digits are a learnt value', () => {
    expect(redactor.text('token=[secret:abcdef]')).toBe('token=[secret:abcdef]');
  });

  it('of a withheld text stays as it is', () => {
    expect(redactor.text('password: [withheld: redaction failed]')).toBe('password: [withheld: redaction failed]');
  });

  it('needs a key that can not be guessed', () => {
    expect(() => createRedactor({ key: new Uint8Array(4) })).toThrow(RangeError);
  });
});

const piece = fc.constantFrom(
  'password',
  'token',
  'api_key',
  'kind: Secret',
  '\n',
  '\n  ',
  '---\n',
  'data:\n',
  ': ',
  '=',
  '"',
  "'",
  '\\"',
  '\\n',
  '|',
  '{',
  '}',
  '<',
  '>',
  '</token>',
  'https://',
  'u:p@',
  'curl -u ',
  '-----BEGIN RSA PRIVATE KEY-----',
  '-----END',
  '[secret:',
  ']',
  '[secret:12ab34]',
  'kn0wn-Value!',
  'ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6',
  'q9Xz7LmN4pRt8VwY2sKd',
  'word',
  ' ',
  ' - ',
  '&',
  'Bearer ',
  'Cookie: a=b; c=d',
  '\ud800',
  'é',
);

describe('redacting', () => {
  it('what is redacted changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, piece, fc.string({ maxLength: 12 })), { maxLength: 40 }), (parts) => {
        const once = redactor.text(parts.join(''));
        expect(redactor.text(once)).toBe(once);
      }),
      { numRuns: 3_000, seed: 20_261_120 },
    );
  });

  it('leaves no known value in any text', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (parts) => {
        expect(redactor.text(parts.join('')).replaceAll(/\[secret:[0-9a-f]{6}\]/g, '·')).not.toContain('kn0wn-Value!');
      }),
      { numRuns: 1_000, seed: 20_261_120 },
    );
  });
});
