import type { Exhibit } from '../../domain/answer.ts';
import type { JsonObject } from '../../domain/json.ts';
import { redactedStart } from '../../domain/redaction/redacted-start.ts';
import type { Redacted, Redactor } from '../../domain/redaction/redacted.ts';
import { FENCE_RULE, fenced } from '../fence.ts';

export interface Shown {
  readonly question: string;
  readonly instructions: string | null;
  readonly exhibits: readonly Exhibit[];
  readonly contextTokens: number | null;
  readonly redactor: Redactor;
}

export const TOOLS_SYSTEM = `You look into the state of computers for their operator. You can only read.
Call a tool when what was read does not answer the question. One tool at a time. Use only values that the tool allows.
When you know enough, or no tool helps, say so in one sentence.
${FENCE_RULE}`;

export const ANSWER_SYSTEM = `You answer an operator's question from what was read, and from nothing else.
Write JSON: "answer" is 1 to 4 plain sentences. "statements" are the single facts behind it, each with the ids of the data it rests on.
Put every name in backticks, exactly as it is written. Name nothing, and count nothing, that is not in the data. When the data does not answer the question, say that.
${FENCE_RULE}`;

/** Bytes of one prompt when it is not known what the model takes in. */
const USUAL_ROOM = 16 * 1024;
const LEAST_ROOM = 2 * 1024;
/** Of a window of tokens, what a prompt may use: the rest is for tools, for the answer, and for a bad guess at the bytes of a token. */
const BYTES_PER_TOKEN = 1.5;

export function roomFor(contextTokens: number | null): number {
  if (contextTokens === null) return USUAL_ROOM;
  return Math.max(LEAST_ROOM, Math.min(USUAL_ROOM, Math.floor(contextTokens * BYTES_PER_TOKEN)));
}

export function toolsPrompt(shown: Shown): Redacted<string> {
  return prompt(shown, 'Was it enough? If not, call a tool.');
}

export function answerPrompt(shown: Shown): Redacted<string> {
  return prompt(shown, 'Answer the question in JSON.');
}

/** Parts of the room, in bytes; the rest is for the words in between. */
const PART = { question: 0.25, instructions: 0.15, exhibits: 0.5 };
/** Of an exhibit, bytes: less says nothing; and what its fence and the line about what was left out take. */
const LEAST_EXHIBIT = 200;
const FENCE = 110;

/** As many as there is room for; the first are those that the question led to. */
export function exhibitsShown({
  exhibits,
  contextTokens,
}: Pick<Shown, 'exhibits' | 'contextTokens'>): readonly Exhibit[] {
  const most = Math.floor((roomFor(contextTokens) * PART.exhibits) / (LEAST_EXHIBIT + FENCE));
  return exhibits.slice(0, Math.max(1, most));
}

function prompt(of: Shown, end: string): Redacted<string> {
  const { question, instructions, exhibits, contextTokens, redactor } = of;
  const room = roomFor(contextTokens);
  const shown = exhibitsShown(of);
  const share = Math.floor((room * PART.exhibits) / Math.max(1, shown.length)) - FENCE;
  const left = exhibits.length - shown.length;
  const parts = [
    `Question of the operator: ${redactedStart(redactor, question, Math.floor(room * PART.question))}`,
    ...(instructions === null || instructions.trim() === ''
      ? []
      : [
          `What the operator's runbook says:\n${redactedStart(redactor, instructions, Math.floor(room * PART.instructions))}`,
        ]),
    exhibits.length === 0 ? 'Nothing was read.' : 'What was read:',
    ...shown.map(({ id, source, text }) => fenced(`${id} ${source}`.slice(0, 60), text, share, redactor)),
    ...(left === 0 ? [] : [`${left} more things were read, and there is no room for them here.`]),
    end,
  ];
  return redactor.text(parts.join('\n\n'));
}

/** Closed, with the ids that there are: no other can be named. */
export function answerSchema(exhibits: readonly Exhibit[]): JsonObject {
  const ids = exhibits.map(({ id }) => id);
  return {
    type: 'object',
    additionalProperties: false,
    required: ['answer', 'statements'],
    properties: {
      answer: { type: 'string', maxLength: 1200 },
      statements: {
        type: 'array',
        maxItems: 8,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['text', 'exhibits'],
          properties: {
            text: { type: 'string', maxLength: 400 },
            exhibits: {
              type: 'array',
              maxItems: 4,
              items: ids.length === 0 ? { type: 'string', maxLength: 8 } : { type: 'string', enum: ids },
            },
          },
        },
      },
    },
  };
}
