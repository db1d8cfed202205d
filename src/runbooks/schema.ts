import { baselineKey } from './baseline-key.ts';
import { z } from 'zod';
import { parseDuration, suggestDuration } from '../domain/duration.ts';
import { excerpt, keyed } from '../domain/excerpt.ts';
import { isModelRef } from '../domain/model.ts';
import type { Mistake } from '../domain/mistake.ts';
import { WEEKDAYS } from '../domain/schedule.ts';
import { SEVERITIES } from '../domain/severity.ts';
import { suggest } from '../domain/suggest.ts';
import { MINUTES_IN_A_DAY, parseTimeOfDay } from '../domain/time-of-day.ts';
import { isZone, nearestZone } from './time-zone.ts';

/** What a file that says nothing gets. */
export const DEFAULTS = {
  overlap: 'skip',
  catchUpMs: 15 * 60_000,
  timeoutMs: 5 * 60_000,
} as const;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The ways out that need no address, and those that take one. */
const PLAIN_WAYS = ['desktop', 'terminal', 'inbox'] as const;
const ADDRESSED_WAYS = ['file', 'webhook', 'ntfy', 'email', 'way'] as const;

/**
 * Every key of a runbook and what it takes. `checks` is judged against the catalogue (checks.ts)
 * and `cron` by the scheduler; here both are only described.
 */
export const KEYS = {
  name: z
    .string({ error: wanted('name', 'a text') })
    .superRefine(nameRule)
    .describe('What runs and findings are kept under. Default: the name of the file without its extension.'),
  every: duration('every', { least: MINUTE, most: 366 * DAY }).describe(
    'Run again and again: "30m", "2h", "1d". At least 1m. Not together with cron.',
  ),
  cron: z
    .string({ error: wanted('cron', 'a text of five fields in quotes', 'RUNBOOK_SCHEDULE_INVALID') })
    .describe(
      'Run by the clock of the time zone: minute, hour, day of month, month, weekday, or @hourly and its like. Not together with every.',
    ),
  timezone: z
    .string({ error: wanted('timezone', 'a text', 'RUNBOOK_TIMEZONE_UNKNOWN') })
    .superRefine(zoneRule)
    .describe("An IANA time zone such as Europe/Berlin. Default: the machine's."),
  activeHours: z
    .strictObject(
      {
        from: timeOfDay('from').describe('HH:MM, included.'),
        to: timeOfDay('to').describe('HH:MM, or 24:00; not included. Earlier than from: over midnight.'),
        days: z
          .array(oneOf('days', WEEKDAYS, 'RUNBOOK_HOURS_INVALID'), {
            error: wanted('days', 'a list such as [mon, tue, wed]', 'RUNBOOK_HOURS_INVALID'),
          })
          .min(1, coded('RUNBOOK_HOURS_INVALID', 'an empty list of days is never; leave "days" out for every day'))
          .optional()
          .describe('The days on which the hours begin. Default: every day.'),
      },
      { error: wanted('activeHours', 'a map such as { from: "07:00", to: "23:00" }', 'RUNBOOK_HOURS_INVALID') },
    )
    .superRefine((hours, context) => {
      if (hours.from !== hours.to) return;
      context.addIssue({
        code: 'custom',
        path: ['to'],
        message: coded(
          'RUNBOOK_HOURS_INVALID',
          `${keyed('to', hours.to)} is when the hours begin, so they never are; for the whole day write from: "00:00", to: "24:00"`,
        ),
      });
    })
    .describe('The hours in which a scheduled run may start.'),
  overlap: oneOf('overlap', ['skip', 'queue-one']).describe(
    'When the run before is still going: skip this one (default), or run once right after.',
  ),
  catchUp: duration('catchUp', { least: 0, most: 7 * DAY }).describe(
    'How late a missed run may still start, once. Default 15m; 0m: never.',
  ),
  timeout: duration('timeout', { least: 1_000, most: DAY }, 'RUNBOOK_VALUE_INVALID').describe(
    'How long a run may take. Default 5m.',
  ),
  checks: z
    .array(z.unknown())
    .describe('What to look at: ids of checks, patterns such as host/*, or an id with its parameters.'),
  baseline: baselineKey.describe(
    'The accepted baseline that the inventory is compared with: its name, or its name and what it is of.',
  ),
  agent: z
    .strictObject(
      {
        model: modelRef('model').optional().describe("provider/model. Default: the configuration's models.default."),
        escalate: z
          .union(
            [
              modelRef('escalate'),
              z.strictObject({
                model: modelRef('model')
                  .optional()
                  .describe("provider/model. Default: the configuration's models.escalate."),
                severity: oneOf('severity', SEVERITIES)
                  .optional()
                  .describe('When something new is as bad as this or worse. Default critical.'),
                disagreement: flag('disagreement')
                  .optional()
                  .describe('When the first model calls harmless what a check calls high or critical. Default true.'),
                failed: flag('failed')
                  .optional()
                  .describe('When the first model gave no answer that could be used. Default true.'),
              }),
            ],
            { error: wanted('escalate', 'a provider/model, or a map of model, severity, disagreement and failed') },
          )
          .optional()
          .describe('The stronger model that one question moves on to, and when.'),
        when: oneOf('when', ['never', 'new', 'always'])
          .optional()
          .describe('When to ask: never, when something is new (default), or on every run.'),
        mayPropose: z
          .array(text('mayPropose'), { error: wanted('mayPropose', 'a list of actions') })
          .optional()
          .describe('Actions it may draft a plan with.'),
        budget: z
          .strictObject(
            {
              calls: amount('calls', true).optional(),
              tokens: amount('tokens', true).optional(),
              usdPerDay: amount('usdPerDay', false).optional(),
            },
            { error: wanted('budget', 'a map of calls, tokens and usdPerDay') },
          )
          .optional()
          .describe('What it may use per run, and in dollars per day.'),
      },
      { error: wanted('agent', 'a map') },
    )
    .describe('The model that explains and drafts; never needed for a verdict.'),
  policy: text('policy').describe('Path of a policy file.'),
  onFinding: z
    .array(
      z.strictObject(
        {
          check: text('check').describe('The check whose findings this answers.'),
          minSeverity: oneOf('minSeverity', SEVERITIES).describe('Only findings as bad as this or worse.'),
          propose: text('propose').describe('The action to draft a plan with; the plan is held like any other.'),
          with: z
            .record(z.string(), z.unknown(), { error: wanted('with', 'a map of parameters') })
            .optional()
            .describe("The action's parameters."),
        },
        { error: wanted('onFinding', 'a map with check, minSeverity, propose and with') },
      ),
      { error: wanted('onFinding', 'a list of maps with check, minSeverity, propose and with') },
    )
    .describe('Proposals that need no model.'),
  notify: z
    .array(notifyTarget(), { error: wanted('notify', 'a list such as [desktop, terminal]') })
    .describe('Whom to tell.'),
  instructions: z
    .string({ error: wanted('instructions', 'a text') })
    .describe('Prose for the model (YAML form only; in Markdown it stands below the front matter).'),
} as const;

