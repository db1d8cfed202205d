import { redactFailure } from '../domain/redaction/border.ts';
import type { Redactor } from '../domain/redaction/redacted.ts';
import type { Runbook } from '../domain/runbook.ts';
import type { Entry } from './entry.ts';

/**
 * What a bare HEARTBEAT.md asks a model: each of its tasks, and its prose. This version has no
 * model to ask, so each is unknown, and shown; it is never passed over in silence.
 */
export function unansweredQuestions(runbook: Runbook, redactor: Redactor): readonly Entry[] {
  if (runbook.form !== 'heartbeat') return [];
  const tasks = runbook.tasks.map((task) => unanswered('agent/task', `the task "${task.name}"`, redactor));
  return runbook.instructions === ''
    ? tasks
    : [...tasks, unanswered('agent/prose', 'the prose of this file', redactor)];
}

function unanswered(id: 'agent/task' | 'agent/prose', what: string, redactor: Redactor): Entry {
  const failure = redactFailure(redactor, {
    code: 'NO_MODEL',
    message: `${what} is a question to a model, and this version has none; write it as checks (holdfast checks list)`,
  });
  return {
    check: { id, outcome: 'unknown', failure, durationMs: 0, looked: 0, hidden: [] },
    drafted: [],
    samples: [],
    hidden: [],
  };
}
