import { Worker } from 'node:worker_threads';
import type { Failure } from '../../domain/check.ts';
import { seen, type Looked } from '../../domain/failure.ts';
import type { Passage } from '../door.ts';
import { failed, ModelTrouble } from '../failed.ts';
import type { Said } from '../models/message.ts';
import type { Asks, Gets, Task } from './protocol.ts';

/** Answers a tool call of the thread with text; never rejects. */
export type CallTool = (name: string, input: unknown) => Promise<string>;

/** What holds without a network of its own: the libraries look for no news and send no reports. */
const ENVIRONMENT = { MASTRA_TELEMETRY_DISABLED: '1', MASTRA_OFFLINE: 'true', MASTRA_AUTO_REFRESH_PROVIDERS: 'false' };

/** MiB; a model that floods the thread ends the thread. */
const MOST_MEMORY = 512;

/**
 * Runs a task in a thread of its own and ends the thread when it is done, when `signal` is aborted, or when it dies.
 * `signal` holds whatever the library, the model or a tool does.
 */
export async function runTask(
  task: Task,
  passage: Passage,
  callTool: CallTool,
  signal: AbortSignal,
): Promise<Looked<Said & { readonly finishReason: string | null }>> {
  if (signal.aborted) return { status: 'unknown', failure: outOfTime() };
  const worker = new Worker(workerFile(), {
    workerData: task,
    env: ENVIRONMENT,
    argv: [],
    execArgv: [],
    // The libraries print what they were asked; nobody is to see that.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY },
  });
  try {
    return await conversation(worker, passage, callTool, signal);
  } finally {
    await worker.terminate();
  }
}

function conversation(
  worker: Worker,
  passage: Passage,
  callTool: CallTool,
  signal: AbortSignal,
): Promise<Looked<Said & { readonly finishReason: string | null }>> {
  return new Promise((resolve) => {
    const fail = (failure: Failure): void => resolve({ status: 'unknown', failure });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    const tell = (gets: Gets): void => worker.postMessage(gets);
    signal.addEventListener('abort', () => fail(outOfTime()), { once: true });
    worker.once('error', (error) => fail(died(error)));
    worker.once('exit', () => fail(died(null)));
    worker.on('message', (asks: Asks) => {
      switch (asks.type) {
        case 'fetch':
          return void passTo(passage, asks).then(tell);
        case 'tool':
          return void callTool(asks.name, asks.input).then((text) => tell({ type: 'tool-answer', id: asks.id, text }));
        case 'done':
          return resolve(seen({ text: asks.text, finishReason: asks.finishReason }));
        case 'failed':
          return fail(
            passage.failure() ??
              failed('MODEL_ANSWER_INVALID', `the answer can't be read: ${asks.message.slice(0, 200)}`),
          );
        default:
          return asks satisfies never;
      }
    });
  });
}

async function passTo(passage: Passage, asked: Extract<Asks, { type: 'fetch' }>): Promise<Gets> {
  const { id, url, method, headers, body } = asked;
  try {
    const response = await passage.send(url, { method, headers: headers.map(([name, value]) => [name, value]), body });
    return {
      type: 'response',
      id,
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      body: await response.text(),
    };
  } catch (error) {
    return { type: 'no-response', id, message: error instanceof ModelTrouble ? error.failure.code : 'failed' };
  }
}

function outOfTime(): Failure {
  return failed('MODEL_TOO_SLOW', 'there was no answer in the time that was given');
}

function died(error: Error | null): Failure {
  return failed(
    'MODEL_ANSWER_INVALID',
    `the thread that speaks with the model ended early${error === null ? '' : `: ${error.name}`}`,
  );
}

/** Beside this file in the sources, and beside the command in the build, whose parts lie one folder deeper. */
function workerFile(): URL {
  if (import.meta.url.endsWith('.ts')) return new URL('./main.ts', import.meta.url);
  return new URL(import.meta.url.includes('/parts/') ? '../agent-worker.js' : './agent-worker.js', import.meta.url);
}
