import { costAnomalies } from '../src/domain/cost-anomaly.ts';
import { daysUntil, seriesOf, type CostSeries } from '../src/domain/cost-series.ts';
import { costYear, type CostYear, type Planted } from '../test/support/aws/cost-year.ts';

const YEARS = 20;
/** What was planted may be seen on its day, or on one of the two after it. */
const PATIENCE_DAYS = 3;

interface Alarm {
  readonly key: string;
  readonly day: string;
}

/**
 * Synthetic years with planted jumps, new levels and new services, judged day by day as the daily check does; beside it, in
 * the same run, the rule of the neighbours: the last day against the mean of the six before it, 30 % and half a dollar.
 */
export async function costFigures(): Promise<{ name: string; lines: string[] }> {
  const years = Array.from({ length: YEARS }, (_, seed) => costYear(seed + 1));
  const started = performance.now();
  const ours = years.map((year) => scored(year, judgeOurs));
  const ms = performance.now() - started;
  const theirs = years.map((year) => scored(year, judgeByMean));
  const plants = years.reduce((sum, { planted }) => sum + planted.length, 0);
  const days = years.reduce((sum, year) => sum + year.days.length, 0);
  return {
    name: 'cost',
    lines: [
      `${YEARS} synthetic years, ${days} days, ${plants} planted: ${ms.toFixed(0)} ms in all, ${((ms / days) * 1_000).toFixed(0)} µs a day`,
      `ours: ${words(ours)}`,
      `last day against the mean of six, 30 %: ${words(theirs)}`,
    ],
  };
}

interface Score {
  readonly found: number;
  readonly missed: number;
  readonly wrong: number;
}

function words(scores: readonly Score[]): string {
  const sum = (of: (score: Score) => number): number => scores.reduce((total, score) => total + of(score), 0);
  const [found, missed, wrong] = [sum(({ found: n }) => n), sum(({ missed: n }) => n), sum(({ wrong: n }) => n)];
  const precision = found / (found + wrong);
  const recall = found / (found + missed);
  return `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} (${found} found, ${missed} missed, ${wrong} false)`;
}

type Judge = (series: CostSeries) => readonly Alarm[];

/** An alarm is one story: those that go on from day to day count once, as they are told once. */
function scored(year: CostYear, judge: Judge): Score {
  const alarms: Alarm[] = [];
  let before = new Set<string>();
  for (const last of year.days.slice(35)) {
    const series = seriesUntil(year, last);
    const now = judge(series);
    alarms.push(...now.filter(({ key }) => !before.has(key)));
    before = new Set(now.map(({ key }) => key));
  }
  const isFoundBy = ({ key, day }: Planted, alarm: Alarm): boolean => {
    const days = (Date.parse(alarm.day) - Date.parse(day)) / 86_400_000;
    return alarm.key === key && days >= 0 && days < PATIENCE_DAYS;
  };
  const found = year.planted.filter((plant) => alarms.some((alarm) => isFoundBy(plant, alarm))).length;
  const wrong = alarms.filter((alarm) => !year.planted.some((plant) => isFoundBy(plant, alarm))).length;
  return { found, missed: year.planted.length - found, wrong };
}

function seriesUntil(year: CostYear, last: string): CostSeries {
  const days = daysUntil(last, 35);
  const rows = days.flatMap((day) => [...year.on(day)].map(([key, amount]) => ({ day, key, amount })));
  return seriesOf(rows, days, new Set(days), 'USD');
}

function judgeOurs(series: CostSeries): readonly Alarm[] {
  return costAnomalies(series).map(({ key, day }) => ({ key, day }));
}

function judgeByMean({ days, byKey }: CostSeries): readonly Alarm[] {
  const day = days.at(-1) ?? '';
  return [...byKey].flatMap(([key, amounts]) => {
    const before = amounts.slice(-7, -1).map((amount) => amount ?? 0);
    const mean = before.reduce((sum, amount) => sum + amount, 0) / before.length;
    const amount = amounts.at(-1) ?? 0;
    return (mean >= 0.5 || amount >= 0.5) && Math.abs(amount - mean) > 0.3 * mean ? [{ key, day }] : [];
  });
}
