/**
 * How much a word in a name says about the value under it:
 * - `password`: the value is a secret whatever it looks like;
 * - `secret`: the value is one unless it is plainly a word, a name or a number;
 * - `possible`: the value is one when it looks random;
 * - `near`: nothing about a value, but a random string nearby is likely to be one.
 */
export type Strength = 'password' | 'secret' | 'possible' | 'near';

export interface KeyWord {
  readonly word: string;
  readonly strength: Strength;
  /** True when letters may stand directly before it (`twitchaccesstoken`); `pass` in `compass` says nothing. */
  readonly glued: boolean;
}

const GLUED: Readonly<Record<Strength, string>> = {
  // The last four: Bundler takes the credential for a host from BUNDLE_<HOST>, dots as two underscores.
  password: 'password passwd passwort passphrase passcode pwd __com __io __org __net',
  secret:
    'token secret credential apikey accesskey secretkey privatekey accountkey authkey authorization bearer jwt cookie',
  possible: 'key auth signature sessionid webhook accessid access_id access-id',
  near: 'api',
};

const WHOLE: Readonly<Record<Strength, string>> = {
  password: 'pass psw',
  secret: 'cred creds pat mnemonic dsn htpasswd dockercfg dockerconfigjson',
  possible: 'session sid sig login csrf xsrf otp pin salt seed sas oauth assertion license licence contribsys srt',
  near: 'account client apis oauth2',
};

export const KEY_WORDS: readonly KeyWord[] = [...list(GLUED, true), ...list(WHOLE, false)];

function list(table: Readonly<Record<Strength, string>>, glued: boolean): KeyWord[] {
  const words: KeyWord[] = [];
  for (const strength of ['password', 'secret', 'possible', 'near'] as const) {
    for (const word of table[strength].split(' ')) words.push({ word, strength, glued });
  }
  return words;
}

/** Words that make a following `key` as good as `secret`: `api_key`, `signing-key`. */
export const KEY_QUALIFIERS: ReadonlySet<string> = new Set(
  'api app access account application auth client consumer crypt deploy encrypt encryption hmac integration license licence live master private priv rest secret server service session shared sign signing storage subscription test user write admin'.split(
    ' ',
  ),
);

/** Words that make a following `key` harmless: `publicKey`, `primary_key`. */
export const HARMLESS_QUALIFIERS: ReadonlySet<string> = new Set(
  'public pub cache primary foreign partition sort hash range group map object s3 host label annotation topology tag config idempotency dedup routing row index known recv gpg pgp ssh trusted'.split(
    ' ',
  ),
);

/** Words that make a following `token` a mark of place or of identity and no credential: `nextToken`. */
export const HARMLESS_TOKENS: ReadonlySet<string> = new Set(
  'next page nextpage creation lock continuation continue idempotency pagination resume sync delta max min stop start end prompt completion input output eos bos pad total'.split(
    ' ',
  ),
);

/** Names that look as if they held a secret, spelt exactly so. ClientToken: AWS's mark of a repeated request. */
export const HARMLESS_NAMES: ReadonlySet<string> = new Set([
  'ClientToken',
  'clientToken',
  'ClientRequestToken',
  'automountServiceAccountToken',
  'PWD',
  'OLDPWD',
  'serviceAccountToken',
]);

/**
 * A name that ends in one of these speaks about a secret and does not hold it: `secretName`,
 * `tokenExpirationSeconds`, `passwordPolicy`, `token_type`.
 */
export const HARMLESS_ENDINGS: ReadonlySet<string> = new Set(
  `name names ref refs reference type types kind policy policies second seconds sec secs minute minutes hour hours
  day days expiration expiry expires expire expired ttl url urls uri uris endpoint endpoints host hosts path paths file files
  filename dir directory mode arn arns age length len count counts size version versions enabled enable
  disabled disable required require requires timeout algorithm algo alg namespace namespaces format
  provider providers method methods selector selectors schema class classname status state lifetime
  duration rotation audience audiences issuer field fields header headers prefix suffix label labels alias
  aliases usage usages spec config configuration option options source sources mount mounts volume volumes
  projection group groups manager management review reviews request requests response rule rules limit limits quota
  at on by in time timestamp date created updated modified changed last used set needed attempts retries
  error errors failed failure invalid missing description desc title help text message prompt hint example
  template templates check checks validator validation exists present nullable column table map list
  is has allowed mechanism mechanisms strategy scheme domain region server port proxy user username users
  email role roles scope scopes claim claims permission permissions controller operator reader writer
  creator store storage backend engine agent service svc api apis cert certs certificate crt ca
  bits curve strength hash public fingerprint thumbprint digest checksum handler helper factory
  func function parser stream event events id3 info data object objects value values index verbs verb`.split(/\s+/),
);

/** As above, but a secret may still be meant: `client_id`, `secret_id`. */
export const ID_ENDINGS: ReadonlySet<string> = new Set(['id', 'ids', 'sid', 'uid', 'identifier']);
