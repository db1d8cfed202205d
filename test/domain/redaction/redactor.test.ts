import { describe, expect, it, vi } from 'vitest';
import { createBudget } from '../../../src/domain/redaction/budget.ts';
import { createRedactor, LONGEST_TEXT, WITHHELD, WITHHELD_TOO_LONG } from '../../../src/domain/redaction/redactor.ts';

const redactor = createRedactor({ key: new Uint8Array(32).fill(2), known: ['kn0wn-Value!'] });

describe('a text that can not be redacted', () => {
  it('is withheld when anything goes wrong inside', () => {
    const spy = vi.spyOn(String.prototype, 'charCodeAt').mockImplementation(() => {
      throw new Error('password=hunter2');
    });
    try {
      expect(redactor.text('password=hunter2')).toBe(WITHHELD);
    } finally {
      spy.mockRestore();
    }
  });

  it('is withheld when it is too long', () => {
    expect(redactor.text('a'.repeat(LONGEST_TEXT + 1))).toBe(WITHHELD_TOO_LONG);
  });

  it('is withheld when it is no string at all', () => {
    const notText: unknown = { toString: () => 'hunter2' };
    expect(redactor.text(notText as string)).toBe(WITHHELD);
  });

  it('is withheld when it asks for more work than its size warrants', () => {
    const budget = createBudget(1_000);
    budget.spend(1_000);
    expect(() => budget.spend(10_000_000)).toThrow('linear');
    expect(redactor.text('://a:'.repeat(200_000))).toBe(WITHHELD);
  });
});

const HOSTILE = [
  'a',
  '"',
  '\\',
  '\\"',
  'token=',
  'key:',
  'token="',
  "password='x",
  '://',
  '://a:b@',
  '-----BEGIN RSA PRIVATE KEY-----',
  'kind: Secret\n',
  '\nkind: Secret\ndata:\n',
  '{"kind":"Secret","data":{"a":"b"',
  '{"kind":"Secret"}',
  'curl -u ',
  '/webhook',
  'eyJhbGciO',
  '\ud800',
  '[secret:7f3a9c]',
  '[secret:',
  'a1',
  '<token>',
  'token ',
  '\n',
  '&token=',
];

describe('the work', () => {
  it.each(HOSTILE)('on %j, over and over, grows with the text and not faster', (unit) => {
    // Counted in characters that the engine is asked for: no clock, and the same on every machine.
    const small = charactersRead(unit.repeat(Math.ceil(3_000 / unit.length)));
    const large = charactersRead(unit.repeat(Math.ceil(12_000 / unit.length)));
    expect(large).toBeLessThan(small * 4 * 1.5 + 15_000);
  });

  it.each(['a', '"', 'aB1', '\ud800'])(
    'on 10 MB of %j comes to an end',
    (unit) => {
      const out: string = redactor.text(unit.repeat(Math.ceil(10_000_000 / unit.length)));
      expect(out.length).toBeGreaterThan(0);
    },
    120_000,
  );
});

/** How many characters are read one by one, and over how many indexOf and startsWith go. */
function charactersRead(text: string): number {
  let read = 0;
  const { charCodeAt, indexOf } = String.prototype;
  const spies = [
    vi.spyOn(String.prototype, 'charCodeAt').mockImplementation(function (this: string, index: number) {
      read += 1;
      return charCodeAt.call(this, index);
    }),
    vi.spyOn(String.prototype, 'indexOf').mockImplementation(function (this: string, search: string, from = 0) {
      const found = indexOf.call(this, search, from);
      read += (found < 0 ? this.length : found) - Math.min(from, this.length);
      return found;
    }),
  ];
  try {
    redactor.text(text);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return read;
}
