import type { FindingDraft } from '../../domain/check.ts';
import { evidenceFrom } from '../evidence.ts';
import type { AuditFacts, DetectorFacts, TrailFacts } from './audit-trail-facts.ts';
import { awsLine } from './aws-line.ts';

export function judgeAudit({ account, trails }: AuditFacts): readonly FindingDraft[] {
  return [
    {
      discriminator: 'no-trail',
      severity: 'high',
      title: `No trail writes down what is done in all regions of account ${account}`,
      why: 'Who did what, from where and with which key can be told of the last 90 days at most, region by region, and of nothing before.',
      next: 'See which trails there are: aws cloudtrail describe-trails --region us-east-1',
      evidence: evidenceFrom('cloudtrail:DescribeTrails', ['trails', trails.length === 0 ? 'none' : trails]),
    },
  ];
}

export function judgeTrail(facts: TrailFacts, arn: string): readonly FindingDraft[] {
  const { trail, isLogging, stoppedAt, deliveryError, deliveredAt, isValidated, isCovered } = facts;
  const status = awsLine(arn, 'cloudtrail', 'get-trail-status', '--name', arn);
  const severity = isCovered ? 'medium' : 'high';
  const source = 'cloudtrail:GetTrailStatus';
  if (!isLogging)
    return [
      {
        discriminator: 'stopped',
        severity,
        title: `Trail ${trail} does not log`,
        why: 'To stop the trail is what somebody does first who does not want to be seen.',
        next: `See who stopped it, then start it again: ${status}`,
        evidence: evidenceFrom(
          source,
          ['IsLogging', false],
          ['StopLoggingTime', stoppedAt === null ? null : new Date(stoppedAt).toISOString()],
        ),
      },
    ];
  return [
    ...(deliveryError === null
      ? []
      : [
          {
            discriminator: 'delivery',
            severity,
            title: `Trail ${trail} can not write to its bucket: ${deliveryError}`,
            why: 'Events that can not be delivered in time are lost.',
            next: `See the bucket, its policy and its key: ${status}`,
            evidence: evidenceFrom(
              source,
              ['LatestDeliveryError', deliveryError],
              ['LatestDeliveryTime', deliveredAt === null ? null : new Date(deliveredAt).toISOString()],
            ),
          } satisfies FindingDraft,
        ]),
    ...(isValidated
      ? []
      : [
          {
            discriminator: 'unvalidated',
            severity: 'low',
            title: `Trail ${trail} does not sign its files`,
            why: 'Whoever can write to the bucket can change what happened, and nobody could tell.',
            next: `Turn validation on: ${awsLine(arn, 'cloudtrail', 'update-trail', '--name', arn, '--enable-log-file-validation')}`,
            evidence: evidenceFrom('cloudtrail:DescribeTrails', ['LogFileValidationEnabled', false]),
          } satisfies FindingDraft,
        ]),
  ];
}

export function judgeDetector({ region, detector, status }: DetectorFacts, arn: string): readonly FindingDraft[] {
  const list = awsLine(arn, 'guardduty', 'list-detectors');
  if (detector === null)
    return [
      {
        discriminator: 'guardduty-off',
        severity: 'medium',
        title: `GuardDuty is off in ${region}`,
        why: 'Stolen credentials and machines that mine or scan show in the logs that it reads; nothing else here reads them.',
        next: `Turn it on, in regions that nobody uses too: ${list}`,
        evidence: evidenceFrom('guardduty:ListDetectors', ['detectors', 0]),
      },
    ];
  if (status === 'ENABLED') return [];
  return [
    {
      discriminator: 'guardduty-suspended',
      severity: 'medium',
      title: `GuardDuty is suspended in ${region}`,
      why: 'It is there, and looks at nothing. To suspend it is what somebody does who does not want to be seen.',
      next: `See who suspended it: ${awsLine(arn, 'guardduty', 'get-detector', '--detector-id', detector)}`,
      evidence: evidenceFrom('guardduty:GetDetector', ['status', status ?? 'unknown']),
    },
  ];
}
