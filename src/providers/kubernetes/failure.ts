import type { Failure } from '../../domain/check.ts';
import { printableStart } from '../../domain/printable.ts';
import { statusOf, type Answer } from './call.ts';
import type { Kind } from './kinds.ts';

/** What was asked, for the words of a failure. */
export interface Asked {
  readonly verb: 'list' | 'get';
  readonly kind: Kind;
  readonly namespace: string | null;
}

/** A refusal as a value: what happened, and the rule of RBAC that would let it through. */
export function failureOf(answer: Answer, asked: Asked): Failure {
  const status = statusOf(answer);
  const words = printableStart(status.message, 300);
  const what = `${asked.verb} ${asked.kind.plural}${asked.namespace === null ? '' : ` in the namespace ${asked.namespace}`}`;
  switch (answer.status) {
    case 401:
      return {
        code: 'UNAUTHORIZED',
        message: `The API server does not accept the credential of this context, so it would not ${what}: ${words}. Log in again, or see what the kubeconfig names.`,
      };
    case 403:
      return { code: 'FORBIDDEN', message: `${whoIn(words)} may not ${what}. This rule allows it: ${ruleFor(asked)}.` };
    case 404:
      return { code: 'NOT_SERVED', message: `The API server does not serve ${asked.kind.plural}: ${words}` };
    case 429:
      return { code: 'TOO_MANY_REQUESTS', message: `The API server is too busy to ${what}: ${words}` };
    default:
      return {
        code: `HTTP_${answer.status}`,
        message: `The API server answered ${answer.status} to ${what}: ${words}`,
      };
  }
}

/** An API server names the user that it refused. */
function whoIn(words: string): string {
  const user = /\bUser "([^"]+)"/.exec(words)?.[1];
  return user === undefined ? 'This identity' : `The user ${user}`;
}

/** As it stands in a ClusterRole or a Role. */
export function ruleFor({ verb, kind }: Pick<Asked, 'verb' | 'kind'>): string {
  return `{apiGroups: ["${kind.group}"], resources: ["${kind.plural}"], verbs: ["${verb}"]}`;
}
