import * as z from 'zod';
import type { StepDraft } from '../domain/action.ts';
import { CodedError } from '../domain/coded-error.ts';
import { excerpt, keyed, othersWords } from '../domain/excerpt.ts';
import type { Place } from '../domain/mistake.ts';
import { suggest } from '../domain/suggest.ts';
import { readYaml } from '../yaml/strict-yaml.ts';
import { placeOf, writtenAt } from '../yaml/written.ts';
import type { YamlRules } from '../yaml/yaml-rules.ts';
import type { YamlTree } from '../yaml/yaml-tree.ts';
import { jsonValue } from './json-value.ts';

const step = z.strictObject({ action: z.string().min(3), with: z.record(z.string(), jsonValue).default({}) });

const schema = z.strictObject({
  why: z.string().max(2_000).optional(),
  expires: z.string().optional(),
  steps: z.array(step).min(1).max(20),
});

export interface PlanFile {
  readonly why: string | null;
  readonly expires: string | null;
  readonly steps: readonly StepDraft[];
}

const MOST_BYTES = 256 * 1_024;

/**
 * A draft as a YAML file: `why`, `expires`, and `steps` of `action` and `with`.
 * Throws PLAN_FILE_INVALID with file:line:column of the first mistake.
 */
export function readPlanFile({ path, text }: { readonly path: string; readonly text: string }): PlanFile {
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES) throw invalid(`it has ${bytes} bytes; at most ${MOST_BYTES} are read`, path);
  const { tree, mistakes } = readYaml({ file: path, text, firstLine: 1 }, YAML_RULES);
  const [mistake] = mistakes;
  if (mistake !== undefined) throw invalid(mistake.message, at(path, mistake.where));
  if (tree === null) throw invalid('not a plan', path);
  const parsed = schema.safeParse(tree.value);
  if (!parsed.success) throw against(parsed.error.issues, tree, path);
  const { why, expires, steps } = parsed.data;
  return {
    why: why ?? null,
    expires: expires ?? null,
    steps: steps.map(({ action, with: params }) => ({ action, params })),
  };
}

/** What an operator approves is what stands in the file, so that nothing in it may stand for something elsewhere. */
const YAML_RULES: YamlRules = {
  noun: 'plan',
  keys: '"why:" and "steps:"',
  codes: { invalid: 'PLAN_FILE_INVALID', refused: 'PLAN_FILE_INVALID', duplicate: 'PLAN_FILE_INVALID' },
  aliases: 'refused',
  mayBeEmpty: false,
  most: { pieces: 20_000, levels: 24 },
};

/** A key too many comes first: what is missing beside it is most often its echo. */
function against(issues: readonly z.core.$ZodIssue[], tree: YamlTree, file: string): CodedError {
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (issue === undefined) return invalid('not a plan', file);
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const known = Object.keys((issue.path.length === 0 ? schema : step).shape);
    const near = suggest(key, known);
    const advice = near === null ? `there are ${known.join(', ')}` : `did you mean "${near}"?`;
    return invalid(`${excerpt(key)} is not a key here; ${advice}`, at(file, tree.keyAt([...issue.path, key])));
  }
  const written = writtenAt(tree, issue.path);
  const name = issue.path.join('.');
  const what =
    written === undefined
      ? `"${name}" is missing`
      : `${keyed(name, written)} is not accepted: ${othersWords(issue.message)}`;
  return invalid(what, at(file, placeOf(tree, issue.path)));
}

function at(file: string, { line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

function invalid(what: string, where: string): CodedError {
  return new CodedError('PLAN_FILE_INVALID', what, {
    where,
    next: 'a plan file has `why`, `expires` and `steps: [{ action, with: { … } }]`',
  });
}
