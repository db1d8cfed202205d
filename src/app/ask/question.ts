/** What the words of a question say, before anything is looked at. Pure; nothing is guessed from a model. */
export interface Question {
  readonly text: string;
  /** Words that could be a subject: small letters, singular, each once. */
  readonly words: readonly string[];
  /** `namespace production`, `production namespace`, `ns/production`; null: none was named. */
  readonly namespace: string | null;
  readonly context: string | null;
  /** `in us-east-1`; `*` for `in all regions`; empty: none was named. */
  readonly regions: readonly string[];
  /** `in the profile production`: of the AWS tools. */
  readonly profile: string | null;
  /** A URL that stands in it. */
  readonly url: string | null;
  /** A host name or an address that stands in it, without a URL. */
  readonly host: string | null;
  /** `port 5432`, `db.internal:5432`. */
  readonly port: number | null;
  /** Things with names of their own: `billing-worker`, `prod/web`, or what stands in quotes. */
  readonly names: readonly string[];
  /** It asks for rows: `list pods that restart`. */
  readonly asksList: boolean;
  /** It asks whether something is well: then an answer can be true or false. */
  readonly asksHealth: boolean;
  /** It says a state by its name: healthy, down, crashing. */
  readonly asksState: boolean;
  /** It asks what became different since some time. */
  readonly asksChange: boolean;
  /** It asks about everything there is. */
  readonly asksAll: boolean;
}

/** Longer than this is no question, and would only be read slowly; characters. */
export const LONGEST_QUESTION = 4_000;

const HOST = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}$/;
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const NAMESPACE = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

