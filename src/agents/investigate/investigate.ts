import type { Exhibit, Statement } from '../../domain/answer.ts';
import type { Failure } from '../../domain/check.ts';
import type { ModelCallId } from '../../domain/id.ts';
import type { AgentTool, Models, ModelUse, ToolCall } from '../../domain/models.ts';
import { printable } from '../../domain/printable.ts';
import { redactFailure, type RedactedFailure } from '../../domain/redaction/border.ts';
import type { Redacted, Redactor } from '../../domain/redaction/redacted.ts';
import { failed } from '../failed.ts';
import { unsupportedPart, withoutLinks } from '../supported.ts';
import {
  answerPrompt,
  ANSWER_SYSTEM,
  answerSchema,
  exhibitsShown,
  toolsPrompt,
  TOOLS_SYSTEM,
  type Shown,
} from './prompts.ts';
import { readAnswer } from './read-answer.ts';

export interface InvestigateRequest {
  readonly use: ModelUse;
  readonly question: string;
  /** A runbook's prose; null: there is none. */
  readonly instructions: string | null;
  /** What was read so far; grows while the model calls tools. */
  exhibits(): readonly Exhibit[];
  readonly tools: readonly AgentTool[];
  /** How much the model takes in, tokens; null: not known. */
  readonly contextTokens: number | null;
  readonly redactor: Redactor;
}

/** What a model had to say. */
export interface Investigated {
  /** null when it has no words that can be used. */
  readonly text: Redacted<string> | null;
  readonly statements: readonly Statement[];
  readonly failure: RedactedFailure | null;
  readonly toolCalls: readonly ToolCall[];
  readonly calls: readonly ModelCallId[];
}

const STEPS = 6;
const TOOL_TIMEOUT_MS = 30_000;
const MAX_OUTPUT_TOKENS = 1_200;

/**
 * Two passes: first the model may call tools, then it answers in a given form, without tools, from what was read; small
 * models can't do both at once (facts/dependencies.md, section 2). A model without tools goes on to the second pass with what there is.
 * Every statement is held against its exhibits.
 */
export async function investigate(request: InvestigateRequest, models: Models): Promise<Investigated> {
  const { redactor } = request;
  const calls: ModelCallId[] = [];
  const toolCalls: ToolCall[] = [];
  const use = { ...request.use, onCall: (id: ModelCallId) => void calls.push(id) };
  const nothing = (failure: Failure): Investigated => ({
    text: null,
    statements: [],
    failure: redactFailure(redactor, failure),
    toolCalls,
    calls,
  });
  const shown = (): Shown => ({ ...request, exhibits: request.exhibits() });
  const looked =
    request.tools.length === 0
      ? null
      : await models.converse({
          ...use,
          system: redactor.text(TOOLS_SYSTEM),
          question: toolsPrompt(shown()),
          tools: request.tools,
          steps: STEPS,
          toolTimeoutMs: TOOL_TIMEOUT_MS,
          maxOutputTokens: MAX_OUTPUT_TOKENS,
          onToolCall: (call) => void toolCalls.push(call),
        });
  const firstFailure = looked?.status === 'unknown' ? looked.failure : null;
  if (firstFailure !== null && !mayGoOn(firstFailure)) return nothing(firstFailure);
  const exhibits = exhibitsShown(shown());
  const answered = await models.structured({
    ...use,
    system: redactor.text(ANSWER_SYSTEM),
    prompt: answerPrompt(shown()),
    schema: answerSchema(exhibits),
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  });
  if (answered.status === 'unknown') return nothing(firstFailure ?? answered.failure);
  const read = readAnswer(answered.value.value);
  const statements = read.statements.map((statement) => checked(statement, exhibits, request));
  const text = textOf(read.answer, statements, exhibits, request);
  const failure =
    text === null
      ? failed(
          'MODEL_ANSWER_INVALID',
          read.answer.trim() === '' && statements.length === 0
            ? `${use.model} answered nothing`
            : `${use.model} named what nobody saw, and nothing of its answer is left`,
        )
      : null;
  return {
    text,
    statements,
    failure: failure === null ? null : redactFailure(redactor, failure),
    toolCalls,
    calls,
  };
}

/** What only says that tools did not work leaves the answer from what was read already. */
function mayGoOn({ code }: Failure): boolean {
  return ['MODEL_NO_TOOLS', 'MODEL_STEPS', 'MODEL_ANSWER_INVALID', 'MODEL_CUT_OFF'].includes(code);
}

function checked(
  { text, exhibits: named }: { readonly text: string; readonly exhibits: readonly string[] },
  exhibits: readonly Exhibit[],
  { question, redactor }: InvestigateRequest,
): Statement {
  const basis = exhibits.filter(({ id }) => named.includes(id));
  const shown = basis.map((one) => `${one.source} ${JSON.stringify(one.input)} ${one.text}`).join('\n');
  const isSupported = basis.length > 0 && unsupportedPart(text, { text: shown, question }) === null;
  return {
    text: redactor.text(printable(withoutLinks(text))),
    exhibits: basis.map(({ id }) => id),
    support: isSupported ? 'supported' : 'unsupported',
  };
}

/** The model's own words when nothing in them is made up; else those of its statements that hold. */
function textOf(
  answer: string,
  statements: readonly Statement[],
  exhibits: readonly Exhibit[],
  { question, redactor }: InvestigateRequest,
): Redacted<string> | null {
  const shown = exhibits.map((one) => `${one.source} ${JSON.stringify(one.input)} ${one.text}`).join('\n');
  if (answer.trim() !== '' && unsupportedPart(answer, { text: shown, question }) === null)
    return redactor.text(printable(withoutLinks(answer.trim())));
  const held = statements.filter(({ support }) => support === 'supported').map(({ text }) => text);
  return held.length === 0 ? null : redactor.text(held.join(' '));
}
