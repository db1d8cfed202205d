import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/domain/redaction/redactor.ts';

const redactor = createRedactor({ key: new Uint8Array(32).fill(9), known: ['learnt-Value-42'] });
const PLACEHOLDER = /^\[secret:[0-9a-f]{6}\]$/;

describe('data', () => {
  it('keeps numbers, booleans, null and plain strings, in a copy', () => {
    const input = { a: 1, b: [true, null, 'text'], c: { d: 'x' } };
    const output = redactor.data(input);
    expect(output).toEqual(input);
    expect(output).not.toBe(input);
    expect(output.c).not.toBe(input.c);
  });

  it('loses the whole value under a name of a secret, however plain it looks', () => {
    const output = redactor.data({ password: 'postgres', clientSecret: 'two words', tokens: ['one', 'two'] });
    expect(output.password).toMatch(PLACEHOLDER);
    expect(output.clientSecret).toMatch(PLACEHOLDER);
    expect(output.tokens.map((token) => PLACEHOLDER.test(token))).toEqual([true, true]);
  });

  it('keeps what stands in the place of a secret', () => {
    const input = {
      password: '',
      token: '${TOKEN}',
      secret: '<secret ref>',
      apiKey: null,
      secretName: 'tls',
      secretKeyRef: { name: 'a', key: 'b' },
      tokenExpirationSeconds: 3_607,
    };
    expect(redactor.data(input)).toEqual(input);
  });

  it('takes the name of a value from its sibling, as in the env of a container', () => {
    const output = redactor.data([
      { name: 'DB_PASSWORD', value: 'hunter2' },
      { name: 'LEVEL', value: 'info' },
    ]);
    expect(output[0]?.value).toMatch(PLACEHOLDER);
    expect(output[1]?.value).toBe('info');
  });

  it('takes a header as a pair', () => {
    const output = redactor.data({
      headers: [
        ['Authorization', 'Bearer x'],
        ['Accept', '*/*'],
      ],
    });
    expect(output.headers[0]?.[1]).toMatch(PLACEHOLDER);
    expect(output.headers[1]).toEqual(['Accept', '*/*']);
  });

  it('loses all values of a Secret', () => {
    const output = redactor.data({ kind: 'Secret', metadata: { name: 'db' }, data: { user: 'YWRtaW4=' } });
    expect(output.data.user).toMatch(PLACEHOLDER);
    expect(output.metadata).toEqual({ name: 'db' });
  });

  it('loses secrets in keys', () => {
    expect(JSON.stringify(redactor.data({ 'x learnt-Value-42': 1 }))).not.toContain('learnt');
  });

  it('is the same when redacted again', () => {
    const once = redactor.data({ password: 'hunter2', note: 'token=q9Xz7LmN4pRt8VwY2sKd6', Cookie: 'a=b; c=d' });
    expect(redactor.data(once)).toEqual(once);
  });

  it('that refers to itself is withheld where it does', () => {
    const input: { name: string; self?: unknown } = { name: 'x' };
    input.self = input;
    expect(redactor.data(input)).toEqual({ name: 'x', self: '[withheld: refers to itself]' });
  });

  it('that is nested too deeply is withheld from there', () => {
    let input: unknown = 'hunter2';
    for (let depth = 0; depth < 10_000; depth += 1) input = { input };
    expect(JSON.stringify(redactor.data(input))).toContain('[withheld: nested too deeply]');
  });

  it('that throws when it is read is withheld whole', () => {
    const input = {
      get trap(): string {
        throw new Error('hunter2');
      },
    };
    expect(redactor.data(input)).toBe('[withheld: redaction failed]');
  });

  it('can not reach a prototype by its keys', () => {
    const output: unknown = redactor.data(JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(Object.getPrototypeOf(output)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
