import type { Failure } from '../../domain/check.ts';
import { printableStart } from '../../domain/printable.ts';
import { isRecord, jsonOf, statusOf, type Answer, type Status } from './call.ts';
import type { Change } from './change.ts';
import { KINDS } from './kinds.ts';

/** What a change came to: the object as it is (or would be) afterwards, or why it was refused. */
export type ChangeAnswer =
  | {
      readonly status: 'taken';
      readonly object: Readonly<Record<string, unknown>>;
      readonly warnings: readonly string[];
    }
  | { readonly status: 'refused'; readonly because: 'moved' | 'denied' | 'failed'; readonly failure: Failure }
  /** An answer that does not say whether it was done: that of a store that did not answer in time. */
  | { readonly status: 'unknown'; readonly failure: Failure };

/** Longer words of a refusal are cut. */
const WORDS_AT_MOST = 1_000;

export function changeAnswer(answer: Answer, change: Change): ChangeAnswer {
  const { status: code } = answer;
  if (code >= 200 && code < 300) {
    const body = jsonOf(answer.body);
    return { status: 'taken', object: isRecord(body) ? body : {}, warnings: warningsOf(answer) };
  }
  const status = statusOf(answer);
  const failed = (because: 'moved' | 'denied' | 'failed', failureCode: string, words: string): ChangeAnswer => ({
    status: 'refused',
    because,
    failure: { code: failureCode, message: words },
  });
  const said = printableStart(status.message, WORDS_AT_MOST);
  const conflicts = status.causes.filter(({ reason }) => reason === 'FieldManagerConflict');
  switch (code) {
    case 401:
      return failed('denied', 'UNAUTHORIZED', `The API server does not accept the credential of this context: ${said}`);
    case 403:
      return forbidden(change, status, said);
    case 404:
      return failed('moved', 'NOT_FOUND', `It is not there: ${said}`);
    case 409:
      return conflicts.length > 0
        ? failed('failed', 'FIELD_CONFLICT', conflictWords(conflicts))
        : failed('moved', 'MOVED', `It was changed since it was read: ${said}`);
    case 429:
      return status.causes.some(({ reason }) => reason === 'DisruptionBudget')
        ? failed('denied', 'BUDGET_FORBIDS', `A disruption budget forbids it: ${budgetWords(status)}`)
        : failed('failed', 'TOO_MANY_REQUESTS', `The API server is too busy, and did nothing: ${said}`);
    default:
      break;
  }
  if (code >= 400 && code < 500 && code !== 408)
    return failed('failed', 'CHANGE_REFUSED', `The API server refuses it (${code}): ${said}`);
  return {
    status: 'unknown',
    failure: {
      code: `HTTP_${code}`,
      message: `The API server answered ${code}, which does not say whether it was done: ${said}`,
    },
  };
}

/** A right that is missing, or an admission that says no; both are 403. */
function forbidden(change: Change, status: Status, said: string): ChangeAnswer {
  if (!/\bcannot \w+ resource\b/.test(status.message))
    return {
      status: 'refused',
      because: 'failed',
      failure: { code: 'ADMISSION_DENIED', message: `The cluster does not admit it: ${said}` },
    };
  return {
    status: 'refused',
    because: 'denied',
    failure: { code: 'FORBIDDEN', message: `May not: ${said}. This rule allows it: ${ruleOf(change)}.` },
  };
}

/** As it stands in a ClusterRole or a Role. */
export function ruleOf({ type, object }: Change): string {
  const { group, plural } = KINDS[object.kind];
  const sub = type === 'scale' ? '/scale' : type === 'evict' ? '/eviction' : '';
  const verbs =
    type === 'evict' ? '"create"' : type === 'delete' ? '"delete"' : type === 'apply' ? '"patch", "create"' : '"patch"';
  return `{apiGroups: ["${group}"], resources: ["${plural}${sub}"], verbs: [${verbs}]}`;
}

function conflictWords(conflicts: Status['causes']): string {
  const words = conflicts.map(
    ({ field, message }) => `${printableStart(field, 200)} (${printableStart(message, 200)})`,
  );
  return `Others own what it would set: ${words.join(', ')}.`;
}

function budgetWords({ causes, message }: Status): string {
  const words = causes
    .filter(({ reason }) => reason === 'DisruptionBudget')
    .map((cause) => printableStart(cause.message, 300));
  return words.length === 0 ? printableStart(message, 300) : `${words.join('; ')}.`;
}

/** `299 - "would violate PodSecurity …"`: several may come in one header. */
function warningsOf({ headers }: Answer): readonly string[] {
  const given = headers['warning'];
  const text = Array.isArray(given) ? given.join(', ') : typeof given === 'string' ? given : '';
  return [...text.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, words = '']) =>
    printableStart(words.replaceAll(/\\(.)/g, '$1'), WORDS_AT_MOST),
  );
}
