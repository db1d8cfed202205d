import type { StatefulApp } from '../app/app.ts';
import { listFindings, showFinding } from '../app/findings.ts';
import { openGate } from '../app/gate.ts';
import { loadAll } from '../app/load-runbooks.ts';
import { listPlans, thePlan } from '../app/plans.ts';
import { listRuns, showRun } from '../app/runs.ts';
import { findingDocument } from '../documents/finding.ts';
import { findingHistoryDocument } from '../documents/finding-history.ts';
import { runDocument } from '../documents/run.ts';
import { CodedError } from '../domain/coded-error.ts';
import { printableStart } from '../domain/printable.ts';
import { planView } from './plan-view.ts';

/** Something that a client may read by its URI, and be told of when it changes. */
export interface ResourceListing {
  readonly uri: string;
  readonly name: string;
  readonly description: string;
}

/** What stands still: their content changes. */
const FIXED = [
  { uri: 'holdfast://findings', name: 'Open findings', description: 'What needs attention now, worst first' },
  { uri: 'holdfast://plans', name: 'Plans', description: 'Plans that wait or are under way' },
  { uri: 'holdfast://runs/last', name: 'Last run', description: 'The latest run, with every check' },
] as const;

export const TEMPLATES = [
  {
    uriTemplate: 'holdfast://findings/{id}',
    name: 'Finding',
    description: 'One finding with its evidence and history',
  },
  {
    uriTemplate: 'holdfast://plans/{id}',
    name: 'Plan card',
    description: 'One plan and how it stands, without its digest',
  },
  { uriTemplate: 'holdfast://runs/{id}', name: 'Run', description: 'One run, every check listed' },
  { uriTemplate: 'holdfast://runbooks/{name}', name: 'Runbook', description: 'A runbook with every default filled in' },
] as const;

const MOST_LISTED = 100;

export async function listResources(app: StatefulApp): Promise<readonly ResourceListing[]> {
  const { files } = await loadAll(app);
  const runbooks = files.flatMap(({ runbook }) =>
    runbook === null
      ? []
      : [
          {
            uri: `holdfast://runbooks/${encodeURIComponent(runbook.name)}`,
            name: runbook.name,
            description: 'A runbook',
          },
        ],
  );
  const findings = listFindings(app, { resolved: false })
    .slice(0, MOST_LISTED)
    .map(({ id, title, severity }) => ({ uri: `holdfast://findings/${id}`, name: title, description: severity }));
  return [...FIXED, ...runbooks, ...findings];
}

/** What a resource is now, not redacted yet as a whole; NOT_FOUND when there is none. */
export async function readResource(app: StatefulApp, uri: string, signal: AbortSignal): Promise<object> {
  const [, kind = '', written = null] =
    /^holdfast:\/\/(findings|plans|runs|runbooks)(?:\/([^/?#]{1,300}))?$/.exec(uri) ?? [];
  const document = await documentOf(app, kind, written === null ? null : decoded(written), signal);
  if (document !== null) return document;
  throw new CodedError('NOT_FOUND', `there is no resource ${printableStart(uri, 200)}`);
}

async function documentOf(
  app: StatefulApp,
  kind: string,
  id: string | null,
  signal: AbortSignal,
): Promise<object | null> {
  const now = app.surroundings.clock.now();
  switch (kind) {
    case 'findings':
      if (id === null)
        return { findings: listFindings(app, { resolved: false }).map((finding) => findingDocument(finding, now)) };
      return historyOf(app, id, now);
    case 'plans': {
      const gate = openGate(app, { signal });
      if (id !== null) return planView(app, thePlan(gate, id));
      return { plans: listPlans(gate, { all: false, limit: MOST_LISTED }).map((plan) => planView(app, plan)) };
    }
    case 'runs':
      return id === null ? null : runOf(app, id, now);
    case 'runbooks':
      return id === null ? null : runbookOf(app, id);
    default:
      return null;
  }
}

function historyOf(app: StatefulApp, id: string, now: number): object {
  const { finding, history } = showFinding(app, id);
  return findingHistoryDocument(finding, history, now);
}

function runOf(app: StatefulApp, id: string, now: number): object {
  if (id !== 'last') {
    const { run, findings } = showRun(app, id);
    return runDocument(run, findings, now);
  }
  const { runs, findings } = listRuns(app, { limit: 1, runbook: null });
  const [run] = runs;
  if (run === undefined) throw new CodedError('NOT_FOUND', 'nothing has run yet');
  return runDocument(run, findings, now);
}

async function runbookOf(app: StatefulApp, name: string): Promise<object | null> {
  const { files } = await loadAll(app);
  return files.find(({ runbook }) => runbook?.name === name)?.runbook ?? null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new CodedError('NOT_FOUND', 'the URI is not well written');
  }
}
