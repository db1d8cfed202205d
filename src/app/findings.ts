import { CodedError } from '../domain/coded-error.ts';
import type { AuditVerb } from '../domain/audit.ts';
import { muteThatHolds, type Finding } from '../domain/finding.ts';
import type { FindingHistoryEntry, OperatorEventKind } from '../domain/finding-history.ts';
import { findingsTable } from '../store/findings.ts';
import type { StatefulApp } from './app.ts';
import { muteEnd, muteReason, type MuteEnd } from './mute-terms.ts';
import { openMuting } from './muting.ts';
import { operator } from './plans.ts';
import { theOne } from './the-one.ts';

export function listFindings(app: StatefulApp, options: { readonly resolved: boolean }): readonly Finding[] {
  return findingsTable(app.database).all(options).map(openMuting(app));
}

export function showFinding(
  app: StatefulApp,
  id: string,
): { readonly finding: Finding; readonly history: readonly FindingHistoryEntry[] } {
  const table = findingsTable(app.database);
  const finding = theOne('finding', id, table.byId(canonicalId(id)));
  return { finding: openMuting(app)(finding), history: table.historyOf(finding.key) };
}

/** Silences a finding until an instant: `for` is a duration, `until` a date or RFC 3339 time. Both reason and end are required. */
export function muteFinding(app: StatefulApp, id: string, mute: { readonly reason: string } & MuteEnd): Finding {
  const now = app.surroundings.clock.now();
  const until = muteEnd(mute, now);
  const reason = app.redactor.text(muteReason(mute.reason));
  return change(app, id, 'muted', `until ${new Date(until).toISOString()}: ${reason}`, (finding) => ({
    ...finding,
    mute: { reason, until, at: now },
  }));
}

export function unmuteFinding(app: StatefulApp, id: string): Finding {
  return change(app, id, 'unmuted', null, (finding) => {
    if (finding.mute === null) throw notMuted(openMuting(app)(finding), app.surroundings.clock.now());
    return { ...finding, mute: null };
  });
}

function notMuted(finding: Finding, now: number): CodedError {
  const rule = muteThatHolds(finding, now)?.rule ?? null;
  return rule === null
    ? new CodedError('MUTE_INVALID', `${finding.id} is not muted`, { next: `holdfast findings show ${finding.id}` })
    : new CodedError('MUTE_INVALID', `${finding.id} has no mute of its own: the rule ${rule} mutes it`, {
        next: `holdfast findings mute-rule remove ${rule}`,
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
  return openMuting(app)(finding);
}

const VERBS = {
  muted: 'finding-muted',
  unmuted: 'finding-unmuted',
  acknowledged: 'finding-acknowledged',
} as const satisfies Record<OperatorEventKind, AuditVerb>;

/** Ids are read aloud and typed: case doesn't matter, and the prefix may be left out. */
function canonicalId(id: string): string {
  const bare = id.replace(/^f-/i, '').toUpperCase();
  return `f-${bare}`;
}
