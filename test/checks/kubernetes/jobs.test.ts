import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/jobs.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { ago, said, worldOf } from '../../support/kubernetes/world.ts';

const HOUR = 3_600;
const DAY = 86_400;

function job(
  status: object,
  { name = 'migrate', spec = {}, owner }: { name?: string; spec?: object; owner?: string } = {},
): StoredObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: 'prod',
      creationTimestamp: ago(DAY),
      ...(owner === undefined ? {} : { ownerReferences: [{ kind: 'CronJob', name: owner, controller: true }] }),
    },
    spec,
    status,
  };
}

function cronJob(
  schedule: string,
  { status = {}, spec = {}, age = 30 * DAY }: { status?: object; spec?: object; age?: number } = {},
): StoredObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly', namespace: 'prod', creationTimestamp: ago(age) },
    spec: { schedule, ...spec },
    status,
  };
}

const failed = (seconds: number): object => ({
  failed: 1,
  startTime: ago(seconds + 60),
  conditions: [
    { type: 'FailureTarget', status: 'True', reason: 'BackoffLimitExceeded', lastTransitionTime: ago(seconds) },
    {
      type: 'Failed',
      status: 'True',
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
      lastTransitionTime: ago(seconds),
    },
  ],
});

describe('a job', () => {
  test('that failed is told, with what its condition says', async () => {
    const { drafts } = await worldOf(job(failed(HOUR))).look(check);
    expect(drafts).toMatchObject([
      {
        discriminator: 'failed',
        severity: 'high',
        title: 'Job prod/migrate failed: BackoffLimitExceeded: Job has reached the specified backoff limit, for 1 h',
        next: expect.stringContaining('kubectl --context test -n prod describe job migrate'),
      },
    ]);
  });

  test('whose failed condition comes with successes failed all the same', async () => {
    const status = { failed: 3, succeeded: 1, conditions: [{ type: 'Failed', status: 'True' }] };
    expect((await worldOf(job(status)).look(check)).drafts).toMatchObject([{ discriminator: 'failed' }]);
  });

  test.each(['Complete', 'SuccessCriteriaMet'])('that is %s after failed tries is well', async (type) => {
    const status = { failed: 2, succeeded: 1, startTime: ago(DAY), conditions: [{ type, status: 'True' }] };
    expect(said(await worldOf(job(status)).look(check))).toEqual([]);
  });

  test('that has not failed for good is told when it keeps failing', async () => {
    const retrying = (seconds: number, more: object): StoredObject =>
      job({ startTime: ago(seconds), failed: 1, ...more });
    expect(said(await worldOf(retrying(900, {})).look(check))).toEqual([
      'medium retrying: Job prod/migrate keeps failing and is tried again: 1 of 7 tries, for 15 min',
    ]);
    expect(said(await worldOf(retrying(899, {})).look(check))).toEqual([]);
    expect(said(await worldOf(retrying(900, { active: 1 })).look(check))).toEqual([]);
    expect(said(await worldOf(retrying(900, { active: 1, failed: 4 })).look(check))).toHaveLength(1);
  });

  test('that bears no times is as old as anything', async () => {
    const bare = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'j', namespace: 'prod' },
      status: { failed: 1 },
    };
    expect((await worldOf(bare).look(check)).drafts).toMatchObject([{ discriminator: 'retrying' }]);
  });

  test('that is at it for half a day is slow', async () => {
    const running = (seconds: number): StoredObject => job({ active: 1, startTime: ago(seconds) });
    expect(said(await worldOf(running(12 * HOUR)).look(check))).toEqual([
      'medium slow: Job prod/migrate is still at it: 1 pod, for 12 h',
    ]);
    expect(said(await worldOf(running(12 * HOUR - 1)).look(check))).toEqual([]);
    expect(said(await worldOf(running(2 * HOUR)).look(check, { slowAfter: '1h' }))).toHaveLength(1);
  });

  test('that is suspended is told only to who asks', async () => {
    const waiting = job({ failed: 1, startTime: ago(DAY) }, { spec: { suspend: true } });
    expect(said(await worldOf(waiting).look(check))).toEqual([]);
    expect(said(await worldOf(waiting).look(check, { suspendedJobs: true }))).toEqual([
      'info suspended-job: Job prod/migrate is suspended, for 1 d',
    ]);
  });
});

