import type { FindingDraft } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import { firstToExpire, type Expiry } from '../certificate-expiry.ts';
import { evidenceFrom } from '../evidence.ts';
import { shellQuote } from '../shell-quote.ts';
import type { FileFacts, PatternFacts } from './certificate-files-facts.ts';

/** Nothing under the pattern: it may be wrong, or what it meant is gone. */
export function judgePattern({ pattern, matched, withCertificates, missingFolder }: PatternFacts): FindingDraft | null {
  if (withCertificates > 0) return null;
  const name = printable(pattern);
  const why = missingFolder === null ? '' : `: the folder ${printable(missingFolder)} does not exist`;
  return {
    discriminator: 'none',
    severity: 'medium',
    title: matched === 0 ? `No file is to be found at ${name}${why}` : `No file at ${name} begins with a certificate`,
    why: 'Certificates that are looked for in the wrong place run out without a word.',
    next: `See what is there: ls -la ${shellQuote(folderOf(pattern))}. Of a file that begins with a private key nothing more is read: the certificate must come first.`,
    evidence: evidenceFrom(pattern, ['files', matched], ['files with certificates', withCertificates]),
  };
}

export function judgeFile(
  { path, certificates }: FileFacts,
  days: readonly [number, number, number],
  now: number,
): FindingDraft | null {
  // Nobody verifies the chain here, so that an issuer that has expired counts.
  const first = firstToExpire(certificates, false, days, now);
  if (first === null) return null;
  const { certificate } = first;
  return {
    discriminator: 'expiry',
    severity: first.severity,
    evidenceClass: first.class,
    title: `${words(first, printable(path))} (${day(first.class === 'not-yet-valid' ? certificate.validFrom : certificate.validTo)})`,
    why:
      first.class === 'expiring'
        ? 'Whoever uses the file is refused once it has expired.'
        : 'Whoever uses the file is refused by everyone who checks certificates.',
    next: `See who renews it, and why not yet: certbot certificates; systemctl list-timers. What is in the file: openssl x509 -noout -subject -dates -in ${shellQuote(path)}. Whoever uses it must load it again afterwards.${first.class === 'expiring' ? '' : ' A wrong clock on this machine looks the same: compare date -u with another.'}`,
    evidence: evidenceFrom(
      path,
      ['certificate', certificate.name],
      ['issuer', certificate.issuer],
      ['valid from', new Date(certificate.validFrom).toISOString()],
      ['valid to', new Date(certificate.validTo).toISOString()],
      ['fingerprint (SHA-256)', certificate.fingerprint256],
      ['certificates in the file', certificates.length],
    ),
  };
}

function words({ class: kind, certificate, isLeaf, inMs }: Expiry, path: string): string {
  const whose = isLeaf ? `The certificate in ${path}` : `The certificate "${certificate.name}" of the chain in ${path}`;
  const span = formatDuration(Math.abs(inMs));
  if (kind === 'expired') return `${whose} expired ${span} ago`;
  return kind === 'expiring' ? `${whose} expires in ${span}` : `${whose} is not valid for another ${span}`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The folder of a pattern before its first wildcard. */
function folderOf(pattern: string): string {
  const wildcard = pattern.search(/[*?[\]{}]/);
  const plain = wildcard < 0 ? pattern : pattern.slice(0, wildcard);
  return plain.slice(0, Math.max(1, plain.lastIndexOf('/')));
}
