import { describe, expect, test } from 'vitest';
import type { PolicyQuestion } from '../../../src/domain/policy.ts';
import { explainDecision } from '../../../src/maker/policy/explain.ts';
import { policyWith, question, step } from '../../support/policy.ts';

const WINDOW = 'window: { days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00", timezone: Europe/Amsterdam }';
const ALLOW = `id: scale\neffect: allow\nmatch: { action: "kubernetes/*" }\nbounds: { after.replicas: { max: 10 } }\n${WINDOW}`;
const SATURDAY = Date.parse('2026-11-28T18:00:00+01:00');
const explain = (rules: readonly string[], but: Partial<PolicyQuestion> = {}) =>
  explainDecision(policyWith(...rules), question(but));

test('without a policy there is one line', () => {
  expect(explainDecision(null, question())).toEqual({
    headline: 'queued: no policy is in force',
    rules: [],
    nearest: null,
    opensAt: null,
    endsAt: null,
    lines: ['queued: no policy is in force'],
  });
});

test('every clause that fails is told with what was seen, and when the window opens', () => {
  expect(explain([ALLOW], { at: SATURDAY, steps: [step({ after: { replicas: 11 } })] }).lines).toEqual([
    'queued: no rule of policy "test" allows it',
    'allow "scale" does not hold: 2 of 3 clauses fail',
    '  ✗ after.replicas max 10 (was 11)',
    '  ✗ window mon-fri 09:00-17:00 Europe/Amsterdam (was sat 18:00)',
    'nearest: allow "scale", 2 clauses short',
    'its window opens at 2026-11-30T08:00:00Z (mon 09:00 Europe/Amsterdam)',
  ]);
});

test('what allows it is told with all it holds on, and nothing is nearest', () => {
  const explained = explain([ALLOW]);
  expect(explained.lines).toEqual([
    'allowed: rule "scale" of policy "test" allows it',
    'allow "scale" holds',
    '  ✓ action kubernetes/* (was kubernetes/scale-workload)',
    '  ✓ after.replicas max 10 (was 4)',
    '  ✓ window mon-fri 09:00-17:00 Europe/Amsterdam (was tue 10:00)',
  ]);
  expect(explained.nearest).toBeNull();
});

describe('the nearest allow', () => {
  test('is the one short of the fewest clauses, and of equals the first', () => {
    const far = 'id: far\neffect: allow\nmatch: { action: "aws/*", environment: production, risk: high }';
    expect(explain([far, ALLOW], { at: SATURDAY }).nearest).toMatchObject({
      id: 'scale',
      failing: [{ was: 'sat 18:00' }],
      clauses: 3,
    });
    expect(explain([ALLOW.replace('scale', 'first'), ALLOW], { at: SATURDAY }).nearest?.id).toBe('first');
  });

  test('would hold, were it not denied', () => {
    const { lines, nearest } = explain([ALLOW, 'id: no\neffect: deny\nmatch: { risk: low }']);
    expect(nearest?.failing).toEqual([]);
    expect(lines.at(-1)).toBe('nearest: allow "scale" would hold, were it not denied');
  });

  test('is none, where nothing is allowed', () => {
    expect(explain(['id: no\neffect: deny\nmatch: { risk: high }'])).toMatchObject({ nearest: null, opensAt: null });
  });
});

test('an open window is not said to open, nor one that never does to open at a time', () => {
  expect(explain([ALLOW], { steps: [step({ after: {} })] })).toMatchObject({ opensAt: null, nearest: { id: 'scale' } });
  const past = ALLOW.replace('timezone:', 'notAfter: "2026-11-01T00:00:00Z", timezone:');
  expect(explain([past]).lines.at(-1)).toBe('its window does not open again');
});

test('a freeze is told with its end', () => {
  const explained = explain(['id: freeze\neffect: deny\nwindow: { days: [fri, sat, sun], timezone: UTC }'], {
    at: SATURDAY,
  });
  expect(explained.endsAt).toBe(Date.parse('2026-11-30T00:00:00Z'));
  expect(explained.lines.at(-1)).toBe("the deny's window closes at 2026-11-30T00:00:00Z (mon 00:00 UTC)");
});

test('names that would rewrite the line are shown escaped, and long ones cut', () => {
  const steps = [step({ resource: `a\u001b[2K\u202e${'x'.repeat(500)}` })];
  const [, , line = ''] = explain(['id: a\neffect: allow\nmatch: { action: "*", resource: b }'], { steps }).lines;
  expect(line).toContain('\\u001b[2K');
  expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(line.length).toBeLessThan(200);
});
