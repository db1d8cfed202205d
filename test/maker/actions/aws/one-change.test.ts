import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/domain/json.ts';
import { ACCOUNT, AwsError, PRINCIPAL } from '../../../support/aws/fake-aws.ts';
import { emptyAccount } from '../../../support/aws/empty-account.ts';
import { awsHouse } from '../../../support/aws/gate-house.ts';
import { endOf } from '../../../support/kubernetes/gate-house.ts';

type House = Awaited<ReturnType<typeof awsHouse>>;
type World = Record<string, unknown>;
const R = 'eu-central-1';
const when = new Date('2026-01-01T00:00:00Z');
const dry = (input: { DryRun?: boolean }): void => {
  if (input.DryRun === true)
    throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
};

interface Case {
  readonly action: string;
  readonly params: JsonObject;
  /** Sets up what is there; `world` is what the writes change. */
  readonly there: (house: House, world: World) => void;
  readonly write: string;
  /** What the world is afterwards, and once it was undone; undefined: there is no undo. */
  readonly after: World;
  readonly undone?: World;
  readonly summary: string;
  readonly risk: string;
  readonly destructive?: true;
  readonly cost?: number | null;
}

const instanceThere =
  (state: string) =>
  (house: House, world: World): void => {
    world['state'] = state;
    house.aws.on('ec2.DescribeInstances', () => ({
      Reservations: [
        {
          Instances: [
            {
              InstanceId: 'i-0123456789abcdef0',
              ImageId: 'ami-1',
              InstanceType: 'm7g.large',
              RootDeviceType: 'ebs',
              LaunchTime: when,
              State: { Name: world['state'] },
            },
          ],
        },
      ],
    }));
    house.aws.on('ec2.DescribeInstanceAttribute', () => ({
      InstanceId: 'i-0123456789abcdef0',
      DisableApiStop: { Value: false },
    }));
    house.aws.on('ec2.StopInstances', (input: { DryRun?: boolean }) => {
      dry(input);
      world['state'] = 'stopping';
      return { StoppingInstances: [] };
    });
    house.aws.on('ec2.StartInstances', (input: { DryRun?: boolean }) => {
      dry(input);
      world['state'] = 'pending';
      return { StartingInstances: [] };
    });
  };

