import type { Evidence, FindingDraft } from '../../domain/check.ts';
import { formatBytes } from '../../domain/bytes.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printableStart } from '../../domain/printable.ts';
import type { Severity } from '../../domain/severity.ts';
import { evidenceFrom } from '../evidence.ts';
import { shellQuote } from '../shell-quote.ts';
import type { AnsweredFacts, BodyFacts, FailedFacts, HttpFacts } from './http-facts.ts';
import type { HttpParams } from './http-params.ts';
import { troubleWords } from './trouble-words.ts';

/**
 * What is wrong with an answer, the worst alone: of an endpoint that is down nothing else can be
 * said, so one finding changes its nature instead of several coming and going.
 *
 * @param isSlowOpen true while the endpoint is reported: then it must be a tenth faster to be well.
 */
export function judgeAnswer(
  name: string,
  facts: HttpFacts,
  params: HttpParams,
  isSlowOpen: boolean,
): FindingDraft | null {
  const problem =
    facts.outcome === 'failed'
      ? failed(facts)
      : (wrongStatus(facts, params) ?? wrongBody(facts.body, params) ?? slow(facts, params, isSlowOpen));
  if (problem === null) return null;
  return {
    discriminator: 'answer',
    severity: problem.severity,
    evidenceClass: problem.class,
    title: `${name} ${problem.words}`,
    why: WHY[problem.class],
    next: nextFor(problem.class, facts),
    evidence: [...answerEvidence(facts), ...timingEvidence(facts)],
  };
}

export function isRightStatus(status: number, params: HttpParams): boolean {
  return params.status.some((wanted) =>
    typeof wanted === 'number' ? wanted === status : Number(wanted[0]) === Math.floor(status / 100),
  );
}

type ProblemClass = 'dns' | 'connect' | 'tls' | 'no-answer' | 'redirect' | 'status' | 'body' | 'slow';

interface Problem {
  readonly class: ProblemClass;
  readonly severity: Severity;
  readonly words: string;
}

const WHY: Readonly<Record<ProblemClass, string>> = {
  dns: 'Nobody who relies on the DNS can reach the endpoint.',
  connect: 'Nobody who takes the same way can reach the endpoint.',
  tls: 'Browsers and programs that check certificates refuse to talk to the endpoint.',
  'no-answer': 'The endpoint can be reached, but whoever asks gets no answer.',
  redirect: 'Whoever follows the redirect does not get where they should.',
  status: 'Who asks gets an error, or something else than they should.',
  body: 'The endpoint answers, but what it says is not what a healthy one says.',
  slow: 'Users wait, and callers with a time limit of their own give up.',
};

function failed(facts: FailedFacts): Problem {
  const words = troubleWords(facts.code) ?? facts.message;
  const where =
    facts.code === 'TIMEOUT' ? ` (${formatDuration(facts.totalMs)}, while ${WHILE[facts.phase]})` : ` (${facts.code})`;
  const attempts = facts.attempts > 1 ? ` in ${facts.attempts} attempts` : '';
  const what = facts.phase === 'tls' && facts.code !== 'TIMEOUT' ? 'fails the TLS handshake' : 'does not answer';
  return {
    class: facts.phase === 'headers' || facts.phase === 'body' ? 'no-answer' : facts.phase,
    severity: 'critical',
    words: `${what}${attempts}: ${words}${where}`,
  };
}

const WHILE: Readonly<Record<FailedFacts['phase'], string>> = {
  dns: 'looking up its name',
  connect: 'connecting',
  tls: 'shaking hands',
  headers: 'waiting for its headers',
  body: 'reading its body',
};

function wrongStatus(facts: AnsweredFacts, params: HttpParams): Problem | null {
  const { refusedRedirect, status, location } = facts;
  if (refusedRedirect !== null) {
    return {
      class: 'redirect',
      severity: 'high',
      words: `redirects ${REFUSED[refusedRedirect.reason]}: ${refusedRedirect.to}`,
    };
  }
  if (isRightStatus(status, params)) return null;
  const to = location === null ? '' : ` to ${location}`;
  return {
    class: 'status',
    severity: status >= 500 ? 'critical' : 'high',
    words: `answers ${status}${to} instead of ${params.status.join(' or ')}`,
  };
}

const REFUSED: Readonly<Record<NonNullable<AnsweredFacts['refusedRedirect']>['reason'], string>> = {
  scheme: 'to something other than http or https, which was not followed',
  downgrade: 'from https to http, which was not followed',
  credentials: 'to an address with credentials in it, which was not followed',
  'too-many': 'more often than is followed',
  invalid: 'to what is no address',
};

