import type { Check, CheckId, Signpost } from '../../domain/check.ts';
import type { JsonObject } from '../../domain/json.ts';
import { isPlain, singular, type Question } from './question.ts';

/** A check that a question leads to, with what the question says for its parameters. */
export interface Routed {
  readonly check: Pick<Check, 'id'> & { readonly nightly?: boolean; readonly keywords: readonly string[] };
  readonly params: JsonObject;
  /** The check itself, where it is at hand or in no catalogue; else it is loaded by its id. */
  readonly whole?: Check;
}

export interface RouteOptions {
  /** Providers that are there to be asked: of the others, only what the question names itself. */
  readonly connected: ReadonlySet<string>;
  readonly context: string | undefined;
  readonly namespaces: readonly string[];
}

/** How much worse than the best a check may fit and still be asked. */
const NEARLY = 0.6;
/** A question that fits more is about nothing in particular. */
const MOST = 16;

/**
 * Which checks the words of a question lead to: without a model, and the same every time. A check fits by its keywords and
 * the words of its id; a word that few checks have counts for more. Checks of a provider that is not there are left out,
 * as are those whose parameters the question does not give.
 */
export function route(question: Question, checks: readonly Signpost[], options: RouteOptions): readonly Routed[] {
  const place = namedPlace(question, checks);
  if (place.length > 0) return place;
  if (question.words.some((word) => ELSEWHERE.has(word))) return [];
  const isOfAws = isAboutAws(question);
  const able = checks.filter(
    ({ id, standalone, keys }) =>
      standalone &&
      options.connected.has(providerOf(id)) &&
      (!isOfAws || providerOf(id) === 'aws') &&
      // Of what belongs to no region nothing is in one.
      (question.regions.length === 0 || question.regions.includes('*') || keys.includes('regions')),
  );
  const about = isOfAws && isOnlyAboutAws(question) ? [] : best(question, able);
  const chosen = about.length > 0 ? withWorkloads(question, about, able) : general(question, able);
  return chosen.map((check) => ({ check, params: paramsOf(question, check.keys, options) }));
}

/** All checks, those first that the words fit best. */
export function rankedChecks(question: Question, checks: readonly Signpost[]): readonly Signpost[] {
  const first = ranked(question, checks).map(({ one }) => one);
  return [...first, ...checks.filter((one) => !first.includes(one) && !one.nightly)];
}

/** The ids that are nearest, for who is told that nothing fits. */
export function nearChecks(question: Question, checks: readonly Signpost[]): readonly CheckId[] {
  return ranked(question, checks)
    .slice(0, 5)
    .map(({ one }) => one.id);
}

function best(question: Question, checks: readonly Signpost[]): readonly Signpost[] {
  const scored = ranked(question, checks).filter(({ one }) => !fitsByAside(question, one));
  const top = scored[0]?.score ?? 0;
  const near = scored.filter(({ score }) => score >= top * NEARLY).map(({ one }) => one);
  // By day a question is not a scan, unless it is about what only a scan looks at.
  const byDay = near.filter(({ nightly }) => !nightly);
  const kept = byDay.length > 0 && !isAboutScans(question) ? byDay : near;
  return kept.slice(0, MOST);
}

/** Only by how the thing is, where the question says what the thing is: `is the volume full?` is not about disks. */
function fitsByAside(question: Question, check: Signpost): boolean {
  const keywords = keywordsOf(check);
  const isAside = (word: string): boolean => ASIDES.has(word);
  if (question.words.some((word) => keywords.has(word) && !isAside(word))) return false;
  return question.asksChange || question.words.some((word) => !isAside(word) && !isPlain(word));
}

/** Of a thing with a name, why its pods are as they are is only half of it. */
function withWorkloads(
  { names, words }: Question,
  about: readonly Signpost[],
  able: readonly Signpost[],
): readonly Signpost[] {
  const isName = (word: string): boolean =>
    !isPlain(word) && !ASIDES.has(word) && !about.some((check) => keywordsOf(check).has(word));
  const isOfNamed = names.length > 0 || words.some(isName);
  if (!isOfNamed || !about.some(({ id }) => id.startsWith('kubernetes/pods-'))) return about;
  return [...about, ...able.filter((one) => one.id === 'kubernetes/workloads' && !about.includes(one))];
}

