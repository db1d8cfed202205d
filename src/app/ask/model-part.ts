import { investigate, type Investigated } from '../../agents/investigate/investigate.ts';
import type { Signpost, Together } from '../../domain/check.ts';
import type { Looked } from '../../domain/failure.ts';
import type { ModelRef } from '../../domain/model.ts';
import { redactFailure } from '../../domain/redaction/border.ts';
import type { Spent } from '../../domain/spending.ts';
import type { StatefulApp } from '../app.ts';
import { namespacesOf, type Connected } from '../connected.ts';
import { contextTokensOf, openModels, spendingOf, USUAL_BUDGET } from '../models.ts';
import type { AskedLook } from './looks.ts';
import type { Question } from './question.ts';
import { rankedChecks } from './route.ts';
import type { Shelf } from './shelf.ts';
import { askTools } from './tools.ts';
import type { AskRequest } from './ask.ts';

/** What a model added. */
export interface ModelPart {
  readonly model: ModelRef | null;
  readonly investigated: Investigated | null;
  /** What checks brought that the model chose. */
  readonly looks: readonly AskedLook[];
  readonly notes: readonly string[];
  readonly spent: Spent;
  readonly trace: readonly string[];
}

interface Investigation {
  readonly request: AskRequest;
  readonly question: Question;
  readonly checks: readonly Signpost[];
  readonly connected: Connected;
  readonly model: Looked<ModelRef>;
  readonly shelf: Shelf;
  readonly looks: readonly AskedLook[];
  readonly signal: AbortSignal;
  readonly together: Together;
}

export async function investigated(app: StatefulApp, of: Investigation): Promise<ModelPart> {
  const { request, question, model, shelf, signal, together } = of;
  if (model.status === 'unknown') return without(app, model.failure);
  const choice = request.model;
  const context = request.context ?? question.context ?? undefined;
  const looks: AskedLook[] = [];
  const spending = spendingOf(app, choice.budget ?? USUAL_BUDGET, choice.runbook);
  const isThere = of.connected.providers.has('kubernetes');
  const tools = await askTools(app, {
    shelf,
    checks: rankedChecks(question, of.checks),
    providers: of.connected.providers,
    context,
    namespaces: (isThere ? await namespacesOf(app, { context }, together) : null)?.slice(0, 50) ?? [],
    together,
    signal,
    onLook: (look) => looks.push(look),
  });
  request.onProgress(`asking ${model.value}`);
  const said = await investigate(
    {
      use: {
        model: model.value,
        purpose: choice.purpose,
        runbook: choice.runbook,
        run: null,
        escalatedBecause: null,
        spending,
        signal,
        timeoutMs: app.config.models.timeout,
      },
      question: app.redactor.text(request.question),
      instructions: request.runbook?.instructions ?? null,
      exhibits: () => shelf.all(),
      tools,
      contextTokens: contextTokensOf(app, model.value),
      redactor: app.redactor,
    },
    openModels(app, { localOnly: choice.localOnly }),
  );
  return {
    model: model.value,
    investigated: said,
    looks,
    notes:
      said.failure === null
        ? []
        : [`${model.value} gave no answer (${said.failure.message}): this is what the checks say.`],
    spent: spending.spent(),
    trace: said.toolCalls.map(
      ({ tool, input, outcome, durationMs }) => `tool ${tool} ${JSON.stringify(input)} ${outcome} in ${durationMs} ms`,
    ),
  };
}

function without(app: StatefulApp, failure: { readonly code: string; readonly message: string }): ModelPart {
  return {
    model: null,
    investigated: {
      text: null,
      statements: [],
      failure: redactFailure(app.redactor, failure),
      toolCalls: [],
      calls: [],
    },
    looks: [],
    notes: [`No model was asked (${failure.message}): this is what the checks say.`],
    spent: { calls: 0, tokens: 0, usd: 0 },
    trace: [],
  };
}
