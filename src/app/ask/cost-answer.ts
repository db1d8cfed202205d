import type { Answer, AskRow } from '../../domain/answer.ts';
import { CodedError } from '../../domain/coded-error.ts';
import { printable } from '../../domain/printable.ts';
import { redactedStart } from '../../domain/redaction/redacted-start.ts';
import type { StatefulApp } from '../app.ts';
import { costReport, type CostReport } from '../cost-report.ts';
import type { Asked } from './ask.ts';
import type { CostQuestion } from './cost-question.ts';
import { LONGEST_QUESTION } from './question.ts';

/** Answers a question about the bill from Cost Explorer, by what was paid for today or one request more; no model is asked. */
export async function costAnswer(
  app: StatefulApp,
  asked: string,
  question: CostQuestion,
  signal: AbortSignal,
): Promise<Asked> {
  const { redactor } = app;
  const answered = await reported(app, question, signal);
  const rows = answered.report === null ? [] : rowsOf(app, question, answered.report);
  const words = answered.report === null ? `Not known: ${answered.why}` : wordsOf(question, answered.report, rows);
  const isKnown =
    answered.report !== null && answered.report.days.at(-1)?.amount !== null && !isMissing(question, answered.report);
  const anomalies = answered.report === null ? [] : anomaliesOf(question, answered.report);
  const answer: Answer = {
    question: redactedStart(redactor, printable(asked), LONGEST_QUESTION),
    text: redactor.text(printable(words)),
    by: 'checks',
    healthy: question.about === 'anomalies' && isKnown ? anomalies.length === 0 : null,
    findings: [],
    rows,
    exhibits: [],
    statements: [],
    checks: [],
    about: ['aws/cost'],
    notes: answered.report === null ? [] : [redactor.text(sourceWords(answered.report))],
    model: null,
    failure: null,
    calls: [],
    spent: { calls: 0, tokens: 0, usd: 0 },
  };
  return { answer, trace: [redactor.text(`costs of the last ${question.days} days, by ${question.by}`)] };
}

async function reported(
  app: StatefulApp,
  { days, by }: CostQuestion,
  signal: AbortSignal,
): Promise<{ readonly report: CostReport; readonly why: null } | { readonly report: null; readonly why: string }> {
  try {
    const wish = { days, by, profile: undefined, from: undefined };
    return { report: await costReport(app, wish, signal), why: null };
  } catch (error) {
    if (!(error instanceof CodedError) || !['COST_UNKNOWN', 'ACCOUNT_AWAY'].includes(error.code)) throw error;
    return { report: null, why: error.message };
  }
}

/** Whether the bill has no line of the service that was asked about. */
function isMissing({ of }: CostQuestion, { rows }: CostReport): boolean {
  return of !== null && !rows.some(({ key }) => of.isLine(key));
}

function anomaliesOf({ of }: CostQuestion, { anomalies }: CostReport): CostReport['anomalies'] {
  return anomalies.filter(({ key }) => of === null || of.isLine(key));
}

function rowsOf({ redactor }: StatefulApp, question: CostQuestion, report: CostReport): readonly AskRow[] {
  const { about, count, of, by } = question;
  const { currency, days } = report;
  const named = report.rows.filter(({ key }) => of === null || of.isLine(key));
  const anomalous = new Set(anomaliesOf(question, report).map(({ key }) => key));
  const increase = ({ amount, before }: (typeof named)[number]): number => amount - (before ?? amount);
  const wanted =
    about === 'increases'
      ? named.filter((row) => increase(row) > 0).toSorted((a, b) => increase(b) - increase(a))
      : about === 'anomalies'
        ? named.filter(({ key }) => anomalous.has(key))
        : named;
  return wanted.slice(0, count).map((row) => ({
    id: redactor.text(`cost/${by}/${row.key}`),
    name: redactor.text(printable(row.key)),
    type: redactor.text(by),
    region: null,
    monthlyCost: null,
    facts: redactor.data({
      amount: round(row.amount),
      before: row.before === null ? null : round(row.before),
      increase: row.before === null ? null : round(increase(row)),
      currency,
      from: days[0]?.day ?? null,
      until: days.at(-1)?.day ?? null,
    }),
  }));
}

function wordsOf(question: CostQuestion, report: CostReport, rows: readonly AskRow[]): string {
  const { about, days, of } = question;
  const { currency, total, before } = report;
  if (of !== null && isMissing(question, report))
    return `Not known: no line of the bill is called anything like ${of.name}.`;
  const anomalies = anomaliesOf(question, report);
  const stretch = `${report.days[0]?.day ?? ''} to ${report.days.at(-1)?.day ?? ''}`;
  const money = (amount: number): string => `${amount < 0 ? '-' : ''}${Math.abs(amount).toFixed(2)} ${currency}`;
  switch (about) {
    case 'anomalies':
      return anomalies.length === 0
        ? `No cost stands out on ${report.days.at(-1)?.day ?? ''}.`
        : `${anomalies.length} stand out on ${report.days.at(-1)?.day ?? ''}: ${anomalies.map(({ key, amount, expected }) => `${key} ${money(amount)}, ${money(expected)} is usual`).join('; ')}.`;
    case 'increases':
      return rows.length === 0
        ? `Nothing cost more from ${stretch} than in the ${days} days before.`
        : `What cost more from ${stretch} than in the ${days} days before; ${money(total)} in all${before === null ? '' : `, ${money(before)} before`}.`;
    case 'most':
      return `What cost most from ${stretch}; ${money(total)} in all.`;
    case 'total': {
      const named = report.rows.filter(({ key }) => of === null || of.isLine(key));
      const sum = of === null ? total : named.reduce((all, { amount }) => all + amount, 0);
      return `${of === null ? '' : `${of.name}: `}${money(sum)} from ${stretch}${of === null && before !== null ? `; ${money(before)} in the ${days} days before` : ''}.`;
    }
    default:
      return about satisfies never;
  }
}

function sourceWords({ source, requests }: CostReport): string {
  return requests === null
    ? source
    : `${source}; requests to Cost Explorer today: ${requests.requests} of ${requests.budget}, at $0.01 each.`;
}

function round(amount: number): number {
  return Math.round(amount * 100) / 100;
}
