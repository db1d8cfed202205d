import * as z from 'zod';
import type { Failure } from '../../domain/check.ts';
import type { ModelScore, ScoredCase } from '../../domain/model-score.ts';
import type { Models, ModelUse } from '../../domain/models.ts';
import { printable } from '../../domain/printable.ts';
import type { Redactor } from '../../domain/redaction/redacted.ts';
import { fenced } from '../fence.ts';
import { FORM_CASES, scored, SUITE, TOOL_CASES, type FormCase, type ToolCase } from './cases.ts';

export interface SuiteRequest {
  readonly use: ModelUse;
  readonly digest: string | null;
  readonly at: number;
  readonly redactor: Redactor;
  onCase(one: ScoredCase): void;
}

/** A score; or why the model could not be asked at all, which says nothing of it. */
export type SuiteEnd = { readonly score: ModelScore } | { readonly failure: Failure };

/** These say that nobody was there to be tested. */
const NOT_THERE = new Set([
  'MODEL_NONE',
  'MODEL_NO_SERVER',
  'MODEL_UNKNOWN',
  'MODEL_NO_KEY',
  'MODEL_NOT_ALLOWED',
  'MODEL_BUDGET',
  'MODEL_BUSY',
  'MODEL_REFUSED',
  'MODEL_WITHHELD',
]);

/** Asks a model every case once; the judging is ours, and knows nothing of models. */
export async function runSuite(request: SuiteRequest, models: Models): Promise<SuiteEnd> {
  const cases: ScoredCase[] = [];
  const ask = [
    ...FORM_CASES.map((one) => () => formCase(one, request, models)),
    ...TOOL_CASES.map((one) => () => toolCase(one, request, models)),
  ];
  for (const next of ask) {
    const end = await next();
    if ('code' in end) return { failure: end };
    cases.push(end);
    request.onCase(end);
  }
  return { score: { model: request.use.model, digest: request.digest, suite: SUITE, at: request.at, cases } };
}

const SYSTEM = `You answer an operator's question from the data, and from nothing else. Write JSON: "answer" is one or two plain sentences, "known" says whether the data answers the question. When it does not, known is false, and the answer says so and names nothing else.`;
const TOOL_SYSTEM =
  'You look into the state of computers. Call the one tool that answers the question, then say what it said.';
const MAX_OUTPUT_TOKENS = 300;

const form = z.strictObject({ answer: z.string(), known: z.boolean() });

async function formCase(one: FormCase, { use, redactor }: SuiteRequest, models: Models): Promise<ScoredCase | Failure> {
  const answered = await models.structured({
    ...use,
    system: redactor.text(SYSTEM),
    prompt: redactor.text(`${fenced('e1', one.data, 2_000, redactor)}\n\nQuestion: ${one.question}`),
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['answer', 'known'],
      properties: { answer: { type: 'string' }, known: { type: 'boolean' } },
    },
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  });
  if (answered.status === 'unknown')
    return NOT_THERE.has(answered.failure.code) ? answered.failure : scored(one, answered.failure.message);
  const read = form.safeParse(answered.value.value);
  return scored(one, shown(read.success ? one.judge(read.data) : 'it is not of the form that was asked for', redactor));
}

async function toolCase(one: ToolCase, { use, redactor }: SuiteRequest, models: Models): Promise<ScoredCase | Failure> {
  const conversed = await models.converse({
    ...use,
    system: redactor.text(TOOL_SYSTEM),
    question: redactor.text(one.question),
    tools: one.tools.map(({ answer, ...tool }) => ({ ...tool, run: async () => redactor.text(answer) })),
    steps: 4,
    toolTimeoutMs: 5_000,
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  });
  if (conversed.status === 'unknown')
    return NOT_THERE.has(conversed.failure.code) ? conversed.failure : scored(one, conversed.failure.message);
  return scored(one, shown(one.judge(conversed.value.toolCalls, conversed.value.text), redactor));
}

/** It may quote the model. */
function shown(why: string | null, redactor: Redactor): string | null {
  return why === null ? null : redactor.text(redactor.text(printable(why)).slice(0, 200));
}
