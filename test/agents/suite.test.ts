import { describe, expect, it } from 'vitest';
import { FORM_CASES, TOOL_CASES, type FormAnswer } from '../../src/agents/suite/cases.ts';
import { runSuite } from '../../src/agents/suite/run-suite.ts';
import { seen, unknown } from '../../src/domain/failure.ts';
import type { Models } from '../../src/domain/models.ts';
import { hasPassed, type ScoredCase } from '../../src/domain/model-score.ts';
import { createSpending } from '../../src/domain/spending.ts';
import { redactor } from '../support/sighting.ts';

/** What models were seen to answer to each case: good ones, and each way of going wrong (facts/checks-catalogue.md, section 6). */
const FORM_TRANSCRIPTS: readonly (readonly [name: string, answer: FormAnswer, wrong: string | null])[] = [
  [
    'the worst of two findings',
    { answer: 'The Deployment `shop/checkout-api` crash-loops with exit code 137.', known: true },
    null,
  ],
  [
    'the worst of two findings',
    { answer: 'checkout-api was started again 14 times, and node-b has little memory left.', known: true },
    null,
  ],
  ['the worst of two findings', { answer: 'Everything is fine with checkout-api.', known: true }, 'all is well'],
  ['the worst of two findings', { answer: 'The pod `checkout-api-7d9f` is killed.', known: true }, 'checkout-api-7d9f'],
  ['the worst of two findings', { answer: 'A node has little memory.', known: true }, 'does not name checkout-api'],
  ['the worst of two findings', { answer: 'checkout-api was started again 41 times.', known: true }, '41'],
  ['the worst of two findings', { answer: '', known: true }, 'does not name'],
  ['the worst of two findings', { answer: 'I do not know about checkout-api.', known: false }, 'does not answer'],
  ['a figure as it stands', { answer: '/data is 97 % full and will be full in 3 hours.', known: true }, null],
  ['a figure as it stands', { answer: '/data is 79 % full.', known: true }, '79'],
  ['a name with dots', { answer: 'The certificate of shop.example.com ends in 6 days.', known: true }, null],
  [
    'a name with dots',
    { answer: 'The certificate of shop.example.com and www.example.com end soon.', known: true },
    'www.example.com',
  ],
  ['a second finding', { answer: 'Yes: `node-b` has little memory left.', known: true }, null],
  [
    'something that nobody looked at',
    { answer: 'The data does not say anything about orders-db.', known: false },
    null,
  ],
  ['something that nobody looked at', { answer: 'orders-db is healthy.', known: true }, 'claims'],
  [
    'something that nobody looked at',
    { answer: 'Not sure; orders-db-primary may be down.', known: false },
    'orders-db-primary',
  ],
  ['no findings at all', { answer: 'Nothing in the data explains it.', known: false }, null],
  ['no findings at all', { answer: 'payment-worker crashes since it runs out of memory.', known: true }, 'claims'],
  ['a figure that was not read', { answer: 'The data has no figure for memory.', known: false }, null],
  ['a figure that was not read', { answer: 'Unknown, perhaps 3456 MiB.', known: false }, '3456'],
  ['another host', { answer: 'Nothing is known of api.example.org.', known: false }, null],
];

type Calls = readonly { readonly tool: string; readonly input: unknown }[];
const TOOL_TRANSCRIPTS: readonly (readonly [name: string, calls: Calls, text: string, wrong: string | null])[] = [
  ['the right check', [{ tool: 'run_check', input: { check: 'host/disk' } }], 'There is room.', null],
  [
    'the right check',
    [{ tool: 'run_check', input: { check: 'host/memory' } }],
    'There is room.',
    'does not call run_check with host/disk',
  ],
  ['the right check', [], 'run_check({"check":"host/disk"})', 'as text'],
  ['the right check', [], '<tool_call>{"name":"run_check"}</tool_call>', 'as text'],
  ['the right check', [], 'There is room on all disks.', 'calls no tool'],
  ['the right check', [{ tool: 'kubectl<|channel|>commentary', input: {} }], '', 'which is not there'],
  ['the right check', [{ tool: 'run_check', input: null }], '', 'does not call'],
  [
    'another check',
    [
      { tool: 'run_check', input: { check: 'host/disk' } },
      { tool: 'run_check', input: { check: 'kubernetes/nodes' } },
    ],
    '',
    null,
  ],
  ['the right tool', [{ tool: 'logs', input: { pod: 'shop/checkout-api-2' } }], '', null],
  ['the right tool', [{ tool: 'logs', input: { pod: 'shop/web-1' } }], '', 'does not call logs'],
  ['memory, not disk', [{ tool: 'run_check', input: { check: 'host/memory' } }], '', null],
];

