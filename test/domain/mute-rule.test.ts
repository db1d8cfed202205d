import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dispositionOf, type Finding } from '../../src/domain/finding.ts';
import {
  matchesRule,
  muteRuleState,
  muteRuleWords,
  saysSomething,
  underRules,
  UNUSED_AFTER_MS,
  type MuteRule,
} from '../../src/domain/mute-rule.ts';
import { SEVERITIES } from '../../src/domain/severity.ts';
import { aMuteRule } from '../support/mute-rule.ts';
import { aFinding } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';

const DAY = 86_400_000;
const none = (): null => null;
const finding = aFinding('/data');
const muted = (of: Finding, rules: readonly MuteRule[], now = 0): boolean =>
  dispositionOf(underRules(of, rules, none, now), now) === 'muted';

describe('what a rule is about', () => {
  it.each<[name: string, rule: Partial<MuteRule>, fits: boolean]>([
    ['its check', { check: 'host/disk' }, true],
    ['a pattern over checks', { check: 'host/*' }, true],
    ['no part of a check', { check: 'disk' }, false],
    ['its resource', { resource: redactor.text('host:abc/mount//data') }, true],
    ['a pattern over resources', { resource: redactor.text('host:*/mount/*') }, true],
    ['no part of a resource', { resource: redactor.text('/data') }, false],
    ['its runbook', { runbook: 'heartbeat' }, true],
    ['no other runbook', { runbook: 'nightly' }, false],
    ['all of what is said', { check: 'host/disk', runbook: 'heart*' }, true],
    ['not what only a part fits', { check: 'host/disk', runbook: 'nightly' }, false],
    ['its environment', { environment: 'prod' }, true],
    ['no other environment', { environment: 'lab' }, false],
  ])('%s', (_name, edit, fits) => {
    const environmentOf = (target: string): string | null => (target === 'host:abc' ? 'prod' : null);
    const rule = aMuteRule({ check: null, ...edit });
    expect(matchesRule(rule, finding, environmentOf)).toBe(fits);
  });

  it('is never what Holdfast finds about itself', () => {
    const own = aFinding('x', { check: 'holdfast/runbook-files' });
    expect(matchesRule(aMuteRule({ check: '*files' }), own, none)).toBe(false);
    expect(matchesRule(aMuteRule({ check: null, runbook: 'heartbeat' }), own, none)).toBe(false);
  });

  it.each<[Partial<MuteRule>, boolean]>([
    [{}, false],
    [{ check: '*' }, false],
    [{ check: '*/*', resource: redactor.text('**') }, false],
    [{ check: 'host/*' }, true],
    [{ check: '*', runbook: 'nightly' }, true],
    [{ environment: 'prod' }, true],
  ])('says something, or not: %j', (edit, says) => {
    expect(saysSomething(aMuteRule({ check: null, ...edit }))).toBe(says);
  });

  it('is told in words', () => {
    expect(muteRuleWords(aMuteRule({ check: 'host/*', runbook: 'nightly' }))).toBe('check host/*, runbook nightly');
  });
});

describe('a finding under rules', () => {
  it('is muted until the rule ends, with its id and its reason', () => {
    const rule = aMuteRule({ until: 1_000 });
    const under = underRules(finding, [rule], none, 0);
    expect(under.mutedBy).toEqual({ rule: rule.id, reason: rule.reason, until: 1_000, upTo: 'high' });
    expect([dispositionOf(under, 999), dispositionOf(under, 1_000)]).toEqual(['muted', 'none']);
    expect(underRules(finding, [rule], none, 1_000)).toEqual(finding);
  });

  it('forgets what a rule said that there is no more', () => {
    const before = underRules(finding, [aMuteRule({})], none, 0);
    expect(underRules(before, [], none, 0)).toEqual(finding);
  });

  it('is not muted when it is worse than the rule goes, nor once it has become so', () => {
    const upToMedium = aMuteRule({ upTo: 'medium' });
    expect(muted(aFinding('/data', { severity: 'high' }), [upToMedium])).toBe(false);
    const under = underRules(aFinding('/data', { severity: 'medium' }), [upToMedium], none, 0);
    expect(dispositionOf(under, 0)).toBe('muted');
    expect(dispositionOf({ ...under, severity: 'high' }, 0)).toBe('none');
    expect(dispositionOf({ ...under, severity: 'high', acknowledgement: { at: 0, reason: null } }, 0)).toBe(
      'acknowledged',
    );
  });

  it('is muted exactly up to the severity of a rule', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SEVERITIES), fc.constantFrom(...SEVERITIES), (severity, upTo) => {
        const worse = SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(upTo);
        expect(muted(aFinding('/data', { severity }), [aMuteRule({ upTo })])).toBe(!worse);
      }),
    );
  });

  it('is muted by the rule that holds longest of those that go far enough', () => {
    const rules = [
      aMuteRule({ id: 'm-000000000001', until: 5_000 }),
      aMuteRule({ id: 'm-000000000002', until: 9_000 }),
      aMuteRule({ id: 'm-000000000003', until: 99_000, upTo: 'low' }),
    ];
    expect(underRules(finding, rules, none, 0).mutedBy?.rule).toBe('m-000000000002');
  });

  it("keeps its own mute beside a rule's", () => {
    const own = aFinding('/data', { mute: { reason: redactor.text('mine'), until: 10, at: 0 } });
    const under = underRules(own, [aMuteRule({ until: 20 })], none, 0);
    expect([9, 10, 20].map((now) => dispositionOf(under, now))).toEqual(['muted', 'muted', 'none']);
  });
});

describe('how a rule stands', () => {
  const environments = new Set(['prod']);
  it.each<[name: string, rule: Partial<MuteRule>, now: number, state: string]>([
    ['active when it is young', {}, UNUSED_AFTER_MS - 1, 'active'],
    ['unused when it never matched for 30 days', {}, UNUSED_AFTER_MS, 'unused'],
    ['active when it matched lately', { matchedAt: 20 * DAY }, 45 * DAY, 'active'],
    ['unused when it matched long ago', { matchedAt: 20 * DAY }, 50 * DAY, 'unused'],
    ['expired at its end', { until: 5 }, 5, 'expired'],
    ['expired, whether it was used or not', { until: 40 * DAY }, 41 * DAY, 'expired'],
    ['without environment when the configuration lost it', { environment: 'lab' }, 0, 'no-environment'],
    ['active with an environment that there is', { environment: 'prod' }, 0, 'active'],
    ['active when the clock was set back', { at: 90 * DAY, matchedAt: 90 * DAY }, 0, 'active'],
  ])('%s', (_name, edit, now, state) => {
    expect(muteRuleState(aMuteRule({ until: 100 * DAY, ...edit }), environments, now)).toBe(state);
  });
});
