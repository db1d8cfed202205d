import { createPublicKey, sign } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GITHUB_CLAIMS } from '../../src/maker/oidc-claims.ts';
import { verifyIdToken, type IdTokenTerms } from '../../src/maker/oidc.ts';
import { githubClaims, pullRequestClaims } from '../support/oidc/claims.ts';
import { ecKey, keySet, macToken, part, rsaKey, signed } from '../support/oidc/tokens.ts';

const NOW = Date.UTC(2026, 10, 24, 9, 0, 0);
const rsa = rsaKey('rsa-1');
const ec = ecKey('ec-1');
const TERMS: IdTokenTerms = {
  jwks: keySet(rsa, ec),
  issuer: 'https://token.example.com',
  audience: 'holdfast',
  now: NOW,
  skewMs: 30_000,
};
const GOOD = githubClaims(NOW);

function codeOf(token: string, terms: Partial<IdTokenTerms> = {}): string {
  const verdict = verifyIdToken(token, { ...TERMS, ...terms });
  return verdict.status === 'good' ? 'good' : verdict.code;
}

describe('a token that the issuer signed for us', () => {
  test.each([rsa, ec])('is good with $alg, and its claims are handed on', (key) => {
    const verdict = verifyIdToken(signed(GOOD, key), TERMS);
    expect(verdict).toEqual({
      status: 'good',
      claims: {
        iss: 'https://token.example.com',
        sub: 'repo:acme/shop:environment:staging',
        aud: 'holdfast',
        repository: 'acme/shop',
        repository_id: '4711',
        repository_owner: 'acme',
        repository_owner_id: '42',
        ref: 'refs/heads/main',
        ref_type: 'branch',
        ref_protected: 'true',
        environment: 'staging',
        job_workflow_ref: 'acme/shop/.github/workflows/scale.yaml@refs/heads/main',
        workflow_ref: 'acme/shop/.github/workflows/scale.yaml@refs/heads/main',
        event_name: 'push',
        actor: 'ana',
        actor_id: '7',
        run_id: '1001',
        run_attempt: '1',
        sha: '0123456789abcdef0123456789abcdef01234567',
        head_ref: '',
        base_ref: '',
        runner_environment: 'github-hosted',
      },
    });
  });

  test('needs none of the claims that only GitHub makes, and those that it has not are not handed on', () => {
    const { iss, sub, aud, iat, exp } = GOOD;
    expect(verifyIdToken(signed({ iss, sub, aud, iat, exp, admin: true }, rsa), TERMS)).toEqual({
      status: 'good',
      claims: { iss, sub, aud },
    });
  });

  test('hands on its audience as text when it was a list of one', () => {
    expect(verifyIdToken(signed({ ...GOOD, aud: ['holdfast'] }, rsa), TERMS)).toMatchObject({
      status: 'good',
      claims: { aud: 'holdfast' },
    });
  });

  test('may be typed in small letters, or not at all', () => {
    expect(codeOf(signed(GOOD, rsa, { typ: 'jwt' }))).toBe('good');
    expect(codeOf(signed(GOOD, rsa, { typ: undefined }))).toBe('good');
  });

  test('is told from one of a pull request by its event and its ref, though the subject is the same', () => {
    const verdict = verifyIdToken(signed(pullRequestClaims(NOW), rsa), TERMS);
    expect(verdict).toMatchObject({
      status: 'good',
      claims: { sub: GOOD['sub'], event_name: 'pull_request', ref: 'refs/pull/12/merge', head_ref: 'main' },
    });
  });
});

