import { dispositionOf } from '../domain/finding.ts';
import type { ModelRef } from '../domain/model.ts';
import type { AgentBrief, Runbook } from '../domain/runbook.ts';
import type { RunReport } from '../domain/run.ts';
import type { Budget } from '../domain/spending.ts';
import type { Triage } from '../domain/triage.ts';
import { runsTable } from '../store/runs.ts';
import type { StatefulApp } from './app.ts';
import { chosenModel, openModels, spendingOf } from './models.ts';

/** What a runbook's model may use in a run when the runbook does not say. */
const USUAL_RUN_BUDGET: Budget = { calls: 3, tokens: 20_000, usdPerDay: null };

/**
 * Has a run's news explained, where the runbook wants that and there is any: a quiet run asks nobody and loads nothing.
 * The words are kept with the run. null: nobody was asked.
 */
export async function triageRun(
  app: StatefulApp,
  runbook: Runbook,
  report: RunReport,
  signal: AbortSignal,
): Promise<Triage | null> {
  const { agent } = runbook;
  if (agent === null || agent.when === 'never' || app.unkept !== null || report.run.status !== 'done') return null;
  const now = app.surroundings.clock.now();
  const told = report.findings.filter(
    (finding) => finding.standing !== 'resolved' && dispositionOf(finding, now) !== 'muted',
  );
  const news = told.filter(({ standing }) => standing === 'new' || standing === 'changed');
  if (news.length === 0) return null;
  const model = chosenModel(app, agent.model);
  // No model is no trouble: the findings say it all.
  if (model.status === 'unknown') return null;
  const { triage } = await import('../agents/triage/triage.ts');
  const triaged = await triage(
    {
      use: {
        model: model.value,
        purpose: 'triage',
        runbook: runbook.name,
        run: report.run.id,
        escalatedBecause: null,
        spending: spendingOf(app, budgetOf(agent), runbook.name, report.run.id),
        signal,
        timeoutMs: app.config.models.timeout,
      },
      news,
      ongoing: told.filter(({ standing }) => standing === 'ongoing'),
      instructions: runbook.instructions,
      redactor: app.redactor,
      escalation: escalationOf(app, agent),
    },
    openModels(app),
  );
  keep(app, report, triaged);
  return triaged;
}

function keep(app: StatefulApp, { run }: RunReport, triage: Triage): void {
  app.database.transaction(() => runsTable(app.database).write({ ...run, triage }));
}

export function budgetOf({ budget }: AgentBrief): Budget {
  return {
    calls: budget.calls ?? USUAL_RUN_BUDGET.calls,
    tokens: budget.tokens ?? USUAL_RUN_BUDGET.tokens,
    usdPerDay: budget.usdPerDay,
  };
}

function escalationOf(app: StatefulApp, { escalate }: AgentBrief) {
  const model: ModelRef | null = escalate?.model ?? app.config.models.escalate ?? null;
  return escalate === null || model === null ? null : { ...escalate, model };
}
