import { getCACertificates } from 'node:tls';

/** The authorities that Node trusts by default (NODE_EXTRA_CA_CERTS among them), and some more. */
export function trustedAuthorities(more: string): string[] {
  return [...getCACertificates('default'), more];
}
