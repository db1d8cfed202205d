import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  fromJsonSchema,
  inputRequired,
  McpServer,
  ResourceTemplate,
  type CallToolResult,
  type ContentBlock,
  type InMemoryServerEventBus,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { MakeServer } from '../../../src/mcp/instance.ts';

/**
 * What the official conformance suite calls by name, on our transport and behind our guard: a plug-in of the tests, which
 * the product knows nothing of. Names and texts are those that the suite's scenarios ask for.
 */
export function conformanceFixtures(bus: InMemoryServerEventBus): MakeServer {
  const state = createRequestStateCodec<Record<string, unknown>>({ key: crypto.getRandomValues(new Uint8Array(32)) });
  return () => {
    const subscribed = new Set<string>();
    const server = new McpServer(
      { name: 'conformance', version: '1' },
      {
        capabilities: {
          tools: { listChanged: true },
          resources: { subscribe: true, listChanged: true },
          prompts: { listChanged: true },
          logging: {},
          completions: {},
        },
        requestState: { verify: state.verify },
      },
    );
    contentTools(server);
    talkingTools(server);
    askingTools(server);
    roundTripTools(server, state);
    triggers(server, bus);
    resources(server, subscribed);
    prompts(server);
    server.server.setRequestHandler('logging/setLevel', () => ({}));
    server.server.setRequestHandler('completion/complete', () => ({
      completion: { values: [], total: 0, hasMore: false },
    }));
    return {
      server,
      isWatching: () => subscribed.size > 0,
      resourceUpdated: (uri) => {
        if (subscribed.has(uri)) void server.server.sendResourceUpdated({ uri });
      },
      close: () => server.close(),
    };
  };
}

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const SILENCE = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';
const NOTHING = z.object({});

const text = (words: string): CallToolResult => ({ content: [{ type: 'text', text: words }] });
const image: ContentBlock = { type: 'image', data: PIXEL, mimeType: 'image/png' };
const embedded = (uri: string, mimeType: string, words: string): ContentBlock => ({
  type: 'resource',
  resource: { uri, mimeType, text: words },
});

function contentTools(server: McpServer): void {
  const tool = (name: string, content: ContentBlock[]): void =>
    void server.registerTool(name, { description: name }, () => ({ content }));
  tool('test_simple_text', [{ type: 'text', text: 'This is a simple text response for testing.' }]);
  tool('test_image_content', [image]);
  tool('test_audio_content', [{ type: 'audio', data: SILENCE, mimeType: 'audio/wav' }]);
  tool('test_embedded_resource', [embedded('test://embedded-resource', 'text/plain', 'An embedded resource.')]);
  tool('test_multiple_content_types', [
    { type: 'text', text: 'Several kinds' },
    image,
    embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
  ]);
  server.registerTool('test_error_handling', { description: 'fails' }, () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
  server.registerTool(
    'json_schema_2020_12_tool',
    {
      description: 'JSON Schema 2020-12 as it was written',
      inputSchema: fromJsonSchema({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        $defs: {
          address: {
            $anchor: 'addressDef',
            type: 'object',
            properties: { street: { type: 'string' }, city: { type: 'string' } },
          },
        },
        properties: {
          name: { type: 'string' },
          address: { $ref: '#/$defs/address' },
          contactMethod: { type: 'string', enum: ['phone', 'email'] },
          phone: { type: 'string' },
          email: { type: 'string' },
        },
        allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
        if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
        // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
        then: { required: ['phone'] },
        else: { required: ['email'] },
        additionalProperties: false,
      }),
    },
    (given) => text(JSON.stringify(given)),
  );
  server.registerTool(
    'test_x_mcp_header',
    {
      description: 'an argument that a header repeats',
      inputSchema: fromJsonSchema<{ region?: string; level?: number }>({
        type: 'object',
        properties: {
          region: Object.assign({ type: 'string' as const }, { 'x-mcp-header': 'Region' }),
          level: { type: 'integer' },
        },
      }),
    },
    ({ region }) => text(`region=${region ?? '<none>'}`),
  );
}

function talkingTools(server: McpServer): void {
  server.registerTool(
    'test_tool_with_logging',
    { description: 'test_tool_with_logging', inputSchema: NOTHING },
    async (_given, { mcpReq }) => {
      for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
        await mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data } });
        await delay(50);
      }
      return text('logged');
    },
  );
  server.registerTool(
    'test_tool_with_progress',
    { description: 'test_tool_with_progress', inputSchema: NOTHING },
    async (_given, { mcpReq }) => {
      // oxlint-disable-next-line no-underscore-dangle -- the protocol's own name
      const token = mcpReq._meta?.progressToken;
      for (const progress of token === undefined ? [] : [0, 50, 100]) {
        await mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken: token, progress, total: 100, message: `Completed step ${progress} of 100` },
        });
        await delay(50);
      }
      return text(String(token));
    },
  );
  server.registerTool(
    'test_reconnection',
    { description: 'test_reconnection', inputSchema: NOTHING },
    async (_given, { http }) => {
      http?.closeSSE?.();
      await delay(100);
      return text('Reconnection test completed successfully.');
    },
  );
  server.registerTool(
    'test_logging_tool',
    { description: 'test_logging_tool', inputSchema: NOTHING },
    async (_given, { mcpReq }) => {
      await mcpReq.log('info', 'only for who set a level');
      return text('logged');
    },
  );
  server.registerTool(
    'test_streaming_elicitation',
    { description: 'test_streaming_elicitation', inputSchema: NOTHING },
    () => text('no request of its own'),
  );
}

