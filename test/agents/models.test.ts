import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ModelSettings } from '../../src/agents/endpoint.ts';
import { openModels } from '../../src/agents/models.ts';
import { seen } from '../../src/domain/failure.ts';
import type { ModelRef } from '../../src/domain/model.ts';
import type { AgentTool, ModelUse } from '../../src/domain/models.ts';
import { createSpending, type Budget } from '../../src/domain/spending.ts';
import { closedPort } from '../support/http/servers.ts';
import { modelServer, type Fault, type Script } from '../support/models/server.ts';
import { redactor } from '../support/sighting.ts';

const SCHEMA = {
  type: 'object',
  properties: { summary: { type: 'string' } },
  required: ['summary'],
  additionalProperties: false,
};
const NO_LIMIT: Budget = { calls: null, tokens: null, usdPerDay: null };

function modelsAt(url: string, silenceMs = 200) {
  const settings: ModelSettings = {
    localOnly: true,
    ollama: { url, keepAlive: 60_000, contextTokens: 4096 },
    ollamaHost: null,
    endpoints: { lab: { url: `${url}/v1`, contextTokens: null } },
    prices: {},
    silenceMs,
  };
  return openModels({
    settings,
    clock: { now: () => 0, monotonic: () => 0 },
    random: (size) => randomBytes(size),
    redactor,
    keyOf: async () => seen(null),
    record: { begin: () => undefined, end: () => undefined },
  });
}

function use(model: ModelRef, timeoutMs = 20_000, budget = NO_LIMIT): ModelUse {
  return {
    model,
    purpose: 'ask',
    runbook: null,
    run: null,
    escalatedBecause: null,
    spending: createSpending(budget),
    signal: new AbortController().signal,
    timeoutMs,
  };
}

const words = (text: string) => redactor.text(text);

function tool(run: AgentTool['run']): AgentTool {
  return {
    name: 'run_check',
    description: 'looks',
    input: {
      type: 'object',
      properties: { check: { type: 'string', enum: ['host/disk'] } },
      required: ['check'],
      additionalProperties: false,
    },
    run,
  };
}

const BOTH: readonly ModelRef[] = ['ollama/gemma4:e4b', 'lab/gemma4:e4b'];

async function structured(script: Script, model: ModelRef, timeoutMs = 20_000) {
  await using server = await modelServer(script);
  const answered = await modelsAt(server.url).structured({
    ...use(model, timeoutMs),
    system: words('SYSTEM'),
    prompt: words('PROMPT'),
    schema: SCHEMA,
    maxOutputTokens: 100,
  });
  return { answered, requests: server.requests() };
}

describe.each(BOTH)('an answer of a given form, by %s', (model) => {
  it('is asked for with its schema and without tools', async () => {
    const { answered, requests } = await structured([{ json: { summary: 'fine' } }], model);
    expect(answered).toMatchObject({
      status: 'seen',
      value: { value: { summary: 'fine' }, usage: { promptTokens: expect.any(Number) } },
    });
    expect(requests).toHaveLength(1);
    expect(requests[0]?.body).not.toHaveProperty('tools');
    expect(requests[0]?.text).toContain('"additionalProperties":false');
  });

  it('is asked for once more when it does not fit, with what is wrong', async () => {
    const { answered, requests } = await structured([{ json: { summary: 3 } }, { json: { summary: 'fine' } }], model);
    expect(answered.status).toBe('seen');
    expect(requests[1]?.text).toContain('will not do: summary');
  });

  it('is never invented: nothing said twice is no answer', async () => {
    const { answered, requests } = await structured(() => ({ say: '' }), model);
    expect(answered).toMatchObject({ status: 'unknown', failure: { code: 'MODEL_ANSWER_INVALID' } });
    expect(requests).toHaveLength(2);
  });

  it.each<readonly [Fault, string]>([
    ['busy', 'MODEL_BUSY'],
    ['no-model', 'MODEL_UNKNOWN'],
    ['context', 'MODEL_CONTEXT_TOO_LONG'],
    ['cut-off', 'MODEL_CUT_OFF'],
    ['half-json', 'MODEL_ANSWER_INVALID'],
    ['junk', 'MODEL_ANSWER_INVALID'],
    ['bad-tool-call', 'MODEL_ANSWER_INVALID'],
    ['silence-midstream', 'MODEL_SILENT'],
    ['reset-midstream', 'MODEL_STREAM_ENDED'],
    ['huge', 'MODEL_TOO_LARGE'],
  ])('that comes as %s is %s', async (fault, code) => {
    const { answered } = await structured(() => ({ fault }), model);
    expect(answered).toMatchObject({ status: 'unknown', failure: { code } });
  });

  it('that never comes ends with its time', async () => {
    const { answered } = await structured(() => ({ fault: 'silence' }), model, 1_500);
    expect(answered.status === 'unknown' ? answered.failure.code : '').toMatch(/^MODEL_(?:SILENT|TOO_SLOW)$/);
  });

  it('of a server that is not there says so', async () => {
    const answered = await modelsAt(`http://127.0.0.1:${await closedPort()}`).structured({
      ...use(model),
      system: words('S'),
      prompt: words('P'),
      schema: SCHEMA,
      maxOutputTokens: 100,
    });
    expect(answered).toMatchObject({ failure: { code: 'MODEL_NO_SERVER' } });
  });
});

