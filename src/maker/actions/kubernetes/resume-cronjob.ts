import { cronjobSuspensionAction } from './cronjob-suspension.ts';
import { wordOf } from './object-fields.ts';

export const action = cronjobSuspensionAction({
  id: 'kubernetes/resume-cronjob',
  undo: 'kubernetes/suspend-cronjob',
  title: 'Resume a suspended CronJob of a cluster',
  description: `Takes the suspension of a CronJob back: runs are started by its schedule again.

A run that was missed while it was suspended may start at once: Kubernetes starts one when the time was missed within \`startingDeadlineSeconds\`, and always when that is not set. Sealed are the uid, the schedule and whether it is suspended. Undone by \`kubernetes/suspend-cronjob\`; what was started runs on. Tried against the recorded answers of a real API server (1.36) made writable; not against a live cluster.`,
  suspend: false,
  risk: ({ shown }) => ({
    level: 'medium',
    reasons: [`a run that was missed may start at once (late by at most: ${wordOf(shown['Starts late by at most'])})`],
  }),
});