/** What people write for a key of ours, when it is no slip of the hand. */
export const OTHER_WORDS: Readonly<Record<string, string>> = {
  schedule: 'cron',
  interval: 'every',
  tz: 'timezone',
  zone: 'timezone',
  check: 'checks',
  hours: 'activeHours',
  start: 'from',
  end: 'to',
  title: 'name',
  prompt: 'instructions',
  catchup: 'catchUp',
  model: 'agent',
};

type Code = Mistake['code'];
type Raised = { readonly code?: string | undefined; readonly input?: unknown };

/** The message of a value of the wrong kind; the code rides in front of it, see issues.ts. */
function wanted(key: string, kind: string, code: Code = 'RUNBOOK_VALUE_INVALID') {
  return (issue: Raised): string | undefined => {
    if (issue.code === 'unrecognized_keys') return undefined;
    return coded(
      code,
      issue.input === undefined ? `"${key}" is missing; it is ${kind}` : `${keyed(key, issue.input)} is not ${kind}`,
    );
  };
}

/** zod's own issues carry a message and nothing else of ours, so the code is put in front of it. */
function coded(code: Code, message: string): string {
  return `${code} ${message}`;
}

function text(key: string) {
  return z.string({ error: wanted(key, 'a text') }).min(1, coded('RUNBOOK_VALUE_INVALID', `"${key}" is empty`));
}

function modelRef(key: string) {
  return text(key).refine(isModelRef, {
    error: ({ input }) =>
      coded('RUNBOOK_VALUE_INVALID', `${keyed(key, input)} is not a model; write provider/model: ollama/gemma4:e4b`),
  });
}

function flag(key: string) {
  return z.boolean({ error: wanted(key, 'true or false') });
}

function amount(key: string, whole: boolean) {
  const number = z.number({ error: wanted(key, 'a number') }).min(0, { error: wanted(key, 'a number of 0 or more') });
  return whole ? number.int({ error: wanted(key, 'a whole number') }) : number;
}

function oneOf<const Choices extends readonly [string, ...string[]]>(
  key: string,
  choices: Choices,
  code: Code = 'RUNBOOK_VALUE_INVALID',
) {
  return z.enum(choices, {
    error: ({ input }) => {
      if (input === undefined) return coded(code, `"${key}" is missing; it is one of ${choices.join(', ')}`);
      const near =
        typeof input === 'string'
          ? (choices.find((choice) => startsAlike(input.toLowerCase(), choice)) ?? suggest(input, choices))
          : null;
      return coded(
        code,
        `${keyed(key, input)} is not one of ${choices.join(', ')}${near === null ? '' : `; did you mean ${near}?`}`,
      );
    },
  });
}

/** `monday` for `mon`, `queue` for `queue-one`. */
function startsAlike(written: string, choice: string): boolean {
  return written.startsWith(choice) || (written.length >= 3 && choice.startsWith(written));
}