const CASES: readonly Case[] = [
  {
    action: 'aws/stop-instance',
    params: { region: R, instance: 'i-0123456789abcdef0' },
    there: instanceThere('running'),
    write: 'ec2.StopInstances',
    after: { state: 'stopping' },
    undone: { state: 'pending' },
    summary: 'Stop the instance i-0123456789abcdef0',
    risk: 'high',
    destructive: true,
    cost: null,
  },
  {
    action: 'aws/start-instance',
    params: { region: R, instance: 'i-0123456789abcdef0' },
    there: instanceThere('stopped'),
    write: 'ec2.StartInstances',
    after: { state: 'pending' },
    undone: { state: 'stopping' },
    summary: 'Start the instance i-0123456789abcdef0',
    risk: 'low',
    cost: null,
  },
  {
    action: 'aws/block-public-access-bucket',
    params: { region: R, bucket: 'media' },
    there: (house, world) => {
      world['block'] = {
        BlockPublicAcls: true,
        IgnorePublicAcls: false,
        BlockPublicPolicy: false,
        RestrictPublicBuckets: false,
      };
      house.aws.on('s3.ListBuckets', () => ({ Buckets: [{ Name: 'media', CreationDate: when }] }));
      house.aws.on('s3.GetPublicAccessBlock', () => ({ PublicAccessBlockConfiguration: world['block'] }));
      house.aws.on('s3.GetBucketPolicyStatus', () => ({ PolicyStatus: { IsPublic: true } }));
      house.aws.on('s3.PutPublicAccessBlock', ({ $body }: { $body: string }) => {
        const isOn = (part: string): boolean => $body.includes(`<${part}>true</${part}>`);
        world['block'] = {
          BlockPublicAcls: isOn('BlockPublicAcls'),
          IgnorePublicAcls: isOn('IgnorePublicAcls'),
          BlockPublicPolicy: isOn('BlockPublicPolicy'),
          RestrictPublicBuckets: isOn('RestrictPublicBuckets'),
        };
        return {};
      });
    },
    write: 's3.PutPublicAccessBlock',
    after: {
      block: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
    },
    undone: {
      block: { BlockPublicAcls: true, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false },
    },
    summary: 'Set the block of public access of the bucket media (4 of 4 parts)',
    risk: 'high',
    cost: 0,
  },
  {
    action: 'aws/block-public-access-account',
    params: { account: ACCOUNT },
    there: (house, world) => {
      world['block'] = null;
      house.aws.on('s3Control.GetPublicAccessBlock', () => {
        if (world['block'] === null) throw new AwsError('NoSuchPublicAccessBlockConfiguration', 'none', 404);
        return {
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: world['block'],
            IgnorePublicAcls: world['block'],
            BlockPublicPolicy: world['block'],
            RestrictPublicBuckets: world['block'],
          },
        };
      });
      house.aws.on('s3Control.PutPublicAccessBlock', ({ $body }: { $body: string }) => {
        world['block'] = $body.includes('<BlockPublicAcls>true</BlockPublicAcls>');
        return {};
      });
    },
    write: 's3Control.PutPublicAccessBlock',
    after: { block: true },
    undone: { block: false },
    summary: `Set the block of public access of the account ${ACCOUNT} (4 of 4 parts)`,
    risk: 'high',
    cost: 0,
  },
  {
    action: 'aws/deactivate-access-key',
    params: { user: 'deploy', key: 'MPLE' },
    there: (house, world) => {
      world['status'] = 'Active';
      house.aws.on('iam.ListAccessKeys', () => ({
        AccessKeyMetadata: [
          { UserName: 'deploy', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', Status: world['status'], CreateDate: when },
        ],
        IsTruncated: false,
      }));
      house.aws.on('iam.GetAccessKeyLastUsed', () => ({
        UserName: 'deploy',
        AccessKeyLastUsed: { LastUsedDate: when, ServiceName: 's3', Region: R },
      }));
      house.aws.on('iam.UpdateAccessKey', ({ Status }: { Status: string }) => {
        world['status'] = Status;
        return {};
      });
    },
    write: 'iam.UpdateAccessKey',
    after: { status: 'Inactive' },
    undone: { status: 'Active' },
    summary: 'Turn off the access key …MPLE of deploy',
    risk: 'high',
    cost: 0,
  },
  {
    action: 'aws/set-desired-capacity',
    params: { region: R, group: 'web', capacity: 2 },
    there: (house, world) => {
      world['capacity'] = 4;
      house.aws.on('autoScaling.DescribeAutoScalingGroups', () => ({
        AutoScalingGroups: [
          {
            AutoScalingGroupName: 'web',
            AutoScalingGroupARN: 'arn:asg',
            CreatedTime: when,
            MinSize: 1,
            MaxSize: 6,
            DesiredCapacity: world['capacity'],
            Instances: [],
          },
        ],
      }));
      house.aws.on('autoScaling.SetDesiredCapacity', ({ DesiredCapacity }: { DesiredCapacity: number }) => {
        world['capacity'] = DesiredCapacity;
        return {};
      });
    },
    write: 'autoScaling.SetDesiredCapacity',
    after: { capacity: 2 },
    undone: { capacity: 4 },
    summary: 'Set the capacity of web from 4 to 2',
    risk: 'medium',
    cost: null,
  },
  {
    action: 'aws/update-ecs-service',
    params: { region: R, cluster: 'prod', service: 'checkout', count: 3, deploy: true },
    there: (house, world) => {
      Object.assign(world, { count: 2, deployment: 'ecs-svc/1' });
      house.aws.on('ecs.DescribeServices', () => ({
        services: [
          {
            serviceName: 'checkout',
            serviceArn: 'arn:svc',
            status: 'ACTIVE',
            createdAt: when,
            desiredCount: world['count'],
            runningCount: 2,
            taskDefinition: 'checkout:7',
            deployments: [{ id: world['deployment'], status: 'PRIMARY' }],
          },
        ],
      }));
      house.aws.on(
        'ecs.UpdateService',
        ({ desiredCount, forceNewDeployment }: { desiredCount?: number; forceNewDeployment?: boolean }) => {
          if (desiredCount !== undefined) world['count'] = desiredCount;
          if (forceNewDeployment === true) world['deployment'] = 'ecs-svc/2';
          return { service: {} };
        },
      );
    },
    write: 'ecs.UpdateService',
    after: { count: 3, deployment: 'ecs-svc/2' },
    undone: { count: 2, deployment: 'ecs-svc/2' },
    summary: 'Scale checkout from 2 to 3 tasks and deploy checkout anew',
    risk: 'medium',
    cost: null,
  },
  {
    action: 'aws/make-snapshot-private',
    params: { region: R, snapshot: 'snap-0123456789abcdef0' },
    there: (house, world) => {
      world['public'] = true;
      house.aws.on('ec2.DescribeSnapshots', () => ({
        Snapshots: [{ SnapshotId: 'snap-0123456789abcdef0', VolumeId: 'vol-1', StartTime: when, VolumeSize: 8 }],
      }));
      house.aws.on('ec2.DescribeSnapshotAttribute', () => ({
        CreateVolumePermissions: world['public'] === true ? [{ Group: 'all' }] : [],
      }));
      house.aws.on(
        'ec2.ModifySnapshotAttribute',
        (input: { DryRun?: boolean; GroupNames?: readonly string[]; OperationType?: string }) => {
          dry(input);
          expect(input).toMatchObject({ OperationType: 'remove', GroupNames: ['all'] });
          world['public'] = false;
          return {};
        },
      );
    },
    write: 'ec2.ModifySnapshotAttribute',
    after: { public: false },
    summary: 'Make the snapshot snap-0123456789abcdef0 private',
    risk: 'low',
    cost: 0,
  },
  {
    action: 'aws/tag-resource',
    params: { region: R, resource: `arn:aws:sqs:${R}:${ACCOUNT}:orders`, key: 'team', value: 'shop' },
    there: (house, world) => {
      world['team'] = 'old';
      house.aws.on('tagging.GetResources', () => ({
        ResourceTagMappingList: [
          { ResourceARN: `arn:aws:sqs:${R}:${ACCOUNT}:orders`, Tags: [{ Key: 'team', Value: world['team'] }] },
        ],
      }));
      house.aws.on('tagging.TagResources', ({ Tags }: { Tags: Record<string, string> }) => {
        world['team'] = Tags['team'];
        return { FailedResourcesMap: {} };
      });
    },
    write: 'tagging.TagResources',
    after: { team: 'shop' },
    undone: { team: 'old' },
    summary: `Set the tag team=shop of arn:aws:sqs:${R}:${ACCOUNT}:orders`,
    risk: 'medium',
    cost: 0,
  },
  {
    action: 'aws/release-address',
    params: { region: R, allocation: 'eipalloc-0123456789abcdef0' },
    there: (house, world) => {
      world['there'] = true;
      house.aws.on('ec2.DescribeAddresses', () => ({
        Addresses:
          world['there'] === true ? [{ AllocationId: 'eipalloc-0123456789abcdef0', PublicIp: '203.0.113.7' }] : [],
      }));
      house.aws.on('ec2.ReleaseAddress', (input: { DryRun?: boolean }) => {
        dry(input);
        world['there'] = false;
        return {};
      });
    },
    write: 'ec2.ReleaseAddress',
    after: { there: false },
    summary: 'Release the address 203.0.113.7 (eipalloc-0123456789abcdef0)',
    risk: 'high',
    destructive: true,
    cost: null,
  },
  {
    action: 'aws/delete-volume',
    params: { region: R, volume: 'vol-0123456789abcdef0' },
    there: (house, world) => {
      Object.assign(world, { there: true, snapshot: null });
      house.aws.on('ec2.DescribeVolumes', () => ({
        Volumes:
          world['there'] === true
            ? [
                {
                  VolumeId: 'vol-0123456789abcdef0',
                  State: 'available',
                  Size: 100,
                  VolumeType: 'gp3',
                  CreateTime: when,
                },
              ]
            : [],
      }));
      house.aws.on('ec2.CreateSnapshot', (input: { DryRun?: boolean }) => {
        dry(input);
        world['snapshot'] = 'snap-1';
        return { SnapshotId: 'snap-1', State: 'pending' };
      });
      house.aws.on('ec2.DescribeSnapshots', () => ({ Snapshots: [{ SnapshotId: 'snap-1', State: 'completed' }] }));
      house.aws.on('ec2.DeleteVolume', (input: { DryRun?: boolean }) => {
        dry(input);
        expect(world['snapshot'], 'the snapshot comes first').toBe('snap-1');
        world['there'] = false;
        return {};
      });
    },
    write: 'ec2.DeleteVolume',
    after: { there: false, snapshot: 'snap-1' },
    summary: 'Delete the volume vol-0123456789abcdef0 (100 GiB) after a snapshot',
    risk: 'high',
    destructive: true,
    cost: null,
  },
];