describe('the time of a token', () => {
  const seconds = NOW / 1_000;

  test.each([
    ['ends within the skew', { exp: seconds - 29 }, 'good'],
    ['ended just beyond the skew', { exp: seconds - 30 }, 'OIDC_TOKEN_EXPIRED'],
    ['begins within the skew', { iat: seconds + 30, nbf: seconds + 30 }, 'good'],
    ['begins beyond the skew', { nbf: seconds + 31 }, 'OIDC_TOKEN_EARLY'],
    ['was issued in the future', { iat: seconds + 31 }, 'OIDC_TOKEN_EARLY'],
    ['has no nbf', { nbf: undefined }, 'good'],
    ['has no end', { exp: undefined }, 'OIDC_CLAIMS_INVALID'],
    ['has an end that is text', { exp: String(seconds + 300) }, 'OIDC_CLAIMS_INVALID'],
    ['has an end in milliseconds', { exp: NOW + 300_000 }, 'OIDC_CLAIMS_INVALID'],
    ['has an end before the epoch', { exp: -1 }, 'OIDC_CLAIMS_INVALID'],
    ['was issued at no time', { iat: undefined }, 'OIDC_CLAIMS_INVALID'],
    ['has a null for nbf', { nbf: null }, 'OIDC_CLAIMS_INVALID'],
  ])('that %s', (_what, change, code) => {
    expect(codeOf(signed({ ...GOOD, ...change }, rsa))).toBe(code);
  });

  test('that JSON writes as infinite is refused', () => {
    const token = signed(GOOD, rsa);
    const text = JSON.stringify(GOOD).replace(/"exp":\d+/, '"exp":1e999');
    const forged = `${token.split('.')[0]}.${Buffer.from(text).toString('base64url')}`;
    const key = rsaKey('rsa-2');
    expect(codeOf(resigned(forged, key), { jwks: keySet({ jwk: { ...key.jwk, kid: 'rsa-1' } }) })).toBe(
      'OIDC_CLAIMS_INVALID',
    );
  });
});

describe('whom a token is from and for', () => {
  test.each([
    ['another issuer', { iss: 'https://token.example.org' }, 'OIDC_ISSUER_WRONG'],
    ['an issuer with a slash more', { iss: 'https://token.example.com/' }, 'OIDC_ISSUER_WRONG'],
    ['an issuer that begins like ours', { iss: 'https://token.example.com.evil.example' }, 'OIDC_ISSUER_WRONG'],
    ['no issuer', { iss: undefined }, 'OIDC_CLAIMS_INVALID'],
    ['another audience', { aud: 'https://github.com/acme' }, 'OIDC_AUDIENCE_WRONG'],
    ['an audience in capitals', { aud: 'Holdfast' }, 'OIDC_AUDIENCE_WRONG'],
    ['us and others', { aud: ['holdfast', 'sts.example.com'] }, 'OIDC_AUDIENCE_WRONG'],
    ['us twice', { aud: ['holdfast', 'holdfast'] }, 'OIDC_AUDIENCE_WRONG'],
    ['nobody', { aud: [] }, 'OIDC_AUDIENCE_WRONG'],
    ['no audience', { aud: undefined }, 'OIDC_CLAIMS_INVALID'],
    ['an audience that is an object', { aud: { holdfast: true } }, 'OIDC_CLAIMS_INVALID'],
    ['no subject', { sub: undefined }, 'OIDC_CLAIMS_INVALID'],
    ['an empty subject', { sub: '' }, 'OIDC_CLAIMS_INVALID'],
    ['a subject that is a number', { sub: 7 }, 'OIDC_CLAIMS_INVALID'],
  ])('%s is refused', (_what, change, code) => {
    expect(codeOf(signed({ ...GOOD, ...change }, rsa))).toBe(code);
  });

  test.each([{ event_name: ['push'] }, { ref_protected: true }, { repository: null }])(
    'a claim of GitHub that is no text spoils the token, so that no rule misses it: %j',
    (change) => {
      expect(codeOf(signed({ ...GOOD, ...change }, rsa))).toBe('OIDC_CLAIMS_INVALID');
    },
  );

  test('claims that are no object are refused', () => {
    for (const claims of [null, [], 'x', 1]) expect(codeOf(signed(claims, rsa))).toBe('OIDC_CLAIMS_INVALID');
  });

  test('names from a prototype are no claims', () => {
    const text = JSON.stringify(GOOD).replace('{', '{"__proto__":{"environment":"production"},');
    const key = rsaKey('rsa-1');
    const token = resigned(`${part({ alg: 'RS256', kid: 'rsa-1' })}.${Buffer.from(text).toString('base64url')}`, key);
    const verdict = verifyIdToken(token, { ...TERMS, jwks: keySet(key) });
    expect(verdict).toMatchObject({ status: 'good', claims: { environment: 'staging' } });
  });
});

