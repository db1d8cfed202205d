import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOfUsage, createSpending } from '../../src/domain/spending.ts';

const free = { promptTokens: 10, usdAtMost: 0 };
const used = (promptTokens: number, completionTokens: number) => ({ promptTokens, completionTokens });

describe('a budget', () => {
  it('without limits refuses nothing', () => {
    const spending = createSpending({ calls: null, tokens: null, usdPerDay: null });
    for (let call = 0; call < 100; call += 1) spending.add(used(1_000_000, 1), null);
    expect(spending.refuse({ promptTokens: 1_000_000, usdAtMost: null })).toBeNull();
  });

  it('of calls is used up by so many calls', () => {
    const spending = createSpending({ calls: 2, tokens: null, usdPerDay: null });
    spending.add(used(1, 1), 0);
    expect(spending.refuse(free)).toBeNull();
    spending.add(used(1, 1), 0);
    expect(spending.refuse(free)).toEqual({
      code: 'MODEL_BUDGET',
      message: 'the budget is used up: 2 of 2 calls were made',
    });
  });

  it('of tokens refuses a prompt that would exceed it', () => {
    const spending = createSpending({ calls: null, tokens: 100, usdPerDay: null });
    spending.add(used(80, 15), 0);
    expect(spending.refuse({ promptTokens: 5, usdAtMost: 0 })).toBeNull();
    expect(spending.refuse({ promptTokens: 6, usdAtMost: 0 })?.code).toBe('MODEL_BUDGET');
  });

  it('of dollars counts what was spent today before, and what the next call could cost', () => {
    const spending = createSpending({ calls: null, tokens: null, usdPerDay: 0.5 }, 0.3);
    expect(spending.refuse({ promptTokens: 1, usdAtMost: 0.2 })).toBeNull();
    expect(spending.refuse({ promptTokens: 1, usdAtMost: 0.21 })?.code).toBe('MODEL_BUDGET');
    spending.add(used(1, 1), 0.1);
    expect(spending.refuse({ promptTokens: 1, usdAtMost: 0.11 })?.code).toBe('MODEL_BUDGET');
  });

  it('of dollars needs a price: not known is not nought', () => {
    const spending = createSpending({ calls: null, tokens: null, usdPerDay: 100 });
    expect(spending.refuse({ promptTokens: 1, usdAtMost: null })?.message).toContain('models.prices');
    spending.add(used(1, 1), null);
    expect(spending.refuse(free)?.message).toContain('models.prices');
  });

  it('of dollars whose spending of today is not known is used up', () => {
    const spending = createSpending({ calls: null, tokens: null, usdPerDay: 100 }, null);
    expect(spending.refuse(free)?.code).toBe('MODEL_BUDGET');
  });

  it('is never exceeded by calls whose tokens were foreseen', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 400 })), fc.nat({ max: 1000 }), (prompts, tokens) => {
        const spending = createSpending({ calls: null, tokens, usdPerDay: null });
        for (const promptTokens of prompts)
          if (spending.refuse({ promptTokens, usdAtMost: 0 }) === null) spending.add(used(promptTokens, 0), 0);
        expect(spending.spent().tokens).toBeLessThanOrEqual(tokens);
      }),
    );
  });
});

describe('what tokens cost', () => {
  it('is by the million, of the prompt and of the answer', () => {
    expect(costOfUsage({ inputPerMillion: 3, outputPerMillion: 15 }, used(1_000_000, 100_000))).toBeCloseTo(4.5);
  });

  it.each([
    [null, used(1, 1)],
    [
      { inputPerMillion: 1, outputPerMillion: 1 },
      { promptTokens: null, completionTokens: 1 },
    ],
    [
      { inputPerMillion: 1, outputPerMillion: 1 },
      { promptTokens: 1, completionTokens: null },
    ],
  ])('is not known without a price or tokens', (price, usage) => {
    expect(costOfUsage(price, usage)).toBeNull();
  });
});
