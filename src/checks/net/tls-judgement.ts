import type { Evidence, FindingDraft } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { CertificateFact } from '../certificate-fact.ts';
import { firstToExpire, type Expiry } from '../certificate-expiry.ts';
import { evidenceFrom } from '../evidence.ts';
import { shellQuote } from '../shell-quote.ts';
import type { CertificateFacts, FailureFacts, HandshakeFacts, TlsFacts } from './tls-facts.ts';
import type { TlsParams } from './tls-params.ts';
import { troubleWords } from './trouble-words.ts';

export function judgeTls(name: string, facts: TlsFacts, params: TlsParams, now: number): readonly FindingDraft[] {
  if (facts.about === 'failure') return [noHandshake(name, facts)];
  const drafts = facts.about === 'handshake' ? [oldProtocol(name, facts)] : judgeCertificate(name, facts, params, now);
  return drafts.filter((draft) => draft !== null);
}

function judgeCertificate(
  name: string,
  facts: CertificateFacts,
  params: TlsParams,
  now: number,
): readonly (FindingDraft | null)[] {
  const first = firstToExpire(facts.chain, facts.chainError === null, params.days, now);
  const isOutOfTime = first !== null && first.class !== 'expiring';
  return [
    first === null ? null : expiry(name, facts, first),
    distrust(name, facts, isOutOfTime),
    wrongName(name, facts),
  ];
}

function noHandshake(name: string, facts: FailureFacts): FindingDraft {
  const attempts = facts.attempts > 1 ? ` in ${facts.attempts} attempts` : '';
  return {
    discriminator: 'handshake',
    severity: 'critical',
    evidenceClass: facts.phase,
    title: `${name} does not shake hands${attempts}: ${troubleWords(facts.code) ?? facts.message} (${facts.code})`,
    why: 'Nobody can talk to the server over TLS, whatever its certificate says.',
    next:
      facts.phase === 'dns'
        ? `Ask the DNS yourself: dig +short ${shellQuote(facts.host)}`
        : `Try it yourself: ${sClient(facts)} </dev/null. On the host, see whether it listens: ss -ltnp`,
    evidence: [
      ...evidenceFrom(
        sourceOf(facts),
        ['error', facts.code],
        ['in its own words', facts.message],
        ['came as far as', facts.phase],
      ),
      ...peerEvidence(facts),
    ],
  };
}

function oldProtocol(name: string, facts: HandshakeFacts): FindingDraft | null {
  if (!/^(?:SSL|TLSv1(?:\.1)?$)/.test(facts.protocol)) return null;
  return {
    discriminator: 'protocol',
    severity: 'high',
    title: `${name} speaks nothing newer than ${facts.protocol}`,
    why: 'TLS 1.0 and 1.1 are withdrawn (RFC 8996): browsers and current libraries refuse them.',
    next: `Switch on TLS 1.2 and 1.3 on the server. See what it speaks: nmap --script ssl-enum-ciphers -p ${facts.port} ${shellQuote(facts.host)}`,
    evidence: [
      ...evidenceFrom(sourceOf(facts), ['protocol', facts.protocol], ['cipher', facts.cipher]),
      ...peerEvidence(facts),
    ],
  };
}

function expiry(name: string, facts: CertificateFacts, first: Expiry): FindingDraft {
  return {
    discriminator: 'expiry',
    severity: first.severity,
    evidenceClass: first.class,
    title: `${expiryWords(name, first)} (${day(first.class === 'not-yet-valid' ? first.certificate.validFrom : first.certificate.validTo)})`,
    why:
      first.class === 'expiring'
        ? 'Once it has expired, every client that checks certificates refuses to connect.'
        : 'Every client that checks certificates refuses to connect.',
    next: expiryNext(first, facts),
    evidence: [...certificateEvidence(first.certificate, facts), ...peerEvidence(facts)],
  };
}

function expiryWords(name: string, { class: kind, certificate, isLeaf, inMs }: Expiry): string {
  const whose = isLeaf ? `The certificate of ${name}` : `The issuer "${certificate.name}" in the chain of ${name}`;
  const span = formatDuration(Math.abs(inMs));
  if (kind === 'expired') return `${whose} expired ${span} ago`;
  return kind === 'expiring' ? `${whose} expires in ${span}` : `${whose} is not valid for another ${span}`;
}

function expiryNext({ class: kind, isLeaf }: Expiry, facts: CertificateFacts): string {
  const clock =
    kind === 'expiring' ? '' : ' A wrong clock on this machine looks the same: compare date -u with another.';
  const renewal = isLeaf
    ? 'See why it was not renewed: certbot certificates, or kubectl get certificates -A; a renewed one also needs the server to reload.'
    : 'Get the current chain from your authority and install it with the certificate.';
  return `${renewal} What is served now: ${sClient(facts)} </dev/null | openssl x509 -noout -dates.${clock}`;
}

