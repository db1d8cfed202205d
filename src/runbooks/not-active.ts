/**
 * What a runbook may say already but this version of Holdfast does not act on yet, and what will make it.
 * An issue that brings the feature takes its line out; nothing else has to change. `tasks` and `prose`
 * are the parts of a bare HEARTBEAT.md.
 */
export const NOT_ACTIVE: Readonly<Record<string, string>> = {
  agent: 'no model is asked yet',
  tasks: 'no model is asked yet, so the tasks are not run; a run says unknown',
  prose: 'no model is asked yet, so the question is not answered; a run says unknown',
};
