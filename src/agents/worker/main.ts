import { parentPort, workerData } from 'node:worker_threads';
import type { AgentConfig } from '@mastra/core/agent';
import type { Asks, Gets, Task, WorkerModel } from './protocol.ts';

/**
 * The thread in which Mastra's agent loop runs. It has no key, no environment, and no way out but its parent: `fetch`
 * and the tools are messages, and the parent decides about each. It is ended by its parent whatever it does.
 */
const port = parentPort;
if (port === null) throw new Error('this is a thread, not a program');

/** The parent puts the real key in where a request leaves the house. */
const NO_KEY = 'held-by-the-door';

let next = 1;
const waiting = new Map<number, (got: Gets) => void>();
port.on('message', (got: Gets) => {
  waiting.get(got.id)?.(got);
  waiting.delete(got.id);
});

function ask(make: (id: number) => Asks): Promise<Gets> {
  const id = next++;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    port?.postMessage(make(id));
  });
}

// Before any package is loaded: whatever asks the network, in any of them, asks the parent.
globalThis.fetch = async (input, init) => {
  const request = new Request(input, { ...init, signal: null });
  const body = request.method === 'GET' || request.method === 'HEAD' ? null : await request.text();
  const got = await ask((id) => ({
    type: 'fetch',
    id,
    url: request.url,
    method: request.method,
    headers: [...request.headers.entries()],
    body,
  }));
  if (got.type === 'response')
    return new Response(got.body, { status: got.status, headers: { 'content-type': got.contentType } });
  throw new Error(got.type === 'no-response' ? got.message : 'not a response');
};

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- run-task.ts alone starts this file
await run(workerData as Task).then(
  (said) => port.postMessage({ type: 'done', ...said } satisfies Asks),
  (error: unknown) =>
    port.postMessage({
      type: 'failed',
      message: error instanceof Error ? error.message : String(error),
    } satisfies Asks),
);

async function run(task: Task): Promise<{ readonly text: string; readonly finishReason: string | null }> {
  const [{ Agent }, { createTool }] = await Promise.all([import('@mastra/core/agent'), import('@mastra/core/tools')]);
  const [system, ...messages] = task.messages;
  const tools = Object.fromEntries(
    task.tools.map(({ name, description, input }) => [
      name,
      createTool({ id: name, description, inputSchema: input, execute: (given) => callTool(name, given) }),
    ]),
  );
  const agent = new Agent({
    id: 'holdfast',
    name: 'holdfast',
    instructions: system?.content ?? '',
    model: await modelOf(task.model),
    tools,
  });
  const said = messages.map(({ role, content }) =>
    role === 'assistant' ? { role, content } : { role: 'user' as const, content },
  );
  const options = {
    maxSteps: task.steps,
    modelSettings: { maxRetries: 0, maxOutputTokens: task.maxOutputTokens },
  };
  const { schema } = task;
  const answer =
    schema === null
      ? await agent.generate(said, options)
      : await agent.generate(said, { ...options, structuredOutput: { schema: { ...schema }, errorStrategy: 'warn' } });
  return { text: answer.text, finishReason: answer.finishReason ?? null };
}

async function callTool(name: string, input: unknown): Promise<string> {
  // What can't be cloned fails here; what is no JSON is refused by the tool's schema.
  const got = await ask((id) => ({ type: 'tool', id, name, input }));
  return got.type === 'tool-answer' ? got.text : 'failed';
}

type Model = AgentConfig['model'];

async function modelOf(model: WorkerModel): Promise<Model> {
  switch (model.kind) {
    case 'ollama': {
      const { createOllama } = await import('ai-sdk-ollama');
      const { url, name, contextTokens, keepAlive, think } = model;
      const made: unknown = createOllama({ baseURL: url, fetch: globalThis.fetch })(name, {
        // Left on, it invents an object where the model gave none (facts/dependencies.md, section 2).
        reliableObjectGeneration: false,
        reliableToolCalling: false,
        keep_alive: keepAlive,
        options: { num_ctx: contextTokens, temperature: 0, seed: 7 },
        ...(think === null ? {} : { think }),
      });
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its types are of another version of the same interface
      return made as Model;
    }
    case 'compatible':
      return { providerId: 'endpoint', modelId: model.name, url: model.url, apiKey: NO_KEY };
    case 'frontier':
      return { id: model.model, apiKey: NO_KEY };
    default:
      return model satisfies never;
  }
}