const saying = (wrong: string | null): unknown => (wrong === null ? null : expect.stringContaining(wrong));

describe('the scorer', () => {
  it.each(FORM_TRANSCRIPTS)('%s: %j', (name, answer, wrong) => {
    expect(FORM_CASES.find((one) => one.name === name)?.judge(answer)).toEqual(saying(wrong));
  });

  it.each(TOOL_TRANSCRIPTS)('%s: %j %j', (name, calls, text, wrong) => {
    expect(TOOL_CASES.find((one) => one.name === name)?.judge(calls, text)).toEqual(saying(wrong));
  });

  it('has a good and a bad transcript of each kind, and a good one of every case', () => {
    const good = [
      ...FORM_TRANSCRIPTS.filter(([, , wrong]) => wrong === null).map(([name]) => name),
      ...TOOL_TRANSCRIPTS.filter((row) => row[3] === null).map(([name]) => name),
    ];
    expect([...new Set(good)].toSorted()).toEqual([...FORM_CASES, ...TOOL_CASES].map(({ name }) => name).toSorted());
  });
});

const use = {
  model: 'ollama/x',
  purpose: 'test',
  runbook: null,
  run: null,
  escalatedBecause: null,
  spending: createSpending({ calls: null, tokens: null, usdPerDay: null }),
  signal: new AbortController().signal,
  timeoutMs: 1_000,
} as const;
const request = { use, digest: 'abc', at: 7, redactor, onCase: () => undefined };

function models(code: string): Models {
  return { structured: async () => unknown(code, 'why'), converse: async () => unknown(code, 'why') };
}

describe('the suite', () => {
  it.each(['MODEL_NO_SERVER', 'MODEL_UNKNOWN', 'MODEL_NO_KEY', 'MODEL_BUSY', 'MODEL_NOT_ALLOWED', 'MODEL_BUDGET'])(
    'is no score of a model that was not there: %s',
    async (code) => {
      expect(await runSuite(request, models(code))).toEqual({ failure: { code, message: 'why' } });
    },
  );

  it.each(['MODEL_ANSWER_INVALID', 'MODEL_NO_TOOLS', 'MODEL_STEPS', 'MODEL_CUT_OFF', 'MODEL_SILENT'])(
    'is failed by a model that was there: %s',
    async (code) => {
      const end = await runSuite(request, models(code));
      expect(end).toMatchObject({ score: { model: 'ollama/x', digest: 'abc', at: 7 } });
      expect('score' in end && hasPassed(end.score)).toBe(false);
    },
  );

  it('gives no marks for being there', async () => {
    const answers: Models = {
      structured: async () =>
        seen({
          value: { answer: 'All is well.', known: true },
          usage: { promptTokens: 1, completionTokens: 1 },
          calls: [],
        }),
      converse: async () =>
        seen({ text: 'fine', toolCalls: [], usage: { promptTokens: 1, completionTokens: 1 }, calls: [] }),
    };
    const end = await runSuite(request, answers);
    expect('score' in end ? end.score.cases.filter(({ passed }) => passed) : null).toEqual([]);
  });
});

describe('passing', () => {
  const cases = (passed: Record<ScoredCase['kind'], number>): readonly ScoredCase[] =>
    (['summary', 'tool', 'refusal'] as const).flatMap((kind) =>
      Array.from({ length: 4 }, (_, index) => ({ name: `${index}`, kind, passed: index < passed[kind], why: null })),
    );

  it.each([
    [{ summary: 4, tool: 4, refusal: 4 }, true],
    [{ summary: 3, tool: 3, refusal: 3 }, true],
    [{ summary: 4, tool: 4, refusal: 2 }, false],
    [{ summary: 4, tool: 2, refusal: 4 }, false],
  ])('needs three quarters of each kind: %j', (passed, is) => {
    expect(hasPassed({ cases: cases(passed) })).toBe(is);
  });

  it('is not for who was not asked', () => {
    expect(hasPassed({ cases: [] })).toBe(false);
  });
});
