import type { Clock } from '../domain/clock.ts';
import type { JsonValue } from '../domain/json.ts';
import type { AgentTool, ToolCall } from '../domain/models.ts';
import * as z from 'zod';
import { objectSchema } from './object-schema.ts';

export interface Toolbox {
  /** What the model is told; never rejects. */
  call(name: string, input: unknown): Promise<string>;
  calls(): readonly ToolCall[];
}

const json = z.json();

/** So many calls in one conversation are enough: more are refused, whatever the steps. */
const MOST_CALLS = 32;

/**
 * The tools of one conversation. A name that is not in the list, and input that the tool's schema does not allow, reach
 * no tool. A tool that takes too long is left to itself: the model is told, and the conversation goes on.
 */
export function createToolbox(
  tools: readonly AgentTool[],
  { timeoutMs, signal, clock }: { readonly timeoutMs: number; readonly signal: AbortSignal; readonly clock: Clock },
): Toolbox {
  const made: ToolCall[] = [];
  const call = async (name: string, input: unknown): Promise<readonly [ToolCall['outcome'], string]> => {
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined)
      return ['refused', `There is no tool of that name. There are: ${tools.map((one) => one.name).join(', ')}.`];
    if (made.length >= MOST_CALLS) return ['refused', 'No more tools: answer with what there is.'];
    const read = objectSchema(tool.input).safeParse(input);
    if (!read.success) {
      const [issue] = read.error.issues;
      return [
        'refused',
        `The input was refused: ${issue?.path.map(String).join('.') || 'the object'}: ${issue?.message ?? 'wrong'}`,
      ];
    }
    return within(timeoutMs, signal, (own) => tool.run(read.data, own));
  };
  return {
    call: async (name, input) => {
      const started = clock.monotonic();
      const [outcome, text] = await call(name, input);
      made.push({
        tool: name.slice(0, 100),
        input: asJson(input),
        outcome,
        durationMs: Math.round(clock.monotonic() - started),
      });
      return text;
    },
    calls: () => [...made],
  };
}

async function within(
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<string>,
): Promise<readonly [ToolCall['outcome'], string]> {
  const limit = new AbortController();
  const both = AbortSignal.any([signal, limit.signal]);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly ['timeout', string]>((resolve) => {
    timer = setTimeout(() => {
      limit.abort();
      resolve(['timeout', 'It took too long: there is no answer.']);
    }, timeoutMs);
  });
  const done = work(both).then(
    (text): readonly ['answered', string] => ['answered', text],
    // What was thrown may quote a secret: the model learns only that it failed.
    (): readonly ['failed', string] => ['failed', 'It failed: there is no answer.'],
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** As it is written down: what is no JSON has no place in a document. */
function asJson(input: unknown): JsonValue {
  const read = json.safeParse(input);
  return read.success ? read.data : null;
}
