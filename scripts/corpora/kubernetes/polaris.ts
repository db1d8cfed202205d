import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { CaseResult, CorpusResult } from '../result.ts';
import { answersTo } from './all-rules.ts';
import { ask } from './ask.ts';
import { objectsInFile } from './objects.ts';
import { explain, isWanted, judgeOne, notCovered, shareOf } from './verdict.ts';

const caseSchema = z.looseObject({ check: z.string(), file: z.string(), expect: z.enum(['pass', 'fail']) });

/** Files of polaris' checks: what agrees is in README.md. */
export async function judge(folder: string): Promise<CorpusResult> {
  const cases = z.array(caseSchema).parse(JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')));
  const results: CaseResult[] = [];
  for (const { check, file, expect } of cases) {
    const id = `${check}/${file}`;
    if (!isWanted(id)) continue;
    const answers = answersTo('polaris', check);
    if (answers.length === 0) {
      results.push(notCovered(id, check));
      continue;
    }
    const result = await judgeOne('polaris', id, async () => {
      const said = await ask(objectsInFile(join(folder, check, file)), answers);
      explain(id, expect, said);
      return said.length > 0 === (expect === 'fail');
    });
    results.push(result);
  }
  return { cases: results, notes: [shareOf(results)] };
}
