import { describe, expect, test } from 'vitest';
import { seen, unknown, type Looked } from '../../src/domain/failure.ts';
import { runnerClaims, type IdTokenSource } from '../../src/maker/oidc-runner.ts';
import { githubClaims } from '../support/oidc/claims.ts';
import { keySet, rsaKey, signed } from '../support/oidc/tokens.ts';

const NOW = Date.UTC(2026, 10, 24, 9, 0, 0);
const key = rsaKey('one');
const next = rsaKey('two');
const signal = new AbortController().signal;
const TERMS = {
  issuer: 'https://token.example.com',
  audience: 'holdfast',
  clock: { now: () => NOW, monotonic: () => 0 },
  signal,
};

/** A source with a cache of its own; `fetched` counts how often the issuer was asked. */
function source(options: {
  readonly token: Looked<string | null>;
  readonly cached?: unknown;
  readonly issuer?: Looked<unknown>;
}): IdTokenSource & { readonly fetched: () => number; readonly audiences: readonly string[] } {
  let fetched = 0;
  const audiences: string[] = [];
  return {
    fetched: () => fetched,
    audiences,
    idToken: async ({ audience }) => {
      audiences.push(audience);
      return options.token;
    },
    keys: async ({ fresh }) => {
      if (!fresh && options.cached !== undefined) return seen({ jwks: options.cached, cached: true });
      fetched++;
      const answer = options.issuer ?? seen(keySet(key));
      return answer.status === 'unknown' ? answer : seen({ jwks: answer.value, cached: false });
    },
  };
}

const good = seen(signed(githubClaims(NOW), key));

describe('the claims of a runner', () => {
  test('are those of the token that it gives for our audience', async () => {
    const from = source({ token: good });
    expect(await runnerClaims(from, TERMS)).toMatchObject({ status: 'seen', value: { repository: 'acme/shop' } });
    expect(from.audiences).toEqual(['holdfast']);
    expect(from.fetched()).toBe(1);
  });

  test('are none when it offers no token, and then no issuer is asked', async () => {
    const from = source({ token: seen(null) });
    expect(await runnerClaims(from, TERMS)).toEqual(seen(null));
    expect(from.fetched()).toBe(0);
  });

  test('are unknown, and not none, when the token can not be had', async () => {
    const from = source({ token: unknown('HTTP_500', 'no') });
    expect(await runnerClaims(from, TERMS)).toEqual(unknown('HTTP_500', 'no'));
  });

  test('are unknown when the keys can not be had', async () => {
    const from = source({ token: good, issuer: unknown('TIMEOUT', 'no') });
    expect(await runnerClaims(from, TERMS)).toEqual(unknown('TIMEOUT', 'no'));
  });

  test.each([
    ['expired', { exp: NOW / 1_000 - 60 }, 'OIDC_TOKEN_EXPIRED'],
    ['for others', { aud: 'https://github.com/acme' }, 'OIDC_AUDIENCE_WRONG'],
  ])('are unknown, and not none, when the token is %s; other keys would not help', async (_what, change, code) => {
    const from = source({ token: seen(signed(githubClaims(NOW, change), key)), cached: keySet(key) });
    expect(await runnerClaims(from, TERMS)).toMatchObject({ status: 'unknown', failure: { code } });
    expect(from.fetched()).toBe(0);
  });

  test('allow for clocks that are half a minute apart, or as far as they are told', async () => {
    const token = seen(signed(githubClaims(NOW, { exp: NOW / 1_000 - 29 }), key));
    expect(await runnerClaims(source({ token }), TERMS)).toMatchObject({ status: 'seen' });
    expect(await runnerClaims(source({ token }), { ...TERMS, skewMs: 0 })).toMatchObject({ status: 'unknown' });
  });
});

describe('keys that the issuer has changed', () => {
  test('are fetched once more when the cache does not have the one that is named', async () => {
    const from = source({ token: good, cached: keySet(next), issuer: seen(keySet(next, key)) });
    expect(await runnerClaims(from, TERMS)).toMatchObject({ status: 'seen' });
    expect(from.fetched()).toBe(1);
  });

  test('are fetched once more when they have the same name as before, or the cache holds rubbish', async () => {
    for (const cached of [keySet(rsaKey('one')), 'rubbish', { keys: [{ kid: 'one' }] }]) {
      const from = source({ token: good, cached });
      expect(await runnerClaims(from, TERMS)).toMatchObject({ status: 'seen' });
      expect(from.fetched()).toBe(1);
    }
  });

  test('are fetched once, and no more often, when the issuer does not have it either', async () => {
    const from = source({ token: good, cached: keySet(next), issuer: seen(keySet(next)) });
    expect(await runnerClaims(from, TERMS)).toMatchObject({ status: 'unknown', failure: { code: 'OIDC_KEY_UNKNOWN' } });
    expect(from.fetched()).toBe(1);
  });

  test('are not fetched again when they came from the issuer just now', async () => {
    const from = source({ token: good, issuer: seen(keySet(next)) });
    expect(await runnerClaims(from, TERMS)).toMatchObject({ failure: { code: 'OIDC_KEY_UNKNOWN' } });
    expect(from.fetched()).toBe(1);
  });

  test('leave the claims unknown when they can not be fetched', async () => {
    const from = source({ token: good, cached: keySet(next), issuer: unknown('ECONNREFUSED', 'no') });
    expect(await runnerClaims(from, TERMS)).toMatchObject({ failure: { code: 'ECONNREFUSED' } });
  });
});

test('the failure quotes nothing of the token', async () => {
  const token = signed(githubClaims(NOW, { exp: 1 }), key);
  const looked = await runnerClaims(source({ token: seen(token) }), TERMS);
  for (const part of token.split('.')) expect(JSON.stringify(looked)).not.toContain(part);
});