export function readQuestion(written: string): Question {
  const text = written.trim().slice(0, LONGEST_QUESTION);
  const small = text.toLowerCase().replaceAll(/(\p{L})['’](?:t|s|re|ve|ll|m|d)\b/gu, '$1');
  const url = /https?:\/\/[^\s"'`<>]+/i.exec(text)?.[0]?.replace(/[.,;:!?)]+$/, '') ?? null;
  const withoutUrl = url === null ? small : small.replace(url.toLowerCase(), ' ');
  const namespace = namespaceIn(withoutUrl);
  const context = new RegExp(`\\b(?:context|cluster) ([a-z0-9][\\w.@:/-]{0,200})`).exec(withoutUrl)?.[1] ?? null;
  const regions = regionsIn(withoutUrl);
  const profile = profileIn(text);
  const tokens = tokensOf(withoutPlaces(withoutUrl, profile));
  const place = tokens.map(placeIn).find((one) => one !== null) ?? null;
  const quoted = [...text.matchAll(/["'`“”]([^"'`“”\s]{1,200})["'`“”]/g)].map((match) => match[1] ?? '');
  const subjects = tokens.filter((token) => !STOP.has(token) && token !== namespace && token !== context);
  const words = unique(subjects.map(singular));
  return {
    text,
    words,
    namespace,
    context: context !== null && (isNamed(context) || /\bcontext /.test(withoutUrl)) ? context : null,
    regions,
    profile,
    url,
    host: place?.host ?? null,
    port: place?.port ?? portIn(withoutUrl),
    names: unique([...quoted, ...tokens.filter((token) => isNamed(token) && placeIn(token) === null)]).filter(
      (name) => name !== namespace && name !== context && !/^(?:ns|namespace)\//.test(name),
    ),
    asksList: /^(?:please )?(?:list|show|which|what|how many|give me|find|top \d+)\b/.test(small),
    asksHealth: STATE.test(small) || ASKS_WHETHER.test(small),
    asksState: STATE.test(small),
    asksChange:
      /\b(?:chang\w*|drift\w*|since|differ\w*|new|happened)\b/.test(small) && !/\bneed\w* (?:to )?chang/.test(small),
    asksAll: ALL.test(small),
  };
}

const STATE =
  /\b(?:healthy|health|unhealthy|ok|okay|fine|well|good|wrong|broken|problems?|issues?|trouble|down|up|working|running|fail\w*|crash\w*|ready|alive|reachable|full|filling|attention|alerts?|status|stable|degraded|slow|expir\w*)\b/;
const ASKS_WHETHER = /^(?:check|is|are|does|do|has|have|any|will|can|how is|how are)\b/;
const ALL =
  /\b(?:everything|all systems?|(?:my |our |the |all )?(?:infrastructure|infra|estate|systems|stack)|anything|what(?:'s| is) (?:wrong|broken|up)|overall|in general)\b/;

/** Words that are about no thing. */
const STOP = new Set(
  (
    'a an the is are was were be been am do does did has have had will would can could should may might must all any every each some ' +
    'my our your their its it this that these those there here in on at of for to from with without by and or not no nor but if then than so as ' +
    'what which who whom whose when where why how me us we you i they he she please tell show list give find get see know look check checks ' +
    'everything anything nothing something healthy health unhealthy ok okay fine well good bad wrong broken working work works problem problems issue issues trouble attention ' +
    'right now currently today yesterday tonight still yet just about up down out over under since last night week hour hours minutes day days ' +
    'namespace ns context top most many much more less than still going happening happened happen need needs needed soon one ones new'
  ).split(' '),
);

/** Words of how things are and what they do, which name nothing. */
const PLAIN = new Set(
  (
    'running run runs start started starting stop stopped filling left free available high low too very big large small long short old recent hot cold dying dead ' +
    'using used use eating consuming taking ready rolled backed blocking blocked place set pinned exceeded exceeding reached reaching limit limits ' +
    'crashing crashed restarting restarted stuck hanging hung slow slowly fast properly correctly normal normally stable degraded ' +
    'reachable alive online offline status state currently recently live linux local whole entire overall real actual latest own ' +
    'thing stuff kind sort number count amount percent server system sync synced synchronised synchronized valid invalid due near close almost already again ' +
    'persistent nightly daily permissive pull pulls pulled pulling come comes ' +
    'having got have been being become make made cause caused causing affected affect let keep keeps kept fit fits enough ever never always often'
  ).split(' '),
);

/** It names nothing: how a thing is, or what it does. */
export function isPlain(word: string): boolean {
  return PLAIN.has(word) || PLAIN.has(`${word}s`);
}

function tokensOf(text: string): readonly string[] {
  return text
    .split(/[\s,;!?()[\]{}"'`“”]+/)
    .map((token) => token.replace(/^[^\p{L}\p{N}/]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter((token) => token !== '');
}

function namespaceIn(text: string): string | null {
  const after = new RegExp(`\\b(?:namespaces?|ns)[ /:=]+["'\`]?(${NAMESPACE})\\b`).exec(text)?.[1];
  if (after !== undefined && !STOP.has(after)) return after;
  const before = new RegExp(`\\b(${NAMESPACE}) namespace\\b`).exec(text)?.[1];
  return before === undefined || STOP.has(before) ? null : before;
}

/** Regions of AWS as they are written: `eu-central-1`, `us-gov-west-1`. */
const REGION =
  /(?<![\w-])(?:us|eu|eusc|ap|sa|ca|me|af|il|mx|cn)(?:-(?:gov|iso[a-z]?|de))?-(?:north|south|east|west|central|(?:north|south)(?:east|west))-\d(?![\w-])/g;
const ALL_REGIONS = /\b(?:all|every|each|any)(?: (?:the|my|of the|of my|our))? regions?\b/g;
const PROFILE = /\b(?:(?:aws|the|my|in|of|with|using) profile|profile[:=]) ?["'`]?([a-z0-9][\w.@/-]{0,127})/i;

function regionsIn(text: string): readonly string[] {
  return text.search(ALL_REGIONS) >= 0 ? ['*'] : unique(text.match(REGION) ?? []);
}

function profileIn(text: string): string | null {
  const name = PROFILE.exec(text)?.[1]?.replace(/[.]+$/, '') ?? null;
  return name === null || STOP.has(name.toLowerCase()) ? null : name;
}

/** Where to look is no thing to look at. */
function withoutPlaces(text: string, profile: string | null): string {
  const without = text
    .replaceAll(REGION, ' ')
    .replaceAll(ALL_REGIONS, ' ')
    .replaceAll(/\b(?:aws )?regions?\b/g, ' ');
  return profile === null ? without : without.replace(PROFILE, ' ');
}

function portIn(text: string): number | null {
  const port = Number(/\bport (\d{1,5})\b/.exec(text)?.[1] ?? Number.NaN);
  return port >= 1 && port <= 65_535 ? port : null;
}

/** A host, or a host and its port; null: the token is neither. */
function placeIn(token: string): { readonly host: string; readonly port: number | null } | null {
  const [, host = '', port] = /^([^:/]+)(?::(\d{1,5}))?\/?$/.exec(token) ?? [];
  if (
    !ADDRESS.test(host) &&
    !(HOST.test(host) && !/\.(?:service|socket|timer|mount|yaml|yml|json|log|md|conf|sh|py|js|ts)$/.test(host))
  )
    return null;
  return { host, port: port === undefined ? null : Number(port) };
}

/** What nobody writes but as a name: with a dash, a slash or a digit inside. */
function isNamed(token: string): boolean {
  return (
    /[a-z]/.test(token) &&
    /[-/_.\d]/.test(token) &&
    token.length <= 253 &&
    !/^(?:e\.g|i\.e|top-?\d+|\d+[a-z]{0,2})$/.test(token)
  );
}

/** `pods` is `pod`, `policies` is `policy`, `crashes` is `crash`; good enough to find a keyword. */
export function singular(word: string): string {
  const verb = /^(expir|restart)(?:ing|ed|y|ation|e?s)$/.exec(word)?.[1];
  if (verb !== undefined) return verb === 'expir' ? 'expire' : verb;
  if (/(?:ss|us|is|os|dns|tls|https|status|gres|netes)$/.test(word) || word.length < 4) return word;
  if (word.endsWith('ies')) return word.replace(/ies$/, 'y');
  if (/(?:sh|ch|x|ss)es$/.test(word)) return word.replace(/es$/, '');
  return word.replace(/s$/, '');
}

function unique<Value>(values: readonly Value[]): readonly Value[] {
  return [...new Set(values)];
}
