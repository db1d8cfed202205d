import type { Clock } from '../../domain/clock.ts';
import type { Looked } from '../../domain/failure.ts';
import { issuerKeys, type IssuerKeys, type KeysQuestion } from './issuer-keys.ts';
import { PATIENCE, type Patience } from './patience.ts';
import { runnerToken, type TokenQuestion } from './runner-token.ts';

export type { IssuerKeys, KeyCache, KeysQuestion } from './issuer-keys.ts';
export type { TokenQuestion } from './runner-token.ts';

/** OpenID Connect as a CI job meets it. It judges nothing; trouble is a value, only an abort is thrown. */
export interface OidcReader {
  /** The ID token that this runner gives its job for an audience; null: it offers none. */
  idToken(question: TokenQuestion): Promise<Looked<string | null>>;
  /** The key set of an issuer, from the cache that is handed in or from itself; its form is not looked into. */
  keys(question: KeysQuestion): Promise<Looked<IssuerKeys>>;
}

export interface OidcDeps {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told of every token before it is used, so that it can be kept from all output. */
  readonly learn: (secret: string) => void;
}

export function createOidcReader(deps: OidcDeps, patience: Patience = PATIENCE): OidcReader {
  return {
    idToken: (question) => runnerToken(question, deps, patience),
    keys: (question) => issuerKeys(question, deps.clock, patience),
  };
}
