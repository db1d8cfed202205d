// `npm run corpora [-- <name>... [--only <text>]]`: judges Holdfast by cases that others wrote.
// The folder is CORPORA_DIR, or ../shared/corpora; a corpus is a folder in it that scripts/corpora/<name>.ts can judge.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CaseResult, CorpusResult } from './corpora/result.ts';

const CORPORA: Readonly<Record<string, () => Promise<{ judge(folder: string): Promise<CorpusResult> }>>> = {
  'aws-recorded': () => import('./corpora/aws-recorded.ts'),
  heartbeat: () => import('./corpora/heartbeat.ts'),
  k8sgpt: () => import('./corpora/kubernetes/k8sgpt.ts'),
  'kube-linter': () => import('./corpora/kubernetes/kube-linter.ts'),
  polaris: () => import('./corpora/kubernetes/polaris.ts'),
  regolibrary: () => import('./corpora/kubernetes/regolibrary.ts'),
  secrets: () => import('./corpora/secrets.ts'),
};

const root = process.env['CORPORA_DIR'] ?? resolve(import.meta.dirname, '../../shared/corpora');
const named = namesIn(process.argv.slice(2));
const wanted = named.length > 0 ? named : Object.keys(CORPORA);
const results = await Promise.all(wanted.map(async (name) => [name, await judgeOne(name)] as const));
for (const [name, { cases }] of results) console.log(`${name}: ${tally(cases)}`);
for (const [name, { notes = [] }] of results) for (const note of notes) console.log(`${name}: ${note}`);
const differing = results.flatMap(([name, { cases }]) => cases.map((item) => ({ ...item, id: `${name}/${item.id}` })));
const unexplained = differing.filter(({ verdict, reason }) => verdict !== 'agree' && reason === undefined);
for (const { id, verdict } of unexplained) console.log(`${id} ${verdict}`);
const outOfDate = differing.filter((item) => item.outOfDate === true);
for (const { id } of outOfDate) console.log(`${id} agrees: take it off the list of differences`);
for (const line of onPurpose(differing)) console.log(line);
for (const [name, { cases }] of results) for (const line of rulesLeft(name, cases)) console.log(line);
process.exitCode = unexplained.length + outOfDate.length > 0 ? 1 : 0;

/** `--only <text>` is for the judge. */
function namesIn(args: readonly string[]): readonly string[] {
  const at = args.indexOf('--only');
  return at === -1 ? args : args.filter((_, index) => index !== at && index !== at + 1);
}

async function judgeOne(name: string): Promise<CorpusResult> {
  const load = CORPORA[name];
  if (load === undefined) throw new Error(`there is no judge for "${name}"; known: ${Object.keys(CORPORA).join(', ')}`);
  const folder = join(root, name);
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}; set CORPORA_DIR`);
  return (await load()).judge(folder);
}

function tally(cases: readonly CaseResult[]): string {
  const count = (verdict: CaseResult['verdict']): number => cases.filter((item) => item.verdict === verdict).length;
  return `${count('agree')} agree, ${count('differ')} differ, ${count('not-covered')} not covered of ${cases.length}`;
}

/** Each case that differs, or is not covered, on purpose: its id and the reason. */
function onPurpose(cases: readonly CaseResult[]): readonly string[] {
  return cases
    .filter(({ verdict, reason, rule }) => verdict !== 'agree' && reason !== undefined && rule === undefined)
    .map(({ id, verdict, reason }) => `${id} ${verdict} on purpose: ${reason}`);
}

/** Rules that no check of ours answers, with the number of their cases. */
function rulesLeft(name: string, cases: readonly CaseResult[]): readonly string[] {
  const rules = [...Map.groupBy(cases, ({ rule }) => rule ?? '')].filter(([rule]) => rule !== '');
  if (rules.length === 0) return [];
  const words = rules.map(([rule, some]) => `${rule} (${some.length})`).toSorted();
  return [`${name}: no check of ours answers ${words.join(', ')}`];
}
