import { openApp } from '../../app/app.ts';
import { listRuns, showRun } from '../../app/runs.ts';
import { runDocument } from '../../documents/run.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Run } from '../../domain/run.ts';
import { EXIT, type Door } from '../door.ts';
import { present } from '../present.ts';
import { sarifForm } from '../sarif-form.ts';
import { pictureOf } from '../views/picture.ts';
import { runHuman } from '../views/run-human.ts';
import { runsJunit } from '../views/run-junit.ts';
import { runsMarkdown } from '../views/run-markdown.ts';
import { prometheusText } from '../views/run-prometheus.ts';
import { runsHuman } from '../views/runs-human.ts';

/** `holdfast runs`: what has run, latest first. */
export async function runs(
  door: Door,
  _args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  try {
    const runbook = typeof options['runbook'] === 'string' ? options['runbook'] : null;
    const { runs: list, findings } = listRuns(app, { limit: Number(options['limit']), runbook });
    const now = door.surroundings.clock.now();
    const documents = list.map((run) => runDocument(run, findings, now));
    present(door, app, {
      human: () => runsHuman(list, door.terminal.style),
      json: () => ['runs', { runs: documents }],
      ndjson: () => ['run', documents],
      markdown: () => runsMarkdown(documents),
      junit: () => runsJunit(documents),
    });
    return EXIT.done;
  } finally {
    app.close();
  }
}

export async function runsShow(door: Door, [id = '']: readonly string[]): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  try {
    const { run, findings } = showRun(app, id);
    const now = door.surroundings.clock.now();
    const document = runDocument(run, findings, now);
    const pictures = [pictureOf(document)];
    const sarif = await sarifForm(door, app, pictures);
    present(door, app, {
      human: () =>
        runHuman(
          { run, findings: asSeenBy(run, findings), interrupted: [], now },
          door.terminal.columns,
          door.terminal.style,
        ),
      json: () => ['run', document],
      markdown: () => runsMarkdown([document]),
      junit: () => runsJunit([document]),
      sarif,
      prometheus: () => prometheusText(pictures, door.surroundings.version),
    });
    return EXIT.done;
  } finally {
    app.close();
  }
}

/** The findings with the standing, severity and title that the run gave them. */
function asSeenBy(run: Run, findings: readonly Finding[]): readonly Finding[] {
  const states = new Map(run.findings.map((finding) => [finding.key, finding]));
  return findings.flatMap((finding) => {
    const state = states.get(finding.key);
    return state === undefined
      ? []
      : [{ ...finding, standing: state.standing, severity: state.severity, title: state.title }];
  });
}
