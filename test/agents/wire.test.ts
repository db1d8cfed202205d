import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWire } from '../../src/agents/wire/read-wire.ts';
import { wireOf } from '../../src/agents/wire/wire-of.ts';
import { recordingsFolder } from '../support/models/recordings.ts';

type Row = readonly [
  recording: string,
  outcome: string,
  promptTokens?: number | null,
  completionTokens?: number | null,
];

/** What each recorded answer of a chat comes to. `answered` and `cut-off` with the tokens that the server counted. */
const JUDGED: readonly Row[] = [
  ['ollama/503-queue-full', 'MODEL_BUSY'],
  ['ollama/anthropic-messages', 'cut-off', 19, 5],
  ['ollama/chat-after-runner-killed', 'cut-off', 80, 3],
  ['ollama/chat-bad-keepalive', 'MODEL_REFUSED'],
  ['ollama/chat-bad-option', 'MODEL_REFUSED'],
  ['ollama/chat-bad-role', 'cut-off', 10, 3],
  ['ollama/chat-broken-json', 'MODEL_REFUSED'],
  ['ollama/chat-client-abort', 'MODEL_STREAM_ENDED'],
  ['ollama/chat-empty-body', 'MODEL_REFUSED'],
  ['ollama/chat-empty-messages-loads', 'answered', null, null],
  ['ollama/chat-format-bad-schema', 'MODEL_REFUSED'],
  ['ollama/chat-format-bad-string', 'MODEL_REFUSED'],
  ['ollama/chat-format-json', 'MODEL_ANSWER_INVALID'],
  ['ollama/chat-format-schema-stream', 'answered', 80, 71],
  ['ollama/chat-format-schema-truncated', 'cut-off', 80, 6],
  ['ollama/chat-format-schema', 'answered', 80, 67],
  ['ollama/chat-images-unsupported', 'MODEL_REFUSED'],
  ['ollama/chat-long-prompt-truncate-false', 'MODEL_CONTEXT_TOO_LONG'],
  ['ollama/chat-long-prompt-truncated', 'MODEL_CONTEXT_TOO_LONG'],
  ['ollama/chat-missing-model', 'MODEL_UNKNOWN'],
  ['ollama/chat-no-model', 'MODEL_REFUSED'],
  ['ollama/chat-runner-hangs-midstream', 'MODEL_STREAM_ENDED'],
  ['ollama/chat-runner-killed-midstream', 'MODEL_STREAM_ERROR'],
  ['ollama/chat-stream', 'cut-off', 80, 6],
  ['ollama/chat-think-unsupported-stream', 'MODEL_REFUSED'],
  ['ollama/chat-think-unsupported', 'MODEL_REFUSED'],
  ['ollama/chat-tool-result', 'cut-off', 705, 8],
  ['ollama/chat-tools-seed2', 'answered', 583, 151],
  ['ollama/chat-tools-seed3', 'MODEL_ANSWER_INVALID'],
  ['ollama/chat-tools-seed4', 'MODEL_ANSWER_INVALID'],
  ['ollama/chat-tools-stream', 'MODEL_ANSWER_INVALID'],
  ['ollama/chat-tools-unsupported', 'answered', 583, 58],
  ['ollama/chat-tools', 'MODEL_ANSWER_INVALID'],
  ['ollama/chat', 'cut-off', 80, 12],
  ['ollama/openai-broken', 'MODEL_REFUSED'],
  ['ollama/openai-chat-schema', 'answered', 80, 84],
  ['ollama/openai-chat-stream', 'cut-off', 80, 4],
  ['ollama/openai-chat', 'cut-off', 80, 6],
  ['ollama/openai-missing-model', 'MODEL_UNKNOWN'],
  ['ollama/openai-responses', 'answered', 19, 4],
  ['ollama/openai-runner-killed-midstream', 'MODEL_STREAM_ENDED'],
  ['ollama/openai-tools-stream', 'answered', null, null],
  ['ollama/openai-tools', 'answered', 583, 170],
  ['ollama/think-bad', 'MODEL_REFUSED'],
  ['ollama/think-false', 'cut-off', 25, 12],
  ['ollama/think-high', 'cut-off', 21, 12],
  ['ollama/think-openai-stream', 'cut-off', null, null],
  ['ollama/think-openai', 'cut-off', 21, 10],
  ['ollama/think-stream', 'cut-off', 21, 8],
  ['ollama/think-true', 'cut-off', 21, 12],
  ['ollama/think-unset', 'cut-off', 21, 12],
  ['ollama/think-with-format', 'answered', 21, 21],
  ['ollama/tools-unsupported-openai', 'MODEL_NO_TOOLS'],
  ['ollama/tools-unsupported', 'MODEL_NO_TOOLS'],
  ['ollama/unload-keepalive-0', 'answered', null, null],
  ['llm/chat-broken-json', 'MODEL_REFUSED'],
  ['llm/chat-context-overflow', 'MODEL_CONTEXT_TOO_LONG'],
  ['llm/chat-json-object', 'MODEL_ANSWER_INVALID'],
  ['llm/chat-json-schema-bad', 'MODEL_REFUSED'],
  ['llm/chat-json-schema-truncated', 'cut-off', 80, 12],
  ['llm/chat-json-schema', 'answered', 80, 66],
  ['llm/chat-missing-messages', 'MODEL_REFUSED'],
  ['llm/chat-plain-stream', 'cut-off', 80, 8],
  ['llm/chat-plain', 'cut-off', 80, 16],
  ['llm/chat-stream-client-abort', 'MODEL_STREAM_ENDED'],
  ['llm/chat-tool-result-turn', 'cut-off', 746, 8],
  ['llm/chat-tools-auto', 'cut-off', 624, 20],
  ['llm/chat-tools-required-stream', 'cut-off', null, null],
  ['llm/chat-tools-required', 'cut-off', 624, 300],
  ['llm/chat-unknown-model', 'cut-off', 80, 4],
  ['llm/ollama-api-chat', 'MODEL_REFUSED'],
  ['llm/openai-sdk-tools', 'cut-off', 624, 300],
  ['llm/toolcaller-auto-seed2', 'cut-off', 624, 120],
  ['llm/toolcaller-auto-seed3', 'cut-off', 624, 120],
  ['llm/toolcaller-auto-seed4', 'cut-off', 624, 120],
  ['llm/toolcaller-auto-seed5', 'cut-off', 624, 120],
  ['llm/toolcaller-auto-seed6', 'MODEL_ANSWER_INVALID'],
  ['llm/toolcaller-auto', 'answered', 624, 310],
  ['llm/toolcaller-named', 'answered', 624, 310],
  ['llm/toolcaller-none', 'cut-off', 624, 400],
  ['llm/toolcaller-required-single', 'answered', 624, 310],
  ['llm/toolcaller-required-stream', 'answered', 624, 310],
  ['llm/toolcaller-required', 'cut-off', 624, 200],
  ['llm/toolcaller-tools-and-schema', 'MODEL_ANSWER_INVALID'],
  ['llm/v1-messages', 'cut-off', 21, 6],
  ['llm/v1-responses', 'answered', 21, 6],
];

