import type { ParamsIssue } from '../domain/check.ts';
import { ERROR_CODES, type ErrorCode } from '../domain/error-codes.ts';
import { excerpt, keyed, othersWords } from '../domain/excerpt.ts';
import type { Mistake } from '../domain/mistake.ts';
import { suggest } from '../domain/suggest.ts';
import { placeOf, writtenAt } from '../yaml/written.ts';
import type { YamlTree } from '../yaml/yaml-tree.ts';

/** What a schema said, with what is needed to say it to a person. */
export interface Judged {
  readonly file: string;
  readonly tree: YamlTree;
  /** Where the judged value stands in the tree. */
  readonly path: readonly PropertyKey[];
  /** The code of issues that bring none. */
  readonly code: ErrorCode;
  /** Put before messages that bring no code: `net/http: `. */
  readonly subject: string;
  /** The keys that a map at a path (relative to `path`) takes, for did-you-mean; empty when not known. */
  readonly keysAt: (path: readonly PropertyKey[]) => readonly string[];
  /** Another word for a key of ours. */
  readonly otherWords?: Readonly<Record<string, string>>;
}

/** A schema's issues as mistakes at the keys and values they are about. */
export function mistakesFrom(issues: readonly ParamsIssue[], judged: Judged): Mistake[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? unknownKeys(issue, judged) : [mistakeFrom(issue, judged)],
  );
}

function unknownKeys(issue: ParamsIssue, judged: Judged): Mistake[] {
  const path = [...judged.path, ...issue.path];
  return (issue.keys ?? []).map((key) => unknownKey(key, judged.keysAt(issue.path), { ...judged, path }));
}

/** One key too many, with the key that was probably meant. */
export function unknownKey(
  key: string,
  known: readonly string[],
  judged: Pick<Judged, 'file' | 'tree' | 'path' | 'otherWords' | 'subject'>,
): Mistake {
  const other = judged.otherWords?.[key];
  const near = other !== undefined && known.includes(other) ? other : suggest(key, known);
  const advice =
    near !== null ? `; did you mean "${near}"?` : known.length > 0 ? `; there are ${known.join(', ')}` : '';
  return {
    level: 'error',
    code: 'RUNBOOK_KEY_UNKNOWN',
    message: `${judged.subject}${excerpt(key)} is not a key here${advice}`,
    where: { file: judged.file, ...judged.tree.keyAt([...judged.path, key]) },
    next: null,
  };
}

function mistakeFrom(issue: ParamsIssue, judged: Judged): Mistake {
  const path = [...judged.path, ...issue.path];
  const own = split(issue);
  return {
    level: 'error',
    code: own?.code ?? judged.code,
    message: own?.message ?? `${judged.subject}${describe(issue, judged)}`,
    where: { file: judged.file, ...placeOf(judged.tree, path) },
    next: null,
  };
}

/** The messages of schema.ts begin with their code; those of a check's schema do not. */
function split(issue: ParamsIssue): { code: ErrorCode; message: string } | null {
  const [, code, message] = /^(RUNBOOK_[A-Z_]+) (.*)$/s.exec(issue.message) ?? [];
  return isCode(code) && message !== undefined ? { code, message } : null;
}

function isCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value);
}

function describe(issue: ParamsIssue, judged: Judged): string {
  const key = issue.path.map(String).join('.');
  const value = writtenAt(judged.tree, [...judged.path, ...issue.path]);
  if (key === '') return othersWords(issue.message);
  if (value === undefined) return `"${key}" is missing`;
  return `${keyed(key, value)} is not accepted: ${othersWords(issue.message)}`;
}
