import type { Actor } from '../domain/actor.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { JsonObject } from '../domain/json.ts';
import { printableStart } from '../domain/printable.ts';

/**
 * Who a CI job acts as. With verified claims: the subject that the issuer vouches for, whatever name was given
 * besides. Without: the name that the operator gave this runner, and no claims. null: neither, so nobody.
 *
 * The environment is not asked: what a runner writes there (GITHUB_REPOSITORY, GITHUB_REF) anybody can write. A name
 * has no colon, so that none can look like a subject: those all begin with `oidc:`. USAGE for a name that is none.
 */
export function ciActor({ claims, named }: CiIdentity): Extract<Actor, { kind: 'ci' }> | null {
  if (claims !== null) return { kind: 'ci', name: `oidc:${subjectOf(claims)}`, claims };
  if (named === null) return null;
  if (!NAME.test(named))
    throw new CodedError('USAGE', `"${printableStart(named, 80)}" is not a name for a runner`, {
      where: '--actor-name',
      next: 'take letters, digits, dots, dashes and underscores, at most 64, such as "nightly-deploy"',
    });
  return { kind: 'ci', name: named, claims: null };
}

export interface CiIdentity {
  /** As `runnerClaims` verified them; null: the runner offered no token. */
  readonly claims: JsonObject | null;
  /** `--actor-name`; null: none was given. */
  readonly named: string | null;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

function subjectOf({ sub }: JsonObject): string {
  if (typeof sub === 'string') return sub;
  throw new CodedError('INTERNAL', 'verified claims without a subject');
}
