import { describe, expect, it } from 'vitest';
import { investigate, type InvestigateRequest } from '../../src/agents/investigate/investigate.ts';
import { seen, unknown } from '../../src/domain/failure.ts';
import type { AgentTool, Models } from '../../src/domain/models.ts';
import { createSpending } from '../../src/domain/spending.ts';
import { redactor } from '../support/sighting.ts';

const USAGE = { promptTokens: 1, completionTokens: 1 };
const tool: AgentTool = {
  name: 'run_check',
  description: 'x',
  input: { type: 'object' },
  run: async () => redactor.text('x'),
};
const CALL = { tool: 'run_check', input: {}, outcome: 'answered', durationMs: 1 } as const;

function request(tools: readonly AgentTool[] = [tool]): InvestigateRequest {
  return {
    use: {
      model: 'ollama/x',
      purpose: 'ask',
      runbook: null,
      run: null,
      escalatedBecause: null,
      spending: createSpending({ calls: null, tokens: null, usdPerDay: null }),
      signal: new AbortController().signal,
      timeoutMs: 1_000,
    },
    question: 'why?',
    instructions: null,
    exhibits: () => [{ id: 'e1', source: 'host/disk', input: {}, text: redactor.text('/data is 97 % full') }],
    tools,
    contextTokens: null,
    redactor,
  };
}

/** Both passes make one request each, and end as they are told. */
function models(first: string | null, answer: object | string): Models & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    converse: async ({ onCall, onToolCall }) => {
      asked.push('converse');
      onCall?.('c-000000000001');
      onToolCall?.(CALL);
      return first === null
        ? seen({ text: 'enough', toolCalls: [CALL], usage: USAGE, calls: ['c-000000000001'] })
        : unknown(first, 'why');
    },
    structured: async ({ onCall }) => {
      asked.push('structured');
      onCall?.('c-000000000002');
      return typeof answer === 'string'
        ? unknown(answer, 'why')
        : seen({ value: { ...answer }, usage: USAGE, calls: ['c-000000000002'] });
    },
  };
}

const GOOD = { answer: '`/data` is 97 % full.', statements: [{ text: '`/data` is 97 % full.', exhibits: ['e1'] }] };
const BOTH = ['c-000000000001', 'c-000000000002'];

describe('an investigation', () => {
  it('has its words from the second pass, and all its calls', async () => {
    const said = await investigate(request(), models(null, GOOD));
    expect(said).toMatchObject({
      text: GOOD.answer,
      failure: null,
      calls: BOTH,
      toolCalls: [CALL],
      statements: [{ support: 'supported' }],
    });
  });

  it.each(['MODEL_NO_TOOLS', 'MODEL_STEPS', 'MODEL_ANSWER_INVALID', 'MODEL_CUT_OFF'])(
    'answers from what was read when tools fail with %s',
    async (code) => {
      expect(await investigate(request(), models(code, GOOD))).toMatchObject({
        text: GOOD.answer,
        failure: null,
        calls: BOTH,
      });
    },
  );

  it.each(['MODEL_NO_SERVER', 'MODEL_BUDGET', 'MODEL_WITHHELD', 'MODEL_NOT_ALLOWED'])(
    'asks no more after %s',
    async (code) => {
      const at = models(code, GOOD);
      expect(await investigate(request(), at)).toMatchObject({
        text: null,
        failure: { code },
        calls: ['c-000000000001'],
        toolCalls: [CALL],
      });
      expect(at.asked).toEqual(['converse']);
    },
  );

  it('forgets no call when the second pass fails', async () => {
    expect(await investigate(request(), models(null, 'MODEL_SILENT'))).toMatchObject({
      text: null,
      failure: { code: 'MODEL_SILENT' },
      calls: BOTH,
      toolCalls: [CALL],
    });
  });

  it('is put together from the statements that hold when its answer does not', async () => {
    const answer = {
      answer: '`/data` and `/ghost` are full.',
      statements: [...GOOD.statements, { text: '`/ghost` is full.', exhibits: ['e1'] }],
    };
    expect(await investigate(request(), models(null, answer))).toMatchObject({
      text: '`/data` is 97 % full.',
      statements: [{ support: 'supported' }, { support: 'unsupported' }],
    });
  });

  it.each([
    [{ answer: '`/ghost` is full.', statements: [] }, 'named what nobody saw'],
    [{ answer: ' ', statements: [] }, 'answered nothing'],
  ])('of %j has no words, and says why', async (answer, words) => {
    expect(await investigate(request(), models(null, answer))).toMatchObject({
      text: null,
      failure: { code: 'MODEL_ANSWER_INVALID', message: expect.stringContaining(words) },
    });
  });
});