describe('the algorithm of a token', () => {
  test.each(['none', 'None', 'NONE', 'HS256', 'HS512', 'PS256', 'RS384', 'RS512', 'ES384', 'EdDSA', 'rs256', ''])(
    'is not "%s"',
    (alg) => {
      expect(codeOf(signed(GOOD, rsa, { alg }))).toBe('OIDC_ALG_REFUSED');
    },
  );

  test('none, with an empty signature, is no token at all', () => {
    expect(codeOf(`${part({ alg: 'none', kid: 'rsa-1' })}.${part(GOOD)}.`)).toBe('OIDC_TOKEN_MALFORMED');
    expect(codeOf(`${part({ alg: 'none', kid: 'rsa-1' })}.${part(GOOD)}`)).toBe('OIDC_TOKEN_MALFORMED');
  });

  test('is not HS256 with the public key for its secret, in whatever form the attacker has it', () => {
    const publicKey = createPublicKey(rsa.privateKey);
    for (const secret of [
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'spki', format: 'der' }),
      publicKey.export({ type: 'pkcs1', format: 'pem' }),
      JSON.stringify(rsa.jwk),
      String(rsa.jwk['n']),
    ]) {
      const token = macToken(GOOD, 'rsa-1', secret);
      expect(codeOf(token)).toBe('OIDC_ALG_REFUSED');
      const [, payload, mac] = token.split('.');
      expect(codeOf(`${part({ alg: 'RS256', kid: 'rsa-1' })}.${payload}.${mac}`)).toBe('OIDC_SIGNATURE_WRONG');
    }
  });

  test('is that of the key that is named: neither is taken for the other', () => {
    expect(codeOf(signed(GOOD, { ...rsa, kid: 'ec-1' }))).toBe('OIDC_KEY_UNFIT');
    expect(codeOf(signed(GOOD, { ...ec, kid: 'rsa-1' }))).toBe('OIDC_KEY_UNFIT');
  });

  test('ES256 has its signature in 64 bytes and not in DER', () => {
    const der = signed(GOOD, ec).split('.').slice(0, 2).join('.');
    expect(codeOf(`${der}.${Buffer.from('30440220', 'hex').toString('base64url')}`)).toBe('OIDC_SIGNATURE_WRONG');
    expect(codeOf(resigned(der, ec, 'der'))).toBe('OIDC_SIGNATURE_WRONG');
    expect(codeOf(resigned(der, ec))).toBe('good');
  });

  test('an ES256 signature of noughts is wrong (CVE-2022-21449)', () => {
    const text = signed(GOOD, ec).split('.').slice(0, 2).join('.');
    expect(codeOf(`${text}.${Buffer.alloc(64).toString('base64url')}`)).toBe('OIDC_SIGNATURE_WRONG');
  });
});

describe('the header of a token', () => {
  test.each([
    ['critical extensions', { crit: ['exp'], exp: 1 }, 'OIDC_HEADER_REFUSED'],
    ['an empty list of critical extensions', { crit: [] }, 'OIDC_HEADER_REFUSED'],
    ['null for critical extensions', { crit: null }, 'OIDC_HEADER_REFUSED'],
    ['no kid', { kid: undefined }, 'OIDC_HEADER_REFUSED'],
    ['an empty kid', { kid: '' }, 'OIDC_HEADER_REFUSED'],
    ['a kid that is a number', { kid: 1 }, 'OIDC_HEADER_REFUSED'],
    ['an endless kid', { kid: 'x'.repeat(257) }, 'OIDC_HEADER_REFUSED'],
    ['a kid that there is not', { kid: 'rsa-9' }, 'OIDC_KEY_UNKNOWN'],
    ['a kid that every object has', { kid: 'constructor' }, 'OIDC_KEY_UNKNOWN'],
    ['a kid that is a path', { kid: '../../dev/null' }, 'OIDC_KEY_UNKNOWN'],
    ['the type of an access token', { typ: 'at+jwt' }, 'OIDC_HEADER_REFUSED'],
    ['no alg', { alg: undefined }, 'OIDC_HEADER_REFUSED'],
    ['an alg that is a list', { alg: ['RS256'] }, 'OIDC_HEADER_REFUSED'],
  ])('with %s is refused', (_what, header, code) => {
    expect(codeOf(signed(GOOD, rsa, header))).toBe(code);
  });

  test('may not bring its own key', () => {
    const own = rsaKey('mine');
    for (const header of [
      { jwk: own.jwk },
      { jku: 'https://evil.example/keys' },
      { x5u: 'https://evil.example/chain' },
      { x5c: ['MIIB'] },
    ]) {
      expect(codeOf(signed(GOOD, own, header))).toBe('OIDC_KEY_UNKNOWN');
      expect(codeOf(signed(GOOD, { ...own, kid: 'rsa-1' }, header))).toBe('OIDC_SIGNATURE_WRONG');
    }
  });

  test('shows what it was refused for without letting it write on the terminal', () => {
    const verdict = verifyIdToken(signed(GOOD, rsa, { kid: '\u001B[2Jx' }), TERMS);
    expect(verdict).toMatchObject({ status: 'bad', why: expect.stringContaining('\\u{1b}[2Jx') });
  });
});

