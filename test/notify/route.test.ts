import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/domain/finding.ts';
import type { RunReport } from '../../src/domain/run.ts';
import type { Told } from '../../src/domain/told.ts';
import { routeHeld, routeRun } from '../../src/notify/route.ts';
import { routingRules, type Circumstances } from '../../src/notify/rules.ts';
import { aConfig, aFinding, aReport, HOUR, keep, moment, rules, said } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';

/** What was told of these findings when they were new. */
function toldOf(findings: readonly Finding[], edit: Partial<Circumstances> = {}): readonly Told[] {
  return keep([], routeRun(aReport(findings), [], ['desktop'], rules, moment(edit)));
}

function route(report: RunReport, told: readonly Told[] = [], edit: Partial<Circumstances> = {}) {
  return routeRun(report, told, ['desktop'], rules, moment(edit));
}

const data = aFinding('/data');
const ongoing = (finding: Finding, edit: Partial<Finding> = {}): Finding => ({
  ...finding,
  standing: 'ongoing',
  ...edit,
});
const resolved = (finding: Finding, at: number): Finding => ({
  ...finding,
  standing: 'resolved',
  resolvedAt: at,
  turns: [...finding.turns, at],
});

describe('routing a run', () => {
  const now = HOUR;
  const mute = { reason: redactor.text('known'), until: 10 * HOUR, at: 0 };
  const acknowledgement = { at: 0, reason: null };
  const before = toldOf([data]);
  it.each<[name: string, findings: readonly Finding[], told: readonly Told[], lines: readonly string[]]>([
    ['tells what is new', [data], [], ['new high /data is 91 % full']],
    ['tells nothing twice', [ongoing(data)], before, []],
    ['tells what an earlier run found and nobody was told', [ongoing(data)], [], ['new high /data is 91 % full']],
    ['tells a rise', [ongoing(data, { severity: 'critical' })], before, ['raised critical /data is 91 % full']],
    ['tells no fall', [ongoing(data, { severity: 'medium' })], before, []],
    ['tells a resolution of what was told', [resolved(data, now)], before, ['resolved high /data is 91 % full']],
    ['tells no resolution of what was not told', [resolved(data, now)], [], []],
    ['tells a resolution that a dead process left untold', [], before, ['resolved high /data is 91 % full']],
    ['leaves out what is below the threshold', [aFinding('x', { severity: 'low' })], [], []],
    ['includes what is at the threshold', [aFinding('x', { severity: 'medium' })], [], ['new medium x is 91 % full']],
    ['leaves out what is muted', [aFinding('x', { mute })], [], []],
    [
      'tells what was muted once the mute has ended',
      [ongoing(data, { mute: { ...mute, until: now } })],
      [],
      ['new high /data is 91 % full'],
    ],
    ['says nothing of the end of what is muted', [{ ...resolved(data, now), mute }], before, []],
    ['leaves an acknowledged finding alone', [ongoing(data, { acknowledgement })], [], []],
    [
      'tells an acknowledged finding that got worse, for then it is acknowledged no more',
      [ongoing(data, { standing: 'changed', severity: 'critical' })],
      before,
      ['raised critical /data is 91 % full'],
    ],
    ['says that a finding comes and goes', [{ ...data, flapping: true }], [], ['flapping high /data is 91 % full']],
    ['makes nothing of a quiet beat', [], [], []],
  ])('%s', (_name, findings, told, lines) => {
    expect(said(route(aReport(findings), told, { now }))).toEqual(lines);
  });

  it('makes one notification of a run, worst first, good news last', () => {
    const gone = aFinding('gone');
    const { messages } = route(
      aReport([aFinding('a', { severity: 'medium' }), aFinding('b', { severity: 'critical' }), resolved(gone, now)]),
      toldOf([gone]),
      { now },
    );
    expect(messages).toMatchObject([
      {
        ways: ['desktop'],
        notification: {
          kind: 'findings',
          runbook: 'heartbeat',
          severity: 'critical',
          title: 'heartbeat: 2 new, 1 resolved',
          lines: [{ severity: 'critical' }, { severity: 'medium' }, { news: 'resolved' }],
          more: 0,
        },
      },
    ]);
  });

  it('gives a notification that has only good news no severity', () => {
    expect(route(aReport([]), before, { now }).messages).toMatchObject([{ notification: { severity: null } }]);
  });

  it('says ten lines of 10,000 findings, counts the rest, and tells none of them again', () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      aFinding(`mount ${index}`, { severity: index === 7_000 ? 'critical' : 'medium' }),
    );
    const first = route(aReport(many));
    expect(first.messages).toHaveLength(1);
    expect(first.messages[0]?.notification).toMatchObject({ more: 9_990, title: 'heartbeat: 10000 new' });
    expect(first.messages[0]?.notification.lines.map(({ severity }) => severity)).toEqual([
      'critical',
      ...Array(9).fill('medium'),
    ]);
    expect(JSON.stringify(first.messages).length).toBeLessThan(10_000);
    const again = route(aReport(many.map((finding) => ongoing(finding))), keep([], first));
    expect(again).toMatchObject({ messages: [], told: [] });
  });

  it('cuts a title of a megabyte', () => {
    const [message] = route(aReport([aFinding('x', { title: redactor.text('y'.repeat(1_000_000)) })])).messages;
    expect(message?.notification.lines[0]?.text.length).toBeLessThan(400);
  });
});

