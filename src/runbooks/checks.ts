import { canonicalJson } from '../domain/canonical-json.ts';
import type { Check, CheckCatalog, CheckId } from '../domain/check.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { ErrorCode } from '../domain/error-codes.ts';
import { excerpt } from '../domain/excerpt.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Mistake, Place } from '../domain/mistake.ts';
import type { RequestedCheck } from '../domain/runbook.ts';
import { suggest } from '../domain/suggest.ts';
import { mistakesFrom } from './issues.ts';
import { asJsonObject, exampleOf, isJsonObject, paramKeys } from './params-schema.ts';
import type { YamlTree } from '../yaml/yaml-tree.ts';

/**
 * What `checks:` asks for, judged against the catalogue: ids, and patterns over the checks that need no parameters, both
 * with parameters or without. A check that is named by itself, with the parameters of a pattern among its own, takes
 * the place of the one that the pattern brought along; the same check may be asked for several times with others.
 */
export async function readChecks(
  tree: YamlTree,
  file: string,
  catalog: CheckCatalog,
): Promise<{ checks: readonly RequestedCheck[]; mistakes: Mistake[] }> {
  const mistakes: Mistake[] = [];
  const reading: Reading = {
    tree,
    file,
    catalog,
    tell: (level, code, place, message, next = null) =>
      mistakes.push({ level, code, message, where: { file, ...place }, next }),
    add: (more) => mistakes.push(...more),
  };
  const written = tree.value['checks'];
  const entries = Array.isArray(written) ? written : [];
  // With a baseline it looks at the inventory.
  const looksAtNothing = tree.value['baseline'] === undefined;
  if (written === undefined && looksAtNothing)
    reading.tell(
      'warning',
      'RUNBOOK_NO_CHECKS',
      tree.keyAt([]),
      'there is no "checks:", so this runbook looks at nothing',
      'holdfast checks list shows what there is',
    );
  else if (written !== undefined && !Array.isArray(written))
    reading.tell(
      'error',
      'RUNBOOK_CHECK_INVALID',
      tree.keyAt(['checks']),
      '"checks" is a list; begin each entry with "- "',
    );
  else if (entries.length === 0 && looksAtNothing)
    reading.tell(
      'warning',
      'RUNBOOK_NO_CHECKS',
      tree.keyAt(['checks']),
      '"checks" is empty, so this runbook looks at nothing',
      'holdfast checks list shows what there is',
    );

  const requests: Request[] = [];
  for (const [index, entry] of entries.entries()) requests.push(...(await readEntry(entry, index, reading)));
  return { checks: withoutRepeats(requests, reading), mistakes };
}

interface Reading {
  readonly tree: YamlTree;
  readonly file: string;
  readonly catalog: CheckCatalog;
  tell(level: Mistake['level'], code: ErrorCode, place: Place, message: string, next?: string | null): void;
  add(mistakes: readonly Mistake[]): void;
}

interface Request extends RequestedCheck {
  readonly fromPattern: boolean;
  /** Its parameters as they stand in the file, or in the pattern. */
  readonly written: JsonObject;
  readonly place: Place;
}

async function readEntry(entry: JsonValue, index: number, reading: Reading): Promise<Request[]> {
  const path = ['checks', index];
  const place = reading.tree.valueAt(path);
  if (typeof entry === 'string') {
    return entry.includes('*')
      ? expandPattern(entry, {}, path, place, reading)
      : requestOne(entry, null, path, place, reading);
  }
  const keys = isJsonObject(entry) ? Object.keys(entry) : [];
  const [id, ...others] = keys;
  if (!isJsonObject(entry) || id === undefined) {
    reading.tell(
      'error',
      'RUNBOOK_CHECK_INVALID',
      place,
      `${excerpt(entry)} is not a check; write an id such as host/disk, or an id with parameters`,
    );
    return [];
  }
  if (others.length > 0) {
    reading.tell(
      'error',
      'RUNBOOK_CHECK_INVALID',
      reading.tree.keyAt([...path, others[0] ?? id]),
      `${excerpt(others[0])} stands beside ${excerpt(id)}; indent parameters under the id, and begin each check with "- "`,
    );
    return [];
  }
  const params = entry[id] ?? null;
  if (params !== null && !isJsonObject(params)) {
    reading.tell(
      'error',
      'RUNBOOK_PARAMS_INVALID',
      reading.tree.valueAt([...path, id]),
      `${excerpt(id)} takes a map of parameters, not ${excerpt(params)}`,
    );
    return [];
  }
  const at = [...path, id];
  return id.includes('*')
    ? expandPattern(id, params ?? {}, at, reading.tree.keyAt(at), reading)
    : requestOne(id, params, at, reading.tree.keyAt(at), reading);
}

