import * as z from 'zod';
import { parseDuration } from './domain/duration.ts';
import { WEEKDAYS } from './domain/schedule.ts';
import { SEVERITIES } from './domain/severity.ts';
import { parseTimeOfDay } from './domain/time-of-day.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Names that mean something already. */
const BUILT_IN_WAYS = ['desktop', 'terminal', 'inbox'];

const duration = (least: number, most: number) =>
  z.string().transform((written, context) => {
    const ms = /^\d+(?:\.\d+)?$/.test(written.trim()) ? null : parseDuration(written);
    if (ms !== null && ms >= least && ms <= most) return ms;
    context.addIssue({
      code: 'custom',
      message: `"${written.slice(0, 40)}" is not a duration such as "5m" or "4h" from ${least / MINUTE} minutes to ${most / HOUR} hours`,
    });
    return z.NEVER;
  });

const repeat = z.union([z.literal('never').transform(() => null), duration(MINUTE, 366 * 24 * HOUR)], {
  error: 'is never, or a duration such as "4h"',
});

const timeOfDay = z
  .string()
  .refine((written) => parseTimeOfDay(written) !== null, 'is not a time of day in quotes such as "22:00"');

const zone = z.string().refine(isZone, 'is not an IANA time zone such as Europe/Berlin');

/** Text that stands in a header, an envelope or an address: printable ASCII on one line. */
const token = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[\x21-\x7e]+$/, 'has blanks, or characters that are not plain ASCII');

const environmentVariable = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
    'is not the name of an environment variable; the secret itself never stands here',
  );

const webUrl = z.string().superRefine((written, context) => {
  const url = URL.parse(written);
  if (url === null || !/^https?:$/.test(url.protocol))
    context.addIssue({ code: 'custom', message: 'is not an http or https URL' });
  else if (url.username !== '' || url.password !== '')
    context.addIssue({ code: 'custom', message: 'holds a credential; put the URL into an environment variable' });
});

const filePath = z
  .string()
  .refine(
    (path) => /^(?:\/|~\/|[A-Za-z]:[\\/])/.test(path) && !path.includes('\0'),
    'is not absolute, and does not begin with ~/',
  );

const mailAddress = z
  .string()
  .max(254)
  .regex(/^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'is not an e-mail address');

const fileWay = z
  .strictObject({
    path: filePath.describe('Absolute, or from ~/; made with rights for you only'),
    maxBytes: z
      .int()
      .min(10_000)
      .max(1_000_000_000)
      .describe('When it would grow beyond this it becomes <path>.1, and .1 becomes .2, and .2 is the last')
      .default(5_000_000),
  })
  .describe('A line of JSON for each notification');

const webhookWay = z
  .strictObject({
    url: webUrl.describe('http or https; when the URL itself is a secret use urlEnv').optional(),
    urlEnv: environmentVariable.describe('Name of the environment variable that holds the URL').optional(),
    header: token
      .regex(/^[A-Za-z0-9-]+$/)
      .describe('Name of one more header, such as Authorization')
      .optional(),
    headerEnv: environmentVariable
      .describe('Name of the environment variable that holds the whole value of that header')
      .optional(),
  })
  .superRefine(exactlyOne('url', 'urlEnv'))
  .superRefine(bothOrNone('header', 'headerEnv'))
  .describe('A POST of JSON to a URL; redirects are not followed');

const ntfyWay = z
  .strictObject({
    server: webUrl.describe('The ntfy server, such as https://ntfy.example.com'),
    topic: token
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not a topic: up to 64 letters, digits, "-" and "_"')
      .describe('The topic; when nobody may know it use topicEnv')
      .optional(),
    topicEnv: environmentVariable.describe('Name of the environment variable that holds the topic').optional(),
    tokenEnv: environmentVariable.describe('Name of the environment variable that holds an access token').optional(),
  })
  .superRefine(exactlyOne('topic', 'topicEnv'))
  .describe('A message to a topic of an ntfy server');

const emailWay = z
  .strictObject({
    host: token.regex(/^[A-Za-z0-9.:-]+$/).describe('SMTP server'),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .describe('Default: 465 with tls: implicit, 587 with starttls, 25 with none')
      .optional(),
    tls: z
      .enum(['implicit', 'starttls', 'none'])
      .describe('How the connection is encrypted; `none` takes no user, unless the server is this machine')
      .default('starttls'),
    from: mailAddress.describe('The sender'),
    to: z.array(mailAddress).min(1).max(20).describe('Who gets it'),
    userEnv: environmentVariable.describe('Name of the environment variable that holds the user').optional(),
    passwordEnv: environmentVariable.describe('Name of the environment variable that holds the password').optional(),
  })
  .superRefine(bothOrNone('userEnv', 'passwordEnv'))
  .superRefine(({ tls, host, userEnv }, context) => {
    if (tls !== 'none' || userEnv === undefined || isThisMachine(host)) return;
    context.addIssue({ code: 'custom', path: ['tls'], message: 'would send the password unencrypted' });
  })
  .describe('A mail in plain text over SMTP');

const terminalWay = z
  .strictObject({
    osc9: z.boolean().describe('Also send OSC 9, which some terminals show as a notification').default(false),
  })
  .describe('A block on the standard error of `holdfast up`, with a bell');

const way = z.union(
  [
    z.strictObject({ file: fileWay }),
    z.strictObject({ webhook: webhookWay }),
    z.strictObject({ ntfy: ntfyWay }),
    z.strictObject({ email: emailWay }),
    z.strictObject({ terminal: terminalWay }),
  ],
  { error: (issue) => wayTrouble(issue) },
);

const wayName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'is not a name: up to 32 small letters, digits and "-", a letter first')
  .refine((name) => !BUILT_IN_WAYS.includes(name), 'is a way that is there already');

