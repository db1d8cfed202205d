import type { Answer, AskRow } from '../domain/answer.ts';
import type { AnswerDocument } from './answer-schema.ts';

/** The answer as every door shows it. */
export function answerDocument(answer: Answer): AnswerDocument {
  return {
    question: answer.question,
    answer: answer.text,
    by: answer.by,
    healthy: answer.healthy,
    findings: answer.findings.map(({ check, resource, name, severity, title, why, next, evidence, monthlyCost }) => ({
      check,
      resource,
      name,
      severity,
      title,
      why,
      next,
      evidence: evidence.map(({ label, value, source }) => ({ label, value, source })),
      monthlyCost,
    })),
    rows: answer.rows.map(answerRow),
    evidence: answer.exhibits.map(({ id, source, input, text }) => ({ id, source, input, text })),
    statements: answer.statements.map(({ text, exhibits, support }) => ({ text, evidence: [...exhibits], support })),
    checks: answer.checks.map((check) => ({ ...check })),
    notes: [...answer.notes],
    model: answer.model,
    failure: answer.failure,
    calls: [...answer.calls],
    tokens: answer.spent.tokens,
    cost: { amount: answer.spent.usd, currency: 'USD' },
  };
}

export function answerRow({ id, name, type, region, monthlyCost, facts }: AskRow) {
  return { id, name, type, region, cost: monthlyCost?.amount ?? null, monthlyCost, facts: { ...facts } };
}
