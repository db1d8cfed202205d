import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { KINDS } from '../../../src/providers/kubernetes/kinds.ts';
import type { CaseResult, CorpusResult } from '../result.ts';
import { answersTo } from './all-rules.ts';
import { ask, type Said } from './ask.ts';
import { objectsInFile } from './objects.ts';
import { explain, isWanted, judgeOne, notCovered, shareOf } from './verdict.ts';

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
    const result = await judgeOne('kube-linter', id, async () => {
      const said = await ask(objectsInFile(join(folder, one.file)), answers);
      explain(id, `exit ${one.exit}, ${one.count}: ${one.messages.join('; ')}`, said);
      return agrees(one, said);
    });
    results.push(result);
  }
  return { cases: results, notes: [shareOf(results)] };
}

function agrees({ exit, count, messages }: Case, said: readonly Said[]): boolean {
  const fails = exit === 1 || (count ?? 0) > 0 || messages.length > 0;
  if (said.length > 0 !== fails) return false;
  const theirs = messages.flatMap(messageOf);
  if (theirs.length === 0) return true;
  const kinds = new Set([...theirs, ...said].map(({ kind }) => kind));
  return [...kinds].every((kind) => areTheSame(theirs.filter(isOf(kind)), said.filter(isOf(kind))));
}

interface Message {
  readonly kind: string;
  /** null: the message says none. */
  readonly name: string | null;
}

/** `Deployment: ...`, or `Deployment web: ...`; nothing where the kind is none that we list. */
function messageOf(message: string): readonly Message[] {
  const [, kind = '', name] = /^(\w+)(?: ([^\s:]+))?:/.exec(message) ?? [];
  return Object.hasOwn(KINDS, kind) ? [{ kind: kind.toLowerCase(), name: name ?? null }] : [];
}

function isOf(wanted: string): (item: { readonly kind: string }) => boolean {
  return ({ kind }) => kind === wanted;
}

function areTheSame(theirs: readonly Message[], ours: readonly Said[]): boolean {
  const told = new Set(ours.map(({ namespace, name }) => `${namespace ?? ''}/${name}`));
  const names = new Set(theirs.flatMap(({ name }) => name ?? []));
  if (names.size > 0) return names.symmetricDifference(new Set(ours.map(({ name }) => name))).size === 0;
  // A message for each container or path: there are as many messages as objects, or more.
  return told.size > 0 && told.size <= theirs.length;
}
