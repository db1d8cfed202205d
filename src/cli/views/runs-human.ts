import { formatDuration } from '../../domain/duration.ts';
import type { Run } from '../../domain/run.ts';
import type { Style } from '../terminal.ts';
import { table } from './layout.ts';
import { localTime } from './when.ts';

/** Runs, latest first, a line each. */
export function runsHuman(runs: readonly Run[], style: Style): string {
  if (runs.length === 0) return 'No runs yet. `holdfast run runbooks/heartbeat.md` makes the first.\n';
  const rows = runs.map((run) => [
    run.id,
    localTime(run.startedAt),
    run.runbook,
    statusOf(run, style),
    run.durationMs === null ? '-' : formatDuration(run.durationMs),
    outcomeOf(run, style),
  ]);
  return `${table([['RUN', 'STARTED', 'RUNBOOK', 'STATUS', 'TOOK', 'FINDINGS'].map((name) => style('dim', name)), ...rows])}\n`;
}

function statusOf({ status, reason }: Run, style: Style): string {
  const text = reason === null ? status : `${status}: ${reason}`;
  return status === 'failed' ? style('red', text) : text;
}

/** What came of a run, in a few words. */
export function outcomeOf(run: Run, style: Style): string {
  if (run.status === 'skipped') return `skipped: ${run.reason ?? ''}`;
  if (run.status === 'running' || run.status === 'queued' || run.reason === 'interrupted')
    return run.reason ?? run.status;
  const tally = (standing: string): number => run.findings.filter((finding) => finding.standing === standing).length;
  const unknown = run.checks.filter((check) => check.outcome === 'unknown' || check.hidden.length > 0).length;
  const parts = (['new', 'changed', 'ongoing', 'resolved'] as const)
    .map((standing) => [tally(standing), standing] as const)
    .filter(([number]) => number > 0)
    .map(([number, standing]) => `${number} ${standing}`);
  if (unknown > 0) parts.push(style('magenta', `${unknown} unknown`));
  return parts.length === 0 ? style('green', 'all clear') : parts.join(', ');
}
