import type { JsonValue } from './json.ts';

/**
 * Answers that cost money (Cost Explorer: $0.01 for each request), kept on disk, and how many were asked for today. A request
 * is counted before it is sent, so that whatever is killed can't spend the same budget twice.
 */
export interface PaidAnswers {
  /** The answer that was kept to this question, and when it was given; null: none that is young enough. */
  kept(question: PaidQuestion): KeptAnswer | null;
  /** Counts one more request of an account today (UTC); false: the day's budget is used up, and none is to be made. */
  reserve(account: string, usd: number): boolean;
  keep(question: PaidQuestion, answer: JsonValue): void;
  /** What was asked for today. */
  today(account: string): PaidToday;
}

export interface PaidQuestion {
  /** The account that pays: `aws:123456789012`. */
  readonly account: string;
  /** The whole question, as one text. */
  readonly text: string;
}

export interface KeptAnswer {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly answer: JsonValue;
}

export interface PaidToday {
  readonly requests: number;
  /** US dollars. */
  readonly usd: number;
  /** How many there may be a day. */
  readonly budget: number;
}
