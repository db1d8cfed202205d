import { CodedError } from '../domain/coded-error.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import { schedulesTable } from '../store/schedules.ts';
import type { StatefulApp } from './app.ts';
import { loadAll } from './load-runbooks.ts';
import { operator } from './plans.ts';

/** Slots of a paused runbook are skipped; a run by hand still runs. NOT_FOUND for a runbook that nobody knows. */
export async function pauseRunbook(app: StatefulApp, name: string, reason: string | null): Promise<void> {
  await refuseUnknown(app, name);
  const text = reason === null ? null : app.redactor.text(reason);
  const schedules = schedulesTable(app.database);
  app.database.transaction(() => {
    schedules.pause(name, text, app.surroundings.clock.now());
    audit(app, 'runbook-paused', name, text);
  });
  app.audit.sealHead();
}

export async function resumeRunbook(app: StatefulApp, name: string): Promise<void> {
  await refuseUnknown(app, name);
  const schedules = schedulesTable(app.database);
  app.database.transaction(() => {
    if (!schedules.resume(name))
      throw new CodedError('NOT_PAUSED', `"${name}" is not paused`, { next: 'holdfast status' });
    audit(app, 'runbook-resumed', name, null);
  });
  app.audit.sealHead();
}

function audit(
  app: StatefulApp,
  verb: 'runbook-paused' | 'runbook-resumed',
  name: string,
  reason: Redacted<string> | null,
): void {
  app.audit.append({
    actor: operator(app),
    verb,
    object: name,
    outcome: 'done',
    detail: app.redactor.data({ reason }),
  });
}

/** Known: by its file, or by a schedule that `up` has kept. */
async function refuseUnknown(app: StatefulApp, name: string): Promise<void> {
  if (schedulesTable(app.database).states().has(name)) return;
  const { files } = await loadAll(app);
  if (files.some(({ runbook }) => runbook?.name === name)) return;
  throw new CodedError('NOT_FOUND', `there is no runbook "${name}"`, { next: 'holdfast status lists them' });
}