describe('a cron job', () => {
  test('bears the failure of its jobs under its own name, as one finding', async () => {
    const { drafts, observations } = await worldOf(
      cronJob('*/5 * * * *'),
      job(failed(600), { name: 'nightly-29919855', owner: 'nightly' }),
      job(failed(300), { name: 'nightly-29919860', owner: 'nightly' }),
    ).look(check);
    expect(drafts).toHaveLength(1);
    expect(drafts[0]?.title).toMatch(
      /^CronJob prod\/nightly failed: nightly-29919860 \(.*\), nightly-29919855 \(.*\), for 10 min$/,
    );
    expect(observations[1]?.resource).toMatch(/\/cronjob\/prod\/nightly$/);
  });

  test('has overtaken what failed before its last success', async () => {
    const history = job(failed(2 * HOUR), { name: 'nightly-1', owner: 'nightly' });
    const status = (seconds: number): object => ({ status: { lastSuccessfulTime: ago(seconds) } });
    expect(said(await worldOf(cronJob('@hourly', status(HOUR)), history).look(check))).toEqual([]);
    expect(said(await worldOf(cronJob('@hourly', status(2.5 * HOUR)), history).look(check))).toHaveLength(1);
    const slow = job({ active: 1, startTime: ago(DAY) }, { name: 'nightly-2', owner: 'nightly' });
    expect((await worldOf(cronJob('@hourly', status(HOUR)), slow).look(check)).drafts).toMatchObject([
      { discriminator: 'slow' },
    ]);
  });

  test.each(['invalid-cron', '60 * * * *', 'TZ=UTC 0 3 * * *', '0 0 30 2 *', ''])(
    'with the schedule "%s" never starts',
    async (schedule) => {
      expect((await worldOf(cronJob(schedule)).look(check)).drafts).toMatchObject([
        { discriminator: 'invalid-schedule', severity: 'high' },
      ]);
    },
  );

  test('with a negative deadline is told', async () => {
    const { drafts } = await worldOf(cronJob('@hourly', { spec: { startingDeadlineSeconds: -60 }, age: 60 })).look(
      check,
    );
    expect(drafts).toMatchObject([{ discriminator: 'negative-deadline', severity: 'medium' }]);
  });

  test('that is suspended is worth knowing, and nothing else is said of it', async () => {
    const suspended = cronJob('nonsense', { spec: { suspend: true } });
    expect(said(await worldOf(suspended).look(check))).toEqual(['info suspended: CronJob prod/nightly is suspended']);
  });

  test('without a success in two turns is stale, once the last had its time', async () => {
    // The turns were at 16:00 and 15:00; it is 16:30.
    const hourly = (seconds: number): StoredObject =>
      cronJob('0 * * * *', { status: { lastSuccessfulTime: ago(seconds) } });
    expect(said(await worldOf(hourly(1.5 * HOUR + 1)).look(check))).toEqual([
      'medium stale: CronJob prod/nightly had no success in its last two turns, for 1 h 30 min',
    ]);
    expect(said(await worldOf(hourly(1.5 * HOUR - 1)).look(check))).toEqual([]);
    // At 16:20 and 15:20: the last has ten minutes so far, of thirty.
    const later = (seconds: number): StoredObject =>
      cronJob('20 * * * *', { status: { lastSuccessfulTime: ago(seconds) } });
    expect(said(await worldOf(later(1.5 * HOUR)).look(check))).toEqual([]);
    expect(said(await worldOf(later(3 * HOUR)).look(check))).toHaveLength(1);
  });

  test('that runs every minute is given an hour', async () => {
    const often = (seconds: number): StoredObject =>
      cronJob('* * * * *', { status: { lastSuccessfulTime: ago(seconds) } });
    expect(said(await worldOf(often(HOUR - 1)).look(check))).toEqual([]);
    expect(said(await worldOf(often(HOUR)).look(check))).toHaveLength(1);
    const every = (seconds: number): StoredObject =>
      cronJob('@every 2h', { status: { lastSuccessfulTime: ago(seconds) } });
    expect(said(await worldOf(every(4 * HOUR + 1)).look(check))).toHaveLength(1);
    expect(said(await worldOf(every(4 * HOUR)).look(check))).toEqual([]);
  });

  test('that never succeeded is reckoned with since it was made; one without any time is not', async () => {
    expect(said(await worldOf(cronJob('0 3 * * *', { age: 3 * DAY })).look(check))).toEqual([
      'medium stale: CronJob prod/nightly had no success since it was made, for 3 d',
    ]);
    expect(said(await worldOf(cronJob('0 3 * * *', { age: 20 * HOUR })).look(check))).toEqual([]);
    const bare = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'n', namespace: 'prod' },
      spec: { schedule: '*/5 * * * *' },
    };
    expect(said(await worldOf(bare).look(check))).toEqual([]);
  });

  test('is reckoned with in its own time zone', async () => {
    // 03:00 in Berlin was 02:00 in UTC, on both of the last days.
    const status = { lastSuccessfulTime: '2026-11-19T02:30:00Z' };
    expect(
      said(await worldOf(cronJob('0 3 * * *', { status, spec: { timeZone: 'Europe/Berlin' } })).look(check)),
    ).toEqual([]);
    expect(said(await worldOf(cronJob('0 3 * * *', { status })).look(check))).toHaveLength(1);
  });

  test('that may not be seen hides what there is of it, and its jobs are told under it all the same', async () => {
    const world = worldOf(job(failed(600), { name: 'nightly-1', owner: 'nightly' }));
    world.api.deny({ user: 'ops-reader', resources: ['cronjobs.batch'] });
    const { drafts, observations } = await world.look(check);
    expect(drafts).toMatchObject([{ title: expect.stringContaining('CronJob prod/nightly failed') }]);
    expect(observations.filter(({ status }) => status === 'unknown')).toMatchObject([
      { name: 'cronjobs', failure: { code: 'FORBIDDEN' } },
    ]);
  });
});
