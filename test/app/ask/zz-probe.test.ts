import { it } from 'vitest';
import { checkCatalog } from '../../../src/checks/catalog.ts';
import { paramKeys } from '../../../src/runbooks/params-schema.ts';
import { readQuestion } from '../../../src/app/ask/question.ts';
import { route } from '../../../src/app/ask/route.ts';
import { readFileSync } from 'node:fs';
it('probe', async () => {
  const checks = await Promise.all(checkCatalog.ids.map(async (id) => { const check = await checkCatalog.load(id); return { check, keys: paramKeys(check) }; }));
  if (process.env.KW) for (const { check, keys } of checks) console.log(check.id, check.standalone ? 'S' : '-', check.nightly ? 'N' : '-', keys.join(','), '|', check.keywords.join(' '));
  for (const q of readFileSync('/tmp/h3-questions.txt', 'utf8').trim().split('\n')) {
    const question = readQuestion(q);
    const r = route(question, checks, { connected: new Set(['host', 'docker', 'kubernetes']), context: undefined, namespaces: [] });
    console.log(`Q ${q}\n   ${r.map(({ check, params }) => check.id + (Object.keys(params).length ? JSON.stringify(params) : '')).join(' ') || 'NOWHERE'}\n   words ${question.words.join(',')} ns=${question.namespace} ctx=${question.context} names=${question.names.join(',')} ${question.asksList?'L':''}${question.asksHealth?'H':''}${question.asksChange?'C':''}${question.asksAll?'A':''}`);
  }
});
