import type { RunDocument } from '../../documents/run-schema.ts';
import { markdown } from './markdown.ts';
import { plainValue } from './run-human.ts';

/** Runs as Markdown, for a wiki page, an issue or a pull request. */
export function runsMarkdown(runs: readonly RunDocument[]): string {
  return runs.map(runMarkdown).join('\n');
}

function runMarkdown(run: RunDocument): string {
  const open = run.findings.filter((finding) => finding.standing !== 'resolved');
  const resolved = run.findings.filter((finding) => finding.standing === 'resolved');
  const unknown = run.checks.flatMap((check) =>
    check.hidden.length > 0
      ? check.hidden.map(
          ({ name, failure }) => `- **${markdown(check.id)}** ${markdown(name)}: ${markdown(failure.message)}`,
        )
      : check.outcome === 'unknown'
        ? [`- **${markdown(check.id)}**: ${markdown(check.failure?.message ?? 'no reason given')}`]
        : [],
  );
  return [
    `# ${markdown(run.runbook)}`,
    '',
    `Run ${run.id}, ${run.startedAt}, ${run.status}${run.reason === null ? '' : ` (${run.reason})`}.`,
    '',
    ...section(
      'Findings',
      open.length === 0
        ? ['None.']
        : ['| severity | finding | standing | check | id |', '|---|---|---|---|---|', ...open.map(row)],
    ),
    ...triageSection(run.triage),
    ...open.filter(({ standing }) => standing !== 'ongoing').flatMap(story),
    ...(resolved.length === 0
      ? []
      : section(
          'Resolved',
          resolved.map(({ title, id }) => `- ${markdown(title)} (${id})`),
        )),
    ...(unknown.length === 0 ? [] : section('Could not look', unknown)),
    ...section(
      'Checks',
      run.checks.map(
        ({ id, outcome, looked, note }) =>
          `- ${markdown(id)}: ${outcome}, ${looked} looked at${note === undefined ? '' : `. ${markdown(note)}`}`,
      ),
    ),
  ].join('\n');
}

function triageSection(triage: RunDocument['triage']): readonly string[] {
  if (triage === null || triage.summary === null) return [];
  const { model, summary, cause, nextLook } = triage;
  return section(`In the words of ${markdown(model)}`, [
    markdown(summary),
    ...(cause === null ? [] : ['', `Likely cause: ${markdown(cause.text)} (${cause.findings.join(', ')})`]),
    ...(nextLook === null ? [] : ['', `Look next: ${markdown(nextLook)}`]),
  ]);
}

function row({ severity, title, standing, disposition, check, id }: RunDocument['findings'][number]): string {
  const state = disposition === 'none' ? standing : `${standing}, ${disposition}`;
  return `| ${severity} | ${markdown(title)} | ${state} | ${markdown(check)} | ${id} |`;
}

function story({ title, why, next, evidence }: RunDocument['findings'][number]): readonly string[] {
  return [
    `### ${markdown(title)}`,
    '',
    markdown(why),
    '',
    `Next: ${markdown(next)}`,
    '',
    ...evidence.map(
      ({ label, value, source }) => `- ${markdown(label)}: ${markdown(plainValue(value))} (${markdown(source)})`,
    ),
    '',
  ];
}

function section(title: string, body: readonly string[]): readonly string[] {
  return [`## ${title}`, '', ...body, ''];
}
