import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { printableStart } from '../../domain/printable.ts';
import { isLoopback, trustworthyUrl } from './address.ts';

/** Discovery 4: after the issuer's path, if it has one (GitHub Enterprise Server does). */
export function discoveryUrl(base: URL): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, '')}/.well-known/openid-configuration`;
  return url;
}

/** Where the document says that the keys are. */
export function keysAddress(document: unknown, issuer: string, base: URL): Looked<URL> {
  if (typeof document !== 'object' || document === null || !('issuer' in document) || !('jwks_uri' in document))
    return unknown('OIDC_ANSWER_INVALID', `The discovery document of ${base.origin} names no issuer or no keys.`);
  // Discovery 4.3: must be exactly the issuer that was asked, or it speaks for another.
  if (document.issuer !== issuer)
    return unknown(
      'OIDC_ISSUER_WRONG',
      `The discovery document of ${base.origin} is that of "${printableStart(String(document.issuer), 200)}" and not of "${printableStart(issuer, 200)}".`,
    );
  const url = typeof document.jwks_uri === 'string' ? trustworthyUrl(document.jwks_uri) : null;
  // An issuer elsewhere has no business with what listens on this machine.
  if (url === null || (isLoopback(url) && !isLoopback(base)))
    return unknown(
      'OIDC_URL_REFUSED',
      `The discovery document of ${base.origin} says that the keys are at no https address.`,
    );
  return seen(url);
}
