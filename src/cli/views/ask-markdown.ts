import type { Answer } from '../../domain/answer.ts';
import { markdown } from './markdown.ts';

/** An answer as Markdown, to be pasted where others read it. */
export function askMarkdown(answer: Answer): string {
  const healthy = answer.healthy === null ? 'not known' : answer.healthy ? 'healthy' : 'not healthy';
  return [
    `## ${markdown(answer.question)}`,
    '',
    `**${healthy}**: ${markdown(answer.text)}`,
    ...(answer.by === 'model' ? ['', `In the words of ${markdown(answer.model ?? 'a model')}.`] : []),
    ...list(
      'Findings',
      answer.findings.map(
        ({ severity, title, next }) => `**${severity}** ${markdown(title)} (next: ${markdown(next)})`,
      ),
    ),
    ...list(
      'Rows',
      answer.rows.map(({ type, name }) => `${markdown(type)} ${markdown(name)}`),
    ),
    ...list(
      'Statements',
      answer.statements.map(({ text, exhibits, support }) =>
        support === 'supported'
          ? `${markdown(text)} (${exhibits.join(', ')})`
          : `${markdown(text)} (not in the evidence)`,
      ),
    ),
    ...list('Notes', answer.notes.map(markdown)),
    '',
  ].join('\n');
}

function list(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : ['', `### ${title}`, '', ...items.map((item) => `- ${item}`)];
}