describe('the run itself', () => {
  const failed: RunReport = {
    ...aReport([data]),
    run: { ...aReport([data]).run, status: 'failed', reason: 'timeout' },
  };

  it('is told when it failed, in the notification of its findings, once', () => {
    const first = route(failed);
    expect(first.messages).toHaveLength(1);
    expect(first.messages[0]?.notification.title).toBe('heartbeat: 1 trouble, 1 new');
    expect(said(first)).toEqual(['trouble high the run of heartbeat failed: timeout', 'new high /data is 91 % full']);
    expect(said(route(failed, keep([], first), { now: HOUR }))).toEqual([]);
  });

  it('is told to be well again when the next one does not fail', () => {
    const rows = keep([], route(failed));
    const next = route(aReport([ongoing(data)]), rows, { now: HOUR });
    expect(said(next)).toEqual(['resolved high the run of heartbeat failed: timeout']);
    expect(said(route(aReport([ongoing(data)]), keep(rows, next), { now: 2 * HOUR }))).toEqual([]);
  });

  it('is no news when the operator stopped it', () => {
    const stopped: RunReport = { ...failed, run: { ...failed.run, reason: 'interrupted' } };
    expect(said(route(stopped, toldOf([data])))).toEqual([]);
  });

  it('says once a day that runs died before their end', () => {
    const report: RunReport = { ...aReport([]), interrupted: ['r-000000000001'] };
    const first = route(report);
    expect(said(first)).toEqual(['trouble medium a run of heartbeat died before its end: r-000000000001']);
    expect(said(route(report, keep([], first), { now: 23 * HOUR }))).toEqual([]);
    expect(said(route(report, keep([], first), { now: 24 * HOUR }))).toHaveLength(1);
  });
});

describe('reminders', () => {
  const critical = aFinding('/data', { severity: 'critical' });
  it.each<[Finding['severity'], number, boolean]>([
    ['critical', 4 * HOUR - 1, false],
    ['critical', 4 * HOUR, true],
    ['high', 24 * HOUR - 1, false],
    ['high', 24 * HOUR, true],
    ['medium', 1_000 * HOUR, false],
  ])('of a finding that stays %s are due after %d ms: %s', (severity, now, due) => {
    const finding = aFinding('x', { severity });
    expect(said(route(aReport([ongoing(finding)]), toldOf([finding]), { now }))).toEqual(
      due ? [`still ${severity} x is 91 % full`] : [],
    );
  });

  it('are not given of what the run could not look at', () => {
    const now = 5 * HOUR;
    expect(said(route(aReport([ongoing(critical)], [critical]), toldOf([critical]), { now }))).toEqual([]);
  });

  it('are not given of what is acknowledged', () => {
    const known = ongoing(critical, { acknowledgement: { at: 1, reason: null } });
    expect(said(route(aReport([known]), toldOf([critical]), { now: 50 * HOUR }))).toEqual([]);
  });

  it('wait for no longer than their interval when the clock was a year ahead', () => {
    const told = toldOf([critical], { now: 365 * 24 * HOUR });
    expect(said(route(aReport([ongoing(critical)]), told, { now: 0 }))).toEqual(['still critical /data is 91 % full']);
    const aMinuteAhead = toldOf([critical], { now: 60_000 });
    expect(said(route(aReport([ongoing(critical)]), aMinuteAhead, { now: 0 }))).toEqual([]);
  });
});

