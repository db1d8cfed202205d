import { CodedError } from '../domain/coded-error.ts';
import { schedulesTable } from '../store/schedules.ts';
import type { StatefulApp } from './app.ts';
import { loadAll } from './load-runbooks.ts';

/** Slots of a paused runbook are skipped; a run by hand still runs. NOT_FOUND for a runbook that nobody knows. */
export async function pauseRunbook(app: StatefulApp, name: string, reason: string | null): Promise<void> {
  await refuseUnknown(app, name);
  const text = reason === null ? null : app.redactor.text(reason);
  schedulesTable(app.database).pause(name, text, app.surroundings.clock.now());
}

export async function resumeRunbook(app: StatefulApp, name: string): Promise<void> {
  await refuseUnknown(app, name);
  if (schedulesTable(app.database).resume(name)) return;
  throw new CodedError('NOT_PAUSED', `"${name}" is not paused`, { next: 'holdfast status' });
}

/** Known: by its file, or by a schedule that `up` has kept. */
async function refuseUnknown(app: StatefulApp, name: string): Promise<void> {
  if (schedulesTable(app.database).states().has(name)) return;
  const { files } = await loadAll(app);
  if (files.some(({ runbook }) => runbook?.name === name)) return;
  throw new CodedError('NOT_FOUND', `there is no runbook "${name}"`, { next: 'holdfast status lists them' });
}
