import type { Severity } from '../domain/severity.ts';
import type { CertificateFact } from './certificate-fact.ts';

export interface Expiry {
  readonly class: 'expired' | 'expiring' | 'not-yet-valid';
  readonly severity: Severity;
  readonly certificate: CertificateFact;
  /** True for the server's own certificate. */
  readonly isLeaf: boolean;
  /** Until it expires or becomes valid; negative since it expired. Milliseconds. */
  readonly inMs: number;
}

/**
 * The first certificate of a chain to run out, when that is soon enough to say.
 *
 * Roots are left out: they are trusted for being known. So is an issuer that has expired while the
 * chain is trusted all the same: it is a spare, sent for old clients.
 */
export function firstToExpire(
  chain: readonly CertificateFact[],
  isTrusted: boolean,
  days: readonly [number, number, number],
  now: number,
): Expiry | null {
  const due = chain.flatMap((certificate, index) => {
    const isLeaf = index === 0;
    if (!isLeaf && (certificate.selfSigned || (isTrusted && certificate.validTo <= now))) return [];
    const expiry = expiryOf(certificate, isLeaf, days, now);
    return expiry === null ? [] : [expiry];
  });
  return due.toSorted((a, b) => a.inMs - b.inMs)[0] ?? null;
}

function expiryOf(
  certificate: CertificateFact,
  isLeaf: boolean,
  days: readonly [number, number, number],
  now: number,
): Expiry | null {
  const { validFrom, validTo } = certificate;
  const inMs = validTo - now;
  if (inMs <= 0) return { class: 'expired', severity: 'critical', certificate, isLeaf, inMs };
  if (validFrom > now)
    return { class: 'not-yet-valid', severity: 'critical', certificate, isLeaf, inMs: validFrom - now };
  const severity = severityOf(inMs / DAY_MS, days);
  return severity === null ? null : { class: 'expiring', severity, certificate, isLeaf, inMs };
}

function severityOf(daysLeft: number, [low, high, critical]: readonly [number, number, number]): Severity | null {
  if (daysLeft < critical) return 'critical';
  if (daysLeft < high) return 'high';
  return daysLeft < low ? 'low' : null;
}

const DAY_MS = 86_400_000;
