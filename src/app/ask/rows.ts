import type { AskRow } from '../../domain/answer.ts';
import type { ResourceId } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import type { Redactor } from '../../domain/redaction/redacted.ts';
import type { AskedLook } from './looks.ts';
import type { Question } from './question.ts';
import { kindsIn, type Thing } from './things.ts';

/** Words that ask for what is wrong, not for all there is. */
const WANTS_TROUBLE =
  /\b(?:restart\w*|crash\w*|fail\w*|pending|stuck|unused|orphan\w*|expir\w*|broken|wrong|down|not|without|no|exposed|public\w*|full|unhealthy|missing|warning\w*|privileged|latest|degraded|critical|severe|problems?|issues?|unready|dead)\b/i;

/** What a question that asks for a list gets: what has a finding, or everything that was seen. */
export function rowsOf(
  question: Question,
  looks: readonly AskedLook[],
  things: readonly Thing[],
  redactor: Redactor,
): readonly AskRow[] {
  if (!question.asksList) return [];
  const onlyTrouble = WANTS_TROUBLE.test(question.text);
  const kinds = kindsIn(question, things);
  if (!onlyTrouble && kinds.size > 0)
    return things.filter(({ kind }) => kinds.has(kind)).map((thing) => thingRow(thing, redactor));
  const rows = new Map<string, AskRow>();
  for (const { look } of looks)
    for (const { resource, name, facts, drafts } of look.resources) {
      if (drafts.length === 0 && (onlyTrouble || standsForLook(resource))) continue;
      const cost = drafts.map(({ monthlyCost }) => monthlyCost).find((one) => one !== null) ?? null;
      rows.set(resource, {
        id: resource,
        name,
        type: redactor.text(typeIn(resource)),
        region: null,
        monthlyCost: cost,
        facts,
      });
    }
  return [...rows.values()];
}

function thingRow({ id, kind, namespace, name, facts }: Thing, redactor: Redactor): AskRow {
  return {
    id: redactor.text(id),
    name: redactor.text(printable(`${kind} ${namespace === null ? '' : `${namespace}/`}${name}`)),
    type: redactor.text(kind.toLowerCase()),
    region: null,
    monthlyCost: null,
    facts: redactor.data(facts),
  };
}

/** The cluster itself, or when it was looked at last: nothing that was asked for. */
export function standsForLook(resource: ResourceId): boolean {
  return ['cluster', 'look'].includes(typeIn(resource));
}

/** The kind that stands in an id: `kubernetes:<uid>/deployment/prod/web` is a deployment, `host:<id>/mount//data` a mount. */
function typeIn(resource: string): string {
  const kind = resource.slice(resource.indexOf(':') + 1).split('/')[1];
  return kind === undefined || kind === '' ? 'resource' : kind.toLowerCase();
}
