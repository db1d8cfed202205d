import * as z from 'zod';
import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import type { Answer } from '../../providers/net/reader.ts';
import { plainName } from './dns-params.ts';
import { isTrustworthy } from './domain-expiry-params.ts';

/** What a registry says of a domain. */
export interface Registration {
  readonly isFound: boolean;
  /** RFC 8056, in lower case, sorted. */
  readonly states: readonly string[];
  readonly expiresAt: number | null;
}

/** The server for a domain from a bootstrap list: the longest ending that is listed (RFC 9224, 4); https where there is one. */
export function serverFor(domain: string, answer: Answer): Looked<string> {
  const document = documentOf(answer, 'The bootstrap list of RDAP servers');
  if (document.status === 'unknown') return document;
  const list = bootstrapList.safeParse(document.value);
  if (!list.success)
    return unknown('UNEXPECTED_ANSWER', `${answer.url} is no bootstrap list of RDAP servers (RFC 9224).`);
  const labels = domain.split('.');
  for (let from = 0; from < labels.length; from += 1) {
    const ending = labels.slice(from).join('.');
    const urls = list.data.services.find(([endings]) => endings.some((one) => one.toLowerCase() === ending))?.[1];
    const url = urls?.filter(isTrustworthy).toSorted((a, b) => (a < b ? 1 : -1))[0];
    if (url !== undefined) return seen(url);
  }
  return unknown(
    'NO_RDAP',
    `No RDAP server over https is listed for ${domain}: its registry may tell only its own members. If it has one, name it in "server".`,
  );
}

/** What a server answered of a domain; unknown for what is no word on it. */
export function registrationOf(domain: string, answer: Answer): Looked<Registration> {
  if (answer.status === 'answered' && answer.httpStatus === 404 && mayBeRdap(answer.contentType))
    return seen({ isFound: false, states: [], expiresAt: null });
  const document = documentOf(answer, `The RDAP server for ${domain}`);
  if (document.status === 'unknown') return document;
  const parsed = domainObject.safeParse(document.value);
  if (!parsed.success) return unknown('UNEXPECTED_ANSWER', `${answer.url} did not answer with a domain (RFC 9083).`);
  const { ldhName, unicodeName, status, events } = parsed.data;
  if (plainName(ldhName ?? unicodeName ?? '') !== domain)
    return unknown('UNEXPECTED_ANSWER', `${answer.url} answered with another domain than ${domain}.`);
  const expiry = events.find(({ eventAction }) => eventAction.toLowerCase() === 'expiration')?.eventDate;
  const expiresAt = expiry === undefined ? Number.NaN : Date.parse(expiry);
  return seen({
    isFound: true,
    states: [...new Set(status.map(plainState))].toSorted().slice(0, 30),
    expiresAt: Number.isNaN(expiresAt) ? null : expiresAt,
  });
}

/** RFC 8056 writes `pending delete`; some servers write EPP's `pendingDelete`. */
function plainState(state: string): string {
  return printable(
    state
      .slice(0, 60)
      .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase(),
  );
}

const bootstrapList = z.looseObject({
  services: z.array(z.tuple([z.array(z.string()), z.array(z.string())]).rest(z.unknown())),
});

const domainObject = z.looseObject({
  objectClassName: z.literal('domain'),
  ldhName: z.string().optional(),
  unicodeName: z.string().optional(),
  status: z.array(z.string()).default([]),
  events: z.array(z.looseObject({ eventAction: z.string(), eventDate: z.string().optional() })).default([]),
});

/** A page for people that says 404 is the word of some web server, and none on the domain. */
function mayBeRdap(contentType: string | null): boolean {
  return contentType === null || /^application\/(?:rdap\+)?(?:problem\+)?json\b/i.test(contentType);
}

/** The JSON of an answer, or why there is none. */
function documentOf(answer: Answer, who: string): Looked<unknown> {
  if (answer.status === 'failed')
    return unknown(answer.trouble.code, `${who} does not answer: ${answer.url} (${answer.trouble.code}).`);
  if (answer.refusedRedirect !== null) {
    const to = answer.refusedRedirect.to;
    return unknown('REDIRECT_REFUSED', `${who} redirects to where it may not be followed: ${to}.`);
  }
  // Redirects from one http server of the loopback to another place are followed; what comes from there is not believed.
  if (!isTrustworthy(answer.url))
    return unknown('REDIRECT_REFUSED', `${who} redirects away from https: ${answer.url}.`);
  if (answer.httpStatus === 429)
    return unknown(
      'RATE_LIMITED',
      `${who} was asked too often (429): check the domain less often, once a day will do.`,
    );
  if (answer.httpStatus !== 200)
    return unknown(`HTTP_${answer.httpStatus}`, `${who} answers ${answer.httpStatus}: ${answer.url}.`);
  if (answer.body?.end !== 'complete')
    return unknown('UNEXPECTED_ANSWER', `${who} sent an answer that could not be read to its end: ${answer.url}.`);
  try {
    const document: unknown = JSON.parse(answer.body.text);
    return seen(document);
  } catch {
    // Its own words would be a piece of the answer.
    return unknown('UNEXPECTED_ANSWER', `${who} answered with what is no JSON: ${answer.url}.`);
  }
}
