import type { RedactedDraft } from '../../src/domain/redaction/border.ts';
import { createRedactor } from '../../src/domain/redaction/redactor.ts';
import type { Drafted, Sighting } from '../../src/domain/standing.ts';

export const RUN = 'r-0123456789AB';
export const redactor = createRedactor({ key: new Uint8Array(32) });
const text = redactor.text;

/** What a check that found /data too full hands over. */
export function drafted(
  edit: { severity?: RedactedDraft['severity']; title?: string; evidenceClass?: string; resource?: string } = {},
): Drafted {
  return {
    check: 'host/disk',
    identity: 'host/disk',
    resource: text(edit.resource ?? 'host:abc/mount//data'),
    name: text('/data'),
    draft: {
      discriminator: text('space'),
      severity: edit.severity ?? 'high',
      title: text(edit.title ?? '/data is 91 % full'),
      why: text('a full disk stops what writes to it'),
      next: text('du -xh /data'),
      evidence: [{ label: text('used'), value: redactor.data(91), source: text('statfs(/data)') }],
      evidenceClass: edit.evidenceClass === undefined ? null : text(edit.evidenceClass),
      monthlyCost: null,
    },
  };
}

export function sighting(edit: Partial<Sighting>): Sighting {
  return {
    run: RUN,
    runbook: 'heartbeat',
    now: 0,
    asked: new Set(['host/disk'] as const),
    unknown: new Set(),
    hidden: new Map(),
    drafts: [],
    ...edit,
  };
}
