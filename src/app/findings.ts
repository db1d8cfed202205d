import { CodedError } from '../domain/coded-error.ts';
import type { AuditVerb } from '../domain/audit.ts';
import type { Finding } from '../domain/finding.ts';
import type { FindingHistoryEntry, OperatorEventKind } from '../domain/finding-history.ts';
import { parseDuration } from '../domain/duration.ts';
import { findingsTable } from '../store/findings.ts';
import type { StatefulApp } from './app.ts';
import { operator } from './plans.ts';
import { theOne } from './the-one.ts';

/** The longest that a mute may hold: who needs more should say so again. */
const MUTE_MAX_MS = 366 * 86_400_000;

export function listFindings(app: StatefulApp, options: { readonly resolved: boolean }): readonly Finding[] {
  return findingsTable(app.database).all(options);
}

export function showFinding(
  app: StatefulApp,
  id: string,
): { readonly finding: Finding; readonly history: readonly FindingHistoryEntry[] } {
  const table = findingsTable(app.database);
  const finding = theOne('finding', id, table.byId(canonicalId(id)));
  return { finding, history: table.historyOf(finding.key) };
}

/** Silences a finding until an instant: `for` is a duration, `until` a date or RFC 3339 time. Both reason and end are required. */
export function muteFinding(
  app: StatefulApp,
  id: string,
  mute: { readonly reason: string; readonly for?: string | undefined; readonly until?: string | undefined },
): Finding {
  const now = app.surroundings.clock.now();
  const until = muteEnd(mute, now);
  const reason = app.redactor.text(requireReason(mute.reason));
  return change(app, id, 'muted', `until ${new Date(until).toISOString()}: ${reason}`, (finding) => ({
    ...finding,
    mute: { reason, until, at: now },
  }));
}

export function unmuteFinding(app: StatefulApp, id: string): Finding {
  return change(app, id, 'unmuted', null, (finding) => {
    if (finding.mute === null) {
      throw new CodedError('MUTE_INVALID', `${finding.id} is not muted`, {
        next: `holdfast findings show ${finding.id}`,
      });
    }
    return { ...finding, mute: null };
  });
}

/** Acknowledged until it changes or is resolved. */
export function acknowledgeFinding(app: StatefulApp, id: string, reason: string | undefined): Finding {
  const text = reason === undefined ? null : app.redactor.text(reason);
  return change(app, id, 'acknowledged', text, (finding) => {
    if (finding.standing === 'resolved') {
      throw new CodedError('NOT_FOUND', `${finding.id} is resolved: there is nothing to acknowledge`, {
        next: `holdfast findings show ${finding.id}`,
      });
    }
    return { ...finding, acknowledgement: { at: app.surroundings.clock.now(), reason: text } };
  });
}

function change(
  app: StatefulApp,
  id: string,
  kind: OperatorEventKind,
  detail: string | null,
  edit: (finding: Finding) => Finding,
): Finding {
  const table = findingsTable(app.database);
  const finding = app.database.transaction(() => {
    const changed = edit(theOne('finding', id, table.byId(canonicalId(id))));
    table.write(changed);
    table.writeEvent({ key: changed.key, at: app.surroundings.clock.now(), run: null, kind, detail });
    app.audit.append({
      actor: operator(app),
      verb: VERBS[kind],
      object: changed.id,
      outcome: 'done',
      detail: app.redactor.data({ title: changed.title, said: detail }),
    });
    return changed;
  });
  app.audit.sealHead();
  return finding;
}

const VERBS = {
  muted: 'finding-muted',
  unmuted: 'finding-unmuted',
  acknowledged: 'finding-acknowledged',
} as const satisfies Record<OperatorEventKind, AuditVerb>;

function requireReason(reason: string): string {
  if (reason.trim() === '')
    throw new CodedError('MUTE_INVALID', 'a mute needs a reason', { next: 'add --reason "why"' });
  return reason.trim();
}

function muteEnd(
  mute: { readonly for?: string | undefined; readonly until?: string | undefined },
  now: number,
): number {
  const until = mute.for === undefined ? untilInstant(mute.until) : now + (parseDuration(mute.for) ?? Number.NaN);
  const said = mute.for ?? mute.until ?? '';
  if (!Number.isFinite(until)) {
    throw new CodedError('MUTE_INVALID', `"${said}" is not an end for a mute`, {
      next: 'write --for 7d, or --until 2026-12-31',
    });
  }
  if (until <= now) throw new CodedError('MUTE_INVALID', `"${said}" is not in the future`, { next: 'write --for 7d' });
  if (until - now > MUTE_MAX_MS) {
    throw new CodedError('MUTE_INVALID', `"${said}" is more than a year away`, {
      next: 'mute for at most 366d, and look again then',
    });
  }
  return until;
}

/** A date alone means its end, on this machine's clock. */
function untilInstant(until: string | undefined): number {
  if (until === undefined) {
    throw new CodedError('MUTE_INVALID', 'a mute needs an end', { next: 'add --for 7d, or --until 2026-12-31' });
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(until)) return Date.parse(`${until}T23:59:59`);
  return /^\d{4}-\d{2}-\d{2}T/.test(until) ? Date.parse(until) : Number.NaN;
}

/** Ids are read aloud and typed: case doesn't matter, and the prefix may be left out. */
function canonicalId(id: string): string {
  const bare = id.replace(/^f-/i, '').toUpperCase();
  return `f-${bare}`;
}
