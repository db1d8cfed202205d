import type { ResearchDocument } from '../../documents/research-schema.ts';
import type { Style } from '../terminal.ts';
import { count, padEnd, WIDEST, wrap } from './layout.ts';
import { tally } from './research-markdown.ts';
import { severityLabel } from './severity.ts';

const INDENT = 18;
/** Findings in full; the rest in a line each. */
const IN_FULL = 5;

export function researchHuman(report: ResearchDocument, columns: number, style: Style): string {
  const width = Math.min(columns, WIDEST);
  const { findings, groups, checks, missing, monthlyCost } = report;
  const unknown = checks.filter(({ outcome, hidden }) => outcome === 'unknown' || hidden > 0);
  const looked = checks.reduce((sum, one) => sum + one.looked, 0);
  const sections = [
    `${style('bold', tally(findings))}\n${style('dim', `${count(checks.length, 'check')}, ${count(looked, 'resource')} of ${report.providers.join(', ')}, in ${(report.durationMs / 1000).toFixed(1)} s`)}`,
    monthlyCost
      .map(
        ({ amount, currency, findings: of }) =>
          `${count(of, 'finding')} about ${amount.toFixed(2)} ${currency} a month`,
      )
      .join('\n'),
    report.summary === null
      ? ''
      : `${style('dim', `In the words of ${report.model ?? 'a model'}:`)}\n${wrap(report.summary, width, 0)}`,
    report.failure === null ? '' : style('dim', wrap(`No words of a model: ${report.failure.message}`, width, 0)),
    findings.map((finding) => lines(finding, width, style)).join('\n'),
    groups.length === 0
      ? ''
      : [
          'What belongs together, the nearest to the cause first:',
          ...groups.map(
            ({ findings: numbers, because }) =>
              `  ${wrap(`${numbers.map((number) => `#${number}`).join(', ')}: ${because.join('; ')}`, width, 4)}`,
          ),
        ].join('\n'),
    unknown
      .map(
        ({ id, failure }) =>
          `${padEnd(style('magenta', 'UNKNOWN'), 10)}${wrap(`${id}: ${failure?.message ?? 'a part is hidden'}`, width, 10)}`,
      )
      .join('\n'),
    missing.map(({ provider, why }) => style('dim', `${provider} is not connected: ${why}`)).join('\n'),
    style('dim', 'Nothing was kept. --output markdown is a report to send.'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function lines(
  { number, severity, category, title, next }: ResearchDocument['findings'][number],
  width: number,
  style: Style,
): string {
  const head = `${padEnd(`#${number}`, 6)}${padEnd(severityLabel(severity, style), INDENT - 6)}${wrap(title, width, INDENT)}`;
  if (number > IN_FULL) return head;
  return [head, `${' '.repeat(INDENT)}${style('dim', `${category} · `)}${wrap(next, width, INDENT)}`].join('\n');
}
