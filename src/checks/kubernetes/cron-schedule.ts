/**
 * A schedule of a CronJob as its controller reads it: five fields or a macro, by the standard parser of robfig/cron v3
 * (names of months and days, ranges, lists, steps, `?` for `*`; Sunday is 0 alone). A time zone in the schedule itself
 * is refused, as the API server does.
 */
export interface CronSchedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** A day must fit both fields where one of them is `*`; otherwise either will do. */
  readonly bothDays: boolean;
}

/** `@every`, for which there are no instants to be reckoned, only the time between two. */
export interface EverySchedule {
  readonly everyMs: number;
}

export type ParsedSchedule =
  | { readonly status: 'valid'; readonly schedule: CronSchedule | EverySchedule }
  | { readonly status: 'invalid'; readonly reason: string };

export function parseCron(text: string): ParsedSchedule {
  const spec = text.trim();
  if (/^(?:TZ|CRON_TZ)=/.test(spec)) return invalid('a time zone belongs in spec.timeZone, not in the schedule');
  if (spec.startsWith('@')) return parseMacro(spec);
  const fields = spec === '' ? [] : spec.split(/\s+/);
  if (fields.length !== FIELDS.length) return invalid(`it has ${fields.length} fields, not five`);
  const parsed = FIELDS.map((field, index) => parseField(fields[index] ?? '', field));
  const wrong = parsed.find((each) => typeof each === 'string');
  if (typeof wrong === 'string') return invalid(wrong);
  const [minutes, hours, days, months, weekdays] = parsed.filter((each) => typeof each !== 'string');
  if (!minutes || !hours || !days || !months || !weekdays) return invalid('it could not be read');
  return {
    status: 'valid',
    schedule: {
      minutes: minutes.values,
      hours: hours.values,
      days: days.values,
      months: months.values,
      weekdays: weekdays.values,
      bothDays: days.isStar || weekdays.isStar,
    },
  };
}

function invalid(reason: string): ParsedSchedule {
  return { status: 'invalid', reason };
}

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

function parseMacro(spec: string): ParsedSchedule {
  const known = Object.hasOwn(MACROS, spec) ? MACROS[spec] : undefined;
  if (known !== undefined) return parseCron(known);
  const every = /^@every ((?:\d+(?:\.\d+)?(?:ms|h|m|s))+)$/.exec(spec)?.[1];
  if (every === undefined) return invalid(`there is no "${spec.split(/\s/)[0] ?? spec}"`);
  const parts = [...every.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  const everyMs = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? 0), 0);
  // The parser rounds what is shorter up to a second.
  return { status: 'valid', schedule: { everyMs: Math.max(1_000, everyMs) } };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of the month', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of the week', min: 0, max: 6, names: WEEKDAYS },
];

interface FieldValues {
  readonly values: ReadonlySet<number>;
  readonly isStar: boolean;
}

/** What is wrong, in words, or the values. */
function parseField(text: string, field: Field): FieldValues | string {
  const values = new Set<number>();
  let isStar = false;
  for (const part of text.split(',').filter((each) => each !== '')) {
    const range = parseRange(part, field);
    if (typeof range === 'string') return range;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
    isStar ||= range.isStar;
  }
  return { values, isStar };
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly isStar: boolean;
}

function parseRange(text: string, field: Field): Range | string {
  const wrong = (why: string): string => `"${text}" in the field of the ${field.name} ${why}`;
  const [span = '', stepText, ...more] = text.split('/');
  const [low = '', high, ...others] = span.split('-');
  if (more.length > 0 || others.length > 0) return wrong('is no value, range or step');
  const step = stepText === undefined ? 1 : numberOf(stepText, []);
  if (step === null || step === 0) return wrong('has no step above nought');
  // A star with a step is no star when it comes to days.
  if (low === '*' || low === '?') return { from: field.min, to: field.max, step, isStar: step === 1 };
  const from = numberOf(low, field.names, field.min);
  const to = high === undefined ? (stepText === undefined ? from : field.max) : numberOf(high, field.names, field.min);
  if (from === null || to === null) return wrong('is no number or name');
  if (from < field.min || to > field.max) return wrong(`is not between ${field.min} and ${field.max}`);
  return from > to ? wrong('ends before it begins') : { from, to, step, isStar: false };
}

function numberOf(text: string, names: readonly string[], offset = 0): number | null {
  const index = names.indexOf(text.toLowerCase());
  if (index >= 0) return index + offset;
  return /^\+?\d{1,9}$/.test(text) ? Number(text) : null;
}