describe('the key set', () => {
  const token = signed(GOOD, rsa);

  test.each([
    ['is for encryption', { use: 'enc' }],
    ['may only sign', { key_ops: ['sign'] }],
    ['is for another algorithm', { alg: 'RS512' }],
    ['is for HS256', { alg: 'HS256' }],
    ['is symmetric', { kty: 'oct', k: 'AAAA' }],
    ['is of another kind', { kty: 'OKP', crv: 'Ed25519' }],
    ['is private', { d: 'AQAB' }],
    ['has no modulus', { n: undefined }],
    ['has a modulus that is no base64url', { n: 'a+b/' }],
    ['has the exponent 1', { e: 'AQ' }],
    ['has an even exponent', { e: 'AQAC' }],
    ['has a list for its uses', { use: ['sig'] }],
  ])('whose key %s does not serve', (_what, change) => {
    expect(codeOf(token, { jwks: keySet({ jwk: { ...rsa.jwk, ...change } }) })).toBe('OIDC_KEY_UNFIT');
  });

  test('serves when its key says less of itself', () => {
    const { use: _use, alg: _alg, ...bare } = rsa.jwk;
    expect(codeOf(token, { jwks: { keys: [bare] } })).toBe('good');
    expect(codeOf(token, { jwks: { keys: [{ ...bare, key_ops: ['verify'] }] } })).toBe('good');
  });

  test('whose RSA key is short does not serve', () => {
    const short = rsaKey('rsa-1', 1_024);
    expect(codeOf(signed(GOOD, short), { jwks: keySet(short) })).toBe('OIDC_KEY_UNFIT');
  });

  test('whose EC key is on another curve, or on none, does not serve', () => {
    const other = ecKey('ec-1', 'P-384');
    expect(codeOf(signed(GOOD, other), { jwks: keySet(other) })).toBe('OIDC_KEY_UNFIT');
    const off = { ...ec.jwk, y: Buffer.alloc(32, 7).toString('base64url') };
    expect(codeOf(signed(GOOD, ec), { jwks: keySet({ jwk: off }) })).toBe('OIDC_KEY_UNFIT');
  });

  test('with two keys of one name does not serve: which is meant can not be known', () => {
    expect(codeOf(token, { jwks: keySet(rsa, { jwk: { ...rsaKey('rsa-1').jwk } }) })).toBe('OIDC_KEY_UNFIT');
  });

  test('with keys of no use to us among it serves all the same', () => {
    expect(
      codeOf(token, { jwks: { keys: [null, 'x', { kid: 7 }, { kty: 'OKP', kid: 'ed' }, ...keySet(rsa).keys] } }),
    ).toBe('good');
  });

  test.each([null, 'keys', [], {}, { keys: {} }, { keys: null }])('that is none does not serve: %j', (jwks) => {
    expect(codeOf(token, { jwks })).toBe('OIDC_KEY_UNFIT');
  });

  test('that is empty has no key', () => {
    expect(codeOf(token, { jwks: { keys: [] } })).toBe('OIDC_KEY_UNKNOWN');
  });

  test('of another issuer with the same name for its key does not serve', () => {
    expect(codeOf(token, { jwks: keySet(rsaKey('rsa-1')) })).toBe('OIDC_SIGNATURE_WRONG');
  });
});

