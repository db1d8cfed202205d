import type { StatefulApp } from '../app/app.ts';
import { recordCall } from '../app/mcp-calls.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { JsonValue } from '../domain/json.ts';
import { TOOLS } from './catalog.ts';
import type { RunCommand, ToolOutcome } from './tool.ts';
import type { Turns } from './turns.ts';

/** What the server tells a client of a call: text for a model, and the same as data. */
export interface Called {
  readonly text: string;
  /** Null: the call was refused. */
  readonly structured: { readonly [key: string]: JsonValue } | null;
}

export interface CallRequest {
  readonly app: StatefulApp;
  readonly client: string;
  readonly name: string;
  readonly input: unknown;
  readonly signal: AbortSignal;
  onProgress(words: string): void;
  readonly command: RunCommand;
  /** Of looks at the outside. */
  readonly turns: Turns;
  onTrouble(error: unknown): void;
}

/** An answer that is larger is of no use to a model, bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * Calls a tool for a client: null when there is none of that name, which is the same question that the list answers.
 * Every call is in the audit log, under the client's own name for itself; what it is told went through the redactor.
 */
export async function called(request: CallRequest): Promise<Called | null> {
  const tool = TOOLS.find(({ name }) => name === request.name);
  if (tool === undefined) {
    record(request, 'refused: no such tool');
    return null;
  }
  const run = (): Promise<ToolOutcome> => tool.call(request, request.input);
  let outcome: ToolOutcome;
  try {
    outcome = await (tool.annotations.openWorldHint ? request.turns.take(request.signal, run) : run());
  } catch (error) {
    if (request.signal.aborted) {
      record(request, 'cancelled');
      return { text: 'CANCELLED: the call was cancelled, or its client went away.', structured: null };
    }
    record(request, 'failed');
    request.onTrouble(error);
    // What was thrown may quote anything: it goes to the operator's log, redacted, and not to a client.
    return { text: 'INTERNAL: the call failed; the log of Holdfast says why.', structured: null };
  }
  record(request, outcome.status === 'answered' ? 'answered' : `refused: ${outcome.code}`);
  return toldOf(request.app, outcome);
}

function toldOf({ redactor }: StatefulApp, outcome: ToolOutcome): Called {
  if (outcome.status === 'refused')
    return { text: redactor.text(`${outcome.code}: ${outcome.says}`), structured: null };
  const text = redactor.json(outcome.document);
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES)
    return {
      text: `TOO_LARGE: the answer has ${bytes} bytes, and at most ${MOST_BYTES} are sent; ask for less.`,
      structured: null,
    };
  return { text, structured: JSON.parse(text) };
}

/** A record that can't be made does not keep an answer back: a full disk is when looking matters most. */
function record({ app, client, name, input, onTrouble }: CallRequest, outcome: string): void {
  try {
    recordCall(app, { client, tool: name, input, outcome });
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    onTrouble(error);
  }
}
