import { describe, expect, it } from 'vitest';
import { DOCUMENTS } from '../../src/documents/all-schemas.ts';
import { bodyOf } from '../../src/notify/body.ts';
import { HOSTILE } from '../support/notify/deps.ts';
import { aNotification } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';

describe('the body of a notification', () => {
  it('is what its published schema says', () => {
    for (const text of ['plain', ...HOSTILE]) {
      const lines = [{ finding: null, severity: 'low', news: 'trouble', text: redactor.text(text) }] as const;
      const body = bodyOf(aNotification({ lines, run: null, runbook: null, severity: null, more: 3 }));
      expect(DOCUMENTS.notification.safeParse(body).error?.issues ?? []).toEqual([]);
    }
  });
});
