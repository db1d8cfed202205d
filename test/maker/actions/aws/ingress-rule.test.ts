import { expect, test } from 'vitest';
import type { IpPermission, RevokeSecurityGroupIngressRequest } from '@aws-sdk/client-ec2';
import { AwsError, RawAnswer } from '../../../support/aws/fake-aws.ts';
import { awsHouse } from '../../../support/aws/gate-house.ts';
import { endOf } from '../../../support/kubernetes/gate-house.ts';

const REVOKE = 'aws/revoke-security-group-ingress';
const SSH = {
  region: 'eu-central-1',
  group: 'sg-0123456789abcdef0',
  protocol: 'tcp',
  fromPort: 22,
  toPort: 22,
  cidr: '0.0.0.0/0',
};

/** A group with one rule of ssh, whose writes may be told to end otherwise, before or after they were done. */
async function theHouse() {
  const house = await awsHouse();
  const ssh = (Description?: string): IpPermission => ({
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    IpRanges: [{ CidrIp: '0.0.0.0/0', ...(Description === undefined ? {} : { Description }) }],
  });
  const state: { rules: IpPermission[]; writes: string[]; fails: (() => object) | null; done: boolean } = {
    rules: [ssh('for the move')],
    writes: [],
    fails: null,
    done: false,
  };
  const write = (name: string, change: (input: RevokeSecurityGroupIngressRequest) => void) =>
    house.aws.on(`ec2.${name}`, (input: RevokeSecurityGroupIngressRequest) => {
      if (input.DryRun === true)
        throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
      state.writes.push(name);
      if (state.fails === null || state.done) change(input);
      return state.fails === null ? { Return: true } : state.fails();
    });
  house.aws.on('ec2.DescribeSecurityGroups', () => ({
    SecurityGroups: [
      { GroupId: SSH.group, GroupName: 'web', VpcId: 'vpc-1', OwnerId: '123456789012', IpPermissions: state.rules },
    ],
  }));
  house.aws.on('ec2.DescribeNetworkInterfaces', () => ({
    NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', Attachment: { InstanceId: 'i-1' } }],
  }));
  write('RevokeSecurityGroupIngress', () => (state.rules = []));
  write('AuthorizeSecurityGroupIngress', ({ IpPermissions = [] }) => (state.rules = [...IpPermissions]));
  return { house, state };
}

test('goes through the whole gate: tried by AWS, approved, applied, verified, and undone with its description', async () => {
  const { house, state } = await theHouse();
  using _ = house;
  const plan = await house.made(REVOKE, SSH);
  expect(plan.status).toBe('queued');
  expect(state.writes, 'a dry run leaves it').toEqual([]);
  expect(plan.sealed.target).toMatchObject({ provider: 'aws', id: '123456789012', details: { partition: 'aws' } });
  expect(plan.sealed.steps[0]).toMatchObject({
    resource: `arn:aws:ec2:eu-central-1:123456789012:security-group/${SSH.group}`,
    before: { rests: { allowed: true, description: 'for the move' } },
    preview: { by: 'server' },
    risk: { level: 'high' },
    destructive: false,
    dependents: ['the network interface eni-1 (i-1) is in the group'],
  });
  const done = await house.carriedOut(plan);
  expect(endOf(done)).toBe('verified');
  expect(state.rules).toEqual([]);
  expect(endOf(await house.undone(done))).toBe('verified');
  expect(state.rules[0]).toMatchObject({ IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'for the move' }] });
  expect(state.writes).toEqual(['RevokeSecurityGroupIngress', 'AuthorizeSecurityGroupIngress']);
});

test('is a noop where the rule is not there, and a wider rule is another one', async () => {
  const { house, state } = await theHouse();
  using _ = house;
  expect((await house.made(REVOKE, { ...SSH, toPort: 23 })).status).toBe('noop');
  expect(state.writes).toEqual([]);
});

test('a right that is missing shows when it is tried out', async () => {
  const { house } = await theHouse();
  using _ = house;
  house.aws.on('ec2.RevokeSecurityGroupIngress', () => {
    throw new AwsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
  });
  expect(await house.refusal(REVOKE, SSH)).toBe('ACCESS_DENIED');
});

test.each([
  [
    'denied',
    () => {
      throw new AwsError('UnauthorizedOperation', 'no', 403);
    },
    'ACCESS_DENIED',
  ],
  [
    'throttled',
    () => {
      throw new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
    },
    'THROTTLED',
  ],
])('%s when it is applied: refused, sent once, and nothing is changed', async (_name, fails, code) => {
  const { house, state } = await theHouse();
  using _ = house;
  const plan = await house.made(REVOKE, SSH);
  state.fails = fails;
  expect(endOf(await house.carriedOut(plan))).toContain(code);
  expect(state.writes).toHaveLength(1);
  expect(state.rules).toHaveLength(1);
});

test.each([true, false])(
  'an answer that is lost is unknown, is not sent again, and is read (done: %s)',
  async (done) => {
    const { house, state } = await theHouse();
    using _ = house;
    const plan = await house.made(REVOKE, SSH);
    state.fails = () => new RawAnswer({ status: 500, headers: {}, body: '' });
    state.done = done;
    const ended = await house.carriedOut(plan);
    expect(state.writes).toHaveLength(1);
    expect(state.rules).toHaveLength(done ? 0 : 1);
    expect(endOf(ended)).toBe(done ? 'verified' : 'failed failed UNKNOWN');
  },
);

test('a rule that somebody described anew makes the plan stale, and so does another account', async () => {
  const { house, state } = await theHouse();
  using _ = house;
  const plan = await house.made(REVOKE, SSH);
  state.rules = [{ ...state.rules[0], IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'for ever' }] }];
  expect((await house.carriedOut(plan)).status).toBe('stale');
  const other = await house.made(REVOKE, SSH);
  house.aws.accounts.set('AKIAFAKE', { account: '999999999999', arn: 'arn:aws:iam::999999999999:user/holdfast' });
  expect((await house.carriedOut(other)).status).toBe('stale');
  expect(state.writes).toEqual([]);
});