const folder = recordingsFolder();

interface Recording {
  readonly request: { readonly method: string; readonly path: string };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly json?: unknown;
    readonly body?: string;
  };
}

function recording(name: string): Recording {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Recording;
}

function judged(name: string): Row {
  const { request, response } = recording(name);
  const body = response.json === undefined ? (response.body ?? '') : JSON.stringify(response.json);
  const url = new URL(`http://127.0.0.1${request.path}`);
  const end = readWire(wireOf(url), response.status, response.headers['content-type'] ?? '', body);
  if (end.status === 'unknown') return [name, end.failure.code];
  const { cutOff, usage } = end.value;
  return [name, cutOff ? 'cut-off' : 'answered', usage.promptTokens, usage.completionTokens];
}

describe.skipIf(!existsSync(folder))('recorded answers of Ollama and llama.cpp', () => {
  it.each(JUDGED.map((row) => [row[0], row] as const))('%s', (name, row) => {
    expect(judged(name)).toEqual(row);
  });

  it('are judged, all of them', () => {
    const chats = ['ollama', 'llm'].flatMap((server) =>
      readdirSync(join(folder, server))
        .filter((file) => file.endsWith('.json'))
        .map((file) => `${server}/${file.replace(/\.json$/, '')}`)
        .filter((name) => {
          const { request } = recording(name);
          return request.method === 'POST' && /\/(?:chat|completions|messages|responses)$/.test(request.path);
        }),
    );
    expect(chats.toSorted()).toEqual(JUDGED.map(([name]) => name).toSorted());
  });
});

