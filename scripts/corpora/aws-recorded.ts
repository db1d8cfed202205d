import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { CheckId } from '../../src/domain/check.ts';
import { DIFFERENCES } from './aws/differences.ts';
import { lookAt, type LookAt } from './aws/look-at.ts';
import type { CaseResult, CorpusResult } from './result.ts';

const caseSchema = z.looseObject({
  dir: z.string(),
  resource: z.string(),
  filters: z.string().nullable(),
  matched: z.int(),
});
type Case = z.output<typeof caseSchema>;

/** After all of the recordings: what is old in them stays old. */
const NOW = Date.UTC(2026, 10, 1);

/** Recorded answers of AWS, replayed as the SDK's: no check may throw, and what maps to a check of ours is compared. */
export async function judge(folder: string): Promise<CorpusResult> {
  const cases = z.array(caseSchema).parse(JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')));
  const wanted = cases.filter(({ dir }) => existsSync(join(folder, dir)) && isWanted(dir));
  const results: CaseResult[] = [];
  for (const one of wanted) results.push(await judgeOne(folder, one));
  return { cases: results, notes: ['every aws check and source of facts was asked about every folder'] };
}

/** `--only <text>`: the cases whose names hold it. */
function isWanted(dir: string): boolean {
  const at = process.argv.indexOf('--only');
  return at === -1 || dir.includes(process.argv[at + 1] ?? '');
}

async function judgeOne(folder: string, one: Case): Promise<CaseResult> {
  const looked = await lookAt(join(folder, one.dir), NOW);
  if (looked.threw.length > 0) {
    for (const line of looked.threw) console.log(`${one.dir} threw: ${line}`);
    return { id: one.dir, verdict: 'differ' };
  }
  const answer = ANSWERS.find(
    ({ resource, filter }) => resource.test(one.resource.replace(/^aws\./, '')) && filter.test(one.filters ?? ''),
  );
  const known = new Map(Object.entries(DIFFERENCES)).get(one.dir);
  if (answer === undefined)
    return { id: one.dir, verdict: 'not-covered', reason: 'no check of ours asks that', rule: ruleOf(one) };
  const count = countOf(looked, answer);
  if (process.argv.includes('--only')) console.log(`${one.dir}: ${count} found, ${one.matched} matched`);
  const agrees = count === one.matched;
  if (agrees) return { id: one.dir, verdict: 'agree', ...(known === undefined ? {} : { outOfDate: true as const }) };
  return { id: one.dir, verdict: 'differ', ...(known === undefined ? {} : { reason: known }) };
}

interface Answer {
  readonly resource: RegExp;
  /** In the text of the policy's filters. */
  readonly filter: RegExp;
  readonly check: CheckId;
  /** Which of its findings; all of them when it is absent. */
  readonly only?: RegExp;
}

/** Filters of custodian that ask what a check of ours asks. */
const ANSWERS: readonly Answer[] = [
  { resource: /^account$/, filter: /iam-summary.*AccountMFAEnabled/s, check: 'aws/identity-root', only: /mfa/ },
  { resource: /^account$/, filter: /iam-summary.*AccessKeysPresent/s, check: 'aws/identity-root', only: /key/ },
  { resource: /^account$/, filter: /guard-duty/, check: 'aws/audit-trail', only: /guardduty/i },
  {
    resource: /^(sqs|sns|kms-key|kms|secrets-manager|ecr|lambda)$/,
    filter: /^(?!.*return_allowed).*cross-account/s,
    check: 'aws/exposure-policies',
  },
  {
    resource: /^(rds-snapshot|rds-cluster-snapshot|ebs-snapshot|ami)$/,
    filter: /cross-account/,
    check: 'aws/exposure-data',
    only: /^shared$/,
  },
  { resource: /^s3$/, filter: /cross-account|global-grants/, check: 'aws/exposure-data' },
  { resource: /^security-group$/, filter: /ingress.*0\.0\.0\.0\/0/s, check: 'aws/exposure-security-groups' },
  { resource: /^rds$/, filter: /PubliclyAccessible['"]?: ?True/, check: 'aws/exposure-endpoints' },
  { resource: /^ebs$/, filter: /Attachments.*\[\]/s, check: 'aws/hygiene-volumes', only: /unattached/ },
  { resource: /^alarm$/, filter: /StateValue.*ALARM/s, check: 'aws/alarms' },
  {
    resource: /^iam-user$/,
    filter: /^\s*\[\s*\{[^}]*mfa_active[^}]*\}\s*\]\s*$/s,
    check: 'aws/identity-users',
    only: /mfa/,
  },
];

function countOf({ said }: LookAt, { check, only }: Answer): number {
  const drafts = said.get(check)?.drafts ?? [];
  return new Set(drafts.filter(({ draft }) => only?.test(draft.discriminator) ?? true).map(({ resource }) => resource))
    .size;
}

/** `sqs cross-account`: the resource, and the first type of filter. */
function ruleOf({ resource, filters }: Case): string {
  const type =
    /['"]?type['"]?:\s*['"]([a-z0-9-]+)['"]/.exec(filters ?? '')?.[1] ??
    /^\s*\[\s*['"]([a-z-]+)['"]/.exec(filters ?? '')?.[1];
  return `${resource.replace(/^aws\./, '')} ${type ?? 'value'}`;
}
