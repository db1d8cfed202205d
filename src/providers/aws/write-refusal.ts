import type { Failure } from '../../domain/check.ts';
import { failureOf, nameOf, statusOf, type Asked } from './failure.ts';

/** What a write came to that brought no answer of success. */
export type Refusal =
  | { readonly status: 'refused'; readonly because: 'moved' | 'denied' | 'failed'; readonly failure: Failure }
  | { readonly status: 'unknown'; readonly failure: Failure };

/** Codes of failures after which certainly nothing was sent, or nothing was begun. */
const NOT_BEGUN = new Set(['NO_CREDENTIALS', 'THROTTLED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED']);
const DENIED = new Set(['ACCESS_DENIED', 'CREDENTIALS_EXPIRED', 'CREDENTIALS_INVALID', 'CLOCK_SKEW']);
/** The resource is no more as it was read: `InvalidGroup.NotFound`, `InvalidPermission.Duplicate`, `IncorrectState`. */
const MOVED = /NotFound$|^NoSuch|Duplicate$|^Incorrect\w*State$|InUse$/;

/**
 * Only an answer of the service itself with a 4xx says that nothing was changed. A 5xx, a timeout, a torn connection and
 * an answer that can't be read leave it open: it is read again what came of it, and the write is never repeated.
 */
export function refusalOf(error: unknown, asked: Asked): Refusal {
  const failure = forWriting(failureOf(error, asked));
  const { code } = failure;
  const refused = (because: 'moved' | 'denied' | 'failed'): Refusal => ({ status: 'refused', because, failure });
  if (NOT_BEGUN.has(code)) return refused('failed');
  const status = statusOf(error);
  if (status === null || status < 400 || status >= 500 || status === 408 || code === 'ANSWER_INVALID')
    return { status: 'unknown', failure };
  if (DENIED.has(code)) return refused('denied');
  return refused(MOVED.test(nameOf(error).replace(/Exception$/, '')) ? 'moved' : 'failed');
}

/** The policy to look at is the one for writing. */
function forWriting({ code, message }: Failure): Failure {
  return {
    code,
    message: message.replace(/: deploy\/aws\/read-policy\.json has all that is read\.$/, ' to write it.'),
  };
}
