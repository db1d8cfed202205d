import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { auditEntryHuman, auditHuman, auditProofHuman } from '../../src/cli/views/audit-human.ts';
import { redactor } from '../support/sighting.ts';

const plain = (_format: unknown, text: string): string => text;
const DIGEST = `sha256:${'0'.repeat(64)}` as const;

const HIDING: AuditEntry = {
  seq: 7,
  id: 'a-0123456789AB',
  at: 0,
  actor: { kind: 'model', name: 'ana\u{202e}\u{1b}[2J' },
  verb: 'plan-refused',
  object: 'x\ny',
  outcome: 'no\u{200b}ne',
  detail: redactor.data({ 'a\tb': 'c\rd', list: [1, { two: 'e\u{7f}' }] }),
  previous: DIGEST,
  digest: DIGEST,
};

describe('an entry for people', () => {
  it('shows what its words hide, and rewrites no line', () => {
    for (const shown of [auditHuman([HIDING], plain), auditEntryHuman(HIDING, plain)]) {
      expect(shown).toContain('ana\\u{202e}\\u{1b}[2J');
      expect(shown).toContain('x\\u{a}y');
      expect(shown).toContain('no\\u{200b}ne');
      expect(shown).toMatch(/^[\x20-\x7e\n]*$/);
    }
    expect(auditEntryHuman(HIDING, plain)).toMatch(/a\\u\{9\}b +c\\u\{d\}d\n/);
  });
});

describe('a proof for people', () => {
  const proof = { source: '/x', entries: 3, checkpoints: 1, digest: DIGEST, sealedTo: 3, key: DIGEST, instance: 'i' };

  it('says whether a signature vouches for all of it', () => {
    expect(auditProofHuman(proof, plain)).toContain('3 entries, 1 checkpoint; signed to the end.');
    expect(auditProofHuman({ ...proof, sealedTo: 2 }, plain)).toContain('signed up to 2, 1 entry since.');
    expect(auditProofHuman({ ...proof, key: null }, plain)).toContain('none yet');
  });
});
