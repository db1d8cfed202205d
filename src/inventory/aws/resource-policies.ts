import type { InventorySource } from '../../domain/inventory.ts';
import { canonicalPolicy, policyAccess, type AwsReader } from '../../providers/aws/reader.ts';
import { POLICY_KINDS, surveyPolicies } from '../../providers/aws/surveys/resource-policies.ts';
import { scanAws, type Scan } from './scan.ts';
import { hideUnread } from './surveyed.ts';

const KINDS = POLICY_KINDS.map((kind) => `${kind}-policy`);

export const source: InventorySource<AwsReader> = {
  id: 'aws/resource-policies',
  title: 'Resources whose own policy lets outsiders in',
  description: `**queue-policy** (SQS), **topic-policy** (SNS), **key-policy** (KMS, keys of the customer), **secret-policy** (Secrets Manager), **repository-policy** (ECR), **domain-policy** (OpenSearch outside of a VPC) and **function-policy** (Lambda): one fact for each resource whose policy lets in everybody, everybody who meets a condition, or somebody outside of the account; with whom, and the policy as sorted statements.

A resource whose policy keeps to the account, or that has none, has no fact. A policy that can not be understood is hidden. Services of AWS that act for the account are no outsiders.`,
  kinds: Object.fromEntries(
    POLICY_KINDS.map((kind) => [
      `${kind}-policy`,
      {
        noun: `a ${kind} that lets outsiders in`,
        exposes: true,
        added: 'high',
        removed: 'low',
        changed: 'high',
      } as const,
    ]),
  ),
  timeoutMs: 600_000,
  read: (reader, context) => scanAws(reader, context, KINDS, 'regions', readPolicies),
};

async function readPolicies(scan: Scan): Promise<void> {
  const survey = await surveyPolicies(scan.account, scan.place, scan.signal);
  for (const { kind, name, arn, statements } of survey.seen) {
    const { everybody, outsiders, conditional } = policyAccess(statements, scan.account.id);
    if (everybody.length + outsiders.length + conditional.length === 0) continue;
    scan.fact(`${kind}-policy`, name, {
      arn,
      everybodyMay: [...everybody],
      outsiders: [...outsiders],
      conditions: [...conditional],
      policy: canonicalPolicy(statements),
    });
  }
  hideUnread(scan, survey, (kind) => [`${kind}-policy`]);
}
