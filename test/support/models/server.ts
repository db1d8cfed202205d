import type { IncomingMessage, ServerResponse } from 'node:http';
import { httpServer } from '../http/servers.ts';

/** What the server does with one request to a model. */
export type Turn =
  | { readonly say: string }
  | { readonly json: unknown }
  | { readonly call: readonly { readonly name: string; readonly arguments: unknown }[] }
  | { readonly fault: Fault };

export type Fault =
  | 'silence'
  | 'silence-midstream'
  | 'reset-midstream'
  | 'half-json'
  | 'error-after-200'
  | 'no-end'
  | 'cut-off'
  | 'busy'
  | 'no-model'
  | 'no-tools'
  | 'context'
  | 'huge'
  | 'empty'
  | 'bad-tool-call'
  | 'junk';

/** One request to a model, as it arrived. */
export interface ModelRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The number of this request among those to models, from 0. */
  readonly index: number;
}

export interface ModelServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Requests that ask a model something; what lists and describes models is not among them. */
  requests(): readonly ModelRequest[];
}

export type Script = readonly Turn[] | ((request: ModelRequest) => Turn);

export interface ModelServerOptions {
  readonly capabilities?: readonly string[];
  readonly models?: readonly string[];
}

/**
 * Ollama's native API, OpenAI's chat (as llama.cpp and Ollama answer it) and Anthropic's messages, in the shapes of
 * recordings/ollama and recordings/llm; test/agents/model-server.test.ts holds them against those. A script says what the model
 * does; after its last turn it says that it has nothing to say. What it has no answer for is refused.
 */
export async function modelServer(script: Script, options: ModelServerOptions = {}): Promise<ModelServer> {
  const requests: ModelRequest[] = [];
  const turnOf = (request: ModelRequest): Turn =>
    typeof script === 'function' ? script(request) : (script[request.index] ?? { say: 'I have nothing to say.' });
  const server = await httpServer((request, response) => {
    const onText = (text: string): void => {
      const path = new URL(request.url ?? '/', 'http://x').pathname;
      if (aboutModels(path, text, response, options)) return;
      const known = ['/api/chat', '/v1/chat/completions', '/v1/messages'].some((one) => path.endsWith(one));
      if (!known) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
      const body = JSON.parse(text) as Record<string, unknown>;
      const asked = { path, headers: request.headers, text, body, index: requests.length };
      requests.push(asked);
      answer(asked, turnOf(asked), response);
    };
    void textOf(request).then(onText, () => response.destroy());
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    requests: () => [...requests],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) if (Buffer.isBuffer(part)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

const MODELS = ['gemma4:e4b'];

function aboutModels(
  path: string,
  text: string,
  response: ServerResponse,
  { capabilities = ['completion', 'tools'], models = MODELS }: ModelServerOptions,
): boolean {
  const send = (body: object, status = 200): true => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
    return true;
  };
  if (path === '/api/version') return send({ version: '0.32.15' });
  if (path === '/v1/models')
    return send({
      object: 'list',
      data: models.map((id) => ({ id, object: 'model', created: 1, owned_by: 'library' })),
    });
  if (path === '/api/tags')
    return send({
      models: models.map((name) => ({
        name,
        model: name,
        modified_at: '2026-11-20T16:21:43.471839485Z',
        size: 513_855,
        digest: '80b749ef497a423e1282a6f3efa7583a7b2871762294a8061e6fa15d17aa0000',
        details: { family: 'llama', parameter_size: '0.1M', context_length: 8192 },
        capabilities,
      })),
    });
  if (path !== '/api/show') return false;
  const { model } = JSON.parse(text) as { model: string };
  if (!models.includes(model)) return send({ error: `model '${model}' not found` }, 404);
  return send({
    modelfile: '',
    template: '{{ .Prompt }}',
    details: { family: 'llama' },
    model_info: { 'general.architecture': 'llama', 'llama.context_length': 8192 },
    capabilities,
  });
}

function answer(request: ModelRequest, turn: Turn, response: ServerResponse): void {
  if ('fault' in turn) return fail(request, turn.fault, response);
  const calls = 'call' in turn ? turn.call : [];
  const content = 'say' in turn ? turn.say : 'json' in turn ? JSON.stringify(turn.json) : '';
  whole(request, content, calls, 'stop', response);
}

type Calls = readonly { readonly name: string; readonly arguments: unknown }[];

function whole(
  request: ModelRequest,
  content: string,
  calls: Calls,
  reason: 'stop' | 'length',
  response: ServerResponse,
): void {
  const tokens = {
    prompt: Math.ceil(request.text.length / 4),
    answer: Math.ceil((content.length + JSON.stringify(calls).length) / 4),
  };
  if (request.path.endsWith('/api/chat')) return native(request, content, calls, reason, tokens, response);
  const json = { 'content-type': 'application/json; charset=utf-8' };
  if (request.path.endsWith('/v1/messages')) {
    response.writeHead(200, json).end(
      JSON.stringify({
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: request.body['model'],
        content: [
          ...(content === '' ? [] : [{ type: 'text', text: content }]),
          ...calls.map((call, index) => ({
            type: 'tool_use',
            id: `toolu_${index}`,
            name: call.name,
            input: call.arguments,
          })),
        ],
        stop_reason: reason === 'length' ? 'max_tokens' : calls.length > 0 ? 'tool_use' : 'end_turn',
        stop_sequence: null,
        usage: { input_tokens: tokens.prompt, output_tokens: tokens.answer },
      }),
    );
    return;
  }
  const message = {
    role: 'assistant',
    content,
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map((call, index) => ({
            id: `call_${index}`,
            index,
            type: 'function',
            function: { name: call.name, arguments: JSON.stringify(call.arguments) },
          })),
        }),
  };
  response.writeHead(200, json).end(
    JSON.stringify({
      id: 'chatcmpl-571',
      object: 'chat.completion',
      created: 1_795_191_769,
      model: request.body['model'],
      system_fingerprint: 'fp_ollama',
      choices: [
        { index: 0, message, finish_reason: reason === 'length' ? 'length' : calls.length > 0 ? 'tool_calls' : 'stop' },
      ],
      usage: {
        prompt_tokens: tokens.prompt,
        completion_tokens: tokens.answer,
        total_tokens: tokens.prompt + tokens.answer,
      },
    }),
  );
}

