import { openApp } from '../../app/app.ts';
import { research as researchApp } from '../../app/research/research.ts';
import { researchDocument } from '../../documents/research.ts';
import { isAtLeast } from '../../domain/severity.ts';
import { EXIT, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { modelChoice } from '../model-choice.ts';
import { present } from '../present.ts';
import { researchHuman } from '../views/research-human.ts';
import { researchMarkdown } from '../views/research-markdown.ts';
import { text, texts, type Options } from '../options.ts';

/** `holdfast research`: one look at everything that is connected, graded and correlated. */
export async function research(door: Door, _args: readonly string[], options: Options): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  const interrupt = onInterrupt();
  try {
    const request = {
      scope: texts(options['scope']),
      context: text(options['context']),
      model: modelChoice(options, 'ask'),
      onProgress: (words: string): void => {
        if (!door.options.quiet) door.terminal.progress(app.redactor.text(words));
      },
    };
    const report = researchDocument(await researchApp(app, request, interrupt.signal));
    door.terminal.progress(app.redactor.text(''));
    present(door, app, {
      human: () => researchHuman(report, door.terminal.columns, door.terminal.style),
      json: () => ['research', report],
      markdown: () => researchMarkdown(report),
    });
    if (interrupt.signal.aborted) return EXIT.interrupted;
    const { failOn, failOnUnknown } = door.options;
    if (failOn !== undefined && report.findings.some(({ severity }) => isAtLeast(severity, failOn)))
      return EXIT.findings;
    return failOnUnknown && report.checks.some(({ outcome, hidden }) => outcome === 'unknown' || hidden > 0)
      ? EXIT.unknown
      : EXIT.done;
  } finally {
    interrupt.done();
    app.close();
  }
}