function wrongBody(body: BodyFacts | null, params: HttpParams): Problem | null {
  const words = body === null ? missingBody(params) : bodyWords(body);
  return words === null ? null : { class: 'body', severity: 'high', words };
}

function missingBody(params: HttpParams): string | null {
  const wanted = params.contains ?? params.lacks ?? params.json;
  return wanted === undefined ? null : 'has no body that could be looked at';
}

function bodyWords(body: BodyFacts): string | null {
  if (body.end === 'not-decodable') return 'has a body in an encoding that can not be read';
  const forbidden = body.lacks.find(({ found }) => found);
  if (forbidden !== undefined) return `has a body that holds ${quoted(forbidden.text)}`;
  const missing = body.contains.find(({ found }) => !found);
  if (missing !== undefined) return `has a body without ${quoted(missing.text)}${endWords(body)}`;
  // Only what was read to its end is known to lack something.
  if (body.lacks.length > 0 && body.end !== 'complete')
    return `has a body that could not be read to its end${endWords(body)}`;
  if (body.isJson === false) return `has a body that is no JSON${endWords(body)}`;
  const wrong = body.json.find(({ found, equal }) => !found || equal === false);
  if (wrong === undefined) return null;
  if (!wrong.found) return `has a body without ${printableStart(wrong.path, 80)}`;
  return `has ${quoted(wrong.value)} at ${printableStart(wrong.path, 80)} instead of ${quoted(wrong.wanted)}`;
}

function endWords({ end, bytes }: BodyFacts): string {
  const read = formatBytes(bytes);
  if (end === 'limit') return `: it is longer than the ${read} that are read`;
  if (end === 'timeout') return `: it did not end in time, after ${read}`;
  return end === 'closed' ? `: it broke off after ${read}` : '';
}

function slow(facts: AnsweredFacts, params: HttpParams, isSlowOpen: boolean): Problem | null {
  if (params.within === undefined || facts.totalMs <= params.within * (isSlowOpen ? 0.9 : 1)) return null;
  return {
    class: 'slow',
    severity: 'medium',
    words: `answered in ${formatDuration(facts.totalMs)}, slower than ${formatDuration(params.within)}`,
  };
}

function nextFor(problem: ProblemClass, facts: HttpFacts): string {
  const url = shellQuote(facts.url);
  const { host, hostname } = new URL(facts.url);
  if (problem === 'dns') return `Ask the DNS yourself: dig +short ${shellQuote(hostname)}`;
  if (problem === 'connect')
    return `Try it from another network, then see on the host whether it listens: ss -ltnp. From here: curl -v ${url}`;
  if (problem === 'tls')
    return `See the certificate: openssl s_client -connect ${shellQuote(host.includes(':') ? host : `${host}:443`)} </dev/null. The check net/tls says more; and is the clock right here (date -u)?`;
  if (problem === 'slow')
    return `See where the time goes: curl -so /dev/null -w "dns %{time_namelookup} connect %{time_connect} tls %{time_appconnect} first byte %{time_starttransfer} all %{time_total}\\n" ${url}`;
  return `Ask it yourself: curl -si ${url} | head -40. Then look at the logs of the service and of the proxy before it.`;
}

function answerEvidence(facts: HttpFacts): Evidence[] {
  const source = `${facts.method} ${facts.url}`;
  const common = evidenceFrom(
    source,
    ['address', facts.peer],
    ['attempts', facts.attempts > 1 ? facts.attempts : null],
    ['redirects', facts.hops.length === 0 ? null : facts.hops.map(({ status, to }) => `${status} ${to}`)],
  );
  if (facts.outcome === 'failed')
    return [...evidenceFrom(source, ['error', facts.code], ['in its own words', facts.message]), ...common];
  return [
    ...evidenceFrom(
      source,
      ['status', facts.status],
      ['redirects to', facts.location],
      ['content type', facts.contentType],
      ['body starts with', facts.body === null || facts.body.excerpt === '' ? null : facts.body.excerpt],
      ['body read', facts.body === null ? null : formatBytes(facts.body.bytes)],
    ),
    ...common,
  ];
}

function timingEvidence({ timings, totalMs, method, url }: HttpFacts): Evidence[] {
  const phases = [
    ['name', timings.dns],
    ['connect', timings.connect],
    ['tls', timings.tls],
    ['first byte', timings.firstByte],
  ] as const;
  const parts = phases.flatMap(([what, ms]) => (ms === null ? [] : [`${what} ${formatDuration(ms)}`]));
  return evidenceFrom(`${method} ${url}`, ['took', [...parts, `all ${formatDuration(totalMs)}`].join(', ')]);
}

function quoted(value: string | number | boolean | null): string {
  return typeof value === 'string' ? `"${printableStart(value, 80)}"` : String(value);
}
