/** A question about what was paid. */
export interface CostQuestion {
  readonly about: 'increases' | 'most' | 'anomalies' | 'total';
  /** The last so many complete days. */
  readonly days: number;
  readonly count: number;
  readonly by: 'service' | 'account';
  /** Only what bears this word in its name, in small letters; null: everything. */
  readonly of: string | null;
}

const MONEY = /\b(?:costs?|spend(?:ing)?|spent|bills?|billing|billed|expensive|paid|pay)\b/;
/** What is asked of one workload, or of things that nothing uses, is no question about the bill. */
const OTHERS = /\b(?:pods?|replicas?|would|unused|unattached|tags?|idle)\b/;
const DAYS_MOST = 35;

/** null: it asks something else. The same every time, and without a model. */
export function costQuestionIn(text: string): CostQuestion | null {
  const small = text.toLowerCase();
  if (!MONEY.test(small) || OTHERS.test(small)) return null;
  const about = aboutIn(small);
  if (about === null) return null;
  const count = Number(
    /\btop (\d{1,3})\b/.exec(small)?.[1] ?? /\b(\d{1,3}) (?:most|largest|biggest|highest)\b/.exec(small)?.[1] ?? 10,
  );
  return {
    about,
    days: daysIn(small),
    count: Math.max(1, count),
    by: /\baccounts?\b/.test(small) ? 'account' : 'service',
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

/** Names that people give to services, and a word that their names in a bill bear. */
const SERVICES: Readonly<Record<string, string>> = {
  ec2: 'compute',
  rds: 'relational database',
  s3: 'simple storage service',
  lambda: 'lambda',
  cloudfront: 'cloudfront',
  cloudwatch: 'cloudwatch',
  eks: 'kubernetes',
  ecs: 'container service',
  dynamodb: 'dynamodb',
  sagemaker: 'sagemaker',
  route53: 'route 53',
  kms: 'key management',
};

function serviceIn(text: string): string | null {
  const named = Object.keys(SERVICES).find((name) => new RegExp(`\\b${name}\\b`).test(text));
  return named === undefined ? null : (SERVICES[named] ?? null);
}
