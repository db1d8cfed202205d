import type { Finding } from '../../domain/finding.ts';
import { findingsTable } from '../../store/findings.ts';
import type { StatefulApp } from '../app.ts';
import type { Shelf } from './shelf.ts';

/** How far back "what changed?" looks when it does not say, milliseconds. */
const DAY_MS = 86_400_000;

/** What the runs of this machine's runbooks found to be different within a day: nothing is looked at anew. */
export function changesAnswer(app: StatefulApp, shelf: Shelf): { readonly text: string } {
  const since = app.surroundings.clock.now() - DAY_MS;
  const all = findingsTable(app.database).all({ resolved: true });
  const fresh = all.filter(({ standing, firstSeen }) => standing !== 'resolved' && firstSeen >= since);
  const moved = all.filter(({ standing, firstSeen }) => standing === 'changed' && firstSeen < since);
  const resolved = all.filter(({ resolvedAt }) => resolvedAt !== null && resolvedAt >= since);
  const said = { new: fresh.map(short), changed: moved.map(short), resolved: resolved.map(short) };
  shelf.put('findings', { since: new Date(since).toISOString() }, JSON.stringify(said));
  if (all.length === 0) return { text: 'No runbook has found anything yet, so nothing is known to have changed.' };
  return {
    text: `Within a day, as the runbooks saw it: ${fresh.length} new, ${moved.length} changed, ${resolved.length} resolved${fresh[0] === undefined ? '' : `; first among the new: ${fresh[0].title}`}.`,
  };
}

function short({ id, check, severity, title, name }: Finding) {
  return { id, check, severity, title, name };
}
