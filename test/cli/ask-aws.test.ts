import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answerRowSchema } from '../../src/documents/answer-schema.ts';
import { DOCUMENTS } from '../../src/documents/all-schemas.ts';
import { awsEnv, REGION } from '../support/aws/aws-world.ts';
import { emptyAccount } from '../support/aws/empty-account.ts';
import { ACCOUNT, AwsError, startAws } from '../support/aws/fake-aws.ts';
import { answerPrices, product } from '../support/aws/price-list.ts';
import { aHome } from '../support/cli.ts';

const hasJq = spawnSync('jq', ['--version']).error === undefined;
const UNTAGGED = 'list resources with no tags in us-east-1';

async function anAccount() {
  const aws = await startAws();
  onTestFinished(() => aws.close());
  await emptyAccount(aws);
  aws.on('ec2.DescribeRegions', () => ({ Regions: [{ RegionName: REGION }, { RegionName: 'us-east-1' }] }));
  const inHome = { regionCode: 'us-east-1' };
  answerPrices(aws, [product('GP3', 'EBS:VolumeUsage.gp3', 'GB-Mo', '0.08', inHome)]);
  const volume = (VolumeId: string, Size: number, more: object = {}) => ({
    VolumeId,
    VolumeType: 'gp3',
    Size,
    State: 'in-use',
    Attachments: [{ InstanceId: 'i-1' }],
    ...more,
  });
  aws.on('ec2.DescribeVolumes', (_: unknown, { region }) => ({
    Volumes:
      region === 'us-east-1'
        ? [
            volume('vol-large', 500),
            volume('vol-small', 10),
            volume('vol-tagged', 900, { Tags: [{ Key: 'owner', Value: 'ana' }] }),
          ]
        : [volume('vol-elsewhere', 500)],
  }));
  aws.on('ec2.DescribeSecurityGroups', (_: unknown, { region }) =>
    region === 'us-east-1' ? { SecurityGroups: [{ GroupId: 'sg-1', GroupName: 'web' }] } : {},
  );
  const folder = aHome().folder;
  mkdirSync(join(folder, '.aws'));
  return { aws, home: aHome(awsEnv(aws.url, folder)) };
}

describe('holdfast ask, of an AWS account', () => {
  it('prints only the rows: id, type, region and cost, which is null where it is not known', async () => {
    const { aws, home } = await anAccount();
    const { code, stdout } = await home.holdfast('ask', UNTAGGED, '--items');
    expect(code).toBe(0);
    const rows = answerRowSchema.array().parse(JSON.parse(stdout));
    const id = (resource: string): string => `arn:aws:ec2:us-east-1:${ACCOUNT}:${resource}`;
    expect(rows.map((row) => [row.id, row.type, row.region, row.cost])).toEqual([
      [id('security-group/sg-1'), 'ec2:security-group', 'us-east-1', null],
      [id('volume/vol-large'), 'ec2:volume', 'us-east-1', 40],
      [id('volume/vol-small'), 'ec2:volume', 'us-east-1', 0.8],
    ]);
    expect(rows[1]?.monthlyCost).toMatchObject({ amount: 40, currency: 'USD', per: 'month' });
    expect(aws.unanswered).toEqual([]);
  });

  it.skipIf(!hasJq)('can be filtered by cost with jq, which leaves out what is not known', async () => {
    const { home } = await anAccount();
    const { stdout } = await home.holdfast('ask', UNTAGGED, '--items');
    const dear = execFileSync('jq', ['-c', '.[] | select(.cost > 10) | [.name, .cost]'], { input: stdout });
    expect(dear.toString().trim()).toBe('["vol-large",40]');
  });

  it('says what could not be read, and prices that it may not ask for are not known', async () => {
    const { aws, home } = await anAccount();
    aws.on('pricing.GetProducts', () => {
      throw new AwsError('AccessDeniedException', 'no', 400);
    });
    const { stdout } = await home.holdfast('ask', UNTAGGED, '--items');
    expect(
      answerRowSchema
        .array()
        .parse(JSON.parse(stdout))
        .map(({ cost }) => cost),
    ).toEqual([null, null, null]);
    aws.on('ec2.DescribeVolumes', () => {
      throw new AwsError('UnauthorizedOperation', 'no', 403);
    });
    const { answer, checks } = DOCUMENTS.answer.parse(await home.json('ask', UNTAGGED));
    expect(answer).toContain('ec2:DescribeVolumes');
    expect(checks).toMatchObject([{ id: 'aws/tags', outcome: 'findings' }]);
  });

  it('is healthy where everything could be asked and nothing is wrong, and not when an alarm is raised', async () => {
    const { aws, home } = await anAccount();
    const healthy = async () => DOCUMENTS.answer.parse(await home.json('ask', 'is my AWS account healthy?'));
    expect(await healthy()).toMatchObject({
      healthy: true,
      notes: ['No model was asked: this is what the checks say.'],
    });
    aws.on('cloudWatch.DescribeAlarms', () => ({
      MetricAlarms: [
        {
          AlarmName: 'errors',
          AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:errors`,
          StateTransitionedTimestamp: new Date('2026-01-01T00:00:00Z'),
          ActionsEnabled: true,
        },
      ],
    }));
    expect((await healthy()).healthy).toBe(false);
    aws.on('cloudWatch.DescribeAlarms', () => {
      throw new AwsError('AccessDenied', 'no', 403);
    });
    expect((await healthy()).healthy).toBeNull();
  });

  it('of a machine without AWS it says so', async () => {
    const { healthy, notes, checks } = DOCUMENTS.answer.parse(await aHome().json('ask', 'any alarms in AWS?'));
    expect([healthy, checks]).toEqual([null, []]);
    expect(notes).toContain('aws was not looked at: nothing on this machine says how to reach it.');
  });
});
