import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import {
  createOwners,
  instantOf,
  type CronJob,
  type Job,
  type KubernetesReader,
} from '../../providers/kubernetes/reader.ts';
import { durationParam } from '../duration-param.ts';
import { clusterShape } from './cluster-params.ts';
import { cronJobProblems } from './cron-job-problems.ts';
import { failedAt, jobProblems } from './job-problems.ts';
import { jobRules } from './job-rules.ts';
import { judgeLasting } from './lasting-judgement.ts';
import { sampleLasting, seeLasting } from './lasting.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';
import { createToldUnder } from './told-under.ts';

const jobsParams = z.strictObject({
  ...clusterShape,
  retryingAfter: durationParam('0s', '7d')
    .prefault('15m')
    .describe('Report a job whose pods keep failing this long after its start, though it has tries left.'),
  slowAfter: durationParam('1m', '365d')
    .prefault('12h')
    .describe('Report a job that still runs this long after its start.'),
  suspendedJobs: z
    .boolean()
    .default(false)
    .describe('Report suspended jobs, too (info). Queues such as Kueue suspend every job that waits.'),
});
type JobsParams = z.output<typeof jobsParams>;

export const check: Check<KubernetesReader, JobsParams> = {
  id: 'kubernetes/jobs',
  title: 'Jobs and cron jobs',
  keywords: ['job', 'cronjob', 'batch', 'schedule'],
  description: `Looks at the status of jobs and cron jobs. Jobs of one owner (a cron job, a workflow) are told together under it.

Reports:
- **failed** (high) a job with the condition Failed. One that a later success of its cron job has overtaken is history, and failed tries of a job that succeeded are part of it: neither is a finding.
- **retrying** (medium) a job that has failed pods and no result \`retryingAfter\` its start, when nothing of it runs just now or more than half of its tries are used up.
- **slow** (medium) a job that still runs \`slowAfter\` its start.
- **invalid-schedule** (high) a cron job whose schedule its controller can not read (five fields, as robfig/cron's standard parser has them; Sunday is 0; no time zone in it) or that never comes.
- **negative-deadline** (medium).
- **stale** (medium) a cron job without a success since the turn before the last, at least for an hour, and when the last turn had half of the time between two (an hour at most) to come to its end. Not while a failed job stands there, which says more. A cron job that bears no times is not reckoned with. One that was suspended and has just been resumed is told until its next success, as nothing says since when it runs again.
- **suspended** (info) a cron job; with \`suspendedJobs\` **suspended-job** (info), too.

Turns are reckoned in \`spec.timeZone\`, or in UTC: the zone of the controller can't be seen. Pods of jobs are not looked at. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  params: jobsParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    return lookAtCluster(reader, params, context, { needs: ['Job', 'CronJob'] }, (scene) => seeJobs(scene, context));
  },

  judge(seen, params, history) {
    return judgeLasting(seen, jobRules(params), history);
  },

  sample: sampleLasting,
  summary: tallyWords,
};

function seeJobs(scene: Scene, context: ReadContext): readonly Observation[] {
  const told = createToldUnder();
  const cronJobs = new Map(scene.all('CronJob').map((each) => [keyOf(each.kind, each.metadata), each]));
  for (const cronJob of cronJobs.values()) told.add(cronJob, []);
  const owners = createOwners(scene.all('Job'));
  for (const job of scene.all('Job').toSorted(latestFirst)) {
    const owner = owners.of(job);
    if (isOvertaken(job, cronJobs.get(keyOf(owner.kind, owner)))) continue;
    told.addUnder(owner, jobProblems(job, owner.kind !== job.kind));
  }
  for (const cronJob of cronJobs.values())
    told.add(cronJob, cronJobProblems(cronJob, scene.now, told.holds('failed', cronJob)));
  return told.all().flatMap(({ object, problems }) => seeLasting(scene, context, object, problems));
}

/** Failed jobs are kept as history: what a later turn did well, is done. */
function isOvertaken(job: Job, cronJob: CronJob | undefined): boolean {
  const failed = failedAt(job);
  const succeeded = instantOf(cronJob?.status?.lastSuccessfulTime);
  return failed !== null && succeeded !== null && succeeded > failed;
}

function latestFirst(one: Job, other: Job): number {
  return (failedAt(other) ?? 0) - (failedAt(one) ?? 0);
}

function keyOf(kind: string, { namespace = '', name }: { readonly namespace?: string; readonly name: string }): string {
  return `${kind} ${namespace}/${name}`;
}