/** The `notify:` part of config.yaml. Durations become milliseconds, `never` null. */
export const notifyConfigSchema = z
  .strictObject({
    default: z
      .array(z.string().min(1))
      .max(10)
      .describe('Ways for runbooks that name none: desktop, terminal, inbox (kept only), or names of `ways`')
      .default(['desktop']),
    minSeverity: z.enum(SEVERITIES).describe('Only findings as bad as this or worse are told').default('medium'),
    quietHours: z
      .strictObject({
        from: timeOfDay.describe('HH:MM, included'),
        to: timeOfDay.describe('HH:MM or 24:00, not included; earlier than from: over midnight'),
        days: z.array(z.enum(WEEKDAYS)).min(1).describe('Days on which they begin; every day when left out').optional(),
        timezone: zone.describe("IANA zone; the machine's when left out").optional(),
        exceptAt: z
          .enum(SEVERITIES)
          .describe('What is as bad as this or worse is told at once all the same')
          .default('critical'),
      })
      .refine(({ from, to }) => from !== to, 'have no length: from and to are the same')
      .describe('Hours in which nothing is told; what was held back comes in one notification when they end')
      .optional(),
    repeat: z
      .strictObject({
        critical: repeat.default(4 * HOUR),
        high: repeat.default(24 * HOUR),
        medium: repeat.default(null),
        low: repeat.default(null),
        info: repeat.default(null),
      })
      .describe('How often one is reminded of what has not changed: a duration, or never')
      .prefault({}),
    caps: z
      .strictObject({
        perHour: z.int().min(1).max(1_000).describe('Notifications in any hour').default(10),
        perDay: z.int().min(1).max(10_000).describe('Notifications in any 24 hours').default(40),
        criticalPerHour: z.int().min(1).max(1_000).describe('The same, for critical ones').default(30),
        criticalPerDay: z.int().min(1).max(10_000).describe('The same, for critical ones').default(120),
      })
      .refine(
        (caps) => caps.criticalPerHour >= caps.perHour && caps.criticalPerDay >= caps.perDay,
        'allow less of what is critical than of the rest',
      )
      .describe('What exceeds them is told in one summary when there is room again')
      .prefault({}),
    ways: z.record(wayName, way).describe('Ways out by name, each of one kind').default({}),
    fallback: z
      .array(z.string().min(1))
      .max(5)
      .describe('Ways that are tried, in this order, when one has failed for good')
      .default(['terminal']),
    deadMan: z
      .strictObject({
        every: duration(MINUTE, 24 * HOUR)
          .describe('At most this often')
          .default(5 * MINUTE),
        touch: filePath.describe('A file whose time of change is set').optional(),
        url: webUrl.describe('A URL that is asked; when it is a secret use urlEnv').optional(),
        urlEnv: environmentVariable.describe('Name of the environment variable that holds the URL').optional(),
        method: z.enum(['GET', 'POST']).describe('How the URL is asked').default('GET'),
      })
      .refine(
        ({ touch, url, urlEnv }) => touch !== undefined || url !== undefined || urlEnv !== undefined,
        'need touch, url or urlEnv',
      )
      .refine(({ url, urlEnv }) => url === undefined || urlEnv === undefined, 'take url or urlEnv, not both')
      .describe('A sign of life outwards, so that somebody else notices when Holdfast falls silent')
      .optional(),
  })
  .superRefine((notify, context) => {
    for (const key of ['default', 'fallback'] as const) {
      for (const [index, name] of notify[key].entries()) {
        if (BUILT_IN_WAYS.includes(name) || Object.hasOwn(notify.ways, name)) continue;
        context.addIssue({
          code: 'custom',
          path: [key, index],
          message: `there is no way "${name.slice(0, 40)}": it is ${BUILT_IN_WAYS.join(', ')} or a name of ways`,
        });
      }
    }
  })
  .describe('How the operator is told');

export type NotifyConfig = z.infer<typeof notifyConfigSchema>;
export type NamedWay = NotifyConfig['ways'][string];
export type WebhookConfig = z.infer<typeof webhookWay>;
export type NtfyConfig = z.infer<typeof ntfyWay>;
export type EmailConfig = z.infer<typeof emailWay>;
export type FileConfig = z.infer<typeof fileWay>;
export type DeadManConfig = NonNullable<NotifyConfig['deadMan']>;

function exactlyOne<One extends string, Other extends string>(one: One, other: Other) {
  return (given: Readonly<Partial<Record<One | Other, unknown>>>, context: z.core.$RefinementCtx): void => {
    if ((given[one] === undefined) !== (given[other] === undefined)) return;
    context.addIssue({ code: 'custom', message: `takes ${one} or ${other}, and one of them` });
  };
}

function bothOrNone<One extends string, Other extends string>(one: One, other: Other) {
  return (given: Readonly<Partial<Record<One | Other, unknown>>>, context: z.core.$RefinementCtx): void => {
    if ((given[one] === undefined) === (given[other] === undefined)) return;
    context.addIssue({ code: 'custom', message: `takes ${one} and ${other} together` });
  };
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function isZone(written: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(written)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: written }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** A union says only that nothing fitted; what is wrong with the kind that was meant says more. */
function wayTrouble(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  const meant = issue.errors.find((issues) => issues.some(({ path }) => path.length > 0) && !issues.some(isWrongKind));
  const [first] = meant ?? [];
  if (first === undefined) return 'is one of file, webhook, ntfy, email and terminal, each with its settings';
  return `${first.path.join('.')}: ${first.message}`;
}

function isWrongKind({ code, path }: z.core.$ZodIssue): boolean {
  return code === 'unrecognized_keys' && path.length === 0;
}
