import type { Finding } from '../domain/finding.ts';
import { cursorsTable, type Cursor } from '../store/cursors.ts';
import { findingsTable, type NumberedEvent } from '../store/findings.ts';
import type { StatefulApp } from './app.ts';
import { openMuting } from './muting.ts';

/** Whose cursor, and which of its cursors: each question of a client goes on by itself. */
export interface CursorName {
  readonly client: string;
  readonly name: string;
}

/** What became of findings between two looks of one client, as the runbooks saw it. */
export interface ChangesSince {
  /** When this was asked last, milliseconds since the epoch; null: never, so that all that is open is new. */
  readonly since: number | null;
  /** Where the next question goes on. */
  readonly until: Cursor;
  readonly fresh: readonly Finding[];
  readonly changed: readonly Finding[];
  readonly resolved: readonly Finding[];
  /** True when more happened than is looked through: then old news may be missing. */
  readonly cut: boolean;
}

/** More events than this between two looks are not told one by one. */
const MOST_EVENTS = 10_000;

/** What happened since this client asked last. It moves nothing: `advance` does. */
export function changesSince(app: StatefulApp, { client, name }: CursorName): ChangesSince {
  return changesAfter(app, cursorsTable(app.database).get(client, name));
}

/** A cursor is its client's own: what another is told, or a person sees, stays as it is. */
export function advance(app: StatefulApp, { client, name }: CursorName, cursor: Cursor): void {
  cursorsTable(app.database).set(client, name, cursor);
}

function changesAfter(app: StatefulApp, from: Cursor | null): ChangesSince {
  const table = findingsTable(app.database);
  const muting = openMuting(app);
  const { events, last } = table.eventsAfter(from?.seq ?? 0, MOST_EVENTS);
  const until = { seq: last, at: app.surroundings.clock.now() };
  const all = table.all({ resolved: true }).map(muting);
  if (from === null) {
    const fresh = all.filter(({ standing }) => standing !== 'resolved');
    return { since: null, until, fresh, changed: [], resolved: [], cut: false };
  }
  const byKey = new Map<string, NumberedEvent[]>();
  for (const event of events) byKey.set(event.key, [...(byKey.get(event.key) ?? []), event]);
  const of = (wanted: Change): readonly Finding[] =>
    all.filter((finding) => changeOf(finding, byKey.get(finding.key) ?? []) === wanted);
  return {
    since: from.at,
    until,
    fresh: of('fresh'),
    changed: of('changed'),
    resolved: of('resolved'),
    cut: events.length === MOST_EVENTS,
  };
}

type Change = 'fresh' | 'changed' | 'resolved' | null;

/** What came of it in all: what opened and was resolved in between is told as resolved; what an operator did is no change. */
function changeOf({ standing }: Finding, events: readonly NumberedEvent[]): Change {
  const kinds = events.map(({ kind }) => kind);
  if (standing === 'resolved') return kinds.includes('resolved') ? 'resolved' : null;
  if (kinds.includes('opened') || kinds.includes('reopened')) return 'fresh';
  return kinds.includes('changed') || kinds.includes('flapping') ? 'changed' : null;
}
