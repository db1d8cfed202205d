import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { KINDS } from '../../../src/providers/kubernetes/kinds.ts';
import type { CaseResult, CorpusResult } from '../result.ts';
import { answersTo } from './all-rules.ts';
import { ask, type Said } from './ask.ts';
import { objectsInFile } from './objects.ts';
import { explain, isWanted, notCovered, verdictOf } from './verdict.ts';

const caseSchema = z.looseObject({
  test: z.string(),
  check: z.string().nullish(),
  file: z.string(),
  exit: z.number().nullish(),
  count: z.number().nullish(),
  messages: z.array(z.string()).default([]),
});
type Case = z.infer<typeof caseSchema>;

/** Files of kube-linter's tests: what agrees is in README.md. */
export async function judge(folder: string): Promise<CorpusResult> {
  const cases = z.array(caseSchema).parse(JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')));
  const results: CaseResult[] = [];
  for (const one of cases) {
    const id = one.test;
    if (!isWanted(id)) continue;
    const answers = answersTo('kube-linter', one.check ?? one.test);
    if (answers.length === 0) {
      results.push(notCovered(id, one.check ?? one.test));
      continue;
    }
    const said = await ask(objectsInFile(join(folder, one.file)), answers);
    explain(id, `exit ${one.exit}, ${one.count}: ${one.messages.join('; ')}`, said);
    results.push(verdictOf('kube-linter', id, agrees(one, said)));
  }
  return { cases: results };
}

function agrees({ exit, count, messages }: Case, said: readonly Said[]): boolean {
  const fails = exit === 1 || (count ?? 0) > 0 || messages.length > 0;
  if (said.length > 0 !== fails) return false;
  const kinds = new Set(
    messages.map((message) => /^\w+/.exec(message)?.[0] ?? '').filter((kind) => Object.hasOwn(KINDS, kind)),
  );
  if (kinds.size === 0) return true;
  const told = new Set(said.map(({ kind }) => kind));
  return kinds.size === told.size && [...kinds].every((kind) => told.has(kind.toLowerCase()));
}
