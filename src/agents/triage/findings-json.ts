import type { Finding } from '../../domain/finding.ts';
import { SEVERITIES } from '../../domain/severity.ts';

/** What a model is shown of a run's news, bytes: small models lose the thread of more, and a beat has to be cheap. */
export const NEWS_BYTES = 2_000;

/** How much of a title and of a fact, characters. */
const LONGEST = { title: 160, fact: 80 };

/**
 * The news of a run as compact JSON of at most NEWS_BYTES: new and changed ones, worst first, then those that go on, for
 * what they may have in common. What did not fit is counted. The same findings give the same text.
 */
export function findingsJson(news: readonly Finding[], ongoing: readonly Finding[]): string {
  const rows = [...worstFirst(news), ...worstFirst(ongoing)].map(row);
  for (let kept = rows.length; kept > 0; kept -= 1) {
    const left = rows.length - kept;
    const text = JSON.stringify({ findings: rows.slice(0, kept), ...(left === 0 ? {} : { leftOut: left }) });
    if (Buffer.byteLength(text) <= NEWS_BYTES) return text;
  }
  return JSON.stringify({
    findings: rows.slice(0, 1).map(({ id, severity, check }) => ({ id, severity, check })),
    leftOut: Math.max(0, rows.length - 1),
  });
}

function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.id < b.id ? -1 : 1),
  );
}

function row({ id, check, severity, standing, title, name, evidence }: Finding) {
  const facts = evidence.slice(0, 2).map(({ label, value }) => `${label}=${short(plain(value), LONGEST.fact)}`);
  return { id, severity, standing, check, name: short(name, LONGEST.fact), title: short(title, LONGEST.title), facts };
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function short(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
}
