import type { Check, Failure, Hidden, Observation } from '../../domain/check.ts';
import { printableStart } from '../../domain/printable.ts';
import { resourceId } from '../../domain/resource-id.ts';
import type { Answer, HttpQuestion, NetReader } from '../../providers/net/reader.ts';
import { bodyWish, factsOfBody } from './body-conditions.ts';
import { httpFacts, type HttpFacts } from './http-facts.ts';
import { isRightStatus, judgeAnswer } from './http-judgement.ts';
import { httpParams, type HttpParams } from './http-params.ts';
import { requestHeaders } from './request-headers.ts';
import { ownTrouble } from './whose-trouble.ts';

export const check: Check<NetReader, HttpParams> = {
  id: 'net/http',
  title: 'A web endpoint answers as it should',
  keywords: ['http', 'https', 'url', 'website', 'site', 'endpoint', 'web', 'page', 'reachable', 'up'],
  description: `Asks a web endpoint and looks at its status, its body and the time it took.

Reports one finding, **answer**, for the worst that is wrong:
- it can't be asked: no such name, refused, reset, out of time, a certificate that is wrong, an answer that is no HTTP (critical);
- the status is not one of \`status\` (critical from 500 on, else high), or it redirects to where it may not;
- the body lacks what it must hold, or holds what it must not (high). Text is sought as it stands and JSON by a plain path; there are no regular expressions, as their cost can't be bounded;
- it took longer than \`within\` (medium).

It is **unknown**, and not a finding, when the trouble is on this machine: no network or route, a resolver that does not answer, too many open files, a variable that is not set.

Nothing is read beyond what the conditions need, \`maxBody\` at most. Proxies of the environment are not used. When several entries of a runbook ask about the same URL, they share the finding and the worst counts.

Tried against local servers that misbehave on purpose; no server on the internet was within reach.`,
  standalone: false,
  params: httpParams,
  timeoutMs: 100_000,

  async read(reader, params, { signal }) {
    const identity = {
      resource: resourceId('net', 'local', 'http', shownUrl(params.url)),
      name: printableStart(shownUrl(params.url), 200),
    };
    const hidden = (failure: Failure): Hidden => ({ status: 'unknown', ...identity, failure });
    const headers = requestHeaders(params, reader);
    if (headers.status === 'unknown') return [hidden(headers.failure)];
    const authorities = params.ca === undefined ? null : await reader.authorities(params.ca);
    if (authorities?.status === 'unknown') return [hidden(authorities.failure)];

    const question: HttpQuestion = {
      url: params.url,
      method: params.method,
      headers: headers.value,
      authorities: authorities?.value ?? null,
      redirectsAtMost: params.redirects === 'follow' ? REDIRECTS_AT_MOST : null,
      timeoutMs: params.timeout,
      bodyWish: (status) => bodyWish(params, isRightStatus(status, params)),
      signal,
    };
    return [await askUntilRight(reader, question, params, identity)];
  },

  judge(seen, params, history) {
    const draft = judgeAnswer(seen.name, httpFacts.parse(seen.facts), params, history.open.has('answer'));
    return draft === null ? [] : [draft];
  },
};

const REDIRECTS_AT_MOST = 5;
const PAUSE_MS = 500;

async function askUntilRight(
  reader: NetReader,
  question: HttpQuestion,
  params: HttpParams,
  identity: Pick<Observation, 'resource' | 'name'>,
): Promise<Observation> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await reader.ask(question);
    const facts = factsOf(answer, question, params, attempt);
    const isRight = judgeAnswer(identity.name, facts, params, false) === null;
    if (!isRight && attempt < params.attempts) {
      await reader.pause(PAUSE_MS, question.signal);
      continue;
    }
    const own =
      answer.status === 'failed'
        ? ownTrouble(answer.trouble, { host: hostOf(answer.url), isOnline: reader.isOnline() })
        : null;
    return own === null ? { status: 'seen', ...identity, facts } : { status: 'unknown', ...identity, failure: own };
  }
}

function factsOf(answer: Answer, { method }: HttpQuestion, params: HttpParams, attempts: number): HttpFacts {
  const { url, totalMs, peer, timings } = answer;
  const common = { url, method, attempts, totalMs, peer, timings, hops: [...answer.hops] };
  if (answer.status === 'failed') {
    const { phase, code, message } = answer.trouble;
    return { ...common, outcome: 'failed', phase, code, message };
  }
  return {
    ...common,
    outcome: 'answered',
    status: answer.httpStatus,
    location: answer.location,
    contentType: answer.contentType,
    refusedRedirect: answer.refusedRedirect,
    body: answer.body === null ? null : factsOfBody(answer.body, params),
  };
}

/** Without user, password and fragment: what names a resource is stored and shown. */
function shownUrl(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  url.hash = '';
  return url.href;
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
}