describe('flapping', () => {
  const flapping = aFinding('/data', { flapping: true, turns: [0, 1, 2, 3] });
  const told = toldOf([flapping]);

  it('is said once: neither its ends nor its returns are told', () => {
    const gone = route(aReport([resolved(flapping, HOUR)]), told, { now: HOUR });
    expect(said(gone)).toEqual([]);
    const absent = keep(told, gone);
    expect(said(route(aReport([]), absent, { now: 2 * HOUR }))).toEqual([]);
    const back = ongoing(flapping, { turns: [0, 1, 2, 3, HOUR, 3 * HOUR] });
    expect(said(route(aReport([back]), absent, { now: 3 * HOUR }))).toEqual([]);
  });

  it('does not hide that it got worse', () => {
    expect(said(route(aReport([ongoing(flapping, { severity: 'critical' })]), told, { now: 1 }))).toEqual([
      'raised critical /data is 91 % full',
    ]);
  });

  it('is over when nothing turned for a day: then its end is told', () => {
    const gone = keep(told, route(aReport([resolved(flapping, HOUR)]), told, { now: HOUR }));
    expect(said(route(aReport([]), gone, { now: 24 * HOUR }))).toEqual([]);
    expect(said(route(aReport([]), gone, { now: 25 * HOUR }))).toEqual(['resolved high /data is 91 % full']);
  });
});

describe('quiet hours', () => {
  const waysOf = () => ['desktop'];
  const critical = aFinding('db', { severity: 'critical' });

  it('hold back all but what is critical, and say the rest once when they end', () => {
    const night = route(aReport([data, critical]), [], { quiet: true });
    expect(said(night)).toEqual(['new critical db is 91 % full']);
    const rows = keep([], night);
    const all = [ongoing(data), ongoing(critical)];
    expect(route(aReport(all), rows, { quiet: true, now: HOUR })).toMatchObject({ messages: [], told: [] });
    const morning = routeHeld([ongoing(data)], rows, waysOf, rules, moment({ now: 3 * HOUR }));
    expect(said(morning)).toEqual(['new high /data is 91 % full']);
    expect(morning.messages[0]?.notification.title).toBe('heartbeat: held back, 1 new');
    expect(said(route(aReport(all), keep(rows, morning), { now: 3.5 * HOUR }))).toEqual([]);
  });

  it('say everything that several runbooks held back in one notification', () => {
    const other = aFinding('site', { runbook: 'nightly' });
    const rows = [...toldOf([data], { quiet: true }), ...toldOf([other], { quiet: true })];
    const { messages } = routeHeld([data, other], rows, waysOf, rules, moment());
    expect(messages).toMatchObject([
      {
        notification: {
          runbook: null,
          title: '2 runbooks: held back, 2 new',
          lines: [{ text: 'heartbeat: /data is 91 % full' }, { text: 'nightly: site is 91 % full' }],
        },
      },
    ]);
  });

  it('make one notification for each set of ways', () => {
    const other = aFinding('site', { runbook: 'nightly' });
    const rows = [...toldOf([data], { quiet: true }), ...toldOf([other], { quiet: true })];
    const ways = (runbook: string | null) => (runbook === 'nightly' ? ['mail'] : ['desktop']);
    expect(routeHeld([data, other], rows, ways, rules, moment()).messages.map((message) => message.ways)).toEqual([
      ['desktop'],
      ['mail'],
    ]);
  });

  it('hold back that something critical is over: good news can wait', () => {
    expect(said(route(aReport([resolved(critical, 1)]), toldOf([critical]), { quiet: true, now: 1 }))).toEqual([]);
  });

  it('say nothing of what came and went in them', () => {
    const rows = toldOf([data], { quiet: true });
    const gone = route(aReport([resolved(data, 1)]), rows, { quiet: true, now: 1 });
    expect(gone).toMatchObject({ messages: [], forgotten: [data.key] });
  });

  it('say nothing of an end that was taken back in them', () => {
    const rows = toldOf([data]);
    const night = keep(rows, route(aReport([resolved(data, 1)]), rows, { quiet: true, now: 1 }));
    expect(said(routeHeld([resolved(data, 1)], night, waysOf, rules, moment({ now: 2 })))).toEqual([
      'resolved high /data is 91 % full',
    ]);
    expect(said(routeHeld([ongoing(data)], night, waysOf, rules, moment({ now: 2 })))).toEqual([]);
  });

  it('end for what was muted or acknowledged meanwhile without a word', () => {
    const rows = toldOf([data], { quiet: true });
    const known = ongoing(data, { acknowledgement: { at: 1, reason: null } });
    expect(routeHeld([known], rows, waysOf, rules, moment())).toMatchObject({ messages: [], forgotten: [data.key] });
  });

  it('let through from another severity when that is configured', () => {
    const loud = routingRules(aConfig({ quietHours: { from: '22:00', to: '07:00', exceptAt: 'high' } }));
    expect(said(routeRun(aReport([data]), [], ['desktop'], loud, moment({ quiet: true })))).toHaveLength(1);
  });

  it('keep a reminder for their end', () => {
    const rows = toldOf([data]);
    const night = keep(rows, route(aReport([ongoing(data)]), rows, { quiet: true, now: 25 * HOUR }));
    expect(said(routeHeld([ongoing(data)], night, waysOf, rules, moment({ now: 26 * HOUR })))).toEqual([
      'still high /data is 91 % full',
    ]);
  });
});

