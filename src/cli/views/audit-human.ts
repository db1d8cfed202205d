import type { ProvedAudit } from '../../app/audit.ts';
import { actorWords } from '../../domain/actor.ts';
import type { AuditEntry } from '../../domain/audit.ts';
import { printable } from '../../domain/printable.ts';
import type { Style } from '../terminal.ts';
import { count, table } from './layout.ts';
import { localTime } from './when.ts';

/** Entries, latest first, a line each. */
export function auditHuman(entries: readonly AuditEntry[], style: Style): string {
  if (entries.length === 0) return 'No such entries. What changes something is written down here.\n';
  const head = ['NUMBER', 'WHEN', 'WHO', 'WHAT', 'OF', 'OUTCOME', 'ENTRY'].map((name) => style('dim', name));
  const rows = entries.map((entry) => [
    String(entry.seq),
    localTime(entry.at),
    printable(actorWords(entry.actor)),
    entry.verb,
    entry.object === '' ? '-' : printable(entry.object),
    printable(entry.outcome),
    entry.id,
  ]);
  return `${table([head, ...rows])}\n`;
}

/** One entry, all of it. */
export function auditEntryHuman(entry: AuditEntry, style: Style): string {
  const rows: readonly (readonly [string, string])[] = [
    ['When', new Date(entry.at).toISOString()],
    ['Who', actorWords(entry.actor)],
    ['What', entry.verb],
    ['Of', entry.object === '' ? '-' : entry.object],
    ['Outcome', entry.outcome],
    ...Object.entries(entry.detail).map(
      ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
    ['Follows', entry.previous],
    ['Digest', entry.digest],
  ];
  const lines = rows.map(([name, value]) => [style('dim', printable(name)), printable(value)]);
  return `${style('bold', `Entry ${entry.seq}`)}  ${entry.id}\n${table(lines)}\n`;
}

/** What was proved, and what whoever reads it has to compare. */
export function auditProofHuman(proof: ProvedAudit, style: Style): string {
  const since = proof.entries - proof.sealedTo;
  const signed =
    since === 0 ? 'signed to the end' : `signed up to ${proof.sealedTo}, ${count(since, 'entry', 'entries')} since`;
  const lines = [
    `${style('green', 'Sound')}: ${count(proof.entries, 'entry', 'entries')}, ${count(proof.checkpoints, 'checkpoint')}; ${signed}.`,
    // Not "Key": what stands behind that word is taken for a secret.
    `${style('dim', 'Signer')}  ${proof.key ?? 'none yet'}`,
    `${style('dim', 'Digest')}  ${proof.digest}`,
  ];
  return `${lines.join('\n')}\n`;
}
