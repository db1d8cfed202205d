import type { CheckId } from '../domain/check.ts';
import { CodedError } from '../domain/coded-error.ts';

/**
 * Whose parameters choose only among what the operator's own credentials lead to. Those of all others say which address,
 * file, socket, environment variable or tool of somebody else is used: whoever chose them could have a credential of this
 * machine sent to themselves (`net/http` with a header from a variable), or a file read to them.
 */
const CHOOSABLE = new Set(['aws', 'kubernetes']);

/** Actions whose drafting reads a file of the drafter's choosing, or starts a program in a folder of it. */
const READS_FILES = new Set(['kubernetes/apply-manifest', 'terraform/apply-saved-plan']);

/** What an MCP client may look with: MCP_CHOICE_REFUSED for parameters that are for the operator to choose, in a runbook. */
export function refuseCheckChoice(id: CheckId, params: Readonly<Record<string, unknown>>): void {
  if (CHOOSABLE.has(id.slice(0, id.indexOf('/'))) || Object.keys(params).length === 0) return;
  throw new CodedError(
    'MCP_CHOICE_REFUSED',
    `${id} is not run with parameters of an MCP client (${Object.keys(params).join(', ').slice(0, 200)}): they choose what is reached`,
    { next: 'let the operator put it into a runbook; list_findings and runs tell what it saw' },
  );
}

/** What an MCP client may draft: MCP_CHOICE_REFUSED for what would read a file of its choosing. */
export function refuseActionChoice(named: string): void {
  if (!READS_FILES.has(named.replace(/@.*$/, ''))) return;
  throw new CodedError(
    'MCP_CHOICE_REFUSED',
    `${named} is not drafted for an MCP client: it reads a file of the drafter's choosing`,
    {
      next: 'let the operator draft it: holdfast plan create',
    },
  );
}