describe('caps', () => {
  const full = { lastHour: 10, lastDay: 10 };
  const waysOf = () => ['desktop'];

  it('hold back what exceeds them, and say it in one summary when there is room', () => {
    const first = keep([], route(aReport([data]), [], { lately: full }));
    const other = aFinding('other');
    const second = keep(first, route(aReport([ongoing(data), other]), first, { lately: full }));
    expect(second.map(({ said: what, heldSince }) => [what, heldSince])).toEqual([
      ['nothing', 0],
      ['nothing', 0],
    ]);
    expect(routeHeld([data, other], second, waysOf, rules, moment({ lately: full })).messages).toEqual([]);
    const later = routeHeld([data, other], second, waysOf, rules, moment({ lately: { lastHour: 9, lastDay: 10 } }));
    expect(later.messages).toHaveLength(1);
    expect(said(later)).toHaveLength(2);
  });

  it('let what is critical through up to caps of its own', () => {
    const critical = aFinding('db', { severity: 'critical' });
    expect(said(route(aReport([critical]), [], { lately: full }))).toHaveLength(1);
    expect(said(route(aReport([critical]), [], { lately: { lastHour: 30, lastDay: 30 } }))).toEqual([]);
    expect(said(route(aReport([critical]), [], { lately: { lastHour: 0, lastDay: 120 } }))).toEqual([]);
  });

  it('hold for each of several notifications', () => {
    const other = aFinding('site', { runbook: 'nightly' });
    const rows = [...toldOf([data], { quiet: true }), ...toldOf([other], { quiet: true })];
    const ways = (runbook: string | null) => (runbook === 'nightly' ? ['mail'] : ['desktop']);
    const { messages, told } = routeHeld(
      [data, other],
      rows,
      ways,
      rules,
      moment({ lately: { lastHour: 9, lastDay: 9 } }),
    );
    expect(messages).toHaveLength(1);
    expect(told).toHaveLength(1);
  });
});

describe('starting anew', () => {
  it('tells what a dead process learnt and never told, of every runbook', () => {
    const told = aFinding('told');
    const rows = toldOf([told]);
    const routing = routeHeld([ongoing(data), resolved(told, 5)], rows, () => ['desktop'], rules, moment({ now: 10 }));
    expect(said(routing)).toEqual(['new high /data is 91 % full', 'resolved high told is 91 % full']);
  });

  it('says nothing when everything is known', () => {
    const rows = toldOf([data]);
    expect(routeHeld([ongoing(data)], rows, () => ['desktop'], rules, moment({ now: 900 * HOUR }))).toEqual({
      messages: [],
      told: [],
      forgotten: [],
    });
  });
});
