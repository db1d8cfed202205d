import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ActiveHours, Schedule } from '../../src/domain/schedule.ts';
import type { Timetable } from '../../src/domain/slot.ts';
import { loadSlots } from '../../src/scheduler/slots.ts';
import { openDatabase } from '../../src/store/database.ts';
import { realYearStore } from '../support/real-year-store.ts';
import { simulatedStore, type YearStore } from '../support/simulated-store.ts';
import { simulateYear } from '../support/simulated-year.ts';

// A year of five zones on a machine that sleeps, crashes and has its clock set. Another year: SIMULATED_YEAR_SEED=7

const SEED = Number(process.env['SIMULATED_YEAR_SEED'] ?? 2026);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FROM = Date.UTC(2026, 0, 1);

const every = (everyMs: number): Schedule => ({ kind: 'every', everyMs });
const cron = (expression: string): Schedule => ({ kind: 'cron', expression });
const OFFICE: ActiveHours = { from: '08:00', to: '18:30', days: ['mon', 'tue', 'wed', 'thu', 'fri'] };
const NIGHT: ActiveHours = { from: '22:00', to: '06:00', days: ['fri', 'sat', 'sun'] };

/** The same eight in each zone, each zone with its own temper. */
const ZONES: readonly [string, readonly [string, Schedule, ActiveHours | null][]][] = [
  [
    'America/New_York',
    [
      ['often', every(7 * MINUTE), null],
      ['heartbeat', every(30 * MINUTE), OFFICE],
      ['half-hours', cron('*/30 * * * *'), null],
      ['gap', cron('30 2 * * *'), null],
      ['overlap', cron('30 1 * * *'), NIGHT],
      ['quarters', cron('*/15 1 * * *'), null],
      ['either', cron('0 9 15 * 1'), null],
      ['weekly', cron('0 4 * * 0'), null],
    ],
  ],
  [
    'Europe/Berlin',
    [
      ['heartbeat', every(30 * MINUTE), null],
      ['hourly', cron('0 * * * *'), OFFICE],
      ['interval', every(HOUR), null],
      ['gap', cron('30 2 * * *'), null],
      ['steps', cron('*/30 2 * * *'), null],
      ['night', cron('0 23,1,3,5 * * *'), NIGHT],
      ['first', cron('15 0 1 * *'), null],
      ['weekly', cron('0 9 * * 1'), null],
    ],
  ],
  [
    'America/Havana',
    [
      ['heartbeat', every(30 * MINUTE), NIGHT],
      ['hourly', cron('7 * * * *'), null],
      ['interval', every(6 * HOUR), null],
      ['midnight', cron('0 0 * * *'), null],
      ['half-past', cron('30 0 * * *'), null],
      ['office', cron('*/30 8-17 * * 1-5'), OFFICE],
      ['quarter', cron('0 6 1 1,4,7,10 *'), null],
      ['weekly', cron('0 0 * * 0'), null],
    ],
  ],
  [
    'Australia/Lord_Howe',
    [
      ['heartbeat', every(30 * MINUTE), null],
      ['hourly', cron('45 * * * *'), null],
      ['interval', every(HOUR), OFFICE],
      ['gap', cron('15 2 * * *'), null],
      ['overlap', cron('45 1 * * *'), null],
      ['quarters', cron('*/15 1-2 * * *'), null],
      ['daily', every(24 * HOUR), null],
      ['weekly', cron('0 2 * * 0'), NIGHT],
    ],
  ],
  [
    'Asia/Kolkata',
    [
      ['heartbeat', every(30 * MINUTE), OFFICE],
      ['hourly', every(HOUR), null],
      ['interval', every(90 * MINUTE), NIGHT],
      ['nightly', cron('30 2 * * *'), null],
      ['mornings', cron('0 6-9 * * *'), null],
      ['week-days', cron('20 10 * * 1-5'), OFFICE],
      ['last', cron('0 0 31 * *'), null],
      ['weekly', every(7 * 24 * HOUR), null],
    ],
  ],
];

const CATCH_UPS = [15 * MINUTE, 0, 6 * HOUR];

