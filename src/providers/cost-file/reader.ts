import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';
import { daysUntil, seriesOf, type CostSeries, type DailyCost } from '../../domain/cost-series.ts';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';

/** Days that are kept of a file: those that the engine needs. */
const DAYS = 35;
const BYTES_MAX = 2 * 1024 * 1024 * 1024;

/** Columns as FOCUS 1.x calls them, and as people do. The first that the file has is taken. */
const COLUMNS = {
  day: ['ChargePeriodStart', 'date', 'day', 'usage_date'],
  amount: ['EffectiveCost', 'BilledCost', 'amount', 'cost'],
  service: ['ServiceName', 'service', 'name', 'key'],
  account: ['SubAccountId', 'SubAccountName', 'account'],
  currency: ['BillingCurrency', 'currency'],
  tags: ['Tags', 'tags'],
  category: ['ChargeCategory'],
  frequency: ['ChargeFrequency'],
} as const;

/**
 * The last days of a CSV file with a head: FOCUS (focus.finops.org), or a day, an amount and what it was paid for. Of FOCUS,
 * taxes, credits, adjustments and purchases that were paid once are left out, as of Cost Explorer. The file is read as a
 * stream; a line that can't be understood makes it unknown, with its number.
 */
export async function readCostFile(
  path: string,
  by: 'service' | 'account' | `tag:${string}`,
): Promise<Looked<CostSeries>> {
  try {
    const { size } = await stat(path);
    if (size > BYTES_MAX) return unknown('FILE_TOO_LARGE', `${path} has more than 2 GiB.`);
    return await readRows(path, by);
  } catch (error) {
    if (error instanceof CsvError) return unknown('FILE_INVALID', `${path}: ${error.message}`);
    if (error instanceof LineInvalid) return unknown('FILE_INVALID', `${path}:${error.line}: ${error.message}`);
    const code = errorCode(error);
    if (code === null) throw error;
    return unknown(code, `${path} can't be read (${code}).`);
  }
}

class LineInvalid extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

async function readRows(path: string, by: 'service' | 'account' | `tag:${string}`): Promise<Looked<CostSeries>> {
  const sums = new Map<string, DailyCost>();
  const currencies = new Set<string>();
  let last = '';
  let line = 1;
  const records = createReadStream(path).pipe(
    parse({ columns: true, bom: true, skip_empty_lines: true, trim: true, max_record_size: 1_048_576 }),
  );
  for await (const record of records) {
    line += 1;
    const row = fieldsOf(record);
    if (isLeftOut(row)) continue;
    const { day, key, amount, currency } = costIn(row, by, line);
    if (currency !== null) currencies.add(currency);
    if (day > last) last = day;
    const id = `${day} ${key}`;
    sums.set(id, { day, key, amount: amount + (sums.get(id)?.amount ?? 0) });
  }
  if (last === '') return unknown('FILE_EMPTY', `${path} has no line with a cost.`);
  if (currencies.size > 1)
    return unknown('FILE_INVALID', `${path} has several currencies: ${[...currencies].toSorted().join(', ')}.`);
  const days = daysUntil(last, DAYS);
  const rows = [...sums.values()].filter(({ day }) => day >= (days[0] ?? ''));
  return seen(seriesOf(rows, days, new Set(rows.map(({ day }) => day)), [...currencies][0] ?? 'USD'));
}

type Fields = Readonly<Record<string, string>>;

function fieldsOf(record: unknown): Fields {
  return typeof record === 'object' && record !== null
    ? Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)]))
    : {};
}

function columnOf(row: Fields, column: keyof typeof COLUMNS): string | undefined {
  const name = COLUMNS[column].find((each) => Object.hasOwn(row, each));
  return name === undefined ? undefined : row[name];
}

const NOT_RUNNING: ReadonlySet<string> = new Set(['Tax', 'Credit', 'Adjustment']);

function isLeftOut(row: Fields): boolean {
  const category = columnOf(row, 'category') ?? '';
  return NOT_RUNNING.has(category) || (category === 'Purchase' && columnOf(row, 'frequency') === 'One-Time');
}

function costIn(
  row: Fields,
  by: 'service' | 'account' | `tag:${string}`,
  line: number,
): DailyCost & { readonly currency: string | null } {
  const written = columnOf(row, 'day');
  const cost = columnOf(row, 'amount');
  if (written === undefined || cost === undefined)
    throw new LineInvalid(
      1,
      `the head has no column for the day and the amount (${COLUMNS.day.join(', ')}; ${COLUMNS.amount.join(', ')}).`,
    );
  const day = /^\d{4}-\d{2}-\d{2}/.exec(written)?.[0];
  if (day === undefined || Number.isNaN(Date.parse(`${day}T00:00:00Z`)))
    throw new LineInvalid(line, `"${printable(written).slice(0, 40)}" is no day; write it like 2026-11-25.`);
  const amount = Number(cost);
  if (cost === '' || !Number.isFinite(amount))
    throw new LineInvalid(line, `"${printable(cost).slice(0, 40)}" is no amount; write it like 12.5.`);
  return { day, key: keyOf(row, by, line), amount, currency: columnOf(row, 'currency') || null };
}

function keyOf(row: Fields, by: 'service' | 'account' | `tag:${string}`, line: number): string {
  if (by === 'service' || by === 'account') return columnOf(row, by) || 'without';
  const tags = columnOf(row, 'tags');
  if (tags === undefined || tags === '') return 'without';
  try {
    const value: unknown = Reflect.get(Object(JSON.parse(tags)), by.slice('tag:'.length));
    return typeof value === 'string' && value !== '' ? value : 'without';
  } catch {
    throw new LineInvalid(line, 'its tags are no JSON.');
  }
}
