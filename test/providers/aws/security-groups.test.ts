import { expect, test } from 'vitest';
import type { IpPermission } from '../../../src/providers/aws/reads/ec2.ts';
import { ingressOf, portsText } from '../../../src/providers/aws/surveys/security-groups.ts';

const ACCOUNT = '123456789012';
const tcp = (from: number, to: number, ...cidrs: readonly string[]): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: from,
  ToPort: to,
  IpRanges: cidrs.filter((cidr) => !cidr.includes(':')).map((CidrIp) => ({ CidrIp })),
  Ipv6Ranges: cidrs.filter((cidr) => cidr.includes(':')).map((CidrIpv6) => ({ CidrIpv6 })),
});

function said(permissions: readonly IpPermission[], lists: ReadonlyMap<string, readonly string[]> = new Map()) {
  const { open, world, rest } = ingressOf(permissions, ACCOUNT, lists);
  return { open: portsText(open), world, rest: rest.map(({ from, ports }) => `${from} ${ports.join(',')}`) };
}

test.each<readonly [string, readonly IpPermission[], ReturnType<typeof said>]>([
  ['nothing', [], { open: [], world: [], rest: [] }],
  ['IPv4', [tcp(22, 22, '0.0.0.0/0')], { open: ['22/tcp'], world: ['0.0.0.0/0'], rest: [] }],
  ['IPv6', [tcp(22, 22, '::/0')], { open: ['22/tcp'], world: ['::/0'], rest: [] }],
  ['IPv6 in another form', [tcp(22, 22, '0:0:0:0:0:0:0:0/0')], { open: ['22/tcp'], world: ['::/0'], rest: [] }],
  [
    'two halves of the internet',
    [tcp(22, 22, '0.0.0.0/1', '128.0.0.0/1')],
    { open: ['22/tcp'], world: ['0.0.0.0/0'], rest: [] },
  ],
  [
    'two halves in two rules',
    [tcp(22, 22, '0.0.0.0/1'), tcp(22, 22, '128.0.0.0/1')],
    { open: ['22/tcp'], world: ['0.0.0.0/0'], rest: [] },
  ],
  [
    'half, and the other half for everything',
    [tcp(22, 22, '0.0.0.0/1'), { IpProtocol: '-1', IpRanges: [{ CidrIp: '128.0.0.0/1' }] }],
    { open: ['22/tcp'], world: ['0.0.0.0/0'], rest: ['128.0.0.0/1 all'] },
  ],
  [
    'a wide block is not everybody',
    [tcp(443, 443, '104.16.0.0/13')],
    { open: [], world: [], rest: ['104.16.0.0/13 443/tcp'] },
  ],
  [
    'every protocol',
    [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }, tcp(22, 22, '0.0.0.0/0')],
    { open: ['all'], world: ['0.0.0.0/0'], rest: [] },
  ],
  [
    'a protocol by its number',
    [{ ...tcp(53, 53, '0.0.0.0/0'), IpProtocol: '17' }],
    { open: ['53/udp'], world: ['0.0.0.0/0'], rest: [] },
  ],
  [
    'ICMP has no ports',
    [{ IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    { open: ['icmp'], world: ['0.0.0.0/0'], rest: [] },
  ],
  [
    'ranges that touch are one',
    [tcp(80, 81, '0.0.0.0/0'), tcp(82, 90, '0.0.0.0/0')],
    { open: ['80-90/tcp'], world: ['0.0.0.0/0'], rest: [] },
  ],
  [
    'blocks that touch are one',
    [tcp(22, 22, '10.0.0.0/25', '10.0.0.128/25')],
    { open: [], world: [], rest: ['10.0.0.0/24 22/tcp'] },
  ],
  [
    'groups, also of another account',
    [
      {
        IpProtocol: 'tcp',
        FromPort: 5432,
        ToPort: 5432,
        UserIdGroupPairs: [
          { GroupId: 'sg-1', UserId: ACCOUNT },
          { GroupId: 'sg-2', UserId: '999999999999' },
        ],
      },
    ],
    { open: [], world: [], rest: ['999999999999/sg-2 5432/tcp', 'sg-1 5432/tcp'] },
  ],
  [
    "AWS's prefix list is a name",
    [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: 'pl-aws' }] }],
    { open: [], world: [], rest: ['pl-aws 443/tcp'] },
  ],
])('%s', (_, permissions, expected) => {
  expect(said(permissions)).toEqual(expected);
});

test('a prefix list of the account stands for its entries, everybody among them', () => {
  const permission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: 'pl-1' }] };
  expect(said([permission], new Map([['pl-1', ['10.0.0.0/8']]]))).toEqual({
    open: [],
    world: [],
    rest: ['10.0.0.0/8 22/tcp'],
  });
  expect(said([permission], new Map([['pl-1', ['10.0.0.0/8', '0.0.0.0/0']]])).open).toEqual(['22/tcp']);
});

test('ten thousand rules are as good as one, in whatever order they come', () => {
  const rules = Array.from({ length: 10_000 }, (_, index) =>
    tcp(1_000 + (index % 100), 1_000 + (index % 100), `10.${index % 200}.${Math.floor(index / 200)}.0/24`),
  );
  const forwards = said([...rules, tcp(22, 22, '0.0.0.0/0')]);
  expect(forwards.open).toEqual(['22/tcp']);
  expect(forwards).toEqual(said([tcp(22, 22, '0.0.0.0/0'), ...rules.toReversed()]));
});
