import { conditionOf, controllerOf, instantOf, type Job, type Pod } from '../../providers/kubernetes/reader.ts';

/** How the Jobs of failed pods went on. */
export interface JobEnds {
  /** null: no Job made the pod, or it is not known. */
  of(pod: Pod): 'tries' | 'failed' | 'succeeded' | null;
}

/**
 * A pod of a Job that succeeded in the end did not fail, nor did one of a CronJob whose later Job succeeded. While a Job
 * still tries, nobody knows.
 */
export function jobEndsOf(jobs: readonly Job[]): JobEnds {
  const byName = new Map(jobs.map((job) => [`${job.metadata.namespace ?? ''}/${job.metadata.name}`, job]));
  const lastSuccess = lastSuccessOf(jobs);
  return {
    of(pod) {
      const controller = controllerOf(pod);
      if (controller?.kind !== 'Job') return null;
      const job = byName.get(`${pod.metadata.namespace ?? ''}/${controller.name}`);
      if (job === undefined) return null;
      if (hasSucceeded(job)) return 'succeeded';
      const started = instantOf(job.metadata.creationTimestamp);
      const success = lastSuccess.get(cronJobOf(job) ?? '');
      if (success !== undefined && started !== null && success > started) return 'succeeded';
      return conditionOf(job.status?.conditions, 'Failed')?.status === 'True' ? 'failed' : 'tries';
    },
  };
}

function hasSucceeded({ status }: Job): boolean {
  return ['Complete', 'SuccessCriteriaMet'].some((type) => conditionOf(status?.conditions, type)?.status === 'True');
}

function cronJobOf(job: Job): string | null {
  const controller = controllerOf(job);
  return controller?.kind === 'CronJob' ? `${job.metadata.namespace ?? ''}/${controller.name}` : null;
}

/** CronJob -> when the latest of its Jobs that succeeded was made, milliseconds. */
function lastSuccessOf(jobs: readonly Job[]): ReadonlyMap<string, number> {
  const latest = new Map<string, number>();
  for (const job of jobs) {
    const cronJob = cronJobOf(job);
    const made = instantOf(job.metadata.creationTimestamp);
    if (cronJob === null || made === null || !hasSucceeded(job)) continue;
    latest.set(cronJob, Math.max(made, latest.get(cronJob) ?? 0));
  }
  return latest;
}
