import { describe, expect, it } from 'vitest';
import { PLAN_WAITING } from '../../src/notify/trouble.ts';
import type { Severity } from '../../src/domain/severity.ts';
import type { Trouble } from '../../src/domain/told.ts';
import { aHouse, fails } from '../support/notify/house.ts';
import { HOUR } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';

const waits = (id: string, severity: Severity = 'medium', runbook: string | null = null): Trouble => ({
  code: PLAN_WAITING,
  subject: id,
  severity,
  text: redactor.text(`Move aside 3 files. Read it and decide: holdfast plan approve ${id}`),
  runbook,
  notThrough: [],
});

type House = ReturnType<typeof aHouse>;
const told = ({ sent }: House): readonly string[] =>
  sent.flatMap(({ notification }) => notification.lines.map(({ news, text }) => `${news}: ${text}`));

describe('a plan that waits', () => {
  it('is told once, as a plan and with its command, however often it is met again', async () => {
    const house = aHouse();
    for (let beat = 0; beat < 5; beat += 1) {
      house.telling.trouble(waits('p-1'));
      await house.deliverAll();
      house.time.now += HOUR;
    }
    expect(told(house)).toEqual(['plan: Move aside 3 files. Read it and decide: holdfast plan approve p-1']);
    expect(house.sent[0]?.notification).toMatchObject({ kind: 'plan', severity: 'medium' });
  });

  it('is told again after the repeat interval, as long as it waits', async () => {
    const house = aHouse();
    house.telling.trouble(waits('p-1'));
    await house.deliverAll();
    house.time.now += 25 * HOUR;
    house.telling.trouble(waits('p-1'));
    await house.deliverAll();
    expect(told(house)).toHaveLength(2);
  });

  it('is another one for another plan', async () => {
    const house = aHouse();
    house.telling.trouble(waits('p-1'));
    house.telling.trouble(waits('p-2', 'high'));
    await house.deliverAll();
    expect(told(house)).toHaveLength(2);
  });

  it('ends without a word: the operator decided it, or it expired', async () => {
    const house = aHouse();
    house.telling.trouble(waits('p-1'));
    await house.deliverAll();
    house.telling.over({ code: PLAN_WAITING, subject: 'p-1' });
    await house.deliverAll();
    expect(told(house)).toHaveLength(1);
    expect(house.spoken().join()).not.toContain('resolved');
  });

  it('that ended before it could be told is not told at all', async () => {
    const house = aHouse({ config: { quietHours: { from: '00:00', to: '23:59', exceptAt: 'critical' } } });
    house.telling.trouble(waits('p-1'));
    await house.deliverAll();
    expect(told(house)).toEqual([]);
    house.telling.over({ code: PLAN_WAITING, subject: 'p-1' });
    house.time.now += 24 * HOUR;
    await house.telling.tick();
    await house.deliverAll();
    expect(told(house)).toEqual([]);
  });

  it('is not lost with a way that is dead', async () => {
    const house = aHouse({ config: { fallback: ['terminal'] } });
    house.ways['desktop'] = fails;
    house.telling.trouble(waits('p-1', 'high'));
    await house.deliverAll();
    expect(house.sent.map(({ way }) => way)).toContain('terminal');
    expect(told(house).join('\n')).toContain('holdfast plan approve p-1');
  });
});
