import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { StoredObject } from '../../../test/support/kubernetes/api.ts';
import type { CaseResult, CorpusResult } from '../result.ts';
import { answersTo } from './all-rules.ts';
import { ask, isOf, type Said } from './ask.ts';
import { asStored } from './objects.ts';
import { explain, isWanted, notCovered, verdictOf } from './verdict.ts';

const expectSimple = z.looseObject({
  results: z.number().nullish(),
  names: z.array(z.string()).nullish(),
  textEquals: z.array(z.string()).nullish(),
  textContains: z.array(z.string()).nullish(),
  expectedErrors: z.number().nullish(),
  expectedIssues: z.array(z.string()).nullish(),
  configMapName: z.string().nullish(),
});

const caseSchema = z.looseObject({
  id: z.string(),
  analyzer: z.string(),
  namespace: z.string().nullish(),
  labelSelector: z.string().nullish(),
  objects: z.array(z.unknown()),
  expect: z.array(z.looseObject({ name: z.string() })).nullish(),
  expectSimple: expectSimple.nullish(),
});
type Case = z.infer<typeof caseSchema>;

/** Cases of k8sgpt's analyzers: what agrees is in README.md. */
export async function judge(folder: string): Promise<CorpusResult> {
  const cases = z.array(caseSchema).parse(JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')));
  const results: CaseResult[] = [];
  for (const one of cases) if (isWanted(one.id)) results.push(await judgeCase(one));
  return { cases: results };
}

async function judgeCase(one: Case): Promise<CaseResult> {
  const answers = answersTo('k8sgpt', one.analyzer);
  if (answers.length === 0) return notCovered(one.id, one.analyzer);
  const objects = one.objects.flatMap(asStored);
  const said = await ask(objects, answers);
  const names = namesOf(said, objects, one);
  explain(one.id, JSON.stringify(one.expect ?? one.expectSimple), said);
  return verdictOf('k8sgpt', one.id, agrees(one, names));
}

/** Of whom something is said, after the filters of the case: `default/web`, `node-a`. */
function namesOf(
  said: readonly Said[],
  objects: readonly StoredObject[],
  { namespace, labelSelector, expectSimple: simple }: Case,
): ReadonlySet<string> {
  const wanted = objects.filter(
    ({ metadata }) =>
      (namespace === null ||
        namespace === undefined ||
        namespace === '' ||
        metadata.namespace === undefined ||
        metadata.namespace === namespace) &&
      hasLabels(metadata['labels'], labelSelector) &&
      (simple?.configMapName === null || simple?.configMapName === undefined || metadata.name === simple.configMapName),
  );
  return new Set(
    wanted
      .filter((object) => said.some((each) => isOf(each, object, objects)))
      .map(({ metadata }) =>
        metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`,
      ),
  );
}

function hasLabels(labels: unknown, selector: string | null | undefined): boolean {
  if (selector === null || selector === undefined || selector === '') return true;
  const [key = '', value = ''] = selector.split('=');
  return (
    typeof labels === 'object' &&
    labels !== null &&
    Object.entries(labels).some(([name, has]) => name === key && has === value)
  );
}

function agrees({ expect, expectSimple: simple }: Case, names: ReadonlySet<string>): boolean {
  if (expect !== null && expect !== undefined) return isSame(new Set(expect.map(({ name }) => name)), names);
  if (simple === null || simple === undefined) return names.size === 0;
  if (simple.names !== null && simple.names !== undefined) return isSame(new Set(simple.names), names);
  if (simple.results !== null && simple.results !== undefined) return simple.results === names.size;
  const some =
    (simple.expectedErrors ?? 0) > 0 ||
    (simple.textEquals ?? []).length > 0 ||
    (simple.textContains ?? []).length > 0 ||
    (simple.expectedIssues ?? []).length > 0;
  return some === names.size > 0;
}

function isSame(wanted: ReadonlySet<string>, names: ReadonlySet<string>): boolean {
  return wanted.size === names.size && [...wanted].every((name) => names.has(name));
}
