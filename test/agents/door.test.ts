import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDoor, type DoorDeps } from '../../src/agents/door.ts';
import { endpointOf, type ModelSettings } from '../../src/agents/endpoint.ts';
import { ModelTrouble } from '../../src/agents/failed.ts';
import { seen, unknown } from '../../src/domain/failure.ts';
import type { ModelCall, ModelCallEnd, ModelRef } from '../../src/domain/model.ts';
import type { ModelUse } from '../../src/domain/models.ts';
import { createRedactor } from '../../src/domain/redaction/redactor.ts';
import { createSpending, type Budget } from '../../src/domain/spending.ts';
import { httpServer } from '../support/http/servers.ts';

const SECRET = 'hunter2-lab-only-model-secret';
const KEY = 'sk-test-0123456789abcdef0123456789abcdef';
const NO_LIMIT: Budget = { calls: null, tokens: null, usdPerDay: null };
const ANSWER = JSON.stringify({
  choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: 'fine' } }],
  usage: { prompt_tokens: 100, completion_tokens: 20 },
});

interface House {
  readonly deps: DoorDeps;
  readonly settings: ModelSettings;
  readonly calls: Omit<ModelCall, 'ended'>[];
  readonly ends: ModelCallEnd[];
}

function house(url: string, more: Partial<ModelSettings> = {}): House {
  const settings: ModelSettings = {
    localOnly: false,
    ollama: { url, keepAlive: 1_000, contextTokens: 4096 },
    ollamaHost: null,
    endpoints: { lab: { url: `${url}/v1`, contextTokens: null }, openai: { url, contextTokens: null } },
    prices: {},
    silenceMs: 60_000,
    ...more,
  };
  const calls: Omit<ModelCall, 'ended'>[] = [];
  const ends: ModelCallEnd[] = [];
  return {
    calls,
    ends,
    settings,
    deps: {
      settings,
      clock: { now: () => 5, monotonic: () => 0 },
      random: (size) => randomBytes(size),
      redactor: createRedactor({ key: randomBytes(32), known: [SECRET] }),
      keyOf: async () => seen(null),
      record: { begin: (call) => void calls.push(call), end: (_, end) => void ends.push(end) },
      priceOf: () => null,
    },
  };
}

function use(model: ModelRef, budget = NO_LIMIT): ModelUse {
  return {
    model,
    purpose: 'ask',
    runbook: 'heartbeat',
    run: null,
    escalatedBecause: null,
    spending: createSpending(budget),
    signal: new AbortController().signal,
    timeoutMs: 1_000,
  };
}

function passage(model: ModelRef, at: House, asking = use(model), signal = new AbortController().signal) {
  const endpoint = endpointOf(model, at.settings);
  if (endpoint.status === 'unknown') throw new Error(endpoint.failure.message);
  return openDoor(endpoint.value, asking, signal, at.deps);
}

interface Arrived {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function server(answer: (response: ServerResponse, arrived: Arrived) => void) {
  const arrived: Arrived[] = [];
  const made = await httpServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) if (Buffer.isBuffer(part)) parts.push(part);
    const whole = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts).toString('utf8') };
    arrived.push(whole);
    answer(response, whole);
  });
  onTestFinished(() => made[Symbol.asyncDispose]());
  return { url: `http://127.0.0.1:${made.port}`, arrived };
}

const fine = (response: ServerResponse): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);

function post(content: string): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer held-by-the-door' },
    body: JSON.stringify({ model: 'm', max_tokens: 50, messages: [{ role: 'user', content }] }),
  };
}

async function trouble(sent: Promise<Response>): Promise<string> {
  try {
    await sent;
  } catch (error) {
    if (error instanceof ModelTrouble) return error.failure.code;
    throw error;
  }
  return 'none';
}

