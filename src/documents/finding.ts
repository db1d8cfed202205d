import { dispositionOf, type Finding } from '../domain/finding.ts';
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
    mute: finding.mute === null ? null : { reason: finding.mute.reason, until: time(finding.mute.until) },
    acknowledgement:
      finding.acknowledgement === null
        ? null
        : { at: time(finding.acknowledgement.at), reason: finding.acknowledgement.reason },
    monthlyCost: finding.monthlyCost,
  };
}
