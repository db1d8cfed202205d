import type { ModelRef } from '../domain/model.ts';
import type { ModelScore } from '../domain/model-score.ts';
import type { Database } from './database.ts';
import { ownJson } from './own-json.ts';

export interface ModelScoresTable {
  of(model: ModelRef): ModelScore | null;
  /** By name. */
  all(): readonly ModelScore[];
  /** In the place of an earlier score of the same model. */
  write(score: ModelScore): void;
}

export function modelScoresTable({ sqlite, attempt }: Database): ModelScoresTable {
  const insert = sqlite.prepare('INSERT OR REPLACE INTO model_scores (model, body) VALUES (?, ?)');
  const select = (where: string, ...params: string[]): readonly ModelScore[] =>
    attempt(() =>
      sqlite
        .prepare(`SELECT body FROM model_scores ${where} ORDER BY model`)
        .all(...params)
        .map((row) => ownJson<ModelScore>(row['body'])),
    );
  return {
    of: (model) => select('WHERE model = ?', model)[0] ?? null,
    all: () => select(''),
    write: (score) => {
      attempt(() => insert.run(score.model, JSON.stringify(score)));
    },
  };
}
