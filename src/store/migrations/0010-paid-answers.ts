/** Answers that cost money, and how many were asked for on each day. */
export const paidAnswers = `
CREATE TABLE paid_answers (
  account TEXT NOT NULL,
  question TEXT NOT NULL,
  at INTEGER NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (account, question)
) STRICT, WITHOUT ROWID;

CREATE TABLE paid_requests (
  account TEXT NOT NULL,
  day TEXT NOT NULL,
  requests INTEGER NOT NULL,
  usd REAL NOT NULL,
  PRIMARY KEY (account, day)
) STRICT, WITHOUT ROWID;
`;