describe('an answer', () => {
  const ndjson = 'application/x-ndjson';
  const sse = 'text/event-stream';
  it.each([
    ['nothing', 'ollama', ndjson, '', 'MODEL_ANSWER_INVALID'],
    ['a stream without its end', 'ollama', ndjson, '{"message":{"content":"a"},"done":false}\n', 'MODEL_STREAM_ENDED'],
    ['half a line', 'ollama', ndjson, '{"message":{"content":"a"},"done":false}\n{"mess', 'MODEL_STREAM_ENDED'],
    ['half a document', 'chat', 'application/json', '{"choices":[{"finish', 'MODEL_STREAM_ENDED'],
    ['an error after 200', 'chat', sse, 'data: {"error":{"message":"out of memory"}}\n\n', 'MODEL_STREAM_ERROR'],
    [
      'events without an end',
      'chat',
      sse,
      'data: {"choices":[{"delta":{"content":"a"},"finish_reason":null}]}\n\ndata: [DONE]\n\n',
      'MODEL_STREAM_ENDED',
    ],
    ['a page of a proxy', 'chat', 'text/html', '<html>login</html>', 'MODEL_STREAM_ENDED'],
    [
      'an error of Anthropic in its stream',
      'messages',
      sse,
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
      'MODEL_STREAM_ERROR',
    ],
    ['junk', 'google', 'application/json', '[1,2]', 'MODEL_STREAM_ENDED'],
  ] as const)('of %s is none', (_, wire, contentType, body, code) => {
    expect(readWire(wire, 200, contentType, body)).toMatchObject({ status: 'unknown', failure: { code } });
  });

  it('of Anthropic in events is whole by its stop reason, and its tokens come in two events', () => {
    const body = [
      'event: message_start',
      'data: {"type":"message_start","message":{"usage":{"input_tokens":10,"cache_read_input_tokens":5,"output_tokens":1}}}',
      'event: message_delta',
      'data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}',
      'event: message_stop',
      'data: {"type":"message_stop"}',
      '',
    ].join('\n');
    expect(readWire('messages', 200, sse, body)).toEqual({
      status: 'seen',
      value: { usage: { promptTokens: 15, completionTokens: 7 }, cutOff: false },
    });
  });

  it('of Google is cut off by its finish reason', () => {
    const body = JSON.stringify({
      candidates: [{ finishReason: 'MAX_TOKENS' }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4 },
    });
    expect(readWire('google', 200, 'application/json', body)).toEqual({
      status: 'seen',
      value: { usage: { promptTokens: 3, completionTokens: 4 }, cutOff: true },
    });
  });

  it.each([
    [503, '', 'MODEL_BUSY'],
    [429, '{"error":{"message":"rate limited"}}', 'MODEL_BUSY'],
    [529, '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', 'MODEL_BUSY'],
    [401, '{"error":{"message":"invalid x-api-key"}}', 'MODEL_REFUSED'],
    [404, 'page not found', 'MODEL_REFUSED'],
    [404, '{"error":{"message":"model: claude-nope does not exist"}}', 'MODEL_UNKNOWN'],
    [400, '{"error":{"message":"prompt is too long: 300000 tokens > 200000 maximum"}}', 'MODEL_CONTEXT_TOO_LONG'],
    [500, 'oops', 'MODEL_REFUSED'],
  ])('with status %i and %j is %s', (status, body, code) => {
    expect(readWire('chat', status, 'application/json', body)).toMatchObject({ failure: { code } });
  });

  it('quotes no more than a line of what the server said', () => {
    const end = readWire('chat', 500, 'text/plain', 'x'.repeat(100_000));
    expect(end.status === 'unknown' ? end.failure.message.length : 0).toBeLessThan(300);
  });
});