async function aHouse({ there }: Pick<Case, 'there'>) {
  const house = await awsHouse();
  await emptyAccount(house.aws);
  const world: World = {};
  there(house, world);
  const writes = (operation: string): number =>
    house.aws.calls.filter((call) => call.operation === operation && Reflect.get(call.input, 'DryRun') !== true).length;
  return { house, world, writes };
}

describe.each(CASES.map((one) => [one.action, one] as const))('%s', (action, one) => {
  test('goes through the whole gate: sealed, approved, applied once, verified, and undone where it can be', async () => {
    const { house, world, writes } = await aHouse(one);
    using _ = house;
    const plan = await house.made(action, one.params);
    expect(plan.status).toBe('queued');
    expect(writes(one.write), 'nothing is written before it is approved').toBe(0);
    const [step] = plan.sealed.steps;
    expect(step).toMatchObject({
      summary: one.summary,
      risk: { level: one.risk },
      destructive: one.destructive ?? false,
    });
    expect(step?.cost.amount).toBe(one.cost ?? null);
    expect(plan.sealed.target).toMatchObject({ provider: 'aws', id: ACCOUNT, details: { principal: PRINCIPAL } });
    const done = await house.carriedOut(plan);
    expect(endOf(done)).toBe('verified');
    expect(world).toEqual(one.after);
    expect(writes(one.write)).toBe(1);
    expect(step?.undo.possible).toBe(one.undone !== undefined);
    expect(one.undone === undefined ? 'verified' : endOf(await house.undone(done))).toBe('verified');
    expect(world).toEqual(one.undone ?? one.after);
    expect(house.aws.unanswered).toEqual([]);
  });

  test('what is not there, or belongs to another account, is no plan', async () => {
    const house = await awsHouse();
    using _ = house;
    await emptyAccount(house.aws);
    house.aws.on('sts.GetCallerIdentity', () => ({
      Account: '999999999999',
      Arn: 'arn:aws:iam::999999999999:user/x',
      UserId: 'x',
    }));
    // A resource without tags is not listed: of a tag nobody can say that there is nothing to bear it.
    const expected = action === 'aws/tag-resource' ? 'queued' : 'NOT_FOUND';
    const answer = await (action === 'aws/tag-resource'
      ? house.made(action, one.params).then(({ status }) => status)
      : house.refusal(action, one.params));
    expect(answer).toBe(expected);
  });

  test('when the credentials lead to another account meanwhile it is stale, and nothing is written', async () => {
    const { house, writes } = await aHouse(one);
    using _ = house;
    const plan = await house.made(action, one.params);
    house.aws.on('sts.GetCallerIdentity', () => ({
      Account: '999999999999',
      Arn: 'arn:aws:iam::999999999999:user/x',
      UserId: 'x',
    }));
    expect(endOf(await house.carriedOut(plan))).toContain('stale');
    expect(writes(one.write)).toBe(0);
  });

  test('denied when it is applied: refused, sent once, and nothing is changed', async () => {
    const { house, world, writes } = await aHouse(one);
    using _ = house;
    const plan = await house.made(action, one.params);
    const before = structuredClone(world);
    house.aws.on(one.write as 'ec2.x', () => {
      throw new AwsError('AccessDenied', 'not authorized', 403);
    });
    expect(endOf(await house.carriedOut(plan))).toContain('ACCESS_DENIED');
    expect(writes(one.write)).toBe(1);
    expect({ ...world, snapshot: null }).toEqual({ ...before, snapshot: null });
  });
});

