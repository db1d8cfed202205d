import * as z from 'zod';
import { formatDuration } from '../../domain/duration.ts';
import type { Severity } from '../../domain/severity.ts';
import type { RULES } from './security-headers-params.ts';

/** What was seen of a page: the headers alone, and of cookies only names and flags. */
export const pageFacts = z.object({
  /** Where the redirects led to. */
  url: z.string(),
  status: z.number(),
  contentType: z.string().nullable(),
  headers: z.record(z.string(), z.array(z.string())),
});

export type PageFacts = z.output<typeof pageFacts>;
export type Rule = (typeof RULES)[number];

/** How a page breaks a rule. */
export interface Breach {
  readonly severity: Severity;
  readonly class: string;
  /** After the name of the page. */
  readonly words: string;
  /** The header that would mend it, or more words on it. */
  readonly next: string;
}

/** One judgement per rule, null where it is kept or does not apply. */
export const JUDGES: Readonly<Record<Rule, (page: PageFacts) => Breach | null>> = {
  hsts,
  csp,
  nosniff,
  framing,
  referrer,
  cookies,
};

const HALF_A_YEAR_S = 15_552_000;

/** RFC 6797: the first header counts; addresses are no hosts that it is for. */
function hsts(page: PageFacts): Breach | null {
  const { protocol, hostname } = new URL(page.url);
  if (isLoopback(hostname)) return null;
  if (protocol === 'http:') {
    return {
      severity: 'medium',
      class: 'no-https',
      words: 'is served without TLS',
      next: 'Serve it over https, and redirect http there.',
    };
  }
  if (/^[\d.]+$|^\[/.test(hostname)) return null;
  const policy = page.headers['strict-transport-security']?.[0];
  const next = 'Send "Strict-Transport-Security: max-age=31536000" over https, with a short max-age first.';
  if (policy === undefined)
    return { severity: 'medium', class: 'missing', words: 'sends no Strict-Transport-Security', next };
  const age = /(?:^|;)\s*max-age\s*=\s*"?(\d{1,12})"?\s*(?:;|$)/i.exec(policy)?.[1];
  if (age === undefined || Number(age) === 0) {
    const words = 'sends a Strict-Transport-Security that switches it off or says nothing';
    return { severity: 'medium', class: 'void', words, next };
  }
  if (Number(age) >= HALF_A_YEAR_S) return null;
  const words = `is held to https for only ${formatDuration(Number(age) * 1_000)} after a visit`;
  return { severity: 'low', class: 'short', words, next };
}

/** What restrains scripts: everything else of a policy is a matter of taste to a machine. */
function csp(page: PageFacts): Breach | null {
  if (!isDocument(page)) return null;
  const policies = page.headers['content-security-policy'] ?? [];
  if (policies.length === 0) {
    const isOnlyReported = page.headers['content-security-policy-report-only'] !== undefined;
    return {
      severity: 'low',
      class: isOnlyReported ? 'report-only' : 'missing',
      words: isOnlyReported
        ? 'has a Content-Security-Policy that is only reported, not enforced'
        : 'sends no Content-Security-Policy',
      next: "Start with Content-Security-Policy-Report-Only, then enforce at least script-src 'self'.",
    };
  }
  // Several policies all hold, so one that restrains is enough.
  const rules = policies.flatMap(policiesOf).map((policy) => policy.get('script-src') ?? policy.get('default-src'));
  if (rules.some((sources) => sources !== undefined && restrains(sources))) return null;
  const isThere = rules.some((sources) => sources !== undefined);
  return {
    severity: 'low',
    class: isThere ? 'any-script' : 'no-script-rule',
    words: isThere
      ? 'has a Content-Security-Policy that lets any script run'
      : 'has a Content-Security-Policy that says nothing of scripts',
    next: "Give scripts a nonce or a hash, and take 'unsafe-inline', * and schemes out of script-src.",
  };
}

/** A nonce, a hash or 'strict-dynamic' makes browsers pass over 'unsafe-inline' (CSP 3). */
function restrains(sources: readonly string[]): boolean {
  if (sources.some((source) => ['*', 'http:', 'https:', 'data:'].includes(source)))
    return sources.includes("'strict-dynamic'");
  return (
    !sources.includes("'unsafe-inline'") ||
    sources.some((source) => source === "'strict-dynamic'" || /^'(?:nonce|sha(?:256|384|512))-/.test(source))
  );
}

function nosniff(page: PageFacts): Breach | null {
  const [value] = page.headers['x-content-type-options'] ?? [];
  if (value?.split(',')[0]?.trim().toLowerCase() === 'nosniff') return null;
  return {
    severity: 'low',
    class: 'missing',
    words: 'lets browsers guess the type of its content',
    next: 'Send "X-Content-Type-Options: nosniff".',
  };
}

/** frame-ancestors, or the older header where there is none: browsers know DENY and SAMEORIGIN of it. */
function framing(page: PageFacts): Breach | null {
  if (!isDocument(page)) return null;
  const next = `Send "Content-Security-Policy: frame-ancestors 'self'", or name who may embed it.`;
  const ancestors = (page.headers['content-security-policy'] ?? [])
    .flatMap(policiesOf)
    .flatMap((policy) => policy.get('frame-ancestors') ?? null)
    .filter((source) => source !== null);
  if (ancestors.length > 0) {
    if (!ancestors.some((source) => ['*', 'http:', 'https:'].includes(source))) return null;
    return { severity: 'medium', class: 'anyone', words: 'may be embedded by any page (frame-ancestors)', next };
  }
  const older = page.headers['x-frame-options'] ?? [];
  if (older.some((value) => /^\s*(?:deny|sameorigin)\s*$/i.test(value))) return null;
  const words = older.length === 0 ? 'may be embedded by any page' : 'has an X-Frame-Options that browsers pass over';
  return { severity: 'medium', class: older.length === 0 ? 'missing' : 'void', words, next };
}

const LEAKING = new Set(['unsafe-url', 'no-referrer-when-downgrade']);
const KNOWN_POLICIES = new Set([
  ...LEAKING,
  'no-referrer',
  'origin',
  'origin-when-cross-origin',
  'same-origin',
  'strict-origin',
  'strict-origin-when-cross-origin',
]);

/** The last policy that is known counts. None at all is well: browsers then tell other sites the origin alone. */
function referrer(page: PageFacts): Breach | null {
  const written = (page.headers['referrer-policy'] ?? []).flatMap((value) => value.split(','));
  const policy = written
    .map((token) => token.trim().toLowerCase())
    .filter((token) => KNOWN_POLICIES.has(token))
    .at(-1);
  if (policy === undefined || !LEAKING.has(policy)) return null;
  return {
    severity: 'low',
    class: 'leaks',
    words: `tells other sites the whole address of its pages (Referrer-Policy: ${policy})`,
    next: 'Send "Referrer-Policy: strict-origin-when-cross-origin", or no such header: that is what browsers then do.',
  };
}

/** Secure matters only where the page itself came over TLS. SameSite needs no word: without it browsers take Lax. */
function cookies(page: PageFacts): Breach | null {
  const isEncrypted = page.url.startsWith('https:');
  const set = (page.headers['set-cookie'] ?? []).map((cookie) => {
    const [name = '', ...flags] = cookie.split(';').map((part) => part.trim());
    const has = (flag: string): boolean => flags.some((written) => written.toLowerCase() === flag);
    return { name: name === '' ? '(no name)' : name, isOpen: isEncrypted && !has('secure'), isRead: !has('httponly') };
  });
  const open = namesOf(set.filter(({ isOpen }) => isOpen));
  const read = namesOf(set.filter(({ isRead }) => isRead));
  if (open === null && read === null) return null;
  const parts = [
    ...(open === null ? [] : [`without Secure: ${open}`]),
    ...(read === null ? [] : [`without HttpOnly: ${read}`]),
  ];
  return {
    severity: open === null ? 'low' : 'medium',
    class: open === null ? 'http-only' : 'secure',
    words: `sets cookies ${parts.join('; ')}`,
    next: 'Set the flags where the cookie is made. One that scripts of the page must read can not be HttpOnly: if all are meant so, write "skip: [cookies]".',
  };
}

function namesOf(set: readonly { readonly name: string }[]): string | null {
  const names = [...new Set(set.map(({ name }) => name.slice(0, 60)))].toSorted();
  if (names.length === 0) return null;
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

/** Directives by name, the first of a name counts; one header may hold several policies. */
function policiesOf(header: string): readonly ReadonlyMap<string, readonly string[]>[] {
  return header.split(',').map((policy) => {
    const directives = policy.split(';').map((directive) => directive.trim().toLowerCase().split(/\s+/));
    return new Map(directives.toReversed().map(([name = '', ...sources]) => [name, sources]));
  });
}

/** What can hold scripts and be embedded. */
function isDocument({ contentType }: PageFacts): boolean {
  return /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType ?? '');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