/** What a server of the older protocol asks its client for, in the middle of a call. */
function askingTools(server: McpServer): void {
  server.registerTool(
    'test_sampling',
    { description: 'asks the client for a completion', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const { content } = await mcpReq.requestSampling({
        messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
        maxTokens: 100,
      });
      return text(`LLM response: ${!Array.isArray(content) && content.type === 'text' ? content.text : ''}`);
    },
  );
  const elicit = (name: string, properties: object, required: string[] = []): void =>
    void server.registerTool(
      name,
      { description: name, inputSchema: z.object({ message: z.string().optional() }) },
      async ({ message = 'Please fill in' }, { mcpReq }) => {
        const { action, content } = await mcpReq.send({
          method: 'elicitation/create',
          params: { message, requestedSchema: { type: 'object', properties, required } },
        });
        return text(`User response: action=${action}, content=${JSON.stringify(content ?? {})}`);
      },
    );
  elicit('test_elicitation', { response: { type: 'string', description: "User's response" } }, ['response']);
  elicit('test_elicitation_sep1034_defaults', {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  });
  const titled = (noun: string): object[] =>
    ['First', 'Second', 'Third'].map((title, index) => ({ const: `value${index + 1}`, title: `${title} ${noun}` }));
  const options = ['option1', 'option2', 'option3'];
  elicit('test_elicitation_sep1330_enums', {
    untitledSingle: { type: 'string', enum: options },
    titledSingle: { type: 'string', oneOf: titled('Option') },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', minItems: 1, maxItems: 3, items: { type: 'string', enum: options } },
    titledMulti: { type: 'array', minItems: 1, maxItems: 3, items: { anyOf: titled('Choice') } },
  });
}

type Codec = ReturnType<typeof createRequestStateCodec<Record<string, unknown>>>;
type Answer = CallToolResult | InputRequiredResult;

const form = (message: string, name: string, type: string) =>
  inputRequired.elicit({
    message,
    requestedSchema: fromJsonSchema({ type: 'object', properties: { [name]: { type } }, required: [name] }),
  });
const question = (words: string) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text: words } }], maxTokens: 100 });

