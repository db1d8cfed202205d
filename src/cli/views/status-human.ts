import { formatDuration } from '../../domain/duration.ts';
import { SEVERITIES } from '../../domain/severity.ts';
import type { RunbookStatus, Status } from '../../domain/status.ts';
import type { Style } from '../terminal.ts';
import { padEnd, table, WIDEST, wrap } from './layout.ts';
import { outcomeOf } from './runs-human.ts';
import { severityLabel } from './severity.ts';
import { ago } from './when.ts';

/** The status for a person. */
export function statusHuman(status: Status, now: number, columns: number, style: Style): string {
  const width = Math.min(columns, WIDEST);
  const line = (label: string, text: string): string => `${padEnd(style('dim', label), 11)}${wrap(text, width, 11)}`;
  const { up, jobs, database } = status;
  const open = SEVERITIES.filter((severity) => status.findings[severity] > 0).map(
    (severity) => `${status.findings[severity]} ${severityLabel(severity, style)}`,
  );
  return [
    line(
      'Scheduler',
      up === null
        ? style('yellow', 'not running: `holdfast up` runs the schedules')
        : `${style('green', 'up')} for ${formatDuration(now - up.since)} (pid ${up.pid})`,
    ),
    line('Zone', `${status.zone}, for runbooks that name none`),
    line('Findings', open.length === 0 ? 'none open' : open.join(', ')),
    line('Plans', plansWords(status, style)),
    line('Jobs', `${jobs.waiting} waiting, ${jobs.claimed} in hand, ${jobs.dead} dead`),
    line('Instance', status.instance),
    line('Database', `${database.path}, ${(database.bytes / 1024 / 1024).toFixed(1)} MiB`),
    '',
    status.runbooks.length === 0
      ? 'No runbooks found.'
      : table([
          ['RUNBOOK', 'SCHEDULE', 'NEXT', 'LAST RUN', ''].map((name) => style('dim', name)),
          ...status.runbooks.map((runbook) => row(runbook, now, style)),
        ]),
  ].join('\n');
}

function row({ name, schedule, paused, next, lastRun }: RunbookStatus, now: number, style: Style): readonly string[] {
  const coming = paused
    ? style('yellow', 'paused')
    : next === null
      ? '-'
      : next <= now
        ? 'now'
        : `in ${formatDuration(next - now)}`;
  const last = lastRun === null ? '-' : ago(lastRun.startedAt, now);
  return [style('bold', name), schedule ?? 'by hand', coming, last, lastRun === null ? '' : outcomeOf(lastRun, style)];
}

function plansWords({ plans, held }: Status, style: Style): string {
  const parts = [
    ...(held === null
      ? []
      : [style('red', `HELD${held.reason === null ? '' : ` (${held.reason})`}: nothing is applied`)]),
    ...(plans.queued > 0 ? [style('yellow', `${plans.queued} waiting for you`)] : []),
    ...(plans.underWay > 0 ? [`${plans.underWay} under way`] : []),
    ...(plans.stuck > 0 ? [style('red', `${plans.stuck} done in part or unknown`)] : []),
  ];
  return parts.length === 0 ? 'none waiting' : parts.join(', ');
}
