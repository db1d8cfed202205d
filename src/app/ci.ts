import type { Actor } from '../domain/actor.ts';
import { CodedError } from '../domain/coded-error.ts';
import { ciActor } from '../maker/ci-actor.ts';
import { runnerClaims } from '../maker/oidc-runner.ts';
import { createOidcReader, type KeyCache } from '../providers/oidc/reader.ts';
import { metaTable } from '../store/meta.ts';
import { ownJson } from '../store/own-json.ts';
import type { StatefulApp } from './app.ts';

/**
 * Who this CI job is: by the ID token that its runner offers, or by the name that the operator gave the runner.
 * CI_IDENTITY_UNPROVED when a token is offered and is not good, or when there is neither.
 */
export async function ciIdentity(
  app: StatefulApp,
  { named, signal }: { readonly named: string | null; readonly signal: AbortSignal },
): Promise<Actor> {
  const { issuer, audience } = app.config.oidc;
  const { clock, env, learn } = app.provider;
  const reader = createOidcReader({ clock, env, learn });
  const cache = keyCache(app);
  const claims = await runnerClaims(
    { idToken: (question) => reader.idToken(question), keys: (question) => reader.keys({ ...question, cache }) },
    { issuer, audience, clock, signal },
  );
  if (claims.status === 'unknown') {
    throw new CodedError('CI_IDENTITY_UNPROVED', claims.failure.message, {
      where: claims.failure.code,
      next: 'see docs/ci.md: permissions id-token: write, and the audience',
    });
  }
  const actor = ciActor({ claims: claims.value, named });
  if (actor !== null) return actor;
  throw new CodedError('CI_IDENTITY_UNPROVED', 'the runner offers no ID token, and no name was given', {
    next: 'give the job permissions id-token: write, or name the runner with --actor-name',
  });
}

/** The issuers' keys, kept in the database, which is as safe as the pins that lie in it. */
function keyCache({ database }: StatefulApp): KeyCache {
  const meta = metaTable(database);
  return {
    get: (issuer) => {
      const text = meta.get(`oidc-keys:${issuer}`);
      return text === null ? null : ownJson<{ readonly jwks: unknown; readonly at: number }>(text);
    },
    set: (issuer, jwks, at) => {
      meta.set(`oidc-keys:${issuer}`, JSON.stringify({ jwks, at }));
    },
  };
}
