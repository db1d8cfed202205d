import type { AskRow } from '../../domain/answer.ts';
import { kindInArn, regionInArn } from '../../domain/arn.ts';
import type { ResourceId } from '../../domain/check.ts';
import type { MonthlyCost } from '../../domain/money.ts';
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
      const region = regionInArn(resource);
      rows.set(resource, {
        id: resource,
        name,
        type: redactor.text(typeIn(resource)),
        region: region === null ? null : redactor.text(region),
        monthlyCost: costOf([...drafts.map(({ monthlyCost }) => monthlyCost), rows.get(resource)?.monthlyCost ?? null]),
        facts,
      });
    }
  return [...rows.values()];
}

/** The first that is known; else the first that says why it is not. */
function costOf(costs: readonly (MonthlyCost | null)[]): MonthlyCost | null {
  const told = costs.filter((cost) => cost !== null);
  return told.find(({ amount }) => amount !== null) ?? told[0] ?? null;
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

/** The cluster or the account itself, or when it was looked at last: nothing that was asked for. */
export function standsForLook(resource: ResourceId): boolean {
  return ['cluster', 'look'].includes(typeIn(resource)) || /^aws:\d+\/account\//.test(resource);
}

/**
 * The kind that stands in an id: `kubernetes:<uid>/deployment/prod/web` is a deployment, `host:<id>/mount//data` a mount,
 * `arn:aws:ec2:eu-central-1:123456789012:volume/vol-1` an ec2:volume.
 */
function typeIn(resource: string): string {
  if (resource.startsWith('arn:')) return kindInArn(resource);
  const kind = resource.slice(resource.indexOf(':') + 1).split('/')[1];
  return kind === undefined || kind === '' ? 'resource' : kind.toLowerCase();
}
