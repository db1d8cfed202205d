import { printableStart } from '../../domain/printable.ts';
import { conditionOf, type Job } from '../../providers/kubernetes/reader.ts';
import { conditionPath, timeOf, type LastingProblem } from './lasting.ts';

/** An API server writes it where a file has none. */
const DEFAULT_BACKOFF_LIMIT = 6;
const MESSAGE_SHOWN = 120;

/** When it failed for good, milliseconds since the epoch; null: it did not, or not yet. */
export function failedAt({ status }: Job): number | null {
  const condition = conditionOf(status?.conditions, 'Failed');
  return condition?.status === 'True' ? timeOf(condition.lastTransitionTime) : null;
}

/** Failed attempts that were tried again are part of a job that succeeded. */
function hasSucceeded({ status }: Job): boolean {
  return ['Complete', 'SuccessCriteriaMet'].some((type) => conditionOf(status?.conditions, type)?.status === 'True');
}

/** `isTheirs`: it is told under what owns it, so that its name must be said. */
export function jobProblems(job: Job, isTheirs: boolean): readonly LastingProblem[] {
  if (hasSucceeded(job)) return [];
  const about = (words: string): string => aboutOf(job, words, isTheirs);
  if (failedAt(job) !== null) return [failed(job, about)];
  return [...retrying(job, about), ...slow(job, about), ...suspended(job)];
}

function aboutOf({ metadata }: Job, words: string, isTheirs: boolean): string {
  if (!isTheirs) return words;
  return words === '' ? metadata.name : `${metadata.name} (${words})`;
}

type About = (words: string) => string;

function failed(job: Job, about: About): LastingProblem {
  const { status } = job;
  const condition = conditionOf(status?.conditions, 'Failed');
  const words = [condition?.reason, condition?.message].filter((word) => word !== undefined).join(': ');
  return {
    rule: 'failed',
    about: about(printableStart(words === '' ? 'no reason is given' : words, MESSAGE_SHOWN)),
    since: timeOf(condition?.lastTransitionTime),
    fields: [
      { path: at(job, conditionPath('Failed', 'reason')), value: condition?.reason ?? null },
      { path: at(job, conditionPath('Failed', 'message')), value: condition?.message ?? null },
      { path: at(job, conditionPath('Failed', 'lastTransitionTime')), value: condition?.lastTransitionTime ?? null },
      { path: at(job, 'status.failed'), value: status?.failed ?? null },
    ],
  };
}

/** Pods failed, and either nothing of it runs, or more than half of the tries are used up. */
function retrying(job: Job, about: About): readonly LastingProblem[] {
  const { metadata, spec, status } = job;
  const count = status?.failed ?? 0;
  const limit = spec?.backoffLimit ?? DEFAULT_BACKOFF_LIMIT;
  const isIdle = (status?.active ?? 0) === 0;
  if (count === 0 || spec?.suspend === true || !(isIdle || count * 2 > limit)) return [];
  return [
    {
      rule: 'retrying',
      about: about(`${count} of ${limit + 1} tries`),
      since: timeOf(status?.startTime ?? metadata.creationTimestamp),
      fields: [
        { path: at(job, 'status.failed'), value: count },
        { path: at(job, 'status.active'), value: status?.active ?? null },
        { path: at(job, 'spec.backoffLimit'), value: spec?.backoffLimit ?? null },
      ],
    },
  ];
}

function slow(job: Job, about: About): readonly LastingProblem[] {
  const { status } = job;
  if ((status?.active ?? 0) === 0 || status?.startTime === undefined) return [];
  return [
    {
      rule: 'slow',
      about: about(`${status.active} ${status.active === 1 ? 'pod' : 'pods'}`),
      since: timeOf(status.startTime),
      fields: [
        { path: at(job, 'status.startTime'), value: status.startTime },
        { path: at(job, 'status.active'), value: status.active ?? null },
      ],
    },
  ];
}

function suspended(job: Job): readonly LastingProblem[] {
  if (job.spec?.suspend !== true) return [];
  const condition = conditionOf(job.status?.conditions, 'Suspended');
  return [
    {
      rule: 'suspended-job',
      since: timeOf(condition?.lastTransitionTime ?? job.metadata.creationTimestamp),
      fields: [{ path: at(job, 'spec.suspend'), value: true }],
    },
  ];
}

/** Jobs of one owner share a finding: the field says whose it is. */
function at({ metadata }: Job, path: string): string {
  return `Job ${metadata.name}: ${path}`;
}
