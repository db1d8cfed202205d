import type { LastingRule } from './lasting-judgement.ts';

const MINUTE = 60_000;

export interface JobLimits {
  readonly retryingAfter: number;
  readonly slowAfter: number;
  readonly suspendedJobs: boolean;
}

/** What `kubernetes/jobs` says of jobs and cron jobs. */
export function jobRules({ retryingAfter, slowAfter, suspendedJobs }: JobLimits): readonly LastingRule[] {
  return [
    {
      id: 'failed',
      severity: 'high',
      afterMs: 0,
      title: 'failed: {about}',
      why: 'What it was to do is not done, and nothing tries again before its next turn, if there is one.',
      next: 'See how its pods ended: {describe}, then the logs of a pod of the job.',
    },
    {
      id: 'retrying',
      severity: 'medium',
      afterMs: retryingAfter,
      title: 'keeps failing and is tried again: {about}',
      why: 'When its tries are used up, it fails for good.',
      next: 'See how the pods ended that failed: {describe}',
    },
    {
      id: 'slow',
      severity: 'medium',
      afterMs: slowAfter,
      title: 'is still at it: {about}',
      why: 'It waits for something that does not come, or has more to do than it was made for; with concurrencyPolicy Forbid its next turns are left out.',
      next: 'See what its pod does: {describe}, then the logs of its pod.',
    },
    {
      id: 'invalid-schedule',
      severity: 'high',
      afterMs: 0,
      title: 'has a schedule by which it never starts: {about}',
      why: 'The controller can not read the schedule or finds no time in it, so that the job never runs.',
      next: 'Compare spec.schedule with the five fields minute, hour, day, month, weekday: {yaml}',
    },
    {
      id: 'negative-deadline',
      severity: 'medium',
      afterMs: 0,
      title: 'has a negative starting deadline: {about} s',
      why: 'Every start counts as missed before it is due.',
      next: 'See spec.startingDeadlineSeconds: {yaml}',
    },
    {
      id: 'stale',
      severity: 'medium',
      afterMs: 0,
      title: 'had no success {about}',
      why: 'What it does regularly (backups, as a rule, or clearing up) has not been done for two turns.',
      next: 'See whether its jobs start and how they end: {describe}',
    },
    {
      id: 'suspended',
      severity: 'info',
      afterMs: 0,
      title: 'is suspended',
      why: 'It does not run until somebody resumes it, which is easily forgotten.',
      next: 'See since when, and who may know why: {describe}',
    },
    ...(suspendedJobs
      ? [
          {
            id: 'suspended-job',
            severity: 'info' as const,
            afterMs: MINUTE,
            title: 'is suspended',
            why: 'It does not run until somebody, or a queue that it stands in, resumes it.',
            next: 'See whether a queue holds it: {describe}',
          },
        ]
      : []),
  ];
}
