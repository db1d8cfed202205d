import { stripHeartbeatToken } from '../domain/heartbeat-token.ts';
import { seen, unknown, type Looked } from '../domain/failure.ts';
import type { Runbook } from '../domain/runbook.ts';
import type { Budget } from '../domain/spending.ts';
import type { AnswerQuestion, ModelQuestion } from '../scheduler/question.ts';
import type { StatefulApp } from './app.ts';
import { chosenModel } from './models.ts';

/**
 * Answers what a runbook asks a model: by the same look as `holdfast ask`, reads only. HEARTBEAT_OK acknowledges the model's
 * own prose and nothing else: when a check that was asked on the way has a finding, that is told all the same.
 */
export function proseAnswers(app: StatefulApp, runbook: Runbook): AnswerQuestion {
  return async (question, signal) => {
    const model = chosenModel(app, runbook.agent?.model ?? null);
    if (model.status === 'unknown')
      return unknown(
        'MODEL_NONE',
        `it is a question to a model, and none is configured; name one (\`holdfast models use <model>\`), or write it as checks`,
      );
    return answerOf(app, runbook, question, model.value, signal);
  };
}

/** A question that looks around takes more than an explanation of what is known. */
function proseBudget({ agent }: Runbook): Budget {
  const { calls, tokens, usdPerDay } = agent?.budget ?? { calls: null, tokens: null, usdPerDay: null };
  return { calls: calls ?? 12, tokens: tokens ?? 40_000, usdPerDay };
}

async function answerOf(
  app: StatefulApp,
  runbook: Runbook,
  { text }: ModelQuestion,
  model: string,
  signal: AbortSignal,
): Promise<Looked<string | null>> {
  const { ask } = await import('./ask/ask.ts');
  const { answer } = await ask(
    app,
    {
      question: text,
      context: undefined,
      namespaces: [],
      runbook: null,
      model: {
        named: model,
        none: false,
        localOnly: false,
        budget: proseBudget(runbook),
        purpose: 'prose',
        runbook: runbook.name,
      },
      onProgress: () => undefined,
    },
    signal,
  );
  if (answer.by === 'checks' && answer.failure !== null) return { status: 'unknown', failure: answer.failure };
  const found = answer.findings.map(({ severity, title }) => `${severity}: ${title}`);
  const checks = found.length === 0 ? '' : ` The checks it asked found: ${found.slice(0, 5).join('; ')}.`;
  const reply =
    answer.by === 'model'
      ? stripHeartbeatToken(answer.text, { mode: 'message' })
      : { shouldSkip: false, text: answer.text };
  // With anything beside the token it is no acknowledgement: there is room for an outage in a few words.
  if (reply.shouldSkip) return seen(checks === '' ? null : checks.trim());
  const whose = answer.by === 'model' ? `In the words of ${model}: ` : '';
  return seen(`${whose}${reply.text}${checks}`);
}
