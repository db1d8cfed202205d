import { readFileSync } from 'node:fs';
import { createTask } from 'node-cron';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadSlots } from '../../src/scheduler/slots.ts';

// facts/queue.md section 6 in seven zones: what we do, and what node-cron does, which is why we don't use it.
// docs/decisions/0001 shows these very rows; node-cron is a development dependency for this proof alone.

const slots = await loadSlots();
const record = readFileSync(
  new URL('../../docs/decisions/0001-croner-instead-of-node-cron.md', import.meta.url),
  'utf8',
);

/** node-cron reads the clock for itself. */
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterAll(() => void vi.useRealTimers());

interface Night {
  readonly expression: string;
  readonly zone: string;
  /** The instants listed: from the first up to, not including, the second. */
  readonly window: readonly [string, string];
  /** As the table says it: local times, or dates. */
  readonly nodeCron: string;
  readonly ours: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function oursBetween(expression: string, zone: string, from: number, to: number): number[] {
  const nightly = { runbook: 'nightly', schedule: { kind: 'cron', expression }, zone } as const;
  return [...slots.between(nightly, from - 1, to - 1, 1_000).slots];
}

function nodeCronBetween(expression: string, zone: string, from: number, to: number): number[] {
  vi.setSystemTime(from - 1);
  const task = createTask(expression, () => undefined, { timezone: zone });
  return task
    .getNextRuns(100)
    .map((run) => run.getTime())
    .filter((run) => run < to);
}

type Lister = typeof oursBetween;

/** Local times within a day, dates within a month. */
function told({ expression, zone, window }: Night, list: Lister): string {
  const [from, to] = [Date.parse(window[0]), Date.parse(window[1])];
  const time = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  const all = list(expression, zone, from, to).map((at) =>
    isMonth(window) ? dayIn(zone, at).slice(5) : time.format(at),
  );
  return all.length === 0 ? 'not at all' : all.join(' ');
}

function isMonth([from, to]: Night['window']): boolean {
  return Date.parse(to) - Date.parse(from) > 48 * HOUR;
}

function dayIn(zone: string, at: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(at);
}

function rowOf({ expression, zone, window, nodeCron, ours }: Night): string {
  const day = dayIn(zone, Date.parse(window[1]) - 1).slice(0, isMonth(window) ? 7 : 10);
  return `| \`${expression}\` | ${zone} | ${day} | ${nodeCron} | ${ours} |`;
}

const RULES: readonly { readonly rule: string; readonly nights: readonly Night[] }[] = [
  {
    rule: 'an interval on the night when the clocks go back never pauses',
    nights: [
      {
        expression: '*/30 * * * *',
        zone: 'America/New_York',
        window: ['2026-11-01T04:00Z', '2026-11-01T08:00Z'],
        nodeCron: '00:00 00:30 01:00 01:30 02:00 02:30',
        ours: '00:00 00:30 01:00 01:30 01:00 01:30 02:00 02:30',
      },
      {
        expression: '*/30 * * * *',
        zone: 'Europe/Berlin',
        window: ['2026-10-24T23:00Z', '2026-10-25T03:00Z'],
        nodeCron: '01:00 01:30 02:00 02:30 03:00 03:30',
        ours: '01:00 01:30 02:00 02:30 02:00 02:30 03:00 03:30',
      },
      {
        expression: '*/30 * * * *',
        zone: 'America/Havana',
        window: ['2026-11-01T04:00Z', '2026-11-01T08:00Z'],
        nodeCron: '00:00 00:30 01:00 01:30 02:00 02:30',
        ours: '00:00 00:30 00:00 00:30 01:00 01:30 02:00 02:30',
      },
      {
        expression: '*/30 * * * *',
        zone: 'Australia/Sydney',
        window: ['2026-04-04T14:00Z', '2026-04-04T18:00Z'],
        nodeCron: '01:00 01:30 02:00 02:30 03:00 03:30',
        ours: '01:00 01:30 02:00 02:30 02:00 02:30 03:00 03:30',
      },
      {
        expression: '*/30 * * * *',
        zone: 'Australia/Lord_Howe',
        window: ['2026-04-04T14:00Z', '2026-04-04T16:30Z'],
        nodeCron: '01:00 01:30 02:00 02:30',
        ours: '01:00 01:30 01:30 02:00 02:30',
      },
      {
        expression: '*/15 1 * * *',
        zone: 'America/New_York',
        window: ['2026-11-01T04:00Z', '2026-11-02T05:00Z'],
        nodeCron: '01:00 01:15 01:30 01:45',
        ours: '01:00 01:15 01:30 01:45 01:00 01:15 01:30 01:45',
      },
      {
        expression: '0 * * * *',
        zone: 'Europe/London',
        window: ['2026-10-24T23:00Z', '2026-10-25T03:00Z'],
        nodeCron: '00:00 01:00 02:00',
        ours: '00:00 01:00 01:00 02:00',
      },
    ],
  },

  {
    rule: 'a fixed time that the clocks skip runs right after the gap',
    nights: [
      {
        expression: '30 2 * * *',
        zone: 'America/New_York',
        window: ['2026-03-08T05:00Z', '2026-03-09T04:00Z'],
        nodeCron: 'not at all',
        ours: '03:00',
      },
      {
        expression: '30 2 * * *',
        zone: 'Europe/Berlin',
        window: ['2026-03-28T23:00Z', '2026-03-29T22:00Z'],
        nodeCron: 'not at all',
        ours: '03:00',
      },
      {
        expression: '30 2 * * *',
        zone: 'Australia/Sydney',
        window: ['2026-10-03T14:00Z', '2026-10-04T13:00Z'],
        nodeCron: 'not at all',
        ours: '03:00',
      },
      {
        expression: '0 0 * * *',
        zone: 'America/Havana',
        window: ['2026-03-08T05:00Z', '2026-03-09T04:00Z'],
        nodeCron: 'not at all',
        ours: '01:00',
      },
      {
        expression: '15 2 * * *',
        zone: 'Australia/Lord_Howe',
        window: ['2026-10-03T13:30Z', '2026-10-04T13:00Z'],
        nodeCron: 'not at all',
        ours: '02:30',
      },
      {
        expression: '30 2 * * *',
        zone: 'Asia/Kolkata',
        window: ['2026-03-07T18:30Z', '2026-03-08T18:30Z'],
        nodeCron: '02:30',
        ours: '02:30',
      },
    ],
  },

  {
    rule: 'an interval that lies in the gap as a whole waits for the next day',
    nights: [
      {
        expression: '*/30 2 * * *',
        zone: 'America/New_York',
        window: ['2026-03-08T05:00Z', '2026-03-09T04:00Z'],
        nodeCron: 'not at all',
        ours: 'not at all',
      },
    ],
  },

  {
    rule: 'day of month and weekday: either of them, as cron(5) says',
    nights: [
      {
        expression: '0 9 15 * 1',
        zone: 'Europe/Berlin',
        window: ['2026-06-01T00:00Z', '2026-06-30T22:00Z'],
        nodeCron: '06-15',
        ours: '06-01 06-08 06-15 06-22 06-29',
      },
    ],
  },
];

describe.each(RULES)('$rule', ({ nights }) => {
  test.each(nights)('$expression in $zone: $ours', (night) => {
    expect({ nodeCron: told(night, nodeCronBetween), ours: told(night, oursBetween) }).toEqual({
      nodeCron: night.nodeCron,
      ours: night.ours,
    });
    expect(record).toContain(rowOf(night));
  });
});

describe('a fixed time that comes twice runs once, at the first', () => {
  test.each([
    ['30 1 * * *', 'America/New_York', '2026-11-01T05:30Z', '2026-11-01T05:30Z'],
    ['30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30Z', '2026-10-25T01:30Z'],
    ['30 0 * * *', 'America/Havana', '2026-11-01T04:30Z', '2026-11-01T04:30Z'],
    ['30 2 * * *', 'Australia/Sydney', '2026-04-04T15:30Z', '2026-04-04T16:30Z'],
    ['45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T14:45Z', '2026-04-04T15:15Z'],
  ])('%s in %s: at %s, node-cron at %s', (expression, zone, first, theirs) => {
    const [from, to] = [Date.parse(first) - 6 * HOUR, Date.parse(first) + 12 * HOUR];
    expect(oursBetween(expression, zone, from, to)).toEqual([Date.parse(first)]);
    expect(nodeCronBetween(expression, zone, from, to)).toEqual([Date.parse(theirs)]);
    const second = first === theirs ? 'first' : 'second';
    expect(record).toContain(
      `| \`${expression}\` | ${zone} | ${dayIn(zone, Date.parse(first))} | the ${second} | the first |`,
    );
  });

  test('and not again by who asks between the two', () => {
    expect(
      oursBetween('30 1 * * *', 'America/New_York', Date.parse('2026-11-01T05:31Z'), Date.parse('2026-11-02T05:00Z')),
    ).toEqual([]);
  });
});

test('the record says how long node-cron goes silent: half hours are 90 minutes apart, ours never more than 30', () => {
  const [from, to] = [Date.parse('2026-10-24T00:00Z'), Date.parse('2026-10-26T00:00Z')];
  const inShort = (list: Lister): string => {
    const all = list('*/30 * * * *', 'Europe/Berlin', from, to);
    const pauses = all.slice(1).map((at, index) => (at - (all[index] ?? 0)) / MINUTE);
    return `${all.length} of 96, longest pause ${Math.max(...pauses)} min`;
  };
  expect(inShort(nodeCronBetween)).toBe('94 of 96, longest pause 90 min');
  expect(inShort(oursBetween)).toBe('96 of 96, longest pause 30 min');
  expect(record).toContain(
    `| \`*/30 * * * *\`, 48 h | Europe/Berlin | 2026-10-25 | ${inShort(nodeCronBetween)} | ${inShort(oursBetween)} |`,
  );
});

test('a day that no calendar has: node-cron throws when the next run is asked for, ours has none', () => {
  expect(() => nodeCronBetween('0 0 30 2 *', 'UTC', 0, HOUR)).toThrow('impossible');
  expect(oursBetween('0 0 30 2 *', 'UTC', 0, 365 * 24 * HOUR)).toEqual([]);
});
