import type { MuteRule } from '../../src/domain/mute-rule.ts';
import { redactor } from './sighting.ts';

/** A rule about host/disk, made at 0, that goes up to high and holds for 90 days. */
export function aMuteRule(edit: Partial<MuteRule>): MuteRule {
  return {
    id: 'm-0123456789AB',
    check: 'host/disk',
    resource: null,
    runbook: null,
    environment: null,
    upTo: 'high',
    reason: redactor.text('moving house'),
    at: 0,
    until: 90 * 86_400_000,
    matchedAt: null,
    ...edit,
  };
}
