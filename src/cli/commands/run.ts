import { openApp, type StatefulApp } from '../../app/app.ts';
import { loadNamed, placeOf } from '../../app/load-runbooks.ts';
import { runRunbook } from '../../app/run-runbook.ts';
import { runDocument } from '../../documents/run.ts';
import type { RunDocument } from '../../documents/run-schema.ts';
import type { CodedError } from '../../domain/coded-error.ts';
import type { RunReport } from '../../domain/run.ts';
import { EXIT, print, printDocument, say, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { showProgress } from '../progress.ts';
import { verdict } from '../verdict.ts';
import { runHuman } from '../views/run-human.ts';
import { runsJunit } from '../views/run-junit.ts';
import { runsMarkdown } from '../views/run-markdown.ts';

/** `holdfast run <runbook...>`: all runbooks are read before the first one runs. */
export async function run(door: Door, names: readonly string[]): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  const interrupt = onInterrupt();
  try {
    const files = await Promise.all(names.map((name) => loadNamed(app, name)));
    for (const mistake of files.flatMap((file) => file.mistakes)) say(door, app, `${mistake.code}  ${placeOf(mistake)}  ${mistake.message}`);
    const reports: RunReport[] = [];
    const unrecorded: CodedError[] = [];
    for (const { runbook } of files) {
      if (interrupt.signal.aborted) break;
      const done = await runRunbook(app, runbook, {
        signal: interrupt.signal,
        onProgress: showProgress(door, app),
        onWait: (name) => say(door, app, `Another run of ${name} is in progress; waiting for it to end.`),
      });
      door.terminal.progress(app.redactor.text(''));
      reports.push(done.report);
      if (done.unrecorded !== null) unrecorded.push(done.unrecorded);
      if (door.options.output === 'human') printReport(door, app, done.report);
    }
    if (door.options.output !== 'human') printDocuments(door, app, reports);
    return exitCode(door, reports, unrecorded, interrupt.signal);
  } finally {
    interrupt.done();
    app.close();
  }
}

function printReport(door: Door, app: StatefulApp, report: RunReport): void {
  const now = door.surroundings.clock.now();
  print(door, app, runHuman({ ...report, now }, door.terminal.columns, door.terminal.style));
}

function printDocuments(door: Door, app: StatefulApp, reports: readonly RunReport[]): void {
  const now = door.surroundings.clock.now();
  const documents = reports.map((report) => runDocument(report.run, report.findings, now));
  switch (door.options.output) {
    case 'ndjson':
      return documents.forEach((document) => printDocument(door, app, 'run', document));
    case 'markdown':
      return print(door, app, runsMarkdown(documents));
    case 'junit':
      return print(door, app, runsJunit(documents));
    case 'json':
    case 'human':
      return printJson(door, app, documents);
  }
}

/** One runbook gives one run; several give one object that lists them. */
function printJson(door: Door, app: StatefulApp, documents: readonly RunDocument[]): void {
  const [only, ...others] = documents;
  if (only !== undefined && others.length === 0) return printDocument(door, app, 'run', only);
  return printDocument(door, app, 'runs', { runs: documents });
}

function exitCode(door: Door, reports: readonly RunReport[], unrecorded: readonly CodedError[], signal: AbortSignal): number {
  if (signal.aborted) return EXIT.interrupted;
  const [trouble] = unrecorded;
  if (trouble !== undefined) throw trouble; // the report was printed; that it was not kept is an error all the same
  const found = { findings: reports.flatMap((report) => report.findings), runs: reports.map((report) => report.run) };
  return verdict(found, door.options, door.surroundings.clock.now());
}
