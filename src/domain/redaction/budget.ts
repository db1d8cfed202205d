/** Looks far beyond a match are counted against the size of the text. */
export interface Budget {
  /** Throws when the text makes for more work than its size warrants; the text is then withheld. */
  spend(characters: number): void;
  readonly spent: number;
}

/** How many characters may be looked at again for each character of the text. */
const AGAIN = 16;
/** What a short text may cost. */
const FREE = 1 << 20;

export function createBudget(size: number): Budget {
  const limit = FREE + AGAIN * size;
  let spent = 0;
  return {
    spend(characters) {
      spent += characters;
      if (spent > limit) throw new Error('redaction would not end in linear time');
    },
    get spent() {
      return spent;
    },
  };
}
