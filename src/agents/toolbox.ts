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

export interface ToolboxOptions {
  /** Of one call, milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onToolCall?: ((call: ToolCall) => void) | undefined;
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
  { timeoutMs, signal, clock, onToolCall }: ToolboxOptions,
): Toolbox {
  const made: ToolCall[] = [];
  let begun = 0;
  const call = async (name: string, input: unknown): Promise<readonly [ToolCall['outcome'], string]> => {
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined)
      return ['refused', `There is no tool of that name. There are: ${tools.map((one) => one.name).join(', ')}.`];
    // Counted when they begin: a model may make many at once.
    begun += 1;
    if (begun > MOST_CALLS) return ['refused', 'No more tools: answer with what there is.'];
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
      const durationMs = Math.round(clock.monotonic() - started);
      const done = { tool: name.slice(0, 100), input: asJson(input), outcome, durationMs };
      made.push(done);
      onToolCall?.(done);
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