async function converse(
  script: Script,
  model: ModelRef,
  more: {
    run?: AgentTool['run'];
    timeoutMs?: number;
    budget?: Budget;
    capabilities?: readonly string[];
    steps?: number;
    toolTimeoutMs?: number;
  } = {},
) {
  const inputs: unknown[] = [];
  await using server = await modelServer(
    script,
    more.capabilities === undefined ? {} : { capabilities: more.capabilities },
  );
  const conversed = await modelsAt(server.url).converse({
    ...use(model, more.timeoutMs, more.budget),
    system: words('SYSTEM'),
    question: words('QUESTION'),
    tools: [
      tool(
        more.run ??
          (async (input) => {
            inputs.push(input);
            return words('all is well');
          }),
      ),
    ],
    steps: more.steps ?? 4,
    toolTimeoutMs: more.toolTimeoutMs ?? 10_000,
    maxOutputTokens: 100,
  });
  return { conversed, inputs, requests: server.requests() };
}

describe.each(BOTH)('a conversation with tools, by %s', (model) => {
  it('calls a tool, hears its answer, and ends with words', async () => {
    const { conversed, inputs, requests } = await converse(
      [{ call: [{ name: 'run_check', arguments: { check: 'host/disk' } }] }, { say: 'It is fine.' }],
      model,
    );
    expect(conversed).toMatchObject({
      status: 'seen',
      value: { text: 'It is fine.', toolCalls: [{ tool: 'run_check', outcome: 'answered' }] },
    });
    expect(inputs).toEqual([{ check: 'host/disk' }]);
    expect(requests[1]?.text).toContain('all is well');
    expect(requests[0]?.body).not.toHaveProperty('format');
  });

  it.each([
    ['a tool that is not there', 'kubectl<|channel|>commentary', { check: 'host/disk' }],
    ['a value that is not offered', 'run_check', { check: 'host/secrets' }],
    ['a key too many', 'run_check', { check: 'host/disk', replicas: 0 }],
    ['no input', 'run_check', {}],
  ])('with %s runs nothing, and goes on', async (_, name, input) => {
    const { conversed, inputs } = await converse(
      [{ call: [{ name, arguments: input }] }, { say: 'I give up.' }],
      model,
    );
    expect(conversed.status).toBe('seen');
    expect(inputs).toEqual([]);
  });

  it('that never ends is ended by its steps', async () => {
    const { conversed, requests } = await converse(
      () => ({ call: [{ name: 'run_check', arguments: { check: 'host/disk' } }] }),
      model,
      { steps: 3 },
    );
    expect(conversed).toMatchObject({ failure: { code: 'MODEL_STEPS' } });
    expect(requests).toHaveLength(3);
  });

  it('is not held up by a tool that ignores its signal', async () => {
    const { conversed } = await converse(
      [{ call: [{ name: 'run_check', arguments: { check: 'host/disk' } }] }, { say: 'It took too long.' }],
      model,
      { run: () => new Promise(() => undefined), toolTimeoutMs: 50 },
    );
    expect(conversed).toMatchObject({ status: 'seen', value: { toolCalls: [{ outcome: 'timeout' }] } });
  });

  it('ends with its time, whatever is under way', async () => {
    const { conversed } = await converse(
      [{ call: [{ name: 'run_check', arguments: { check: 'host/disk' } }] }],
      model,
      { run: () => new Promise(() => undefined), toolTimeoutMs: 60_000, timeoutMs: 2_500 },
    );
    expect(conversed).toMatchObject({ status: 'unknown', failure: { code: 'MODEL_TOO_SLOW' } });
  });

  it('stops when the budget is used up', async () => {
    const { conversed, requests } = await converse(
      () => ({ call: [{ name: 'run_check', arguments: { check: 'host/disk' } }] }),
      model,
      { budget: { ...NO_LIMIT, calls: 2 }, steps: 6 },
    );
    expect(conversed).toMatchObject({ failure: { code: 'MODEL_BUDGET' } });
    expect(requests).toHaveLength(2);
  });

  it('that says nothing at last has no answer', async () => {
    const { conversed } = await converse([{ fault: 'empty' }], model);
    expect(conversed).toMatchObject({ failure: { code: 'MODEL_ANSWER_INVALID' } });
  });

  it('with a failing tool tells the model no more than that', async () => {
    const { requests } = await converse(
      [{ call: [{ name: 'run_check', arguments: { check: 'host/disk' } }] }, { say: 'Hm.' }],
      model,
      { run: () => Promise.reject(new Error('password=hunter2-lab-only')) },
    );
    expect(requests[1]?.text).toContain('It failed');
    expect(JSON.stringify(requests)).not.toContain('hunter2');
  });
});

it('a model of Ollama without tools is not asked for any', async () => {
  const { conversed, requests } = await converse([{ say: 'x' }], 'ollama/gemma4:e4b', { capabilities: ['completion'] });
  expect(conversed).toMatchObject({ failure: { code: 'MODEL_NO_TOOLS' } });
  expect(requests).toEqual([]);
});
