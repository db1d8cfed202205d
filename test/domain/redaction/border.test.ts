import { describe, expect, it } from 'vitest';
import type { FindingDraft } from '../../../src/domain/check.ts';
import { redactDraft, redactSample } from '../../../src/domain/redaction/border.ts';
import { createRedactor } from '../../../src/domain/redaction/redactor.ts';

const redactor = createRedactor({ key: new Uint8Array(32) });
const TOKEN = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a';
const draft: FindingDraft = {
  discriminator: TOKEN,
  severity: 'high',
  title: `the token is ${TOKEN}`,
  why: `why ${TOKEN}`,
  next: `next ${TOKEN}`,
  evidence: [
    { label: 'password', value: 'plain', source: `GET /?token=${TOKEN}` },
    { label: 'headers', value: { authorization: `Bearer ${TOKEN}`, accept: 'text/html' }, source: 'x' },
    { label: 'count', value: 3, source: 'x' },
    { label: 'nothing', value: null, source: 'x' },
  ],
  evidenceClass: TOKEN,
};

describe('the border', () => {
  it('lets no secret through in any word of a draft', () => {
    const redacted = JSON.stringify(redactDraft(redactor, draft));
    expect(redacted).not.toContain(TOKEN);
    expect(redacted).not.toContain('plain');
  });

  it('keeps what is no secret', () => {
    const { evidence, severity, monthlyCost } = redactDraft(redactor, draft);
    expect(evidence[1]?.value).toMatchObject({ accept: 'text/html' });
    expect([evidence[2]?.value, evidence[3]?.value, severity, monthlyCost]).toEqual([3, null, 'high', null]);
  });

  it('withholds evidence that can not be redacted, and forgets such a sample', () => {
    const hostile = {
      get value(): never {
        throw new Error('no');
      },
    };
    const evidence = [{ label: 'x', value: hostile as never, source: 'x' }];
    expect(JSON.stringify(redactDraft(redactor, { ...draft, evidence }).evidence)).toContain('withheld');
    expect(redactSample(redactor, hostile as never)).toBeNull();
  });
});

describe('a document', () => {
  it('keeps ids, digests and times, and is JSON', () => {
    const document = {
      id: 'f-0123456789AB',
      key: `sha256:${'ab'.repeat(32)}`,
      at: '2026-11-20T18:00:00.000Z',
      number: 1,
      none: null,
    };
    expect(JSON.parse(redactor.json(document))).toEqual(document);
  });

  it('loses what looks like a secret in its words all the same', () => {
    expect(redactor.json({ title: `see ${TOKEN}` })).not.toContain(TOKEN);
  });

  it('is withheld when it can not be written', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(redactor.json(cycle)).toContain('withheld');
  });
});