const TIMETABLES: readonly Timetable[] = ZONES.flatMap(([zone, schedules]) =>
  schedules.map(([name, schedule, activeHours]) => ({
    runbook: `${zone.replace('/', '.')}-${name}`,
    schedule,
    zone,
    activeHours,
  })),
).map((timetable, index) => ({
  ...timetable,
  overlap: index % 4 === 1 ? 'queue-one' : 'skip',
  catchUpMs: CATCH_UPS[index % CATCH_UPS.length] ?? 0,
}));

/** Two schedules that change, and one runbook of which only the fate of its slots does. */
const EDITS: ReadonlyMap<string, Timetable> = new Map(
  TIMETABLES.flatMap((timetable): [string, Timetable][] => {
    const { runbook } = timetable;
    if (runbook === 'Europe.Berlin-interval') return [[runbook, { ...timetable, schedule: every(50 * MINUTE) }]];
    if (runbook === 'America.Havana-hourly') return [[runbook, { ...timetable, zone: 'Asia/Kathmandu' }]];
    if (runbook === 'Asia.Kolkata-hourly')
      return [[runbook, { ...timetable, zone: 'UTC', activeHours: OFFICE, catchUpMs: HOUR }]];
    return [];
  }),
);

const MOVED = new Set(['Europe.Berlin-interval', 'America.Havana-hourly']);

const YEAR = Date.UTC(2027, 0, 1);
/** Both nights on which clocks change in March, and what lies between: the whole year there too with SIMULATED_YEAR_STORE=year. */
const SPRING = {
  from: Date.UTC(2026, 1, 20),
  to: process.env['SIMULATED_YEAR_STORE'] === 'year' ? YEAR : Date.UTC(2026, 3, 10),
};

test(`a year of sleeps, kills and clock steps leaves one row for every slot, with the right reason (seed ${SEED})`, async () => {
  await expectOneRowForEverySlot(simulatedStore(), { from: FROM, to: YEAR });
}, 180_000);

test(`a spring of the same on the real store (seed ${SEED}; all of the year with SIMULATED_YEAR_STORE=year)`, async () => {
  // In memory where there is room for files in memory: the story is about rows, not about the disk.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'holdfast-year-'));
  const database = openDatabase(join(folder, 'holdfast.db'));
  onTestFinished(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await expectOneRowForEverySlot(realYearStore(database), SPRING);
}, 1_800_000);

async function expectOneRowForEverySlot(store: YearStore, { from, to }: { from: number; to: number }): Promise<void> {
  const slots = await loadSlots();
  const { complaints, happened, oracle, began, ended, begun } = simulateYear({
    seed: SEED,
    from,
    to,
    timetables: TIMETABLES,
    edits: EDITS,
    store,
    slots,
  });

  expect(complaints).toEqual([]);
  for (const timetable of TIMETABLES.filter(({ runbook }) => !MOVED.has(runbook))) {
    const rows = [...store.rows(timetable.runbook).keys()].toSorted((one, other) => one - other);
    const listed = oracle.listed(timetable, began, ended);
    expect(
      rows.filter((slot) => slot <= ended),
      timetable.runbook,
    ).toEqual(listed);
  }
  expect([...begun].filter(([, times]) => times > 1)).toEqual([]);
  // A year in which nothing happened would prove nothing; a spring is too short for the rarest.
  const rare = to === YEAR ? [] : RARE;
  for (const kind of EVENTS.filter((event) => !rare.includes(event))) {
    expect(happened[kind] ?? 0, kind).toBeGreaterThan(0);
  }
}

const RARE = ['clock set-back while nobody watched', 'killed between two firings', 'edited', 'blocked'];

const EVENTS = [
  'schedule',
  'catch-up',
  'overlap',
  'outside-hours',
  'too-late',
  'paused',
  'collapsed',
  'suspended',
  'blocked',
  'restarted',
  'killed between two firings',
  'clock jumped-forward',
  'clock set-back',
  'clock set-back while nobody watched',
  'clock set forward',
  'clock set back',
  'paused by hand',
  'resumed',
  'edited',
];