describe('the form of a token', () => {
  const token = signed(GOOD, rsa);
  const [header = '', payload = '', signature = ''] = token.split('.');

  test.each([
    ['is empty', ''],
    ['has one part', header],
    ['has four parts', `${token}.x`],
    ['has five parts, as an encrypted one', `${token}.x.y`],
    ['has an empty part', `${header}..${signature}`],
    ['is padded', `${header}=.${payload}.${signature}`],
    ['has padding at its end', `${token}==`],
    ['ends with a newline', `${token}\n`],
    ['begins with a space', ` ${token}`],
    ['comes as a header line', `Bearer ${token}`],
    ['is no JSON', `${header}.${Buffer.from('{').toString('base64url')}.${signature}`],
    ['is no UTF-8', `${header}.${Buffer.from([0x22, 0xff, 0x22]).toString('base64url')}.${signature}`],
    ['begins with a byte order mark', `${header}.${Buffer.from('\uFEFF{}').toString('base64url')}.${signature}`],
    ['is endless', signed({ ...GOOD, padding: 'x'.repeat(16_384) }, rsa)],
  ])('that %s is refused', (_what, text) => {
    expect(codeOf(text)).toBe('OIDC_TOKEN_MALFORMED');
  });

  test('in the other alphabet of base64 is refused', () => {
    const odd = signed({ ...GOOD, sub: 'repo:~~~???>>>:\u00FF\u00FE' }, rsa);
    const other = odd.replaceAll('-', '+').replaceAll('_', '/');
    expect(codeOf(odd)).toBe('good');
    expect(other).not.toBe(odd);
    expect(codeOf(other)).toBe('OIDC_TOKEN_MALFORMED');
  });

  test.each([rsa, ec])('with any one byte changed, in any of its bits, is refused ($alg)', (key) => {
    const bytes = Buffer.from(signed(GOOD, key), 'ascii');
    const passed: string[] = [];
    for (let index = 0; index < bytes.length; index++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(bytes);
        flipped[index] = (flipped[index] ?? 0) ^ (1 << bit);
        if (codeOf(flipped.toString('latin1')) === 'good') passed.push(`byte ${index} bit ${bit}`);
      }
    }
    expect(passed).toEqual([]);
  });

  test('with any character left out or doubled is refused', () => {
    const passed: string[] = [];
    for (let index = 0; index < token.length; index++) {
      if (codeOf(token.slice(0, index) + token.slice(index + 1)) === 'good') passed.push(`without ${index}`);
      if (codeOf(token.slice(0, index + 1) + token.slice(index)) === 'good') passed.push(`${index} twice`);
    }
    expect(passed).toEqual([]);
  });

  test('with the header or the claims of another good token is refused', () => {
    const [otherHeader, otherPayload] = signed({ ...GOOD, repository: 'evil/shop' }, ec).split('.');
    expect(codeOf(`${header}.${otherPayload}.${signature}`)).toBe('OIDC_SIGNATURE_WRONG');
    expect(codeOf(`${otherHeader}.${payload}.${signature}`)).toBe('OIDC_SIGNATURE_WRONG');
  });

  test('that is any text at all is judged and never thrown at, nor quoted', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.tuple(fc.jsonValue(), fc.jsonValue(), fc.base64String()).map(([a, b, c]) => `${part(a)}.${part(b)}.${c}`),
      fc
        .record({ alg: fc.constantFrom('RS256', 'ES256'), kid: fc.constantFrom('rsa-1', 'ec-1') })
        .chain((head) =>
          fc
            .uint8Array({ maxLength: 300 })
            .map((bytes) => `${part(head)}.${payload}.${Buffer.from(bytes).toString('base64url')}`),
        ),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        const verdict = verifyIdToken(candidate, TERMS);
        expect(verdict.status).toBe('bad');
        // What is short stands in any sentence.
        expect(JSON.stringify(verdict)).not.toContain(candidate.padEnd(40, '\u{F8FF}'));
      }),
      { numRuns: 500 },
    );
  });

  test('that is any signed data at all is bad', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (claims) => {
        expect(codeOf(signed(claims, ec))).toBe('OIDC_CLAIMS_INVALID');
      }),
      { numRuns: 200 },
    );
  });

  test('with any claims besides the standard ones is good just when those that are handed on are text', () => {
    const besides = Object.keys(GOOD).filter((name) => !['iss', 'sub', 'aud', 'iat', 'nbf', 'exp'].includes(name));
    const changes = fc.dictionary(fc.constantFrom(...besides), fc.oneof(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(changes, (change) => {
        const isText = Object.entries(change).every(
          ([name, value]) => typeof value === 'string' || !GITHUB_CLAIMS.some((claim) => claim === name),
        );
        expect(codeOf(signed({ ...GOOD, ...change }, ec))).toBe(isText ? 'good' : 'OIDC_CLAIMS_INVALID');
      }),
      { numRuns: 300 },
    );
  });
});

/** Signs a header and claims that are text already. */
function resigned(text: string, { alg, privateKey }: typeof rsa, form: 'der' | 'ieee-p1363' = 'ieee-p1363'): string {
  const how = alg === 'RS256' ? privateKey : { key: privateKey, dsaEncoding: form };
  return `${text}.${sign('sha256', Buffer.from(text), how).toString('base64url')}`;
}
