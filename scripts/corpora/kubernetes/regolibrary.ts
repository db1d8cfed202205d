import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { CaseResult, CorpusResult } from '../result.ts';
import { answersTo } from './all-rules.ts';
import { ask, type Said } from './ask.ts';
import { isRecord, objectsInFolder } from './objects.ts';
import { subjectsAmong, type Subjects } from './subjects.ts';
import { explain, isWanted, judgeOne, notCovered, shareOf } from './verdict.ts';

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
  const paths = { named: 0, told: 0 };
  for (const line of lines) {
    const { id, rule, path, expect } = caseSchema.parse(JSON.parse(line));
    if (!isWanted(id)) continue;
    const answers = answersTo('regolibrary', rule);
    if (answers.length === 0) {
      results.push(notCovered(id, rule));
      continue;
    }
    const result = await judgeOne('regolibrary', id, async () => {
      const place = join(folder, path);
      const objects = objectsInFolder(join(place, 'input'));
      const said = await ask(objects, answers, configurationOf(place));
      const alerts = alertsOf(place);
      explain(id, `${expect}: ${alerts.map(whoIsNamed).join(', ')}`, said);
      if (!agrees(expect === 'fail', alerts, said, subjectsAmong(objects))) return false;
      const ours = said.flatMap((each) => each.paths);
      const theirs = [...new Set(alerts.flatMap((alert) => alert.paths))];
      paths.named += theirs.length;
      paths.told += theirs.filter((field) => ours.some((own) => isWithin(own, field))).length;
      return true;
    });
    results.push(result);
  }
  const note = `${paths.told} of the ${paths.named} field paths that alerts of agreeing cases name are evidence of ours`;
  return { cases: results, notes: [shareOf(results), note] };
}

/** The same field, or one in it: we name the field that says so, they sometimes what holds it. */
function isWithin(own: string, path: string): boolean {
  return own === path || own.startsWith(`${path}.`) || own.startsWith(`${path}[`);
}

interface Alert {
  /** Who it is of: the object, and what is told beside it. */
  readonly objects: readonly Named[];
  readonly paths: readonly string[];
}

function whoIsNamed({ objects }: Alert): string {
  return objects.map(({ kind, name }) => `${kind}/${name}`).join('+');
}

interface Named {
  readonly kind: string;
  /** null: the alert says none. */
  readonly namespace: string | null;
  readonly name: string;
}

function agrees(fails: boolean, alerts: readonly Alert[], said: readonly Said[], subjects: Subjects): boolean {
  if (said.length > 0 !== fails) return false;
  if (!fails) return true;
  const told = said.map((each) => subjects.of(each));
  const isAmong = (named: readonly Named[], some: ReturnType<Subjects['of']>): boolean =>
    some.some(({ kind, metadata }) =>
      named.some(
        (each) =>
          each.kind === kind &&
          each.name === metadata.name &&
          (each.namespace === null || each.namespace === metadata.namespace),
      ),
    );
  const everyone = alerts.flatMap(({ objects }) => objects);
  return (
    alerts.every(({ objects }) => objects.length === 0 || told.some((some) => isAmong(objects, some))) &&
    (everyone.length === 0 || told.every((some) => isAmong(everyone, some)))
  );
}

function alertsOf(place: string): readonly Alert[] {
  const expected: unknown = JSON.parse(readFileSync(join(place, 'expected.json'), 'utf8'));
  if (!Array.isArray(expected)) return [];
  return expected.filter(isRecord).map((alert) => ({
    objects: namedBy(alert),
    paths: Array.isArray(alert['failedPaths'])
      ? alert['failedPaths'].filter((path) => typeof path === 'string' && path !== '')
      : [],
  }));
}

/** Every object that an alert holds, however deep: roles and bindings stand beside the subject that they are of. */
function namedBy(alert: unknown): readonly Named[] {
  if (Array.isArray(alert)) return alert.flatMap(namedBy);
  if (!isRecord(alert)) return [];
  const metadata = isRecord(alert['metadata']) ? alert['metadata'] : {};
  const name = metadata['name'] ?? alert['name'];
  const namespace = typeof metadata['namespace'] === 'string' ? metadata['namespace'] : null;
  const own =
    typeof alert['kind'] === 'string' && typeof name === 'string' ? [{ kind: alert['kind'], namespace, name }] : [];
  return [...own, ...Object.values(alert).flatMap(namedBy)];
}

/** The configuration that a case brings along: its `postureControlInputs`, beside what else there is. */
function configurationOf(place: string): JsonObject {
  const path = join(place, 'data.json');
  if (!existsSync(path)) return {};
  const data = z.record(z.string(), z.json()).parse(JSON.parse(readFileSync(path, 'utf8')));
  const { postureControlInputs: inputs, ...rest } = data;
  return { ...rest, ...(isRecord(inputs) ? inputs : {}) };
}