function ranked(question: Question, checks: readonly Signpost[]) {
  const sets = checks.map((one) => ({ one, words: keywordsOf(one) }));
  const commonness = (word: string): number => sets.filter(({ words }) => words.has(word)).length;
  const weight = new Map(question.words.map((word) => [word, 1 / Math.sqrt(Math.max(1, commonness(word)))]));
  return sets
    .map(({ one, words }) => ({
      one,
      score: question.words.reduce((sum, word) => sum + (words.has(word) ? (weight.get(word) ?? 0) : 0), 0),
    }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || (a.one.id < b.one.id ? -1 : 1));
}

export function keywordsOf({ id, keywords }: Pick<Check, 'id' | 'keywords'>): ReadonlySet<string> {
  return new Set([...keywords, ...id.split(/[/-]/)].flatMap((word) => [word, singular(word)]));
}

function isAboutScans({ words }: Question): boolean {
  return words.some((word) =>
    ['security', 'posture', 'hygiene', 'unused', 'exposed', 'public', 'permission', 'privileged', 'rbac'].includes(
      word,
    ),
  );
}

/** Words of how a thing is or does, which some checks have as well. */
const ASIDES = new Set(['failed', 'failing', 'full', 'slow', 'busy', 'open', 'out', 'killed', 'time', 'drift']);

/** It names AWS, something that only AWS has, or a region or a profile of it. */
function isAboutAws({ words, regions, profile }: Question): boolean {
  return regions.length > 0 || profile !== null || words.some((word) => AWS_WORDS.has(word));
}

/** `is my AWS account ok?`: AWS, and nothing of it in particular. */
function isOnlyAboutAws({ words, names }: Question): boolean {
  return names.length === 0 && words.every((word) => PROVIDER_WORDS['aws']?.includes(word) === true || isPlain(word));
}

/** AWS, and those of its services that checks look at: who names one means no other provider. */
const AWS_WORDS = new Set(
  'aws amazon ec2 ebs s3 rds lambda eks ecs iam sqs sns acm ecr kms cloudwatch cloudtrail guardduty route53'.split(' '),
);

/** Clouds and services that no check looks at: what stands here is not answered by what is called alike. */
const ELSEWHERE = new Set(
  (
    'dynamodb cloudfront azure aks blob gcp gke gcs bigquery cloudflare ' +
    'hetzner digitalocean vercel railway oracle linode terraform github gitlab droplet'
  ).split(' '),
);

/** Checks of what people call by a name: units, containers, workloads, nodes. */
const OF_NAMED_THINGS: readonly CheckId[] = [
  'docker/containers',
  'host/systemd-units',
  'kubernetes/jobs',
  'kubernetes/nodes',
  'kubernetes/pods-crashlooping',
  'kubernetes/pods-not-ready',
  'kubernetes/pods-not-starting',
  'kubernetes/workloads',
];

/** They look at the cluster as a whole, whatever namespace is named. */
const OF_NO_NAMESPACE: readonly CheckId[] = ['kubernetes/control-plane', 'kubernetes/nodes'];

const PROVIDER_WORDS: Readonly<Record<string, readonly string[]>> = {
  aws: ['aws', 'amazon', 'account', 'cloud'],
  kubernetes: ['kubernetes', 'k8s', 'cluster', 'kube'],
  host: ['host', 'machine', 'server', 'computer', 'laptop', 'box', 'system'],
  docker: ['docker', 'podman'],
};

/** "Is everything ok?", "how is the cluster?": every check of the beat, of all that is there or of what is named. */
function general(question: Question, checks: readonly Signpost[]): readonly Signpost[] {
  const providers = Object.keys(PROVIDER_WORDS).filter((provider) =>
    PROVIDER_WORDS[provider]?.some((word) => question.words.includes(word)),
  );
  const inNamespace = question.namespace !== null && question.asksHealth;
  const wanted = providers.length > 0 ? providers : inNamespace ? ['kubernetes'] : null;
  const isAboutAll = question.asksAll || (question.asksHealth && question.words.length === 0);
  if (wanted === null && !isAboutAll && isAboutOneThing(question))
    return checks.filter(({ id }) => OF_NAMED_THINGS.includes(id));
  if (wanted === null ? !isAboutAll : !(question.asksHealth || question.asksAll)) return [];
  return checks.filter(
    ({ id, nightly }) =>
      !nightly &&
      (wanted === null || wanted.includes(providerOf(id))) &&
      !(question.namespace !== null && OF_NO_NAMESPACE.includes(id)),
  );
}

/** `is nginx running?`, `what is wrong with billing-worker?`: a state, and one thing that it may be the state of. */
function isAboutOneThing({ asksState, names, words }: Question): boolean {
  return asksState && (names.length > 0 || words.filter((word) => !isPlain(word)).length === 1);
}

/** Words that the chosen checks know nothing of: names of things, or what nobody looked at. */
export function strangeWords({ words, names }: Question, routed: readonly Routed[]): readonly string[] {
  const known = new Set(
    routed.flatMap(({ check }) => [...keywordsOf(check), ...(PROVIDER_WORDS[providerOf(check.id)] ?? [])]),
  );
  return words.filter(
    (word) => !known.has(word) && !isPlain(word) && !ASIDES.has(word) && !names.some((name) => singular(name) === word),
  );
}

/** A URL, a host or a port in the question is what is looked at, whatever else it says. */
function namedPlace(question: Question, checks: readonly Signpost[]): readonly Routed[] {
  const { url, host, port, words } = question;
  const has = (...any: readonly string[]): boolean => any.some((word) => words.includes(word));
  const wanted: (readonly [CheckId, JsonObject])[] = [];
  if (url !== null) {
    wanted.push(has('header') ? ['net/security-headers', { url }] : ['net/http', { url }]);
    const hostname = URL.parse(url)?.hostname ?? null;
    if (hostname !== null && url.startsWith('https:') && has('certificate', 'cert', 'tls', 'ssl'))
      wanted.push(['net/tls', { host: hostname }]);
  } else if (host !== null) {
    if (has('dns', 'resolve', 'record')) wanted.push(['net/dns', { name: host }]);
    else if (has('certificate', 'cert', 'tls', 'ssl'))
      wanted.push(['net/tls', { host, ...(port === null ? {} : { port }) }]);
    else if (has('domain', 'registration', 'whois', 'registered')) wanted.push(['net/domain-expiry', { domain: host }]);
    else if (port !== null && !has('http', 'https', 'website', 'site', 'page', 'web'))
      wanted.push(['net/tcp', { host, port }]);
    else wanted.push(['net/http', { url: `https://${host}${port === null ? '' : `:${port}`}/` }]);
  }
  return wanted.flatMap(([id, params]) => {
    const known = checks.find((check) => check.id === id);
    return known === undefined ? [] : [{ check: known, params }];
  });
}

function paramsOf(question: Question, keys: readonly string[], options: RouteOptions): JsonObject {
  const namespaces =
    options.namespaces.length > 0 ? options.namespaces : question.namespace === null ? [] : [question.namespace];
  const context = options.context ?? question.context ?? undefined;
  const { regions, profile } = question;
  return {
    ...(keys.includes('namespaces') && namespaces.length > 0 ? { namespaces: [...namespaces] } : {}),
    ...(keys.includes('context') && context !== undefined ? { context } : {}),
    ...(keys.includes('regions') && regions.length > 0 ? { regions: [...regions] } : {}),
    ...(keys.includes('profiles') && profile !== null ? { profiles: [profile] } : {}),
  };
}

function providerOf(id: CheckId): string {
  return id.slice(0, id.indexOf('/'));
}
