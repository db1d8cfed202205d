import { describe, expect, it } from 'vitest';
import type { Told, Trouble } from '../../src/domain/told.ts';
import { routeHeld } from '../../src/notify/route.ts';
import { routeTrouble, routeTroubleOver } from '../../src/notify/route-trouble.ts';
import type { Circumstances } from '../../src/notify/rules.ts';
import { aConfig, HOUR, keep, moment, rules, said } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';

const config = aConfig({ default: ['desktop'], fallback: ['terminal'] });
const clockSet: Trouble = {
  code: 'CLOCK_SET_BACK',
  subject: '',
  severity: 'high',
  text: redactor.text('the clock was set back by 1 h'),
  runbook: null,
  notThrough: [],
};

function report(told: readonly Told[], edit: Partial<Circumstances> = {}, trouble: Trouble = clockSet) {
  return routeTrouble(trouble, told[0], config, rules, moment(edit));
}

function over(told: readonly Told[], edit: Partial<Circumstances> = {}) {
  return routeTroubleOver(told[0], config, rules, moment(edit));
}

describe('trouble of Holdfast itself', () => {
  const told = keep([], report([]));

  it('is told, as trouble and of no finding', () => {
    expect(report([]).messages).toMatchObject([
      {
        ways: ['desktop'],
        notification: {
          kind: 'trouble',
          severity: 'high',
          title: 'holdfast: 1 trouble',
          lines: [{ finding: null, news: 'trouble' }],
        },
      },
    ]);
  });

  it('is told again only after the repeat interval', () => {
    expect(said(report(told, { now: 24 * HOUR - 1 }))).toEqual([]);
    expect(said(report(told, { now: 24 * HOUR }))).toHaveLength(1);
  });

  it('of a severity that is never repeated is told again after a day: it may have come back', () => {
    const mild: Trouble = { ...clockSet, severity: 'medium' };
    const rows = keep([], report([], {}, mild));
    expect(said(report(rows, { now: 23 * HOUR }, mild))).toEqual([]);
    expect(said(report(rows, { now: 24 * HOUR }, mild))).toHaveLength(1);
  });

  it('is told at once when it got worse', () => {
    expect(said(report(told, { now: 1 }, { ...clockSet, severity: 'critical' }))).toHaveLength(1);
  });

  it('does not go through the way that is the trouble', () => {
    expect(report([], {}, { ...clockSet, notThrough: ['desktop'] }).messages[0]?.ways).toEqual(['terminal']);
    expect(report([], {}, { ...clockSet, notThrough: ['desktop', 'terminal'] }).messages[0]?.ways).toEqual([]);
  });

  it('is said to be over when it was told, and then may come back', () => {
    const end = over(told, { now: 1 });
    expect(said(end)).toEqual(['resolved high the clock was set back by 1 h']);
    expect(said(over(keep(told, end)))).toEqual([]);
    expect(said(report(keep(told, end), { now: 2 }))).toHaveLength(1);
  });

  it('is held back by quiet hours, and forgotten when it ends in them', () => {
    const held = keep([], report([], { quiet: true }));
    expect(said(routeHeld([], held, () => ['desktop'], rules, moment({ now: 5 })))).toEqual([
      'trouble high the clock was set back by 1 h',
    ]);
    expect(over(held, { quiet: true })).toMatchObject({ messages: [], forgotten: [held[0]?.key] });
  });

  it('that was told and ends in quiet hours is said to be over when they end, once', () => {
    const night = keep(told, over(told, { quiet: true, now: 1 }));
    const morning = routeHeld([], night, () => ['desktop'], rules, moment({ now: 2 }));
    expect(said(morning)).toEqual(['resolved high the clock was set back by 1 h']);
    expect(keep(night, morning)).toEqual([]);
  });

  it('that ended and came back in quiet hours is no news', () => {
    const night = keep(told, over(told, { quiet: true, now: 1 }));
    const back = keep(night, report(night, { quiet: true, now: 2 }));
    expect(said(routeHeld([], back, () => ['desktop'], rules, moment({ now: 3 })))).toEqual([]);
  });
});
