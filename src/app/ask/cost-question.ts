/** A question about what was paid. */
export interface CostQuestion {
  readonly about: 'increases' | 'most' | 'anomalies' | 'total';
  /** The last so many complete days. */
  readonly days: number;
  readonly count: number;
  /** A key of a tag stands as it was written: keys differ by case. */
  readonly by: 'service' | 'account' | `tag:${string}`;
  /** One service; null: everything. */
  readonly of: NamedService | null;
}

/** A service that a question names, and how its lines in a bill are told. */
export interface NamedService {
  /** As it was asked. */
  readonly name: string;
  isLine(key: string): boolean;
}

const MONEY = /\b(?:costs?|spend(?:ing)?|spent|bills?|billing|billed|expensive|paid|pay)\b/;
/** What is asked of one workload, or of things that nothing uses, is no question about the bill. */
const OTHERS = /\b(?:pods?|replicas?|would|unused|unattached|tags?|idle)\b/;
const DAYS_MOST = 35;
/** `by tag team`, `per the tag "cost-center"`. */
const BY_TAG = /\b(?:by|per)\s+(?:the\s+)?tags?[\s:]+["'`]?([\w:/.+=@-]{1,128})["'`]?/i;

/** null: it asks something else. The same every time, and without a model. */
export function costQuestionIn(text: string): CostQuestion | null {
  const tag = BY_TAG.exec(text)?.[1] ?? null;
  const small = text.replace(BY_TAG, ' ').toLowerCase();
  if (!MONEY.test(small) || OTHERS.test(small)) return null;
  const about = aboutIn(small) ?? (tag === null ? null : 'most');
  if (about === null) return null;
  const count = Number(
    /\btop (\d{1,3})\b/.exec(small)?.[1] ?? /\b(\d{1,3}) (?:most|largest|biggest|highest)\b/.exec(small)?.[1] ?? 10,
  );
  return {
    about,
    days: daysIn(small),
    count: Math.max(1, count),
    by: tag !== null ? `tag:${tag}` : /\baccounts?\b/.test(small) ? 'account' : 'service',
    of: serviceIn(small),
  };
}

function aboutIn(text: string): CostQuestion['about'] | null {
  if (/\banomal|\bunusual|\bspikes?\b|\bjump/.test(text)) return 'anomalies';
  if (/\bincreas|\bgrew\b|\bgrow|\brise|\brose\b|\bmore than\b|\bwent up\b/.test(text)) return 'increases';
  if (/\bmost\b|\btop\b|\bexpensive\b|\blargest\b|\bbiggest\b|\bhighest\b/.test(text)) return 'most';
  return /\bhow much\b|\btotal\b|\bwhat did\b|\bwhat do\b|\bour (?:bill|spending|costs?)\b/.test(text) ? 'total' : null;
}

function daysIn(text: string): number {
  const said = /\b(?:last|past) (\d{1,3}) days?\b/.exec(text)?.[1];
  if (said !== undefined) return Math.min(DAYS_MOST, Math.max(1, Number(said)));
  if (/\btoday\b|\byesterday\b/.test(text)) return 1;
  if (/\bfortnight\b|\btwo weeks\b/.test(text)) return 14;
  if (/\bmonth\b/.test(text)) return 30;
  return 7;
}

/** Names that people give to services, and what their lines in a bill are called. */
const SERVICES: Readonly<Record<string, RegExp>> = {
  ec2: /elastic compute cloud|\bec2\b/i,
  rds: /relational database|\brds\b/i,
  s3: /simple storage service|\bs3\b/i,
  eks: /kubernetes|\beks\b/i,
  ecs: /elastic container service(?! for kubernetes)|\becs\b/i,
  ecr: /container registry/i,
  elb: /load balancing|\belb\b/i,
  efs: /elastic file system/i,
  sns: /simple notification/i,
  sqs: /simple queue/i,
  ses: /simple email/i,
  emr: /elastic mapreduce|\bemr\b/i,
  waf: /\bwaf\b/i,
  route53: /route 53/i,
  kms: /key management/i,
};

/** What may stand after `on` or `for` and is no service. */
const NO_SERVICE =
  /^(?:the|a|an|this|last|past|next|average|all|each|every|everything|aws|amazon|cloud|infrastructure|infra|it|that|monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|\d[\w-]*|us|me|our|my|accounts?|services?|top)$/;

/** A name that is not among ours is looked for in the bill as it stands: the whole bill would be another answer. */
function serviceIn(text: string): NamedService | null {
  const known = Object.entries(SERVICES).find(([name]) => new RegExp(`\\b${name}\\b`).test(text));
  if (known !== undefined) return { name: known[0], isLine: (key) => known[1].test(key) };
  const named = [
    ...text.matchAll(/\b(?:on|for|does|did|do|is|any)\s+(?:(?:aws|amazon|the|our)\s+)*([a-z][\w.-]{2,40})/g),
  ]
    .map((match) => match[1] ?? '')
    .find(
      (word) =>
        !NO_SERVICE.test(word) &&
        !MONEY.test(word) &&
        !/^(?:we|i|you|they|pay|new|unusual|cost|anomal\w*|spik\w*|increas\w*)$/.test(word),
    );
  if (named === undefined) return null;
  const word = named.replace(/[^a-z0-9]/g, '');
  return {
    name: named,
    isLine: (key) =>
      key
        .toLowerCase()
        .replaceAll(/[^a-z0-9]/g, '')
        .includes(word),
  };
}
