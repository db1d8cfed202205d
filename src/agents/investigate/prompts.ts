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

function prompt({ question, instructions, exhibits, contextTokens, redactor }: Shown, end: string): Redacted<string> {
  const room = roomFor(contextTokens);
  const share = exhibits.length === 0 ? 0 : Math.max(200, Math.floor((room * 0.6) / exhibits.length));
  const parts = [
    `Question of the operator: ${redactedStart(redactor, question, Math.floor(room * 0.25))}`,
    ...(instructions === null || instructions.trim() === ''
      ? []
      : [`What the operator's runbook says:\n${redactedStart(redactor, instructions, Math.floor(room * 0.15))}`]),
    exhibits.length === 0 ? 'Nothing was read.' : 'What was read:',
    ...fit(exhibits, room * 0.6).map(({ id, source, text }) => fenced(`${id} ${source}`, text, share, redactor)),
    end,
  ];
  return redactor.text(parts.join('\n\n'));
}

/** The first are those that the question led to; with too many of them, the last are left out. */
function fit(exhibits: readonly Exhibit[], room: number): readonly Exhibit[] {
  return exhibits.slice(0, Math.max(1, Math.floor(room / 250)));
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
