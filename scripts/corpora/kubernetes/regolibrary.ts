import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { StoredObject } from '../../../test/support/kubernetes/api.ts';
import type { CaseResult, CorpusResult } from '../result.ts';
import { answersTo } from './all-rules.ts';
import { ask, isOf, type Said } from './ask.ts';
import { isRecord, objectsInFolder } from './objects.ts';
import { explain, isWanted, notCovered, verdictOf } from './verdict.ts';

const caseSchema = z.looseObject({
  id: z.string(),
  rule: z.string(),
  path: z.string(),
  expect: z.enum(['pass', 'fail']),
});

/** Cases of kubescape's rules: what agrees is in README.md. */
export async function judge(folder: string): Promise<CorpusResult> {
  const lines = readFileSync(join(folder, 'cases.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const results: CaseResult[] = [];
  for (const line of lines) {
    const { id, rule, path, expect } = caseSchema.parse(JSON.parse(line));
    if (!isWanted(id)) continue;
    const answers = answersTo('regolibrary', rule);
    if (answers.length === 0) {
      results.push(notCovered(id, rule));
      continue;
    }
    const place = join(folder, path);
    const objects = objectsInFolder(join(place, 'input'));
    const said = await ask(objects, answers, configurationOf(place));
    const alerts = alertsOf(place);
    explain(
      id,
      `${expect}: ${alerts.map((alert) => alert.map(({ kind, name }) => `${kind}/${name}`).join('+')).join(', ')}`,
      said,
    );
    results.push(verdictOf('regolibrary', id, agrees(expect === 'fail', alerts, said, objects)));
  }
  return { cases: results };
}

/** Who an alert names: the object, and what is told beside it. */
interface Named {
  readonly kind: string;
  readonly name: string;
}

function agrees(
  fails: boolean,
  alerts: readonly (readonly Named[])[],
  said: readonly Said[],
  objects: readonly StoredObject[],
): boolean {
  if (said.length > 0 !== fails) return false;
  if (!fails) return true;
  const told = objects.filter((object) => said.some((each) => isOf(each, object, objects)));
  const isNamed = ({ kind, metadata }: StoredObject, named: readonly Named[]): boolean =>
    named.some((each) => each.kind === kind && each.name === metadata.name);
  const everyone = alerts.flat();
  return (
    alerts.every((alert) => alert.length === 0 || told.some((object) => isNamed(object, alert))) &&
    (everyone.length === 0 || told.every((object) => isNamed(object, everyone)))
  );
}

function alertsOf(place: string): readonly (readonly Named[])[] {
  const expected: unknown = JSON.parse(readFileSync(join(place, 'expected.json'), 'utf8'));
  return Array.isArray(expected) ? expected.filter(isRecord).map(namedBy) : [];
}

/** Every object that an alert holds, however deep: roles and bindings stand beside the subject that they are of. */
function namedBy(alert: unknown): readonly Named[] {
  if (Array.isArray(alert)) return alert.flatMap(namedBy);
  if (!isRecord(alert)) return [];
  const metadata = isRecord(alert['metadata']) ? alert['metadata'] : {};
  const name = metadata['name'] ?? alert['name'];
  const own = typeof alert['kind'] === 'string' && typeof name === 'string' ? [{ kind: alert['kind'], name }] : [];
  return [...own, ...Object.values(alert).flatMap(namedBy)];
}

/** The configuration that a case brings along: `postureControlInputs`. */
function configurationOf(place: string): JsonObject {
  const path = join(place, 'data.json');
  if (!existsSync(path)) return {};
  const data = z.record(z.string(), z.json()).parse(JSON.parse(readFileSync(path, 'utf8')));
  const inputs = data['postureControlInputs'];
  return isRecord(inputs) ? (inputs as JsonObject) : data;
}
