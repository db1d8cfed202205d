import type { MuteRule, MuteRuleState } from '../domain/mute-rule.ts';
import type { MuteRuleDocument } from './mute-rule-schema.ts';
import { time } from './time.ts';

/** The rule as every door shows it, with how it stands now. */
export function muteRuleDocument({
  rule,
  state,
  matches,
  mutes,
}: {
  readonly rule: MuteRule;
  readonly state: MuteRuleState;
  readonly matches: number;
  readonly mutes: number;
}): MuteRuleDocument {
  const { id, check, resource, runbook, environment, upTo, reason, at, until, matchedAt } = rule;
  return {
    id,
    check,
    resource,
    runbook,
    environment,
    upTo,
    reason,
    at: time(at),
    until: time(until),
    matchedAt: matchedAt === null ? null : time(matchedAt),
    state,
    matches,
    mutes,
  };
}
