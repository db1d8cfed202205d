/** An amount per month. `amount` null is "not known", which is not nought. */
export interface MonthlyCost {
  readonly amount: number | null;
  /** ISO 4217. */
  readonly currency: string;
  readonly per: 'month';
  /** Where the figure comes from: `estimated: ...`, `billed`. */
  readonly basis: string;
}
