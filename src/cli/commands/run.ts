import { openAppToRun, type StatefulApp } from '../../app/app.ts';
import { loadNamed, placeOf } from '../../app/load-runbooks.ts';
import { openGate } from '../../app/gate.ts';
import { modelWarning } from '../../app/model-trust.ts';
import { seeThrough } from '../../app/plan-apply.ts';
import type { Remedies } from '../../app/remedies.ts';
import { runRunbook } from '../../app/run-runbook.ts';
import { runDocument } from '../../documents/run.ts';
import type { CodedError } from '../../domain/coded-error.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RunReport } from '../../domain/run.ts';
import { EXIT, say, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { present } from '../present.ts';
import { showProgress } from '../progress.ts';
import { sarifForm } from '../sarif-form.ts';
import { verdict } from '../verdict.ts';
import { pictureOf } from '../views/picture.ts';
import { runHuman } from '../views/run-human.ts';
import { runsJunit } from '../views/run-junit.ts';
import { runsMarkdown } from '../views/run-markdown.ts';
import { prometheusText } from '../views/run-prometheus.ts';

/** `holdfast run <runbook...>`: all runbooks are read before the first one runs. */
export async function run(door: Door, names: readonly string[]): Promise<number> {
  const app = openAppToRun(door.surroundings, door.options);
  const interrupt = onInterrupt();
  try {
    const files = await Promise.all(names.map((name) => loadNamed(app, name)));
    for (const mistake of files.flatMap((file) => file.mistakes))
      say(door, app, `${mistake.code}  ${placeOf(mistake)}  ${mistake.message}`);
    const reports: RunReport[] = [];
    const plans: Proposals = new Map();
    const unrecorded: CodedError[] = app.unkept === null ? [] : [app.unkept];
    for (const warning of new Set(files.flatMap(({ runbook }) => modelWarning(app, runbook) ?? [])))
      say(door, app, warning);
    for (const { runbook } of files) {
      if (interrupt.signal.aborted) break;
      const done = await runRunbook(app, runbook, {
        signal: interrupt.signal,
        onProgress: showProgress(door, app),
        onWait: (name) => say(door, app, `Another run of ${name} is in progress; waiting for it to end.`),
      });
      door.terminal.progress(app.redactor.text(''));
      reports.push(done.report);
      const remedies = await carryThrough(door, app, done.remedies, interrupt.signal);
      plans.set(done.report.run.id, remedies.plans);
      if (done.unrecorded !== null) unrecorded.push(done.unrecorded);
      if (door.options.output === 'human') await presentRuns(door, app, [done.report], plans, remedies.troubles);
      else for (const trouble of remedies.troubles) say(door, app, trouble);
    }
    if (door.options.output !== 'human') await presentRuns(door, app, reports, plans, []);
    return exitCode(door, reports, unrecorded, interrupt.signal);
  } finally {
    interrupt.done();
    app.close();
  }
}

type Proposals = Map<string, readonly Plan[]>;

/** What the runbook's policy allows is applied: by the running `up`, or here and now. */
async function carryThrough(door: Door, app: StatefulApp, remedies: Remedies, signal: AbortSignal): Promise<Remedies> {
  const plans: Plan[] = [];
  for (const plan of remedies.plans) {
    if (plan.status !== 'authorised') plans.push(plan);
    else {
      const onChange = ({ id, status }: Plan): void => say(door, app, `${id} is ${status}.`);
      plans.push((await seeThrough(app, openGate(app, { signal }), plan.id, { onChange })).plan);
    }
  }
  return { ...remedies, plans };
}

/** A person is told each report as it comes; a program all of them at the end. */
async function presentRuns(
  door: Door,
  app: StatefulApp,
  reports: readonly RunReport[],
  plans: ReadonlyMap<string, readonly Plan[]>,
  troubles: readonly string[],
): Promise<void> {
  const now = door.surroundings.clock.now();
  const documents = reports.map((report) => runDocument(report.run, report.findings, now, plans.get(report.run.id)));
  const [only, ...others] = documents;
  const pictures = documents.map(pictureOf);
  const sarif = await sarifForm(door, app, pictures);
  present(door, app, {
    human: () =>
      reports
        .map((report) =>
          runHuman(
            { ...report, plans: plans.get(report.run.id) ?? [], troubles, now },
            door.terminal.columns,
            door.terminal.style,
          ),
        )
        .join('\n'),
    // One runbook gives one run; several give one object that lists them.
    json: () => (only !== undefined && others.length === 0 ? ['run', only] : ['runs', { runs: documents }]),
    ndjson: () => ['run', documents],
    markdown: () => runsMarkdown(documents),
    junit: () => runsJunit(documents),
    sarif,
    prometheus: () => prometheusText(pictures, door.surroundings.version),
  });
}

function exitCode(
  door: Door,
  reports: readonly RunReport[],
  unrecorded: readonly CodedError[],
  signal: AbortSignal,
): number {
  if (signal.aborted) return EXIT.interrupted;
  const [trouble] = unrecorded;
  if (trouble !== undefined) throw trouble; // the report was printed; that it was not kept is an error all the same
  const found = { findings: reports.flatMap((report) => report.findings), runs: reports.map((report) => report.run) };
  return verdict(found, door.options, door.surroundings.clock.now());
}
