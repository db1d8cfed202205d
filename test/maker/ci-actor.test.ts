import { describe, expect, test } from 'vitest';
import { ciActor } from '../../src/maker/ci-actor.ts';
import { codeOf } from '../support/errors.ts';

const CLAIMS = { iss: 'https://token.example.com', sub: 'repo:acme/shop:environment:staging', aud: 'holdfast' };

describe('a CI job', () => {
  test('with verified claims acts as the subject that they name', () => {
    expect(ciActor({ claims: CLAIMS, named: null })).toEqual({
      kind: 'ci',
      name: 'oidc:repo:acme/shop:environment:staging',
      claims: CLAIMS,
    });
  });

  test('with verified claims is not renamed by what it says of itself', () => {
    expect(ciActor({ claims: CLAIMS, named: 'nightly' })?.name).toBe('oidc:repo:acme/shop:environment:staging');
  });

  test('without a token acts under the name it was given, and has no claims', () => {
    expect(ciActor({ claims: null, named: 'nightly-deploy_2.x' })).toEqual({
      kind: 'ci',
      name: 'nightly-deploy_2.x',
      claims: null,
    });
  });

  test('with neither is nobody', () => {
    expect(ciActor({ claims: null, named: null })).toBeNull();
  });

  test.each([
    'oidc:repo:acme/shop:environment:staging',
    'repo:acme/shop',
    '',
    '-x',
    'a b',
    'a\nb',
    'nightly\u202E',
    'x'.repeat(65),
  ])('can not be named so that it looks like a subject, or hides something: %j', (named) => {
    expect(codeOf(() => ciActor({ claims: null, named }))).toBe('USAGE');
  });

  test('whose claims have no subject was not verified, which is a defect', () => {
    expect(codeOf(() => ciActor({ claims: { iss: 'x' }, named: null }))).toBe('INTERNAL');
  });
});
