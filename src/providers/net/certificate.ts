import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { printableStart } from '../../domain/printable.ts';

export interface Certificate {
  /** Its common name, or its first alternative name. */
  readonly name: string;
  readonly issuer: string;
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
  readonly selfSigned: boolean;
  readonly fingerprint256: string;
  /** The names that it is for, the first twenty. */
  readonly names: readonly string[];
}

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
    chain.push(describe(next));
    next = next.issuerCertificate;
  }
  return chain;
}

/** RFC 6125 and 9525: only alternative names count; and of an address only an address. */
export function isFor(certificate: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  return certificate.checkHost(name, { subject: 'never' }) !== undefined;
}

function describe(certificate: X509Certificate): Certificate {
  const names = alternativeNames(certificate.subjectAltName);
  return {
    name: commonName(certificate.subject) ?? names[0] ?? '(no name)',
    issuer: commonName(certificate.issuer) ?? '(no name)',
    validFrom: certificate.validFromDate.getTime(),
    validTo: certificate.validToDate.getTime(),
    selfSigned: certificate.checkIssued(certificate),
    fingerprint256: certificate.fingerprint256,
    names: names.slice(0, 20),
  };
}

/** Of a subject of one attribute a line. Without a common name the organisation will do. */
function commonName(subject: string | undefined): string | null {
  const value = /^CN=(.+)$/m.exec(subject ?? '')?.[1] ?? /^OU?=(.+)$/m.exec(subject ?? '')?.[1];
  return value === undefined ? null : printableStart(value, 120);
}

function alternativeNames(text: string | undefined): readonly string[] {
  return [...(text ?? '').matchAll(/(?:DNS|IP Address):([^,\s"]+)/g)].map((match) =>
    printableStart(match[1] ?? '', 120),
  );
}
