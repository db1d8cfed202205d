import type { Check, Failure, FindingDraft, Observation } from '../../domain/check.ts';
import { printableStart } from '../../domain/printable.ts';
import { resourceId } from '../../domain/resource-id.ts';
import type { Answer, HttpQuestion, NetReader } from '../../providers/net/reader.ts';
import { evidenceFrom } from '../evidence.ts';
import { shellQuote } from '../shell-quote.ts';
import { RULES, securityHeadersParams, type SecurityHeadersParams } from './security-headers-params.ts';
import { JUDGES, pageFacts, type PageFacts, type Rule } from './security-headers-rules.ts';
import { ownTrouble } from './whose-trouble.ts';

export const check: Check<NetReader, SecurityHeadersParams> = {
  id: 'net/security-headers',
  title: 'A page sends the headers that guard it',
  keywords: ['header', 'hsts', 'csp', 'security', 'page'],
  description: `Opens a page as a visitor would, follows up to five redirects, and looks at the headers of the last answer. Of the page itself nothing is read, and of cookies only names and flags.

The standard is modest on purpose: what browsers act upon, and nothing that is a matter of taste. It reports:
- **hsts** (medium) when the page is served without TLS, or sends no \`Strict-Transport-Security\` or one that is void (RFC 6797); low when it lasts less than 180 days. Not for addresses and the loopback;
- **framing** (medium) when any page may embed it: neither \`frame-ancestors\` nor \`X-Frame-Options\` DENY or SAMEORIGIN;
- **cookies** (medium) set over TLS without \`Secure\`; low without \`HttpOnly\`. \`SameSite\` is not asked for: without it browsers take Lax;
- **csp** (low) when there is no \`Content-Security-Policy\`, it is only reported, or it lets any script run;
- **nosniff** (low) without \`X-Content-Type-Options: nosniff\`;
- **referrer** (low) when \`Referrer-Policy\` tells other sites whole addresses. None at all is well.

**framing** and **csp** are asked of HTML alone. \`skip\` leaves rules out.

It is **unknown**, and not a finding, when there is no answer, an error (400 and above), or a redirect that may not be followed: those pages have other headers, and that the page is down is for net/http to say.

Tried against web servers of the test run on the loopback; the rules for TLS over a certificate of the tests' own authority.`,
  standalone: false,
  params: securityHeadersParams,
  timeoutMs: 100_000,

  async read(reader, params, { signal }) {
    const url = new URL(params.url);
    url.hash = '';
    const identity = {
      resource: resourceId('net', 'local', 'headers', url.href),
      name: printableStart(url.href, 200),
    };
    const hidden = (failure: Failure): Observation[] => [{ status: 'unknown', ...identity, failure }];
    const authorities = params.ca === undefined ? null : await reader.authorities(params.ca);
    if (authorities?.status === 'unknown') return hidden(authorities.failure);
    const question: HttpQuestion = {
      url: url.href,
      // Some servers send other headers to HEAD; the body is left unread.
      method: 'GET',
      headers: { accept: 'text/html,*/*;q=0.8' },
      authorities: authorities?.value ?? null,
      redirectsAtMost: REDIRECTS_AT_MOST,
      timeoutMs: params.timeout,
      bodyWish: () => null,
      headersWanted: HEADERS,
      signal,
    };
    const answer = await askUntilAnswered(reader, question, params.attempts);
    if (answer.status === 'failed') {
      const own = ownTrouble(answer.trouble, { host: hostOf(answer.url), isOnline: reader.isOnline() });
      return hidden(own ?? noAnswer(identity.name, answer.trouble.code));
    }
    if (answer.refusedRedirect !== null) return hidden(notFollowed(identity.name, answer.refusedRedirect.to));
    if (answer.httpStatus >= 400 || answer.httpStatus < 200) return hidden(otherPage(identity.name, answer.httpStatus));
    return [{ status: 'seen', ...identity, facts: factsOf(answer) }];
  },

  judge(seen, params) {
    const page = pageFacts.parse(seen.facts);
    return RULES.filter((rule) => !params.skip.includes(rule)).flatMap((rule) => judgeRule(rule, seen.name, page));
  },
};

const REDIRECTS_AT_MOST = 5;
const PAUSE_MS = 500;

/** What each rule looks at, and why it matters. */
const ABOUT: Readonly<Record<Rule, { readonly headers: readonly string[]; readonly why: string }>> = {
  hsts: {
    headers: ['strict-transport-security'],
    why: 'Someone in between can keep a visitor who types the name on http, and read and change everything.',
  },
  csp: {
    headers: ['content-security-policy', 'content-security-policy-report-only'],
    why: 'If somebody manages to get a script into a page, nothing keeps it from running.',
  },
  nosniff: {
    headers: ['x-content-type-options'],
    why: 'A file that somebody uploaded as a picture may be taken for a script.',
  },
  framing: {
    headers: ['x-frame-options', 'content-security-policy'],
    why: 'Another page can lay itself over this one and have visitors click what they do not see.',
  },
  referrer: {
    headers: ['referrer-policy'],
    why: 'Addresses of pages hold names, searches and at times tokens, and other sites get to know them.',
  },
  cookies: {
    headers: ['set-cookie'],
    why: 'A cookie without Secure also crosses the network in plain text; one without HttpOnly can be taken by any script in the page.',
  },
};

const HEADERS: readonly string[] = [...new Set(Object.values(ABOUT).flatMap(({ headers }) => headers))];

function judgeRule(rule: Rule, name: string, page: PageFacts): readonly FindingDraft[] {
  const breach = JUDGES[rule](page);
  if (breach === null) return [];
  const { headers, why } = ABOUT[rule];
  return [
    {
      discriminator: rule,
      severity: breach.severity,
      evidenceClass: breach.class,
      title: `${name} ${breach.words}`,
      why,
      next: `${breach.next} What it sends: curl -sIL ${shellQuote(page.url)}`,
      evidence: evidenceFrom(
        `GET ${page.url}`,
        ['status', page.status],
        ...headers.map((header) => [header, page.headers[header] ?? 'not sent'] as const),
      ),
    },
  ];
}

function factsOf(answer: Extract<Answer, { status: 'answered' }>): PageFacts {
  return {
    url: answer.url,
    status: answer.httpStatus,
    contentType: answer.contentType,
    headers: Object.fromEntries(Object.entries(answer.headers).map(([name, values]) => [name, [...values]])),
  };
}

async function askUntilAnswered(reader: NetReader, question: HttpQuestion, atMost: number): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await reader.ask(question);
    if (answer.status === 'answered' || attempt >= atMost) return answer;
    await reader.pause(PAUSE_MS, question.signal);
  }
}

function noAnswer(name: string, code: string): Failure {
  return { code, message: `${name} does not answer (${code}), so its headers could not be looked at; see net/http.` };
}

function notFollowed(name: string, to: string): Failure {
  return {
    code: 'REDIRECT_REFUSED',
    message: `${name} redirects to where it may not be followed: ${to}; so the headers of its page could not be looked at.`,
  };
}

function otherPage(name: string, status: number): Failure {
  return {
    code: `HTTP_${status}`,
    message: `${name} answers ${status}, so the headers of its page could not be looked at; see net/http.`,
  };
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
}