/** When the expiry says it already, with the figures. An issuer that was not sent may be the one that has expired. */
const ABOUT_TIME: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

function distrust(name: string, facts: CertificateFacts, isOutOfTime: boolean): FindingDraft | null {
  const { chainError } = facts;
  if (chainError === null || (ABOUT_TIME.has(chainError) && isOutOfTime)) return null;
  const reason = reasonOf(chainError, facts.chain);
  return {
    discriminator: 'chain',
    severity: 'high',
    evidenceClass: reason.class,
    title: `The certificate of ${name} is not trusted: ${reason.words} (${chainError})`,
    why: 'Clients can not tell the server from someone in between, and refuse to connect or are told to look away.',
    next: `${reason.next} What is served: ${sClient(facts)} -showcerts </dev/null`,
    evidence: [
      ...evidenceFrom(
        sourceOf(facts),
        ['verification', chainError],
        ['certificates known of the chain', facts.chain.map((certificate) => certificate.name)],
      ),
      ...(facts.chain[0] === undefined ? [] : certificateEvidence(facts.chain[0], facts)),
      ...peerEvidence(facts),
    ],
  };
}

function reasonOf(
  code: string,
  chain: readonly CertificateFact[],
): { readonly class: string; readonly words: string; readonly next: string } {
  const [leaf] = chain;
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT') {
    return {
      class: 'self-signed',
      words: 'it is signed by itself',
      next: 'If that is meant, name it in "ca"; else install one from an authority.',
    };
  }
  if (code === 'SELF_SIGNED_CERT_IN_CHAIN') {
    return {
      class: 'unknown-authority',
      words: `its authority "${chain.at(-1)?.name ?? 'unknown'}" is not trusted here`,
      next: 'If it is your own authority, name its file in "ca".',
    };
  }
  if (/^UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(?:_LOCALLY)?)$/.test(code)) {
    const missing = `the certificate of its issuer "${(chain.at(-1) ?? leaf)?.issuer ?? 'unknown'}" is missing`;
    return {
      class: 'incomplete',
      words: `${missing}, from the chain that the server sends or from those trusted here`,
      next: 'Have the server send the whole chain (fullchain.pem); if the issuer is your own authority, name its file in "ca".',
    };
  }
  if (ABOUT_TIME.has(code)) {
    return {
      class: 'issuer-out-of-time',
      words: 'an issuer that it does not send has expired or is not valid yet',
      next: 'Install the current chain of your authority; and compare the clock here (date -u) with another.',
    };
  }
  return {
    class: code.toLowerCase(),
    words: troubleWords(code) ?? 'its verification failed',
    next: 'Look the code up in the manual of openssl-verification-options.',
  };
}

function wrongName(name: string, facts: CertificateFacts): FindingDraft | null {
  const [leaf] = facts.chain;
  if (facts.nameMatches || leaf === undefined) return null;
  const bears = leaf.names.length === 0 ? 'no name at all' : leaf.names.slice(0, 3).join(', ');
  return {
    discriminator: 'name',
    severity: 'high',
    title: `The certificate of ${name} is not for ${facts.name} but for ${bears}`,
    why: 'Clients that ask for this name refuse to connect; often another site of the same server answers.',
    next: `See which site answers for the name: ${sClient(facts)} </dev/null | openssl x509 -noout -subject -ext subjectAltName. Names in the subject alone do not count (RFC 9525).`,
    evidence: [
      ...evidenceFrom(sourceOf(facts), ['name asked for', facts.name], ['names of the certificate', leaf.names]),
      ...certificateEvidence(leaf, facts),
      ...peerEvidence(facts),
    ],
  };
}

function certificateEvidence(certificate: CertificateFact, facts: CertificateFacts): Evidence[] {
  return evidenceFrom(
    sourceOf(facts),
    ['certificate', certificate.name],
    ['issuer', certificate.issuer],
    ['valid from', new Date(certificate.validFrom).toISOString()],
    ['valid to', new Date(certificate.validTo).toISOString()],
    ['fingerprint (SHA-256)', certificate.fingerprint256],
  );
}

function peerEvidence(facts: TlsFacts): Evidence[] {
  return evidenceFrom(
    sourceOf(facts),
    ['address', facts.peer],
    ['attempts', facts.attempts > 1 ? facts.attempts : null],
  );
}

function sourceOf({ host, port }: TlsFacts): string {
  return `TLS handshake with ${place(host, port)}`;
}

function sClient({ host, port, name }: TlsFacts): string {
  return `openssl s_client -connect ${shellQuote(place(host, port))} -servername ${shellQuote(name)}`;
}

function place(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
