import type { LoadedFile } from '../../app/load-runbooks.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { Mistake } from '../../domain/mistake.ts';
import type { Runbook } from '../../domain/runbook.ts';
import type { Style } from '../terminal.ts';
import { count, padEnd, table, WIDEST, wrap } from './layout.ts';

/** The runbook files that were found, a line each. */
export function runbooksHuman(files: readonly LoadedFile[], style: Style): string {
  if (files.length === 0)
    return 'No runbooks found. `holdfast runbook new <name>` writes one, `holdfast init` the first.\n';
  const rows = files.map(({ path, runbook }) => [
    style('bold', runbook?.name ?? '-'),
    runbook === null ? style('red', 'has mistakes: holdfast runbook lint') : scheduleOf(runbook),
    runbook === null ? '' : count(runbook.checks.length, 'check'),
    path,
  ]);
  return `${table([['RUNBOOK', 'SCHEDULE', 'CHECKS', 'FILE'].map((name) => style('dim', name)), ...rows])}\n`;
}

/** One runbook with every default filled in. */
export function runbookHuman(runbook: Runbook, mistakes: readonly Mistake[], columns: number, style: Style): string {
  const width = Math.min(columns, WIDEST);
  const line = (label: string, text: string): string => `${padEnd(style('dim', label), 12)}${wrap(text, width, 12)}`;
  const hours = runbook.activeHours;
  return [
    style('bold', runbook.name),
    line('File', `${runbook.path} (${runbook.form})`),
    line('Digest', runbook.digest),
    line('Schedule', scheduleOf(runbook)),
    line('Zone', runbook.timezone ?? "the machine's"),
    ...(hours === null
      ? []
      : [line('Active', `${hours.from} to ${hours.to}${hours.days === undefined ? '' : `, ${hours.days.join(' ')}`}`)]),
    line('Overlap', runbook.overlap),
    line('Catch-up', formatDuration(runbook.catchUpMs)),
    line('Time limit', formatDuration(runbook.timeoutMs)),
    ...runbook.checks.map(({ id, params }, index) =>
      line(index === 0 ? 'Checks' : '', `${id}${Object.keys(params).length === 0 ? '' : ` ${JSON.stringify(params)}`}`),
    ),
    ...runbook.tasks.map(({ name, interval, prompt }, index) =>
      line(index === 0 ? 'Tasks' : '', `${name} (every ${interval}): ${prompt}`),
    ),
    ...mistakes.map(({ message }) => line('Note', message)),
    ...(runbook.instructions.trim() === '' ? [] : ['', runbook.instructions.trim()]),
    '',
  ].join('\n');
}

function scheduleOf({ schedule }: Runbook): string {
  if (schedule === null) return 'by hand only';
  return schedule.kind === 'every' ? `every ${formatDuration(schedule.everyMs)}` : `cron ${schedule.expression}`;
}
