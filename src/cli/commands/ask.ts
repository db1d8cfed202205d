import { openApp } from '../../app/app.ts';
import { ask as askApp, type AskRequest } from '../../app/ask/ask.ts';
import { CodedError } from '../../domain/coded-error.ts';
import type { Answer } from '../../domain/answer.ts';
import { isAtLeast } from '../../domain/severity.ts';
import { answerDocument, answerRow } from '../../documents/answer.ts';
import { EXIT, printJson, say, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { modelChoice } from '../model-choice.ts';
import { present } from '../present.ts';
import { askHuman } from '../views/ask-human.ts';
import { askMarkdown } from '../views/ask-markdown.ts';
import { texts, text, type Options } from '../options.ts';

/** `holdfast ask "…"`: looks, answers, keeps nothing. */
export async function ask(door: Door, [question = '']: readonly string[], options: Options): Promise<number> {
  if (question.trim() === '')
    throw new CodedError('USAGE', 'there is no question', { next: 'holdfast ask "is everything ok?"' });
  if (options['maker'] === true) return (await import('./ask-maker.ts')).askMaker(door, question, options);
  if (options['apply'] === true || options['policy'] !== undefined)
    throw new CodedError('USAGE', '--apply and --policy are about a change, and a question changes nothing', {
      next: 'add --maker',
    });
  const app = openApp(door.surroundings, door.options);
  const interrupt = onInterrupt();
  try {
    const named = text(options['runbook']);
    const request: AskRequest = {
      question,
      context: text(options['context']),
      namespaces: texts(options['namespace']),
      runbook:
        named === undefined ? null : (await (await import('../../app/load-runbooks.ts')).loadNamed(app, named)).runbook,
      model: modelChoice(options, 'ask'),
      onProgress: (words) => {
        if (!door.options.quiet) door.terminal.progress(app.redactor.text(words));
      },
    };
    const { answer, trace } = await askApp(app, request, interrupt.signal);
    door.terminal.progress(app.redactor.text(''));
    if (options['trace'] === true) for (const line of trace) say(door, app, line);
    if (options['items'] === true) printJson(door, app, answer.rows.map(answerRow));
    else
      present(door, app, {
        human: () => askHuman(answer, door.terminal.columns, door.terminal.style),
        json: () => ['answer', answerDocument(answer)],
        markdown: () => askMarkdown(answer),
      });
    return interrupt.signal.aborted ? EXIT.interrupted : exitCode(door, answer);
  } finally {
    interrupt.done();
    app.close();
  }
}

/** 3 for a finding at --fail-on; 4 when it is not known under --fail-on, or something was not seen under --fail-on-unknown. */
function exitCode({ options: { failOn, failOnUnknown } }: Door, { findings, healthy, checks }: Answer): number {
  if (failOn !== undefined && findings.some(({ severity }) => isAtLeast(severity, failOn))) return EXIT.findings;
  if (failOn !== undefined && healthy === null) return EXIT.unknown;
  const unseen = checks.some(({ outcome, hidden }) => outcome === 'unknown' || hidden > 0);
  return failOnUnknown && (unseen || healthy === null) ? EXIT.unknown : EXIT.done;
}
