import type { X509Certificate } from 'node:crypto';
import { printableStart } from './printable.ts';

/** What is worth knowing of an X.509 certificate, fit to be shown. */
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

export function describeCertificate(certificate: X509Certificate): Certificate {
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
