import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingsJson, NEWS_BYTES } from '../../src/agents/triage/findings-json.ts';
import { disagrees, escalationReason } from '../../src/agents/triage/escalate.ts';
import type { Triaged } from '../../src/agents/triage/ask.ts';
import { seen, unknown } from '../../src/domain/failure.ts';
import { findingId } from '../../src/domain/id.ts';
import { SEVERITIES, type Severity } from '../../src/domain/severity.ts';
import { aFinding } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';

const finding = (name: string, severity: Severity, title = `${name} is full`) => {
  const made = aFinding(name);
  return {
    ...made,
    id: findingId(redactor.text(Buffer.from(name.padEnd(8, 'x')).toString('hex'))),
    severity,
    title: redactor.text(title),
    name: redactor.text(name),
  };
};

describe('the news as JSON', () => {
  it('never exceeds its bytes, is JSON, and always holds the worst', () => {
    const any = fc.record({
      name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
      severity: fc.constantFrom(...SEVERITIES),
      title: fc.string({ unit: 'grapheme', maxLength: 500 }),
    });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 60 }), (rows) => {
        const findings = rows.map(({ name, severity, title }, index) => finding(`${index}${name}`, severity, title));
        const text = findingsJson(findings, []);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(NEWS_BYTES);
        const shown = (JSON.parse(text) as { findings: { severity: Severity }[] }).findings;
        const worst = SEVERITIES.find((severity) => findings.some((one) => one.severity === severity));
        expect(shown[0]?.severity).toBe(worst);
      }),
      { numRuns: 60 },
    );
  });

  it('counts what it leaves out, and puts news before what goes on', () => {
    const many = Array.from({ length: 40 }, (_, index) => finding(`/data${index}`, 'low'));
    const read = JSON.parse(findingsJson([finding('/new', 'info')], [finding('/old', 'critical'), ...many])) as {
      findings: { name: string }[];
      leftOut: number;
    };
    expect(read.findings[0]?.name).toBe('/new');
    expect(read.findings.length + read.leftOut).toBe(42);
  });
});

const said = (urgency: Triaged['urgency'], summary = 'It is full.') =>
  seen<Triaged>({
    words: { summary: redactor.text(summary), cause: null, nextLook: null },
    urgency,
    usage: { promptTokens: 1, completionTokens: 1 },
    calls: [],
  });
const ALL = { model: null, severity: 'critical', disagreement: true, failed: true } as const;

describe('moving on to a stronger model', () => {
  it.each([
    ['something new is critical', [finding('/a', 'critical')], said('now'), ALL, 'something new is critical'],
    ['nothing is as bad', [finding('/a', 'high')], said('now'), ALL, null],
    [
      'a lower bar',
      [finding('/a', 'medium')],
      said('now'),
      { ...ALL, severity: 'medium' as const },
      'something new is medium',
    ],
    ['no bar at all', [finding('/a', 'critical')], said('now'), { ...ALL, severity: null }, null],
    [
      'the first disagrees',
      [finding('/a', 'high')],
      said('none'),
      ALL,
      'the first model calls harmless what a check calls high or critical',
    ],
    [
      'the first says that all is well',
      [finding('/a', 'high')],
      said('now', 'Everything is fine.'),
      ALL,
      'the first model calls harmless what a check calls high or critical',
    ],
    ['it may disagree', [finding('/a', 'high')], said('none'), { ...ALL, disagreement: false }, null],
    ['what is medium may be harmless', [finding('/a', 'medium')], said('none'), ALL, null],
    [
      'the first failed',
      [finding('/a', 'low')],
      unknown<Triaged>('MODEL_BUSY', 'busy'),
      ALL,
      'the first model gave no answer (MODEL_BUSY)',
    ],
    [
      'it may fail',
      [finding('/a', 'critical')],
      unknown<Triaged>('MODEL_BUSY', 'busy'),
      { ...ALL, failed: false },
      null,
    ],
    ['the budget is used up', [finding('/a', 'critical')], unknown<Triaged>('MODEL_BUDGET', 'x'), ALL, null],
    ['it could not be redacted', [finding('/a', 'critical')], unknown<Triaged>('MODEL_WITHHELD', 'x'), ALL, null],
  ])('%s', (_, news, first, rules, reason) => {
    expect(escalationReason(rules, news, first)).toBe(reason);
  });

  it('takes no quiet word for a disagreement', () => {
    const first = said('soon', 'The file system is full, except that nothing is lost.');
    expect(first.status === 'seen' && disagrees([finding('/a', 'critical')], first.value)).toBe(false);
  });
});