const DURATIONS = { total_duration: 7, load_duration: 1, prompt_eval_duration: 1, eval_duration: 1 };

/** By lines unless `stream` is false, as Ollama does; a tool call comes whole, in a line of its own. */
function native(
  { body }: ModelRequest,
  content: string,
  calls: Calls,
  reason: 'stop' | 'length',
  tokens: { readonly prompt: number; readonly answer: number },
  response: ServerResponse,
): void {
  const head = { model: body['model'], created_at: '2026-11-20T16:22:47.956375832Z' };
  const toolCalls = calls.map((call, index) => ({
    id: `id${index}`,
    function: { index, name: call.name, arguments: call.arguments },
  }));
  const end = {
    done: true,
    done_reason: reason,
    ...DURATIONS,
    prompt_eval_count: tokens.prompt,
    eval_count: tokens.answer,
  };
  const message = { role: 'assistant', content, ...(calls.length === 0 ? {} : { tool_calls: toolCalls }) };
  if (body['stream'] === false) {
    response
      .writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
      .end(JSON.stringify({ ...head, message, ...end }));
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for (const part of content.match(/[\s\S]{1,20}/g) ?? [])
    response.write(`${JSON.stringify({ ...head, message: { role: 'assistant', content: part }, done: false })}\n`);
  response.end(`${JSON.stringify({ ...head, message: { role: 'assistant', content: '' }, ...end })}\n`);
}

function fail(request: ModelRequest, fault: Fault, response: ServerResponse): void {
  const refuse = (status: number, error: string): void =>
    void response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
      .end(
        JSON.stringify(
          request.path.includes('/v1/')
            ? { error: { message: error, type: 'invalid_request_error', param: null, code: null } }
            : { error },
        ),
      );
  const line = (content: string): string =>
    `${JSON.stringify({ model: request.body['model'], created_at: '2026-11-20T16:22:47.956375832Z', message: { role: 'assistant', content }, done: false })}\n`;
  const lines = { 'content-type': 'application/x-ndjson' };
  switch (fault) {
    case 'silence':
      return;
    case 'silence-midstream':
      return void response.writeHead(200, lines).write(line('hm'));
    case 'reset-midstream':
      return void response.writeHead(200, lines).write(line('hm'), () => response.socket?.destroy());
    case 'error-after-200':
      response.writeHead(200, lines).write(line('hm'));
      return void response.end('{"error":"an error was encountered while running the model: unexpected EOF"}\n');
    case 'no-end':
      return void response.writeHead(200, lines).end(line('{"summary":"half'));
    case 'cut-off':
      return whole(request, '{"summ', [], 'length', response);
    case 'half-json':
      return whole(request, '{"summary":"half', [], 'stop', response);
    case 'empty':
      return whole(request, '', [], 'stop', response);
    case 'junk':
      return whole(request, '\u{1b}[31m\u202e{"', [], 'stop', response);
    case 'busy':
      return refuse(503, 'server busy, please try again.  maximum pending requests exceeded');
    case 'no-model':
      return refuse(404, `model '${String(request.body['model'])}' not found`);
    case 'no-tools':
      return refuse(400, 'registry.ollama.ai/library/lab-noise-plain:latest does not support tools');
    case 'context':
      return refuse(
        400,
        '{"error":{"code":400,"message":"request (12017 tokens) exceeds the available context size (4096 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":12017,"n_ctx":4096}}',
      );
    case 'bad-tool-call':
      return refuse(
        500,
        'llama-server returned invalid tool call arguments for "get_pod": unexpected end of JSON input',
      );
    case 'huge': {
      response.writeHead(200, lines);
      const piece = line('x'.repeat(64 * 1024));
      let left = 100 * 1024 * 1024;
      const more = (): void => {
        while (left > 0 && !response.destroyed) {
          left -= piece.length;
          if (!response.write(piece)) return void response.once('drain', more);
        }
        response.end();
      };
      return more();
    }
    default:
      return fault satisfies never;
  }
}