describe('refused before anything is asked of the operator', () => {
  test.each<readonly [string, string, JsonObject, (house: House) => void, string]>([
    [
      'a protected instance',
      'aws/stop-instance',
      { region: R, instance: 'i-0123456789abcdef0' },
      (house) => {
        instanceThere('running')(house, {});
        house.aws.on('ec2.DescribeInstanceAttribute', () => ({ DisableApiStop: { Value: true } }));
      },
      'PROTECTED',
    ],
    [
      'an instance of an Auto Scaling group',
      'aws/stop-instance',
      { region: R, instance: 'i-0123456789abcdef0' },
      (house) => {
        instanceThere('running')(house, {});
        house.aws.on('ec2.DescribeInstances', () => ({
          Reservations: [
            {
              Instances: [
                {
                  InstanceId: 'i-0123456789abcdef0',
                  RootDeviceType: 'ebs',
                  State: { Name: 'running' },
                  Tags: [{ Key: 'aws:autoscaling:groupName', Value: 'web' }],
                },
              ],
            },
          ],
        }));
      },
      'AUTOSCALED',
    ],
    [
      'an instance whose root lies on the machine',
      'aws/stop-instance',
      { region: R, instance: 'i-0123456789abcdef0' },
      (house) => {
        instanceThere('running')(house, {});
        house.aws.on('ec2.DescribeInstances', () => ({
          Reservations: [
            {
              Instances: [
                { InstanceId: 'i-0123456789abcdef0', RootDeviceType: 'instance-store', State: { Name: 'running' } },
              ],
            },
          ],
        }));
      },
      'INSTANCE_STORE',
    ],
    [
      'a capacity beyond the maximum',
      'aws/set-desired-capacity',
      { region: R, group: 'web', capacity: 7 },
      (house) => CASES[5]?.there(house, {}),
      'OUT_OF_BOUNDS',
    ],
    [
      'an address in use',
      'aws/release-address',
      { region: R, allocation: 'eipalloc-0123456789abcdef0' },
      (house) => {
        house.aws.on('ec2.DescribeAddresses', () => ({
          Addresses: [
            {
              AllocationId: 'eipalloc-0123456789abcdef0',
              PublicIp: '203.0.113.7',
              AssociationId: 'eipassoc-1',
              InstanceId: 'i-1',
            },
          ],
        }));
      },
      'IN_USE',
    ],
    [
      'a volume in use',
      'aws/delete-volume',
      { region: R, volume: 'vol-0123456789abcdef0' },
      (house) => {
        house.aws.on('ec2.DescribeVolumes', () => ({
          Volumes: [{ VolumeId: 'vol-0123456789abcdef0', State: 'in-use', Size: 1, VolumeType: 'gp3' }],
        }));
      },
      'IN_USE',
    ],
    [
      'a key of the very user',
      'aws/deactivate-access-key',
      { user: 'holdfast', key: 'MPLE' },
      (house) => {
        house.aws.on('iam.ListAccessKeys', () => ({
          AccessKeyMetadata: [{ UserName: 'holdfast', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', Status: 'Active' }],
          IsTruncated: false,
        }));
      },
      'OWN_KEY',
    ],
    [
      'the same count',
      'aws/update-ecs-service',
      { region: R, cluster: 'prod', service: 'checkout', count: 2 },
      (house) => CASES[6]?.there(house, {}),
      'ALREADY_SO',
    ],
  ])('%s', async (_name, action, params, there, code) => {
    const house = await awsHouse();
    using _ = house;
    await emptyAccount(house.aws);
    there(house);
    expect(await house.refusal(action, params)).toBe(code);
  });
});

test('a volume whose snapshot fails stays, and the plan says which snapshot it is', async () => {
  const one = CASES.at(-1);
  if (one === undefined) throw new Error('no case');
  const { house, world } = await aHouse(one);
  using _ = house;
  const plan = await house.made(one.action, one.params);
  house.aws.on('ec2.DescribeSnapshots', () => ({ Snapshots: [{ SnapshotId: 'snap-1', State: 'error' }] }));
  const end = endOf(await house.carriedOut(plan));
  expect(end).toContain('partial');
  expect(world['there']).toBe(true);
});

test('already so is a noop: nothing is to be approved', async () => {
  const one = CASES[2];
  if (one === undefined) throw new Error('no case');
  const { house, world } = await aHouse(one);
  using _ = house;
  world['block'] = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  };
  expect((await house.made(one.action, one.params)).status).toBe('noop');
});

test('a tag that was not there is taken away again by the undo', async () => {
  const house = await awsHouse();
  using _ = house;
  await emptyAccount(house.aws);
  const resource = `arn:aws:sqs:${R}:${ACCOUNT}:orders`;
  const tags = new Map<string, string>();
  house.aws.on('tagging.GetResources', () => ({
    ResourceTagMappingList: [{ ResourceARN: resource, Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) }],
  }));
  house.aws.on('tagging.TagResources', ({ Tags }: { Tags: Record<string, string> }) => {
    for (const [key, value] of Object.entries(Tags)) tags.set(key, value);
    return {};
  });
  house.aws.on('tagging.UntagResources', ({ TagKeys }: { TagKeys: readonly string[] }) => {
    for (const key of TagKeys) tags.delete(key);
    return {};
  });
  const done = await house.carriedOut(
    await house.made('aws/tag-resource', { region: R, resource, key: 'team', value: 'shop' }),
  );
  expect(endOf(done)).toBe('verified');
  expect([...tags]).toEqual([['team', 'shop']]);
  expect(endOf(await house.undone(done))).toBe('verified');
  expect([...tags]).toEqual([]);
});

test('what moved between approval and apply makes it stale', async () => {
  const one = CASES[5];
  if (one === undefined) throw new Error('no case');
  const { house, world, writes } = await aHouse(one);
  using _ = house;
  const plan = await house.made(one.action, one.params);
  world['capacity'] = 5;
  expect(endOf(await house.carriedOut(plan))).toContain('stale');
  expect(writes(one.write)).toBe(0);
});