function duration(key: string, limits: { least: number; most: number }, code: Code = 'RUNBOOK_SCHEDULE_INVALID') {
  const unreadable = (input: unknown): string => {
    const written = typeof input === 'string' || typeof input === 'number' ? String(input) : '';
    const bare = /^\d+$/.test(written.trim());
    const better = written.length > 100 ? null : suggestDuration(written);
    const advice = better === null ? 'write it like "30m", "2h" or "1h30m"' : `write "${key}: ${better}"`;
    return bare ? `${keyed(key, input)} has no unit; ${advice}` : `${keyed(key, input)} is not a duration; ${advice}`;
  };
  return z.string({ error: ({ input }) => coded(code, unreadable(input)) }).transform((written, context) => {
    const ms = /^\d+(?:\.\d+)?$/.test(written.trim()) ? null : parseDuration(written);
    if (ms !== null && ms >= limits.least && ms <= limits.most) return ms;
    const message =
      ms === null
        ? unreadable(written)
        : `${keyed(key, written)} is ${ms < limits.least ? `shorter than ${short(limits.least)}` : `longer than ${short(limits.most)}`}`;
    context.addIssue({ code: 'custom', message: coded(code, message) });
    return z.NEVER;
  });
}

function short(ms: number): string {
  if (ms % DAY === 0 && ms > 0) return `${ms / DAY}d`;
  return ms % MINUTE === 0 ? `${ms / MINUTE}m` : `${ms / 1_000}s`;
}

type Refining = z.core.$RefinementCtx;

function nameRule(name: string, context: Refining): void {
  const trouble = nameTrouble(name);
  if (trouble !== null) context.addIssue({ code: 'custom', message: coded('RUNBOOK_NAME_INVALID', trouble) });
}

/** See src/app/self-check.ts. */
const RESERVED_NAME = 'holdfast';

/** Names stand in file names, tables and commands: letters, digits, dot, dash and underscore, at most 64. */
export function nameTrouble(name: string): string | null {
  if (name === RESERVED_NAME) return `"name: ${name}" is the name under which Holdfast looks at itself; choose another`;
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return null;
  const better = slug(name);
  return `${keyed('name', name)} is not a name; use up to 64 letters, digits, ".", "-" and "_"${better === '' ? '' : `, for instance ${excerpt(better)}`}`;
}

/** The nearest name to any text; empty when nothing of it can stay. */
export function slug(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-._]+/, '')
    .slice(0, 64)
    .replace(/[-._]+$/, '');
}

function zoneRule(zone: string, context: Refining): void {
  if (isZone(zone)) return;
  const near = nearestZone(zone);
  const advice =
    zone.toLowerCase() === 'local'
      ? "leave the key out for the machine's"
      : near === null
        ? 'write one such as Europe/Berlin or UTC'
        : `did you mean ${near}?`;
  context.addIssue({
    code: 'custom',
    message: coded('RUNBOOK_TIMEZONE_UNKNOWN', `${keyed('timezone', zone)} is not an IANA time zone; ${advice}`),
  });
}

function timeOfDay(key: 'from' | 'to') {
  return z
    .string({ error: wanted(key, 'a time of day in quotes such as "07:00"', 'RUNBOOK_HOURS_INVALID') })
    .superRefine((written, context) => {
      const minutes = parseTimeOfDay(written);
      if (minutes !== null && (key === 'to' || minutes < MINUTES_IN_A_DAY)) return;
      const padded = /^\d:[0-5]\d$/.test(written) ? `0${written}` : null;
      const advice =
        padded === null ? 'write HH:MM such as "07:00"' : `the leading nought is missing, write "${padded}"`;
      context.addIssue({
        code: 'custom',
        message: coded('RUNBOOK_HOURS_INVALID', `${keyed(key, written)} is not a time of day; ${advice}`),
      });
    });
}

function notifyTarget() {
  const address = (way: string) => z.strictObject({ [way]: text(way) });
  return z.union(
    [z.enum(PLAIN_WAYS), address('file'), address('webhook'), address('ntfy'), address('email'), address('way')],
    {
      error: ({ input }) => coded('RUNBOOK_VALUE_INVALID', notifyTrouble(input)),
    },
  );
}

function notifyTrouble(input: unknown): string {
  const known = `${PLAIN_WAYS.join(', ')}, or a map such as { file: path }`;
  const keys = typeof input === 'object' && input !== null ? Object.keys(input) : [];
  const word = typeof input === 'string' ? input : (keys[0] ?? '');
  const addressed = ADDRESSED_WAYS.find((way) => way === word.toLowerCase());
  if (typeof input === 'string' && addressed !== undefined)
    return `${excerpt(input)} needs an address; write { ${addressed}: … }`;
  if (addressed !== undefined) return `${excerpt(addressed)} takes one text: { ${addressed}: … }`;
  const near = suggest(word, [...PLAIN_WAYS, ...ADDRESSED_WAYS]);
  return `${excerpt(word)} is not a way to notify (${known})${near === null ? '' : `; did you mean ${near}?`}`;
}
