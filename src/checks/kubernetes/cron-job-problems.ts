import { instantOf, type CronJob } from '../../providers/kubernetes/reader.ts';
import { parseCron, type CronSchedule, type EverySchedule } from './cron-schedule.ts';
import { slotsBefore } from './cron-slots.ts';
import type { LastingProblem } from './lasting.ts';

/** Two starts may be missed of one that runs every minute before anybody wants to know. */
const STALE_MS_MIN = 3_600_000;
/** A start is given this part of the time between two to come to its end, and at most an hour. */
const SHARE_TO_FINISH = 2;

/** `hasFailedJob`: its last job stands there as failed, which is told instead of that there was no success. */
export function cronJobProblems(cronJob: CronJob, now: number, hasFailedJob: boolean): readonly LastingProblem[] {
  const { spec, metadata } = cronJob;
  if (spec?.suspend === true)
    return [
      {
        rule: 'suspended',
        since: 0,
        fields: [
          { path: 'spec.suspend', value: true },
          { path: 'status.lastScheduleTime', value: cronJob.status?.lastScheduleTime ?? null },
        ],
      },
    ];
  const schedule = spec?.schedule ?? '';
  const parsed = parseCron(schedule);
  if (parsed.status === 'invalid') return [...invalid(schedule, parsed.reason), ...negativeDeadline(cronJob)];
  const slots = 'everyMs' in parsed.schedule ? null : slotsBefore(parsed.schedule, now, 2, spec?.timeZone);
  if (slots?.length === 0) return [...invalid(schedule, 'no day fits it'), ...negativeDeadline(cronJob)];
  const due = dueSince(parsed.schedule, slots ?? [], now);
  const last = instantOf(cronJob.status?.lastSuccessfulTime) ?? instantOf(metadata.creationTimestamp);
  const isStale = !hasFailedJob && last !== null && last < due && now - last >= STALE_MS_MIN;
  return [...negativeDeadline(cronJob), ...(isStale ? [stale(cronJob, last)] : [])];
}

/** A success must be later than this: the start before the last, once the last had its time too. */
function dueSince(schedule: CronSchedule | EverySchedule, slots: readonly number[], now: number): number {
  if ('everyMs' in schedule) return now - 2 * schedule.everyMs;
  const [last, before] = slots;
  if (last === undefined || before === undefined) return Number.NEGATIVE_INFINITY;
  const period = last - before;
  const toFinish = Math.min(period / SHARE_TO_FINISH, 3_600_000);
  return now >= last + toFinish ? before : before - period;
}

function invalid(schedule: string, reason: string): readonly LastingProblem[] {
  return [{ rule: 'invalid-schedule', about: reason, since: 0, fields: [{ path: 'spec.schedule', value: schedule }] }];
}

function negativeDeadline({ spec }: CronJob): readonly LastingProblem[] {
  const seconds = spec?.startingDeadlineSeconds;
  if (seconds === undefined || seconds >= 0) return [];
  return [
    {
      rule: 'negative-deadline',
      about: String(seconds),
      since: 0,
      fields: [{ path: 'spec.startingDeadlineSeconds', value: seconds }],
    },
  ];
}

function stale({ spec, status, metadata }: CronJob, last: number): LastingProblem {
  return {
    rule: 'stale',
    about: status?.lastSuccessfulTime === undefined ? 'since it was made' : 'in its last two turns',
    since: last,
    fields: [
      { path: 'spec.schedule', value: spec?.schedule ?? null },
      { path: 'status.lastSuccessfulTime', value: status?.lastSuccessfulTime ?? null },
      { path: 'status.lastScheduleTime', value: status?.lastScheduleTime ?? null },
      { path: 'metadata.creationTimestamp', value: metadata.creationTimestamp ?? null },
    ],
  };
}
