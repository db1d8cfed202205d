import { expect, test } from 'vitest';
import { costAnomalies } from '../../src/domain/cost-anomaly.ts';
import { forecast } from '../../src/domain/cost-forecast.ts';
import { costChanges } from '../../src/domain/cost-change.ts';
import { daysUntil, seriesOf, totals, type CostSeries } from '../../src/domain/cost-series.ts';

const LAST = '2026-11-19'; // a Thursday

/** One thing over the 35 days until LAST; null: nobody said anything of that day. */
function series(amountOn: (index: number, day: string) => number | null, last = LAST): CostSeries {
  const days = daysUntil(last, 35);
  const rows = days.flatMap((day, index) => {
    const amount = amountOn(index, day);
    return amount === null ? [] : [{ day, key: 'thing', amount }];
  });
  const told = new Set(days.filter((day, index) => amountOn(index, day) !== null));
  return seriesOf(rows, days, told, 'USD');
}

const isWeekend = (day: string): boolean => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
const said = (one: CostSeries): readonly string[] =>
  costAnomalies(one).map(({ kind, amount, expected, lasting }) => `${kind} ${amount} of ${expected}, ${lasting} d`);

test.each<readonly [string, CostSeries, readonly string[]]>([
  ['the same every day', series(() => 100), []],
  ['twice as much on the last day', series((index) => (index === 34 ? 200 : 100)), ['spike 200 of 100, 1 d']],
  ['a fifth more is not out of the ordinary', series((index) => (index === 34 ? 120 : 100)), []],
  ['a little more than a fifth is', series((index) => (index === 34 ? 120.5 : 100)), ['spike 120.5 of 100, 1 d']],
  ['five dollars more of something small are none', series((index) => (index === 34 ? 6 : 1)), []],
  ['less than before is none', series((index) => (index === 34 ? 10 : 100)), []],
  ['two days in a row are a jump', series((index) => (index >= 33 ? 200 : 100)), ['spike 200 of 100, 2 d']],
  ['three are a new level', series((index) => (index >= 32 ? 200 : 100)), ['level-shift 200 of 100, 3 d']],
  ['a jump of last week is no news', series((index) => (index === 27 ? 400 : 100)), []],
  [
    'weekends that are cheaper are no jump on Monday',
    series((_, day) => (isWeekend(day) ? 20 : 100), '2026-11-16'),
    [],
  ],
  [
    'a Saturday that costs as much as a Thursday is one',
    series((index, day) => (isWeekend(day) && index !== 34 ? 20 : 100), '2026-11-14'),
    ['spike 100 of 20, 1 d'],
  ],
  [
    'a fee of the first is compared with that of the month before',
    series((_, day) => (day.endsWith('-01') ? 150 : 2), '2026-11-01'),
    [],
  ],
  [
    'a fee of the first that tripled is not',
    series((_, day) => (day === '2026-11-01' ? 450 : day.endsWith('-01') ? 150 : 2), '2026-11-01'),
    ['spike 450 of 2, 1 d'],
  ],
  ['something new', series((index) => (index >= 33 ? 12 : 0)), ['new 12 of 0, 2 d']],
  ['something new for cents', series((index) => (index >= 33 ? 0.4 : 0)), []],
  ['something that came ten days ago is not new any more, nor a jump', series((index) => (index >= 25 ? 12 : 0)), []],
  ['credits: what was negative and is less so', series((index) => (index === 34 ? -1 : -20)), ['spike -1 of -20, 1 d']],
  ['the last day is not known', series((index) => (index === 34 ? null : 100)), []],
  [
    'days that are missing in the middle',
    series((index) => (index % 5 === 0 ? null : index === 34 ? 300 : 100)),
    ['spike 300 of 100, 1 d'],
  ],
  ['too few days to say anything', series((index) => (index < 30 ? null : index === 34 ? 300 : 100)), []],
  ['nothing at all', seriesOf([], daysUntil(LAST, 35), new Set(), 'USD'), []],
])('%s', (_, one, expected) => {
  expect(said(one)).toEqual(expected);
});

test('what is most beyond the usual comes first', () => {
  const days = daysUntil(LAST, 35);
  const rows = days.flatMap((day, index) => [
    { day, key: 'small', amount: index === 34 ? 60 : 10 },
    { day, key: 'large', amount: index === 34 ? 900 : 100 },
  ]);
  expect(costAnomalies(seriesOf(rows, days, new Set(days), 'USD')).map(({ key }) => key)).toEqual(['large', 'small']);
});

test('a noisy past asks for more', () => {
  const noise = [0, 18, -15, 9, -20, 14, 3];
  expect(said(series((index) => 100 + (noise[index % 5] ?? 0) + (index === 34 ? 40 : 0)))).toEqual([]);
});

test('a month comes to what it cost, and what each weekday costs as a rule for the days that are left', () => {
  const coming = forecast(series((_, day) => (isWeekend(day) ? 10 : 100)));
  // November 2026: 19 days known, of which 5 are on weekends; 11 left, of which 4 are.
  expect(coming).toEqual({
    month: '2026-11',
    soFar: 14 * 100 + 5 * 10,
    expected: 14 * 100 + 5 * 10 + 7 * 100 + 4 * 10,
    daysLeft: 11,
  });
  expect(forecast(series((index) => (index < 30 ? null : 1)))).toBeNull();
});

test('a stretch of days beside the one before it; of days that are not known nothing is made up', () => {
  const one = series((index) => (index >= 28 ? 20 : index >= 21 ? 10 : null));
  expect(costChanges(one, 7)).toEqual([{ key: 'thing', amount: 140, before: 70 }]);
  expect(costChanges(one, 14)).toEqual([{ key: 'thing', amount: 210, before: null }]);
  expect(totals(one).slice(19, 23)).toEqual([null, null, 10, 10]);
});