/** What a server of the newer protocol asks for: by an answer that the client comes back with. */
function roundTripTools(server: McpServer, state: Codec): void {
  const tool = (name: string, run: (context: ServerContext) => Answer | Promise<Answer>): void =>
    void server.registerTool(name, { description: name, inputSchema: NOTHING }, (_given, context) => run(context));
  const given = (context: ServerContext, key: string): Record<string, unknown> | undefined =>
    acceptedContent(context.mcpReq.inputResponses, key);
  const mint = (payload: Record<string, unknown>): Promise<string> => state.mint({ ...payload, nonce: randomUUID() });

  tool('test_missing_capability', ({ mcpReq }) =>
    mcpReq.inputResponses?.['llm_answer'] === undefined
      ? inputRequired({ inputRequests: { llm_answer: question('Reply with the single word: pong') } })
      : text('done'),
  );
  tool('test_input_required_result_elicitation', (context) => {
    const name = given(context, 'user_name')?.['name'];
    return typeof name === 'string'
      ? text(`Hello, ${name}!`)
      : inputRequired({ inputRequests: { user_name: form('What is your name?', 'name', 'string') } });
  });
  tool('test_input_required_result_sampling', ({ mcpReq: { inputResponses } }) =>
    inputResponses?.['capital_question'] === undefined
      ? inputRequired({ inputRequests: { capital_question: question('What is the capital of France?') } })
      : text(`Sampling response: ${JSON.stringify(inputResponses['capital_question'])}`),
  );
  tool('test_input_required_result_list_roots', ({ mcpReq: { inputResponses } }) =>
    inputResponses?.['client_roots'] === undefined
      ? inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } })
      : text(`Roots: ${JSON.stringify(inputResponses['client_roots'])}`),
  );
  const confirmed = (name: string, words: string): void =>
    tool(name, async (context) =>
      given(context, 'confirm') !== undefined && context.mcpReq.requestState() !== undefined
        ? text(words)
        : inputRequired({
            inputRequests: { confirm: form('Please confirm', 'ok', 'boolean') },
            requestState: await mint({ name }),
          }),
    );
  confirmed('test_input_required_result_request_state', 'state-ok: verified');
  confirmed('test_input_required_result_tampered_state', 'integrity-ok: verified');
  tool('test_input_required_result_multiple_inputs', async ({ mcpReq: { inputResponses } }) =>
    ['user_name', 'greeting', 'client_roots'].every((key) => inputResponses?.[key] !== undefined)
      ? text('all there')
      : inputRequired({
          inputRequests: {
            user_name: form('What is your name?', 'name', 'string'),
            greeting: question('Generate a greeting'),
            client_roots: inputRequired.listRoots(),
          },
          requestState: await mint({}),
        }),
  );
  tool('test_input_required_result_multi_round', async (context) => {
    const round = Number(context.mcpReq.requestState<Record<string, unknown>>()?.['round'] ?? 0);
    const asked = [
      { step1: form('Step 1: What is your name?', 'name', 'string') },
      { step2: form('Step 2: What is your favorite color?', 'color', 'string') },
    ][round];
    return asked === undefined
      ? text(`Multi-round complete: ${String(given(context, 'step2')?.['color'])}`)
      : inputRequired({ inputRequests: { ...asked }, requestState: await mint({ round: round + 1 }) });
  });
  tool('test_input_required_result_capabilities', ({ mcpReq: { inputResponses, envelope } }) => {
    const declared = Object(Object(envelope)[CLIENT_CAPABILITIES_META_KEY]) as Record<string, unknown>;
    const inputRequests = {
      ...(declared['elicitation'] === undefined ? {} : { user_name: form('What is your name?', 'name', 'string') }),
      ...(declared['sampling'] === undefined ? {} : { greeting: question('Generate a short greeting') }),
      ...(declared['roots'] === undefined ? {} : { client_roots: inputRequired.listRoots() }),
    };
    return inputResponses !== undefined || Object.keys(inputRequests).length === 0
      ? text('nothing more to ask')
      : inputRequired({ inputRequests });
  });
}

function triggers(server: McpServer, bus: InMemoryServerEventBus): void {
  server.registerTool(
    'test_trigger_tool_change',
    { description: 'test_trigger_tool_change', inputSchema: NOTHING },
    () => {
      bus.publish({ kind: 'tools_list_changed' });
      return text('published');
    },
  );
  server.registerTool(
    'test_trigger_prompt_change',
    { description: 'test_trigger_prompt_change', inputSchema: NOTHING },
    () => {
      bus.publish({ kind: 'prompts_list_changed' });
      return text('published');
    },
  );
}

function resources(server: McpServer, subscribed: Set<string>): void {
  const one = (uri: string, mimeType: string, content: { text: string } | { blob: string }): void =>
    void server.registerResource(uri, uri, { mimeType }, () => ({ contents: [{ uri, mimeType, ...content }] }));
  one('test://static-text', 'text/plain', { text: 'This is the content of the static text resource.' });
  one('test://static-binary', 'image/png', { blob: PIXEL });
  one('test://watched-resource', 'text/plain', { text: 'Watched resource content' });
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { mimeType: 'application/json' },
    (uri, { id }) => ({
      contents: [
        {
          uri: uri.href,
          mimeType: 'application/json',
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }),
        },
      ],
    }),
  );
  server.server.setRequestHandler('resources/subscribe', ({ params: { uri } }) => {
    subscribed.add(uri);
    return {};
  });
  server.server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    subscribed.delete(uri);
    return {};
  });
}

function prompts(server: McpServer): void {
  const said = (...content: ContentBlock[]) => ({
    messages: content.map((block) => ({ role: 'user' as const, content: block })),
  });
  const words = (line: string): ContentBlock => ({ type: 'text', text: line });
  server.registerPrompt('test_simple_prompt', { description: 'no arguments' }, () =>
    said(words('This is a simple prompt for testing.')),
  );
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'two arguments', argsSchema: z.object({ arg1: z.string(), arg2: z.string() }) },
    ({ arg1, arg2 }) => said(words(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'a resource', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) =>
      said(embedded(resourceUri, 'text/plain', 'Embedded resource content for testing.'), words('Please process it.')),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'an image' }, () =>
    said(image, words('Please analyze the image above.')),
  );
  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'asks first', argsSchema: NOTHING },
    (_given, context) => {
      const there = acceptedContent<{ context: string }>(context.mcpReq.inputResponses, 'user_context')?.context;
      return typeof there === 'string'
        ? said(words(`Use the following context: ${there}`))
        : inputRequired({
            inputRequests: { user_context: form('What context should the prompt use?', 'context', 'string') },
          });
    },
  );
}
