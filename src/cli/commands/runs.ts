import { openApp, type StatefulApp } from '../../app/app.ts';
import { listRuns, showRun } from '../../app/runs.ts';
import { runDocument } from '../../documents/run.ts';
import { CodedError } from '../../domain/coded-error.ts';
import { EXIT, print, printDocument, type Door } from '../door.ts';
import { runHuman } from '../views/run-human.ts';
import { runsJunit } from '../views/run-junit.ts';
import { runsMarkdown } from '../views/run-markdown.ts';
import { runsHuman } from '../views/runs-human.ts';

/** `holdfast runs`: what has run, latest first. */
export async function runs(door: Door, _args: readonly string[], options: Readonly<Record<string, unknown>>): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  try {
    const runbook = typeof options['runbook'] === 'string' ? options['runbook'] : null;
    const { runs: list, findings } = listRuns(app, { limit: Number(options['limit']), runbook });
    const now = door.surroundings.clock.now();
    switch (door.options.output) {
      case 'human':
        print(door, app, runsHuman(list, door.terminal.style));
        break;
      case 'json':
        printDocument(door, app, 'runs', { runs: list.map((run) => runDocument(run, findings, now)) });
        break;
      case 'ndjson':
        for (const run of list) printDocument(door, app, 'run', runDocument(run, findings, now));
        break;
      default:
        throw notThisForm(door);
    }
    return EXIT.done;
  } finally {
    app.close();
  }
}

export async function runsShow(door: Door, [id = '']: readonly string[]): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  try {
    printOne(door, app, id);
    return EXIT.done;
  } finally {
    app.close();
  }
}

function printOne(door: Door, app: StatefulApp, id: string): void {
  const { run, findings } = showRun(app, id);
  const now = door.surroundings.clock.now();
  const document = runDocument(run, findings, now);
  switch (door.options.output) {
    case 'human': {
      const states = new Map(run.findings.map((finding) => [finding.key, finding]));
      const then = findings.flatMap((finding) => {
        const state = states.get(finding.key);
        return state === undefined ? [] : [{ ...finding, standing: state.standing, severity: state.severity, title: state.title }];
      });
      return print(door, app, runHuman({ run, findings: then, interrupted: [], now }, door.terminal.columns, door.terminal.style));
    }
    case 'json':
    case 'ndjson':
      return printDocument(door, app, 'run', document);
    case 'markdown':
      return print(door, app, runsMarkdown([document]));
    case 'junit':
      return print(door, app, runsJunit([document]));
  }
}

export function notThisForm(door: Door): CodedError {
  return new CodedError('USAGE', `--output ${door.options.output} is not a form of this result`, { next: 'use human, json or ndjson' });
}
