import type { Clock } from '../domain/clock.ts';
import { unknown, type Looked } from '../domain/failure.ts';
import { printable } from '../domain/printable.ts';
import { redactFailure } from '../domain/redaction/border.ts';
import type { Redactor } from '../domain/redaction/redacted.ts';
import type { Runbook } from '../domain/runbook.ts';
import type { Entry } from './entry.ts';

/** What a runbook asks a model: a task or the prose of a bare HEARTBEAT.md, or the prose of one that asks at every run. */
export interface ModelQuestion {
  readonly id: 'agent/task' | 'agent/prose';
  /** For people: `the task "inbox"`. */
  readonly what: string;
  readonly text: string;
}

/** Asks a model. Its answer is words; null: it has nothing to tell. It never rejects. */
export type AnswerQuestion = (question: ModelQuestion, signal: AbortSignal) => Promise<Looked<string | null>>;

/** Where no model is asked. */
export const nobodyAnswers: AnswerQuestion = async () => unknown('MODEL_NONE', 'there is no model to ask');

export interface QuestionDeps {
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly answerQuestion: AnswerQuestion;
}

export function questionsOf(runbook: Runbook): readonly ModelQuestion[] {
  const prose: ModelQuestion = { id: 'agent/prose', what: 'the prose of this file', text: runbook.instructions };
  if (runbook.form !== 'heartbeat')
    return runbook.agent?.when === 'always' && runbook.instructions.trim() !== '' ? [prose] : [];
  const tasks = runbook.tasks.map(
    ({ name, prompt }): ModelQuestion => ({ id: 'agent/task', what: `the task "${name}"`, text: prompt }),
  );
  return runbook.instructions === '' ? tasks : [...tasks, prose];
}

/**
 * The answers, one entry each: what a model said is a note of the run, and never a finding. A question that nobody
 * answered is unknown, and shown; it is never passed over in silence.
 */
export async function answered(runbook: Runbook, signal: AbortSignal, deps: QuestionDeps): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const question of questionsOf(runbook)) {
    const started = deps.clock.monotonic();
    const answer = await deps.answerQuestion(question, signal);
    entries.push(entryOf(question, answer, Math.round(deps.clock.monotonic() - started), deps.redactor));
  }
  return entries;
}

function entryOf(
  { id, what }: ModelQuestion,
  answer: Looked<string | null>,
  durationMs: number,
  redactor: Redactor,
): Entry {
  const nothing = { drafted: [], samples: [], hidden: [] };
  const shared = { id, durationMs, hidden: [] };
  if (answer.status === 'unknown') {
    const { code, message } = answer.failure;
    const failure = redactFailure(redactor, { code, message: `${what} was not answered: ${message}` });
    return { ...nothing, check: { ...shared, outcome: 'unknown', failure, looked: 0 } };
  }
  const note = answer.value === null ? {} : { note: redactor.text(printable(answer.value)) };
  return { ...nothing, check: { ...shared, outcome: 'ok', failure: null, looked: 1, ...note } };
}
