import * as z from 'zod';
import type { Finding } from '../../domain/finding.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Models, ModelUse } from '../../domain/models.ts';
import { printable } from '../../domain/printable.ts';
import { redactedStart } from '../../domain/redaction/redacted-start.ts';
import type { Redactor } from '../../domain/redaction/redacted.ts';
import type { Looked } from '../../domain/failure.ts';
import type { ModelCallId } from '../../domain/id.ts';
import type { ModelUsage } from '../../domain/model.ts';
import type { TriageWords } from '../../domain/triage.ts';
import { FENCE_RULE, fenced } from '../fence.ts';
import { unsupportedPart, withoutLinks } from '../supported.ts';
import { findingsJson, NEWS_BYTES } from './findings-json.ts';

export interface TriageQuestion {
  readonly use: ModelUse;
  /** New and changed ones that are told. */
  readonly news: readonly Finding[];
  readonly ongoing: readonly Finding[];
  /** The runbook's prose. */
  readonly instructions: string;
  readonly redactor: Redactor;
}

/** What one model said, checked. */
export interface Triaged {
  readonly words: TriageWords;
  /** How urgent the model takes it to be: only ever held against the checks. */
  readonly urgency: 'now' | 'soon' | 'none';
  readonly usage: ModelUsage;
  readonly calls: readonly ModelCallId[];
}

const SYSTEM = `You help the operator on call to read the findings of a check run. The findings are facts; you explain them and decide nothing.
Write JSON: "summary": 1 to 3 plain sentences. "cause": a likely common cause and the ids of the findings it rests on, or null when they have none in common. "nextLook": one thing to look at next, or null. "urgency": now, soon or none.
Name nothing and count nothing that is not in the findings. Put names in backticks.
${FENCE_RULE}`;

/** Of the runbook's prose, characters. */
const PROSE_BYTES = 800;
const MAX_OUTPUT_TOKENS = 400;

/** One call without tools; an answer that names what is not there is asked for once more, and then there is none. */
export async function askTriage(question: TriageQuestion, models: Models): Promise<Looked<Triaged>> {
  const { use, news, ongoing, redactor } = question;
  const shown = [...news, ...ongoing];
  const json = findingsJson(news, ongoing);
  const prose = question.instructions.trim();
  const basis = { text: `${json}\n${prose}`, question: '' };
  const answered = await models.structured({
    ...use,
    system: redactor.text(SYSTEM),
    prompt: redactor.text(
      [
        ...(prose === '' ? [] : [`What the operator's runbook says:\n${redactedStart(redactor, prose, PROSE_BYTES)}`]),
        fenced('findings', json, NEWS_BYTES * 2, redactor),
        'Explain them in JSON.',
      ].join('\n\n'),
    ),
    schema: triageSchema(shown.map(({ id }) => id).filter((id) => json.includes(id))),
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    reject: (value) => madeUp(value, basis),
  });
  if (answered.status === 'unknown') return answered;
  const { value, usage, calls } = answered.value;
  const read = form.parse(value);
  return {
    status: 'seen',
    value: { words: wordsOf(read, shown, redactor), urgency: read.urgency, usage, calls },
  };
}

const form = z.strictObject({
  summary: z.string(),
  cause: z.strictObject({ text: z.string(), findings: z.array(z.string()) }).nullable(),
  nextLook: z.string().nullable(),
  urgency: z.enum(['now', 'soon', 'none']),
});

function triageSchema(ids: readonly string[]): JsonObject {
  const text = (maxLength: number): JsonObject => ({ type: 'string', maxLength });
  return {
    type: 'object',
    additionalProperties: false,
    required: ['summary', 'cause', 'nextLook', 'urgency'],
    properties: {
      summary: text(600),
      cause: {
        anyOf: [
          {
            type: 'object',
            additionalProperties: false,
            required: ['text', 'findings'],
            properties: {
              text: text(400),
              findings: { type: 'array', minItems: 1, maxItems: 12, items: { type: 'string', enum: [...ids] } },
            },
          },
          { type: 'null' },
        ],
      },
      nextLook: { anyOf: [text(300), { type: 'null' }] },
      urgency: { type: 'string', enum: ['now', 'soon', 'none'] },
    },
  };
}

/** What in an answer is in none of the findings, said to the model; null: nothing. */
function madeUp(value: JsonObject, basis: { readonly text: string; readonly question: string }): string | null {
  const read = form.safeParse(value);
  if (!read.success) return 'the object is not of the form that was asked for';
  const { summary, cause, nextLook } = read.data;
  if (summary.trim() === '') return 'the summary is empty';
  const part = [summary, cause?.text ?? '', nextLook ?? '']
    .map((text) => unsupportedPart(text, basis))
    .find((one) => one !== null);
  return part === undefined ? null : `"${part.slice(0, 80)}" is not in the findings`;
}

function wordsOf(
  { summary, cause, nextLook }: z.infer<typeof form>,
  shown: readonly Finding[],
  redactor: Redactor,
): TriageWords {
  const words = (text: string) => redactor.text(printable(withoutLinks(text.trim())));
  const ids = shown.map(({ id }) => id).filter((id) => cause?.findings.includes(id));
  return {
    summary: words(summary),
    cause: cause === null || ids.length === 0 ? null : { text: words(cause.text), findings: ids },
    nextLook: nextLook === null || nextLook.trim() === '' ? null : words(nextLook),
  };
}
