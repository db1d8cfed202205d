import { cronjobSuspensionAction } from './cronjob-suspension.ts';
import { wordOf } from './object-fields.ts';

export const action = cronjobSuspensionAction({
  id: 'kubernetes/suspend-cronjob',
  undo: 'kubernetes/resume-cronjob',
  title: 'Suspend a CronJob of a Kubernetes cluster',
  description: `Sets \`spec.suspend\` of a CronJob: no further runs are started, and those that run go on.

Sealed are the uid, the schedule and whether it is suspended; the version just read goes with the write. What falls due meanwhile is not done; on resuming, a run that was missed may start at once. Undone by \`kubernetes/resume-cronjob\`. Tried against the recorded answers of a real API server (1.36) made writable; not against a live cluster.`,
  suspend: true,
  risk: ({ shown }) => ({
    level: 'medium',
    reasons: [
      `what falls due meanwhile is not done (${wordOf(shown['Schedule'])})`,
      `${wordOf(shown['Jobs that run now'])} of its jobs run now, and go on`,
    ],
  }),
});
