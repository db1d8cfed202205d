/** An amount per month. `amount` null is "not known", which is not nought. */
export interface MonthlyCost {
  readonly amount: number | null;
  /** ISO 4217. */
  readonly currency: string;
  readonly per: 'month';
  /** Where the figure comes from: `estimated: ...`, `billed`. */
  readonly basis: string;
}

/** By how much a plan changes what is paid per month. `amount` null is "not known": never nought. */
export type CostDelta = MonthlyCost;

/** What costs nothing and saves nothing, and where that is known from. */
export function noCost(basis: string): CostDelta {
  return { amount: 0, currency: 'USD', per: 'month', basis };
}

export function unknownCost(basis: string): CostDelta {
  return { amount: null, currency: 'USD', per: 'month', basis };
}
