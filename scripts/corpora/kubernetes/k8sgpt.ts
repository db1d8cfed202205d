import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { StoredObject } from '../../../test/support/kubernetes/api.ts';
import type { CaseResult, CorpusResult } from '../result.ts';
import { answersTo } from './all-rules.ts';
import { ask, type Said } from './ask.ts';
import { asStored } from './objects.ts';
import { distinctSubjects, subjectsAmong, type Subjects } from './subjects.ts';
import { explain, isWanted, judgeOne, notCovered, shareOf } from './verdict.ts';

const expectSimple = z.looseObject({
  results: z.number().nullish(),
  names: z.array(z.string()).nullish(),
  textEquals: z.array(z.string()).nullish(),
  textContains: z.array(z.string()).nullish(),
  expectedErrors: z.number().nullish(),
  expectedIssues: z.array(z.string()).nullish(),
  /** `Security/Pod` */
  expectedKinds: z.array(z.string()).nullish(),
  /** The ConfigMap that the case asks about; its test makes it. */
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
  return { cases: results, notes: [shareOf(results)] };
}

async function judgeCase(one: Case): Promise<CaseResult> {
  const answers = answersTo('k8sgpt', one.analyzer);
  if (answers.length === 0) return notCovered(one.id, one.analyzer);
  return judgeOne('k8sgpt', one.id, async () => {
    const objects = objectsOf(one);
    const told = await ask(objects, answers);
    explain(one.id, JSON.stringify(one.expect ?? one.expectSimple), told);
    const wanted = subjectsAmong(objects.filter((object) => isWithin(object, one)));
    return agrees(
      one,
      told.filter((each) => wanted.of(each).length > 0),
      wanted,
    );
  });
}

function objectsOf({ objects, expectSimple: simple }: Case): readonly StoredObject[] {
  const stored = objects.flatMap(asStored);
  const name = simple?.configMapName ?? null;
  if (name === null || stored.some(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name))
    return stored;
  return [
    ...stored,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { key: 'value' } },
  ];
}

/** The filters of a case. */
function isWithin({ kind, metadata }: StoredObject, { namespace, labelSelector, expectSimple: simple }: Case): boolean {
  const configMap = simple?.configMapName ?? null;
  return (
    ((namespace ?? '') === '' || metadata.namespace === undefined || metadata.namespace === namespace) &&
    hasLabels(metadata['labels'], labelSelector) &&
    (configMap === null || (kind === 'ConfigMap' && metadata.name === configMap))
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

function agrees({ expect, expectSimple: simple }: Case, said: readonly Said[], subjects: Subjects): boolean {
  if (expect !== null && expect !== undefined) return areOf(new Set(expect.map(({ name }) => name)), said, subjects);
  if (simple === null || simple === undefined) return said.length === 0;
  if (simple.names !== null && simple.names !== undefined) return areOf(new Set(simple.names), said, subjects);
  if (simple.results !== null && simple.results !== undefined)
    return simple.results === distinctSubjects(said, subjects).size;
  const kinds = new Set(simple.expectedKinds?.map((kind) => kind.replace(/^.*\//, '').toLowerCase()));
  if (kinds.size > 0) return kinds.symmetricDifference(new Set(said.map(({ kind }) => kind))).size === 0;
  const some =
    (simple.expectedErrors ?? 0) > 0 ||
    (simple.textEquals ?? []).length > 0 ||
    (simple.textContains ?? []).length > 0 ||
    (simple.expectedIssues ?? []).length > 0;
  return some === said.length > 0;
}

/** True when every finding may be of one of these, and something is said of each of them. */
function areOf(wanted: ReadonlySet<string>, said: readonly Said[], subjects: Subjects): boolean {
  const names = said.map((each) => new Set(subjects.of(each).map(nameOf)));
  return (
    names.every((some) => !some.isDisjointFrom(wanted)) &&
    [...wanted].every((name) => names.some((some) => some.has(name)))
  );
}

/** `default/web`, `node-a` */
function nameOf({ metadata }: StoredObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}
