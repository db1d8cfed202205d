import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/domain/redaction/redactor.ts';

const key = new Uint8Array(32).fill(3);
const secret = 'Zäh/es+Pass wort&=~"\'<9';

const forms: [string, string][] = [
  ['raw', secret],
  ['JSON', JSON.stringify(secret).slice(1, -1)],
  ['JSON in JSON', JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
  ['JSON with escaped slashes', JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
  ['JSON as Go writes it', JSON.stringify(secret).slice(1, -1).replaceAll('&', '\\u0026').replaceAll('<', '\\u003c')],
  ['a URL component', encodeURIComponent(secret)],
  ['a URL component in small hex', encodeURIComponent(secret).replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())],
  ['a form', new URLSearchParams({ v: secret }).toString().slice(2)],
  ['XML', secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')],
  ['hex', Buffer.from(secret).toString('hex')],
  ['capital hex', Buffer.from(secret).toString('hex').toUpperCase()],
];

describe('a value that was learnt', () => {
  it.each(forms)('is masked as %s', (_, form) => {
    const out = createRedactor({ key, known: [secret] }).text(`before ${form} after`);
    expect(out).toMatch(/^before \[secret:[0-9a-f]{6}\] after$/);
  });

  it.each([0, 1, 2].flatMap((offset) => [0, 1, 2].map((tail) => [offset, tail] as const)))(
    'is masked in both alphabets of base64, %i bytes before and %i after it',
    (offset, tail) => {
      const bytes = Buffer.concat([Buffer.alloc(offset, '?'), Buffer.from(secret), Buffer.alloc(tail, '!')]);
      const redactor = createRedactor({ key, known: [secret] });
      for (const encoded of [bytes.toString('base64'), bytes.toString('base64url')]) {
        const out = redactor.text(`<${encoded}>`);
        expect(out).toContain('[secret:');
        const left = out.replaceAll(/\[secret:[0-9a-f]{6}\]/g, '').length - 2;
        expect(left).toBeLessThanOrEqual(12);
      }
    },
  );

  it('has the same placeholder in every form, so that texts can be compared', () => {
    const redactor = createRedactor({ key, known: [secret] });
    const placeholders = new Set(forms.map(([, form]) => redactor.text(form)));
    expect(placeholders.size).toBe(1);
  });

  it('is masked line by line when a text indents its lines', () => {
    const long = 'first-line-of-a-long-credential-01\nsecond-line-of-a-long-credential-02';
    const out = createRedactor({ key, known: [long] }).text(`    ${long.split('\n').join('\n    ')}`);
    expect(out).not.toContain('credential');
  });

  it('is masked when its line ends are written as \\n', () => {
    const out = createRedactor({ key, known: ['line one\nline two'] }).text('{"k":"line one\\nline two"}');
    expect(out).not.toContain('line');
  });

  it('is not taken when it is too short or an ordinary word, which would shred every text', () => {
    const redactor = createRedactor({ key, known: ['true', '1234', 'root', 'default'] });
    const text = 'true 1234 root default';
    expect(redactor.text(text)).toBe(text);
  });

  it('is masked from the moment it is learnt', () => {
    const redactor = createRedactor({ key });
    expect(redactor.text('plain words here')).toBe('plain words here');
    redactor.learn('plain words');
    expect(redactor.text('plain words here')).toMatch(/^\[secret:[0-9a-f]{6}\] here$/);
  });

  it('is found among thousands that begin alike', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `common-beginning-of-all-${index}-end`);
    const redactor = createRedactor({ key, known: many });
    expect(redactor.text(`x ${many[1_234]} y`)).toMatch(/^x \[secret:[0-9a-f]{6}\] y$/);
  });
});
