import type { CostReport } from '../../app/cost-report.ts';
import { printable } from '../../domain/printable.ts';
import { padEnd, table, WIDEST, widthOf } from './layout.ts';

const ROWS = 15;

/** A bar for each day, what it went to, and what of it stands out. */
export function costHuman(report: CostReport, columns: number): string {
  const { source, by, currency, days, total, before, anomalies, forecast, requests } = report;
  const width = Math.min(columns, WIDEST);
  const head = `${money(total, currency)} from ${days[0]?.day ?? ''} to ${days.at(-1)?.day ?? ''}${changeWords(total, before)}`;
  const parts = [
    head,
    chart(report, width),
    rowsTable(report),
    ...(anomalies.length === 0
      ? ['Nothing stands out on the last day.']
      : [
          ['Stands out on the last day:', ...anomalies.map((anomaly) => `  ${anomalyWords(anomaly, currency)}`)].join(
            '\n',
          ),
        ]),
    ...(forecast === null
      ? []
      : [
          `${forecast.month} will come to about ${money(forecast.expected, currency)}; ${money(forecast.soFar, currency)} so far.`,
        ]),
    `By ${by}. ${printable(source)}.${requests === null ? '' : ` Requests to Cost Explorer today: ${requests.requests} of ${requests.budget} ($${requests.usd.toFixed(2)}).`}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

export function costMarkdown({ currency, days, total, before, rows, anomalies, source }: CostReport): string {
  const cell = (text: string): string => printable(text).replaceAll('|', '\\|');
  const lines = [
    `**${money(total, currency)}** from ${days[0]?.day ?? ''} to ${days.at(-1)?.day ?? ''}${changeWords(total, before)}`,
    '',
    '| | cost | before | change |',
    '|---|---:|---:|---:|',
    ...rows
      .slice(0, ROWS)
      .map(
        (row) =>
          `| ${[cell(row.key), money(row.amount, currency), row.before === null ? '?' : money(row.before, currency), change(row.amount, row.before, currency)].join(' | ')} |`,
      ),
    ...(anomalies.length === 0
      ? []
      : ['', ...anomalies.map((anomaly) => `- ${cell(anomalyWords(anomaly, currency))}`)]),
    '',
    printable(source),
  ];
  return `${lines.join('\n')}\n`;
}

const FULL = '█';
/** Eighths of a block. */
const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Bars from nought; what was given back has none, and its figure says so. */
function chart({ days, currency }: CostReport, width: number): string {
  const figures = days.map(({ amount }) => (amount === null ? 'not known' : money(amount, currency)));
  const most = Math.max(0, ...days.map(({ amount }) => amount ?? 0));
  const room = Math.max(10, width - 2 - '2026-11-25 Mon  '.length - Math.max(...figures.map(widthOf)) - 1);
  return days
    .map(({ day, amount }, index) => {
      const length = amount === null || amount <= 0 || most === 0 ? 0 : (amount / most) * room;
      const eighths = Math.round(length * 8);
      const bar = `${FULL.repeat(Math.floor(eighths / 8))}${PARTS[eighths % 8] ?? ''}`;
      const weekday = new Date(`${day}T00:00:00Z`).toLocaleDateString('en', { weekday: 'short', timeZone: 'UTC' });
      return `  ${day} ${weekday}  ${padEnd(bar, bar === '' ? 0 : widthOf(bar))}${bar === '' ? '' : ' '}${figures[index] ?? ''}`;
    })
    .join('\n');
}

function rowsTable({ rows, currency }: CostReport): string {
  const shown = rows.slice(0, ROWS);
  const rest = rows.slice(ROWS);
  const cells = shown.map((row) => [
    `  ${printable(row.key)}`,
    money(row.amount, currency),
    change(row.amount, row.before, currency),
  ]);
  const others = rest.reduce((sum, { amount }) => sum + amount, 0);
  const widest = Math.max(0, ...cells.map(([, amount = '']) => widthOf(amount)));
  const aligned = cells.map(([name = '', amount = '', delta = '']) => [name, amount.padStart(widest), delta]);
  return table(
    rest.length === 0
      ? aligned
      : [...aligned, [`  and ${rest.length} more`, money(others, currency).padStart(widest), '']],
  );
}

type Anomaly = CostReport['anomalies'][number];

function anomalyWords({ key, kind, day, amount, expected, lasting }: Anomaly, currency: string): string {
  const name = printable(key);
  switch (kind) {
    case 'new':
      return `${name} is new: ${money(amount, currency)} on ${day}`;
    case 'spike':
      return `${name} cost ${money(amount, currency)} on ${day}; ${money(expected, currency)} is usual`;
    case 'level-shift':
      return `${name} costs ${money(amount, currency)} a day for ${lasting} days; ${money(expected, currency)} was usual`;
    default:
      return kind satisfies never;
  }
}

function changeWords(total: number, before: number | null): string {
  if (before === null || before === 0) return '';
  const share = ((total - before) / Math.abs(before)) * 100;
  return Math.abs(share) < 0.5
    ? ', as much as before'
    : `, ${Math.abs(share).toFixed(0)} % ${share > 0 ? 'more' : 'less'} than before`;
}

function change(amount: number, before: number | null, currency: string): string {
  if (before === null) return '';
  const difference = amount - before;
  return `${difference < 0 ? '-' : '+'}${money(Math.abs(difference), currency)}`;
}

function money(amount: number, currency: string): string {
  const text = Math.abs(amount).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const sign = amount < 0 && text !== '0.00' ? '-' : '';
  return currency === 'USD' ? `${sign}$${text}` : `${sign}${text} ${currency}`;
}
