import { describe, expect, it } from 'vitest';
import type { NotificationLine } from '../../src/domain/notification.ts';
import { wordingOf } from '../../src/notify/wording.ts';
import { HOSTILE } from '../support/notify/deps.ts';
import { aNotification } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';

const room = { title: 40, line: 60, lines: 3 };

function aLine(text: string, edit: Partial<NotificationLine> = {}): NotificationLine {
  return { finding: null, severity: 'high', news: 'new', text: redactor.text(text), ...edit };
}

describe('the words of a notification', () => {
  it('say of each line how bad it is and what is new about it', () => {
    const lines = (['new', 'raised', 'still', 'flapping', 'trouble', 'resolved'] as const).map((news) =>
      aLine('x', { news }),
    );
    expect(wordingOf(aNotification({ lines }), { ...room, lines: 10 }).lines).toEqual([
      'HIGH: x',
      'HIGH (was less): x',
      'HIGH (still open): x',
      'HIGH (comes and goes): x',
      'HIGH: x',
      'resolved: x',
    ]);
  });

  it('count what there is no room for, with what was left out before', () => {
    const lines = Array.from({ length: 5 }, (_, index) => aLine(`line ${index}`));
    const { lines: shown } = wordingOf(aNotification({ lines, more: 10 }), room);
    expect(shown).toHaveLength(4);
    expect(shown.at(-1)).toBe('and 12 more: holdfast findings');
  });

  it('are cut to the room, a megabyte too', () => {
    const huge = 'ä'.repeat(1_000_000);
    const { title, lines } = wordingOf(aNotification({ title: redactor.text(huge), lines: [aLine(huge)] }), room);
    expect(title).toHaveLength(41);
    expect(lines[0]).toHaveLength(61);
  });

  it('stay on their line and steer nothing, whatever they are', () => {
    for (const text of HOSTILE) {
      const { title, lines } = wordingOf(aNotification({ title: redactor.text(text), lines: [aLine(text)] }), room);
      expect([title, ...lines].join('')).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
    }
  });
});