describe("the models' door", () => {
  it('lets a question through, redacted once more, and writes it down', async () => {
    const { url, arrived } = await server(fine);
    const at = house(url);
    const way = passage('lab/m', at);
    const response = await way.send(`${url}/v1/chat/completions`, post(`why does ${SECRET} fail?`));
    expect(await response.json()).toEqual(JSON.parse(ANSWER));
    expect(arrived[0]?.body).toContain('why does');
    expect(arrived[0]?.body).not.toContain(SECRET);
    expect(at.calls).toMatchObject([
      { model: 'lab/m', at: 5, runbook: 'heartbeat', leavesMachine: false, request: null, endpoint: url },
    ]);
    expect(at.ends).toEqual([
      { outcome: 'answered', usage: { promptTokens: 100, completionTokens: 20 }, usd: 0, durationMs: 0 },
    ]);
    expect(way.usage()).toEqual({ promptTokens: 100, completionTokens: 20 });
    expect(way.calls()).toEqual([at.calls[0]?.id]);
  });

  it('puts the key in, in the place of the one that the library had', async () => {
    const { url, arrived } = await server(fine);
    const at = house(url);
    const deps = { ...at.deps, keyOf: async () => seen(KEY) };
    await passage('openai/m', { ...at, deps }).send('https://api.openai.com/v1/chat/completions', post('hi'));
    expect(arrived[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(at.deps.redactor.text(`it said ${KEY}`)).not.toContain(KEY);
  });

  it('sends no key, and asks for none, to a server of its own', async () => {
    const { url, arrived } = await server(fine);
    await passage('lab/m', house(url)).send(`${url}/v1/chat/completions`, post('hi'));
    expect(arrived[0]?.headers.authorization).toBeUndefined();
  });

  it('without a key sends nothing', async () => {
    const { url, arrived } = await server(fine);
    const at = house(url);
    const deps = { ...at.deps, keyOf: async () => unknown('MODEL_NO_KEY', 'no key') };
    const sent = passage('openai/m', { ...at, deps }).send('https://api.openai.com/v1/chat/completions', post('hi'));
    expect(await trouble(sent)).toBe('MODEL_NO_KEY');
    expect(arrived).toEqual([]);
  });

  it.each(['https://models.example.com/api.json', 'http://127.0.0.1:1/v1/chat/completions'])(
    'sends nothing to %s, which is no address of the model',
    async (other) => {
      const { url, arrived } = await server(fine);
      const at = house(url);
      expect(await trouble(passage('lab/m', at).send(other, post('hi')))).toBe('MODEL_REFUSED');
      expect(await trouble(passage('lab/m', at).send(`${url}/v10/x`, post('hi')))).toBe('MODEL_REFUSED');
      expect([arrived, at.calls]).toEqual([[], []]);
    },
  );

  it('keeps on this machine what must not leave it', async () => {
    const at = house('https://gpu-box.example.com', { localOnly: true });
    const way = passage('lab/m', at);
    expect(await trouble(way.send('https://gpu-box.example.com/v1/chat/completions', post('hi')))).toBe(
      'MODEL_NOT_ALLOWED',
    );
    expect(await trouble(way.send('https://gpu-box.example.com/v1/models'))).toBe('MODEL_NOT_ALLOWED');
    expect(at.calls).toEqual([]);
  });

  it('keeps what leaves the machine exactly as it was sent', async () => {
    const at = house('http://gpu-box.invalid:9');
    const sent = passage('lab/m', at).send('http://gpu-box.invalid:9/v1/chat/completions', post(`is ${SECRET} well?`));
    expect(await trouble(sent)).toBe('MODEL_NO_SERVER');
    const [call] = at.calls;
    expect(call).toMatchObject({ leavesMachine: true, requestBytes: Buffer.byteLength(call?.request ?? '') });
    expect(call?.request).toContain('well?');
    expect(call?.request).not.toContain(SECRET);
    expect(at.ends).toMatchObject([{ outcome: 'MODEL_NO_SERVER', usd: null }]);
  });

  it('sends nothing that can not be written down', async () => {
    const { url, arrived } = await server(fine);
    const at = house(url);
    const record = {
      ...at.deps.record,
      begin: () => {
        throw new Error('disk full');
      },
    };
    const sent = passage('lab/m', { ...at, deps: { ...at.deps, record } }).send(
      `${url}/v1/chat/completions`,
      post('hi'),
    );
    expect(await trouble(sent)).toBe('MODEL_WITHHELD');
    expect(arrived).toEqual([]);
  });

  it('sends nothing that it can not redact', async () => {
    const { url, arrived } = await server(fine);
    const way = passage('lab/m', house(url));
    for (const body of ['no json', '', '"text"'])
      expect(await trouble(way.send(`${url}/v1/chat/completions`, { ...post(''), body }))).toBe('MODEL_WITHHELD');
    expect(arrived).toEqual([]);
  });

  it('holds the budget, and counts a failed request too', async () => {
    const { url, arrived } = await server((response) => void response.writeHead(503).end());
    const at = house(url);
    const way = passage('lab/m', at, use('lab/m', { ...NO_LIMIT, calls: 1 }));
    expect(await trouble(way.send(`${url}/v1/chat/completions`, post('hi')))).toBe('MODEL_BUSY');
    expect(way.failure()?.code).toBe('MODEL_BUSY');
    expect(await trouble(way.send(`${url}/v1/chat/completions`, post('hi')))).toBe('MODEL_BUDGET');
    expect(arrived).toHaveLength(1);
  });

  it('needs a price for a budget in dollars', async () => {
    const at = house('http://gpu-box.invalid:9');
    const way = passage('lab/m', at, use('lab/m', { ...NO_LIMIT, usdPerDay: 100 }));
    expect(await trouble(way.send('http://gpu-box.invalid:9/v1/chat/completions', post('hi')))).toBe('MODEL_BUDGET');
  });

  it('says when an answer was cut off, and counts its tokens', async () => {
    const { url } = await server(
      (response) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER.replace('stop', 'length')),
    );
    const at = house(url);
    expect(await trouble(passage('lab/m', at).send(`${url}/v1/chat/completions`, post('hi')))).toBe('MODEL_CUT_OFF');
    expect(at.ends).toMatchObject([{ outcome: 'MODEL_CUT_OFF', usage: { promptTokens: 100 } }]);
  });

  it('leaves an answer that never ends to itself', async () => {
    const { url } = await server((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(256 * 1024)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    expect(await trouble(passage('lab/m', house(url)).send(`${url}/v1/chat/completions`, post('hi')))).toBe(
      'MODEL_TOO_LARGE',
    );
  });

  it('notices that a server fell silent', async () => {
    const { url } = await server((response) => void response.writeHead(200).write('{'));
    const at = house(url, { silenceMs: 30 });
    expect(await trouble(passage('lab/m', at).send(`${url}/v1/chat/completions`, post('hi')))).toBe('MODEL_SILENT');
  });

  it('ends with the time of the whole use', async () => {
    const limit = new AbortController();
    const { url } = await server(() => limit.abort());
    const way = passage('lab/m', house(url), use('lab/m'), limit.signal);
    expect(await trouble(way.send(`${url}/v1/chat/completions`, post('hi')))).toBe('MODEL_SILENT');
  });

  it('notices a connection that broke in the middle', async () => {
    const { url } = await server((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 });
      response.write('{"choices"', () => response.socket?.destroy());
    });
    expect(await trouble(passage('lab/m', house(url)).send(`${url}/v1/chat/completions`, post('hi')))).toBe(
      'MODEL_STREAM_ENDED',
    );
  });

  it('follows no redirect: a key could go with it', async () => {
    const { url, arrived } = await server(
      (response) => void response.writeHead(307, { location: '/v1/elsewhere' }).end(),
    );
    expect(await trouble(passage('lab/m', house(url)).send(`${url}/v1/chat/completions`, post('hi')))).toBe(
      'MODEL_REFUSED',
    );
    expect(arrived).toHaveLength(1);
  });

  it('repeats no key that a server sends back', async () => {
    const { url } = await server(
      (response, { headers }) =>
        void response
          .writeHead(400, { 'content-type': 'application/json' })
          .end(JSON.stringify({ error: { message: `bad ${headers.authorization ?? ''}` } })),
    );
    const at = house(url);
    const way = passage('openai/m', { ...at, deps: { ...at.deps, keyOf: async () => seen(KEY) } });
    expect(await trouble(way.send('https://api.openai.com/v1/chat/completions', post('hi')))).toBe('MODEL_REFUSED');
    expect(way.failure()?.message).toContain('bad Bearer');
    expect(way.failure()?.message).not.toContain(KEY);
  });

  it.each(Array.from({ length: 12 }, (_, step) => 150 + step * 5))(
    'quotes no half of a key that a server sends back %i characters into its error',
    async (before) => {
      const { url } = await server(
        (response, { headers }) =>
          void response.writeHead(400, { 'content-type': 'application/json' }).end(
            JSON.stringify({
              error: { message: `${'x '.repeat(before / 2)}${(headers.authorization ?? '').slice(7)} was refused` },
            }),
          ),
      );
      const at = house(url);
      const way = passage('openai/m', { ...at, deps: { ...at.deps, keyOf: async () => seen(KEY) } });
      await trouble(way.send('https://api.openai.com/v1/chat/completions', post('hi')));
      expect(way.failure()?.message).not.toContain(KEY.slice(0, 10));
    },
  );

  it('asks which models there are without a budget or a word of ours', async () => {
    const { url, arrived } = await server(
      (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"models":[]}'),
    );
    const at = house(url);
    const way = passage('ollama/m', at, use('ollama/m', { ...NO_LIMIT, calls: 0 }));
    expect((await way.send(`${url}/api/tags`)).status).toBe(200);
    expect([arrived.length, at.calls]).toEqual([1, []]);
  });
});
