import { dispositionOf, muteThatHolds, type Finding } from '../domain/finding.ts';
import type { FindingDocument } from './finding-schema.ts';
import { time } from './time.ts';

/** The finding as every door shows it. `now` decides whether a mute still holds. */
export function findingDocument(finding: Finding, now: number): FindingDocument {
  return {
    id: finding.id,
    key: finding.key,
    check: finding.check,
    runbook: finding.runbook,
    resource: finding.resource,
    name: finding.name,
    severity: finding.severity,
    standing: finding.standing,
    disposition: dispositionOf(finding, now),
    title: finding.title,
    why: finding.why,
    next: finding.next,
    evidence: finding.evidence.map(({ label, value, source }) => ({ label, value, source })),
    firstSeen: time(finding.firstSeen),
    lastSeen: time(finding.lastSeen),
    resolvedAt: finding.resolvedAt === null ? null : time(finding.resolvedAt),
    resolvedBecause: finding.resolvedBecause,
    reopened: finding.reopened,
    flapping: finding.flapping,
    mute: muteOf(finding, now),
    acknowledgement:
      finding.acknowledgement === null
        ? null
        : { at: time(finding.acknowledgement.at), reason: finding.acknowledgement.reason },
    monthlyCost: finding.monthlyCost,
  };
}

/** What mutes it now; else its own mute that has ended. */
function muteOf(finding: Finding, now: number): FindingDocument['mute'] {
  const { mute } = finding;
  const said = muteThatHolds(finding, now) ?? (mute === null ? null : { ...mute, rule: null });
  return said === null ? null : { reason: said.reason, until: time(said.until), rule: said.rule };
}
