import type { ResearchDocument } from '../../documents/research-schema.ts';
import { SEVERITIES } from '../../domain/severity.ts';
import { markdown } from './markdown.ts';
import { plainValue } from './run-human.ts';

type Finding = ResearchDocument['findings'][number];

/** A report that one can send: what is wrong, what belongs together, what was not seen. */
export function researchMarkdown(report: ResearchDocument): string {
  const { findings, groups, checks, missing, monthlyCost } = report;
  const unknown = checks.filter(({ outcome, hidden }) => outcome === 'unknown' || hidden > 0);
  const looked = checks.reduce((sum, one) => sum + one.looked, 0);
  return [
    '# Research',
    '',
    `${report.at}: ${checks.length} checks looked at ${looked} resources of ${report.providers.join(', ')}. ${tally(findings)}.`,
    ...monthlyCost.map(
      ({ amount, currency, findings: of }) => `${of} of them are about ${amount.toFixed(2)} ${currency} a month.`,
    ),
    ...(report.summary === null
      ? []
      : ['', `In the words of ${markdown(report.model ?? 'a model')}: ${markdown(report.summary)}`]),
    ...(report.failure === null ? [] : ['', `No words of a model: ${markdown(report.failure.message)}`]),
    ...section(
      'What belongs together',
      groups.map(
        ({ findings: numbers, because }) =>
          `- ${numbers.map((number) => `#${number}`).join(', ')}: ${because.map(markdown).join('; ')}. Nearest to the cause: #${numbers[0] ?? ''}.`,
      ),
    ),
    ...section(
      'Findings',
      findings.map(
        ({ number, severity, category, title }) => `${number}. **${severity}** (${category}) ${markdown(title)}`,
      ),
    ),
    ...findings.filter(({ severity }) => severity === 'critical' || severity === 'high').flatMap(story),
    ...section(
      'Could not look',
      unknown.map(
        ({ id, failure, hidden }) =>
          `- ${markdown(id)}${hidden > 0 ? `, ${hidden} hidden` : ''}: ${markdown(failure?.message ?? '')}`,
      ),
    ),
    ...section(
      'Not connected',
      missing.map(({ provider, why }) => `- ${markdown(provider)}: ${markdown(why)}`),
    ),
    '',
    'Findings come from checks, and words of a model decide nothing. What could not be looked at is neither well nor unwell.',
    '',
  ].join('\n');
}

export function tally(findings: readonly Pick<Finding, 'severity'>[]): string {
  const counts = SEVERITIES.map(
    (severity) => [severity, findings.filter((one) => one.severity === severity).length] as const,
  ).filter(([, number]) => number > 0);
  return counts.length === 0
    ? 'Nothing is wrong with what was seen'
    : counts.map(([severity, number]) => `${number} ${severity}`).join(', ');
}

function story({ number, title, why, next, evidence, check }: Finding): readonly string[] {
  return [
    '',
    `### #${number} ${markdown(title)}`,
    '',
    markdown(why),
    '',
    `Next: ${markdown(next)}`,
    '',
    ...evidence
      .slice(0, 8)
      .map(({ label, value, source }) => `- ${markdown(label)}: ${markdown(plainValue(value))} (${markdown(source)})`),
    '',
    markdown(check),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];
}
