import type { Digest } from '../../domain/digest.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import type { Mistake, Place } from '../../domain/mistake.ts';
import type { Policy, PolicyRule, PolicyWindow } from '../../domain/policy.ts';
import { WEEKDAYS } from '../../domain/schedule.ts';
import { readYaml } from '../../yaml/strict-yaml.ts';
import type { YamlTree } from '../../yaml/yaml-tree.ts';
import { mistakesFrom } from './mistakes.ts';
import { GIVEN_STEP, type PolicyFile, policySchema } from './schema.ts';
import { ownAt } from './values.ts';
import { YAML_RULES } from './yaml.ts';

/** A policy's file as it was read. `digest` is over its bytes; it is taken as given. */
export interface PolicySource {
  readonly path: string;
  readonly text: string;
  readonly digest: Digest;
}

export interface LoadedPolicy {
  readonly file: string;
  /** null when there is a mistake: nothing of a policy with one counts. */
  readonly policy: Policy | null;
  /** From top to bottom; all are errors. */
  readonly mistakes: readonly Mistake[];
  /** Where each rule is written, by its id. */
  readonly places: ReadonlyMap<string, Place>;
}

const MOST_BYTES = 256 * 1_024;
/** Nobody reads more at once; what is left shows when these are put right. */
const MOST_MISTAKES = 100;

/** A policy, or every mistake in its text with line and column. Never throws, whatever the text. */
export function loadPolicy({ path, text, digest }: PolicySource): LoadedPolicy {
  const refused = (mistakes: readonly Mistake[]): LoadedPolicy => ({
    file: path,
    policy: null,
    mistakes: mistakes.toSorted(byPlace).slice(0, MOST_MISTAKES),
    places: new Map(),
  });
  if (Buffer.byteLength(text) > MOST_BYTES) {
    return refused([
      {
        level: 'error',
        code: 'POLICY_TOO_LARGE',
        message: `the policy has ${Buffer.byteLength(text)} bytes; at most ${MOST_BYTES} are read`,
        where: { file: path, line: 1, column: 1 },
        next: null,
      },
    ]);
  }
  const hidden = firstHidden(text);
  if (hidden !== null) return refused([{ ...hidden, where: { file: path, ...hidden.where } }]);
  const { tree, mistakes } = readYaml({ file: path, text, firstLine: 1 }, YAML_RULES);
  if (tree === null) return refused(mistakes);
  const parsed = policySchema.safeParse(tree.value);
  if (!parsed.success) return refused(mistakesFrom(parsed.error.issues, tree, path));
  const { rules } = parsed.data;
  return {
    file: path,
    policy: policyOf(parsed.data, digest, tree),
    mistakes: [],
    places: new Map(rules.map(({ id }, index) => [id, tree.valueAt(['rules', index])])),
  };
}

/**
 * The first character that a reviewer would not see, or see as another: what turns the direction of writing, takes
 * no room, controls a terminal, or stands for bytes that were no UTF-8.
 */
function firstHidden(text: string): (Omit<Mistake, 'where'> & { readonly where: Place }) | null {
  const isHidden = (part: string): boolean => part.includes('\ufffd') || printable(part) !== part;
  if (!isHidden(text.replaceAll(/[\t\n\r]/g, ' '))) return null;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    let column = 1;
    for (const character of line) {
      if (character !== '\t' && isHidden(character)) {
        const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
        return {
          level: 'error',
          code: 'POLICY_YAML_REFUSED',
          message: `the character U+${code} can not be seen here, or stands for bytes that are no UTF-8; take it out`,
          where: { line: index + 1, column },
          next: null,
        };
      }
      column += character.length;
    }
  }
  return null;
}

function byPlace(a: Mistake, b: Mistake): number {
  return a.where.line - b.where.line || a.where.column - b.where.column;
}

function policyOf(file: PolicyFile, digest: Digest, tree: YamlTree): Policy {
  const { given, tests } = tree.value;
  return {
    name: file.policy,
    owner: file.owner,
    expiresAt: file.expires ?? null,
    digest,
    rules: file.rules.map(ruleOf),
    tests: (file.tests ?? []).map(({ name, expect, rule }, index) => ({
      name,
      given: givenOf(given, Array.isArray(tests) ? tests[index] : null),
      expect,
      rule: rule ?? null,
    })),
  };
}

function ruleOf({ id, effect, match, bounds, window, limits }: PolicyFile['rules'][number]): PolicyRule {
  return {
    id,
    effect,
    match: match ?? {},
    bounds: bounds ?? {},
    window: window === undefined ? null : windowOf(window),
    limits: (limits ?? []).map((limit) => ({ ...limit, each: limit.each ?? 'rule' })),
  };
}

type WrittenWindow = NonNullable<PolicyFile['rules'][number]['window']>;

function windowOf({ days, from, to, timezone, notBefore, notAfter }: WrittenWindow): PolicyWindow {
  return {
    days: days ?? WEEKDAYS,
    from: from ?? '00:00',
    to: to ?? '24:00',
    timezone: timezone ?? 'UTC',
    notBefore: notBefore ?? null,
    notAfter: notAfter ?? null,
  };
}

/**
 * What a test asks as it was written, over what all tests ask: key by key, and its steps, however it writes them,
 * in the place of theirs. given.ts reads it again, with the schema that has already accepted both.
 */
function givenOf(ofAll: JsonValue | undefined, test: JsonValue | undefined): JsonObject {
  const base = isObject(ofAll) ? ofAll : {};
  const own = ownAt(test, ['given']);
  if (!isObject(own)) return base;
  const isReplaced = (key: string): boolean =>
    Object.hasOwn(own, 'steps')
      ? Object.hasOwn(GIVEN_STEP, key)
      : key === 'steps' && Object.keys(own).some((each) => Object.hasOwn(GIVEN_STEP, each));
  return { ...Object.fromEntries(Object.entries(base).filter(([key]) => !isReplaced(key))), ...own };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