/** Every check that a pattern takes in gets its parameters, and must take them. */
async function expandPattern(
  pattern: string,
  params: JsonObject,
  path: readonly PropertyKey[],
  place: Place,
  reading: Reading,
): Promise<Request[]> {
  const matches = matcherOf(pattern);
  const matched = reading.catalog.ids.filter(matches);
  const checks = await Promise.all(matched.map((id) => reading.catalog.load(id)));
  const standalone = checks.filter((check) => check.standalone && (check.nightly !== true || saysMore(pattern)));
  if (standalone.length > 0)
    return standalone.flatMap((check) =>
      accept(check, params, path, { fromPattern: true, written: params, place }, reading),
    );
  if (checks.length > 0) {
    reading.tell(
      'error',
      'RUNBOOK_CHECK_UNKNOWN',
      place,
      `${excerpt(pattern)} matches only checks that need parameters${checks.some((check) => check.nightly) ? ' or are scans for the night' : ''} (${matched.join(', ')}); name them, for instance "- ${checks[0] === undefined ? '' : exampleOf(checks[0])}"`,
    );
  } else {
    reading.tell(
      'error',
      'RUNBOOK_CHECK_UNKNOWN',
      place,
      `no check matches ${excerpt(pattern)}; there are patterns such as ${families(reading.catalog).join(', ')}`,
      'holdfast checks list shows what there is',
    );
  }
  return [];
}

/** True of `kubernetes/posture-*`, not of `kubernetes/*` nor of `*`: what stands behind the slash is not all open. */
function saysMore(pattern: string): boolean {
  const [, name = ''] = pattern.split('/');
  return name.replaceAll('*', '') !== '';
}

/** `*` stands for anything but a slash. A pattern longer than any id matches nothing, and never becomes an expression that hangs. */
function matcherOf(pattern: string): (id: string) => boolean {
  if (pattern.length > LONGEST_PATTERN) return () => false;
  const expression = new RegExp(`^${pattern.split(/\*+/).map(RegExp.escape).join('[^/]*')}$`);
  return (id) => expression.test(id);
}

const LONGEST_PATTERN = 64;

function families(catalog: CheckCatalog): string[] {
  return [...new Set(catalog.ids.map((id) => `${id.split('/')[0] ?? ''}/*`))];
}

async function requestOne(
  written: string,
  params: JsonObject | null,
  path: readonly PropertyKey[],
  place: Place,
  reading: Reading,
): Promise<Request[]> {
  const id = currentId(written, place, reading);
  if (id === null) return [];
  const check = await reading.catalog.load(id);
  if (params === null && !check.standalone) {
    reading.tell(
      'error',
      'RUNBOOK_PARAMS_INVALID',
      place,
      `${id} needs parameters; write "- ${exampleOf(check)}"`,
      `holdfast checks show ${id} lists them`,
    );
    return [];
  }
  return accept(check, params ?? {}, path, { fromPattern: false, written: params ?? {}, place }, reading);
}

function currentId(written: string, place: Place, reading: Reading): CheckId | null {
  const known = reading.catalog.ids.find((id) => id === written);
  if (known !== undefined) return known;
  const renamed = Object.entries(reading.catalog.aliases).find(([earlier]) => earlier === written)?.[1];
  if (renamed !== undefined) {
    reading.tell('warning', 'RUNBOOK_CHECK_RENAMED', place, `${excerpt(written)} is now called ${renamed}; write that`);
    return renamed;
  }
  const near =
    suggest(written, reading.catalog.ids) ?? reading.catalog.ids.find((id) => id.endsWith(`/${written}`)) ?? null;
  const advice = near === null ? '' : `; did you mean ${near}?`;
  reading.tell(
    'error',
    'RUNBOOK_CHECK_UNKNOWN',
    place,
    `there is no check ${excerpt(written)}${advice}`,
    near === null ? 'holdfast checks list shows what there is' : null,
  );
  return null;
}

function accept(
  check: Check,
  params: JsonObject,
  path: readonly PropertyKey[],
  origin: Pick<Request, 'fromPattern' | 'written' | 'place'>,
  reading: Reading,
): Request[] {
  const judged = check.params.safeParse(params);
  if (!judged.success) {
    const keys = paramKeys(check);
    const keysAt = (at: readonly PropertyKey[]) => (at.length === 0 ? keys : []);
    reading.add(
      mistakesFrom(judged.error.issues, {
        file: reading.file,
        tree: reading.tree,
        path,
        code: 'RUNBOOK_PARAMS_INVALID',
        subject: `${check.id}: `,
        keysAt,
      }),
    );
    return [];
  }
  const data = asJsonObject(judged.data);
  if (data === null)
    throw new CodedError('INTERNAL', `the parameters of ${check.id} are not plain JSON after its schema`);
  return [{ id: check.id, params: data, ...origin }];
}

/** Explicit requests win over those of a pattern; an exact repetition is told and dropped. */
function withoutRepeats(requests: readonly Request[], reading: Reading): RequestedCheck[] {
  const named = Map.groupBy(
    requests.filter((request) => !request.fromPattern),
    (request) => request.id,
  );
  const seen = new Set<string>();
  return requests.flatMap((request) => {
    if (request.fromPattern && (named.get(request.id) ?? []).some((other) => holds(other.written, request.written)))
      return [];
    const key = `${request.id} ${canonicalJson(request.params)}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [{ id: request.id, params: request.params }];
    }
    if (!request.fromPattern)
      reading.tell(
        'warning',
        'RUNBOOK_CHECK_REPEATED',
        request.place,
        `${request.id} is asked for twice with the same parameters; it runs once`,
      );
    return [];
  });
}

/** Whether all of these parameters are among those. */
function holds(params: JsonObject, all: JsonObject): boolean {
  return Object.entries(all).every(
    ([key, value]) => params[key] !== undefined && canonicalJson(params[key]) === canonicalJson(value),
  );
}
