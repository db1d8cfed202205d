import type { App } from '../app/app.ts';
import type { RunProgress } from '../domain/run.ts';
import type { Door } from './door.ts';

/** One line on stderr while a run lasts: `heartbeat  3 of 6  host/disk, net/http`. */
export function showProgress(door: Door, app: Pick<App, 'redactor'>): (progress: RunProgress) => void {
  if (door.options.quiet) return () => undefined;
  return ({ runbook, total, done, looking }) => {
    door.terminal.progress(app.redactor.text(`${runbook}  ${done} of ${total}  ${looking.join(', ')}`));
  };
}
