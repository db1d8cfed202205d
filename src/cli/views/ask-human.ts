import type { Answer, AskFinding, AskRow, Statement } from '../../domain/answer.ts';
import type { Style } from '../terminal.ts';
import { count, padEnd, table, WIDEST, wrap } from './layout.ts';
import { severityLabel } from './severity.ts';

const INDENT = 12;
const FINDINGS_IN_FULL = 3;
/** More rows than these are better read by a program. */
const ROWS_SHOWN = 40;

/** An answer for a person: the words, what they rest on, what could not be seen. */
export function askHuman(answer: Answer, columns: number, style: Style): string {
  const width = Math.min(columns, WIDEST);
  const sections = [
    verdict(answer, width, style),
    findingsSection(answer.findings, width, style),
    rowLines(answer.rows),
    answer.statements.map((statement) => statementLine(statement, width, style)).join('\n'),
    answer.notes.map((note) => style('dim', wrap(note, width, 0))).join('\n'),
    style('dim', wrap(basis(answer), width, 0)),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function verdict({ text, healthy, by, model }: Answer, width: number, style: Style): string {
  const word =
    healthy === true
      ? style('green', 'HEALTHY')
      : healthy === false
        ? style(['bold', 'red'], 'NOT HEALTHY')
        : style('magenta', 'NOT KNOWN');
  const whose = by === 'model' ? style('dim', `  in the words of ${model ?? 'a model'}`) : '';
  return `${healthy === null ? '' : `${word}${whose}\n`}${wrap(text, width, 0)}${healthy === null && whose !== '' ? `\n${whose.trim()}` : ''}`;
}

/** The worst in full, the rest in a line each. */
function findingsSection(findings: readonly AskFinding[], width: number, style: Style): string {
  const whole = findings.slice(0, FINDINGS_IN_FULL).map((finding) => findingLines(finding, width, style));
  const short = findings
    .slice(FINDINGS_IN_FULL)
    .map(
      ({ severity, title }) => `  ${padEnd(severityLabel(severity, style), INDENT - 2)}${wrap(title, width, INDENT)}`,
    );
  return [...whole, ...short].join('\n');
}

function findingLines({ severity, title, next, check }: AskFinding, width: number, style: Style): string {
  return [
    `  ${padEnd(severityLabel(severity, style), INDENT - 2)}${style('bold', wrap(title, width, INDENT))}`,
    `${' '.repeat(INDENT)}${padEnd(style('dim', 'Next'), 6)}${wrap(next, width, INDENT + 6)}`,
    `${' '.repeat(INDENT)}${style('dim', check)}`,
  ].join('\n');
}

function rowLines(rows: readonly AskRow[]): string {
  if (rows.length === 0) return '';
  const shown = rows
    .slice(0, ROWS_SHOWN)
    .map(({ type, name, monthlyCost }) => [`  ${type}`, name, monthlyWords(monthlyCost)]);
  const more = rows.length > ROWS_SHOWN ? `\n  and ${rows.length - ROWS_SHOWN} more: --items, or --output json` : '';
  return `${table(shown)}${more}`;
}

function monthlyWords(cost: AskRow['monthlyCost']): string {
  return cost === null || cost.amount === null ? '' : `${cost.amount.toFixed(2)} ${cost.currency} a month`;
}

function statementLine({ text, exhibits, support }: Statement, width: number, style: Style): string {
  const mark =
    support === 'supported' ? style('dim', `[${exhibits.join(', ')}]`) : style('yellow', '[not in the evidence]');
  return `  - ${wrap(`${text} ${mark}`, width, 4)}`;
}

function basis({ checks, model, spent }: Answer): string {
  const asked =
    model === null || spent.calls === 0
      ? ''
      : ` · ${model}: ${count(spent.calls, 'call')}, ${spent.tokens} tokens${spent.usd === null ? '' : spent.usd === 0 ? '' : `, $${spent.usd.toFixed(4)}`}`;
  return `${count(checks.length, 'check')}${asked} · nothing was kept`;
}
