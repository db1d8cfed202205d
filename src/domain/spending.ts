import type { Failure } from './check.ts';
import type { ModelUsage } from './model.ts';

/** What may be used; null: no limit of this kind. */
export interface Budget {
  /** Requests to models. */
  readonly calls: number | null;
  /** Prompt and answer together. */
  readonly tokens: number | null;
  /** Over all uses of this budget in a day, in US dollars. */
  readonly usdPerDay: number | null;
}

/** US dollars for a million tokens, in the operator's word. */
export interface TokenPrice {
  readonly inputPerMillion: number;
  readonly outputPerMillion: number;
}

export interface Spent {
  readonly calls: number;
  readonly tokens: number;
  /** In US dollars; null when a call was made whose price is not known. */
  readonly usd: number | null;
}

/** What a request that is about to be made will use. */
export interface Foreseen {
  /** An estimate of the tokens of its prompt. */
  readonly promptTokens: number;
  /** What it could cost, in US dollars; null: not known. */
  readonly usdAtMost: number | null;
}

/** What was used so far of one budget, and whether there is enough for another request. Changes as it is used. */
export interface Spending {
  /** Why no further request may be made; null when one may. */
  refuse(next: Foreseen): Failure | null;
  add(usage: ModelUsage, usd: number | null): void;
  spent(): Spent;
}

/**
 * `spentTodayUsd`: what earlier uses of the same budget cost since the day began; null when that is not known. `before`:
 * what the same run used of it already.
 */
export function createSpending(
  budget: Budget,
  spentTodayUsd: number | null = 0,
  before: Pick<Spent, 'calls' | 'tokens'> = { calls: 0, tokens: 0 },
): Spending {
  let { calls, tokens } = before;
  let usd: number | null = 0;
  const spentToday = (): number | null => (spentTodayUsd === null || usd === null ? null : spentTodayUsd + usd);
  return {
    refuse: ({ promptTokens, usdAtMost }) => {
      if (budget.calls !== null && calls >= budget.calls) return usedUp(`${calls} of ${budget.calls} calls were made`);
      if (budget.tokens !== null && tokens + promptTokens > budget.tokens)
        return usedUp(`${tokens} of ${budget.tokens} tokens were used, and this takes about ${promptTokens}`);
      if (budget.usdPerDay === null) return null;
      const today = spentToday();
      if (today === null || usdAtMost === null)
        return usedUp('what models cost is not known, and there is a limit in dollars: say models.prices');
      return today + usdAtMost > budget.usdPerDay
        ? usedUp(`${today.toFixed(4)} of ${budget.usdPerDay} dollars a day were spent`)
        : null;
    },
    add: (usage, cost) => {
      calls += 1;
      tokens += (usage.promptTokens ?? 0) + (usage.completionTokens ?? 0);
      usd = usd === null || cost === null ? null : usd + cost;
    },
    spent: () => ({ calls: calls - before.calls, tokens: tokens - before.tokens, usd }),
  };
}

/** null when the price or the tokens are not known. */
export function costOfUsage(price: TokenPrice | null, usage: ModelUsage): number | null {
  if (price === null || usage.promptTokens === null || usage.completionTokens === null) return null;
  return (usage.promptTokens * price.inputPerMillion + usage.completionTokens * price.outputPerMillion) / 1_000_000;
}

function usedUp(message: string): Failure {
  return { code: 'MODEL_BUDGET', message: `the budget is used up: ${message}` };
}
