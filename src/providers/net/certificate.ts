import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { describeCertificate, type Certificate } from '../../domain/certificate.ts';

export type { Certificate };

/** The chain as far as it is known, the server's own certificate first. */
export function chainOf(leaf: X509Certificate): readonly Certificate[] {
  const chain: Certificate[] = [];
  let next: X509Certificate | undefined = leaf;
  // The chain is the server's word: it might be endless or bite its own tail.
  while (
    next !== undefined &&
    chain.length < 10 &&
    !chain.some(({ fingerprint256 }) => fingerprint256 === next?.fingerprint256)
  ) {
    chain.push(describeCertificate(next));
    next = next.issuerCertificate;
  }
  return chain;
}

/** RFC 6125 and 9525: only alternative names count; and of an address only an address. */
export function isFor(certificate: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  return certificate.checkHost(name, { subject: 'never' }) !== undefined;
}
