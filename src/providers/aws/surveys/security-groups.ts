import { mergeCidrs } from '../../../domain/cidr.ts';
import { mergePortRanges, portRangeText, type PortRange } from '../../../domain/port-ranges.ts';
import type { Account, Place } from '../reader.ts';
import {
  describeManagedPrefixLists,
  describeNetworkInterfaces,
  describeSecurityGroups,
  getManagedPrefixListEntries,
  type IpPermission,
  type NetworkInterface,
  type SecurityGroup,
} from '../reads/ec2.ts';
import { surveyor, type Survey, type Surveyor } from './survey.ts';

/** A security group: what it lets in, and what stands behind it. */
export interface SurveyedGroup {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly vpc: string | null;
  /** Ports that everybody may reach: the fewest ranges, as `22/tcp`, `0-65535/tcp`, `all`. */
  readonly open: readonly PortRange[];
  /** Which everybody: `0.0.0.0/0`, `::/0`, both, or none where nothing is open. */
  readonly world: readonly string[];
  /** What it lets in from somewhere in particular, canonical. */
  readonly rest: readonly Ingress[];
  readonly behind: Behind;
}

export interface Ingress {
  /** `443/tcp`, or `all`. */
  readonly ports: readonly string[];
  /** Blocks of addresses, groups (`sg-1`, of another account `123456789012/sg-1`) and prefix lists of AWS (`pl-1`). */
  readonly from: string;
}

/** Network interfaces that bear the group. `null`: they could not be read. */
export type Behind = {
  readonly interfaces: number;
  /** Those that can be reached from the internet: what they are, at most a few. */
  readonly reachable: readonly string[];
} | null;

export const ALL_PORTS: PortRange = { protocol: 'all', from: 0, to: 65_535 };

/** `22/tcp`; of a protocol without ports its name; `all` for everything. */
export function portsText(ranges: readonly PortRange[]): readonly string[] {
  const hasPorts = ({ protocol }: PortRange): boolean => protocol === 'tcp' || protocol === 'udp';
  return ranges.map((range) => (hasPorts(range) ? portRangeText(range) : range.protocol));
}

const WORLD = new Set(['0.0.0.0/0', '::/0']);

/** Every security group of a region. */
export async function surveyGroups(
  account: Account,
  place: Place,
  signal: AbortSignal,
): Promise<Survey<SurveyedGroup>> {
  const look = surveyor(account, place, signal);
  const all = { kind: 'security-group', all: look.arn('ec2', 'security-group/*') };
  const [groups, interfaces] = await Promise.all([
    look.list(describeSecurityGroups, {}, all),
    place.list(describeNetworkInterfaces, {}, signal),
  ]);
  const lists = await prefixLists(look, groups);
  const behind = interfaces.failure === null ? behindGroups(interfaces.items) : null;
  if (interfaces.failure !== null)
    look.hide({ kind: 'network-interface', all: look.arn('ec2', 'network-interface/*') }, interfaces.failure);
  return { seen: groups.map((group) => surveyed(look, group, lists, behind)), hidden: look.hidden() };
}

function surveyed(
  look: Surveyor,
  { GroupId: id = '', GroupName, VpcId, IpPermissions = [] }: SecurityGroup,
  lists: ReadonlyMap<string, readonly string[]>,
  behind: ReadonlyMap<string, readonly NetworkInterface[]> | null,
): SurveyedGroup {
  const { open, world, rest } = ingressOf(IpPermissions, look.account.id, lists);
  return {
    id,
    arn: look.arn('ec2', `security-group/${id}`),
    name: GroupName ?? id,
    vpc: VpcId ?? null,
    open,
    world,
    rest,
    behind: behind === null ? null : behindOf(behind.get(id) ?? [], world),
  };
}

/** The entries of the prefix lists that groups name and that the account may read: AWS's own hold AWS's addresses. */
async function prefixLists(
  look: Surveyor,
  groups: readonly SecurityGroup[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const named = new Set(
    groups.flatMap(({ IpPermissions = [] }) =>
      IpPermissions.flatMap(({ PrefixListIds = [] }) =>
        PrefixListIds.flatMap(({ PrefixListId }) => PrefixListId ?? []),
      ),
    ),
  );
  if (named.size === 0) return new Map();
  const of = { kind: 'prefix-list', all: look.arn('ec2', 'prefix-list/*') };
  const known = await look.list(describeManagedPrefixLists, {}, of);
  const own = known.filter(({ PrefixListId: id, OwnerId }) => id !== undefined && named.has(id) && OwnerId !== 'AWS');
  const read = await Promise.all(
    own.map(async ({ PrefixListId: id = '' }) => {
      const one = { name: id, arn: look.arn('ec2', `prefix-list/${id}`) };
      const entries = await look.list(getManagedPrefixListEntries, { PrefixListId: id }, { ...of, one });
      return [id, entries.flatMap(({ Cidr }) => Cidr ?? [])] as const;
    }),
  );
  return new Map(read);
}

/**
 * What rules let in, in canonical form. "Everybody" is a block of all addresses once the blocks of a range of ports are
 * merged: two halves of the internet are everybody, and a /13 is not.
 */
export function ingressOf(
  permissions: readonly IpPermission[],
  account: string,
  lists: ReadonlyMap<string, readonly string[]>,
): Pick<SurveyedGroup, 'open' | 'world' | 'rest'> {
  const byPorts = new Map<string, { readonly range: PortRange; readonly cidrs: string[] }>();
  const bySource = new Map<string, PortRange[]>();
  for (const permission of permissions) {
    const range = rangeOf(permission);
    const key = `${range.protocol} ${range.from} ${range.to}`;
    const ports = byPorts.get(key) ?? { range, cidrs: [] };
    byPorts.set(key, ports);
    ports.cidrs.push(...cidrsOf(permission, lists));
    for (const source of namedSources(permission, account, lists))
      bySource.set(source, [...(bySource.get(source) ?? []), range]);
  }
  const everywhere = byPorts.get('all 0 65535')?.cidrs ?? [];
  const open: PortRange[] = [];
  const world = new Set<string>();
  for (const { range, cidrs } of byPorts.values()) {
    const merged = mergeCidrs(range.protocol === 'all' ? cidrs : [...cidrs, ...everywhere]);
    const worlds = merged.filter((cidr) => WORLD.has(cidr));
    if (worlds.length > 0) open.push(range);
    for (const one of worlds) world.add(one);
    for (const cidr of merged.filter((each) => !WORLD.has(each)))
      bySource.set(cidr, [...(bySource.get(cidr) ?? []), range]);
  }
  return { open: mergedPorts(open), world: [...world].toSorted(), rest: restOf(bySource) };
}

/** All ports of everything swallow every other range. */
function mergedPorts(ranges: readonly PortRange[]): readonly PortRange[] {
  return ranges.some(({ protocol }) => protocol === 'all') ? [ALL_PORTS] : mergePortRanges(ranges);
}

function restOf(bySource: ReadonlyMap<string, readonly PortRange[]>): readonly Ingress[] {
  return [...bySource]
    .map(([from, ranges]) => ({ from, ports: portsText(mergedPorts(ranges)) }))
    .toSorted((a, b) => (a.from < b.from ? -1 : 1));
}

/** Of ICMP the numbers are a type and a code, and no ports. */
function rangeOf({ IpProtocol = '-1', FromPort, ToPort }: IpPermission): PortRange {
  if (IpProtocol === '-1') return ALL_PORTS;
  const isPorts = IpProtocol === 'tcp' || IpProtocol === 'udp' || IpProtocol === '6' || IpProtocol === '17';
  const protocol = IpProtocol === '6' ? 'tcp' : IpProtocol === '17' ? 'udp' : IpProtocol;
  if (!isPorts) return { protocol, from: 0, to: 0 };
  const [from, to] = [FromPort ?? 0, ToPort ?? 65_535];
  return from === -1 || to === -1 ? { protocol, from: 0, to: 65_535 } : { protocol, from, to };
}

function cidrsOf(
  { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [] }: IpPermission,
  lists: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  return [
    ...IpRanges.flatMap(({ CidrIp }) => CidrIp ?? []),
    ...Ipv6Ranges.flatMap(({ CidrIpv6 }) => CidrIpv6 ?? []),
    ...PrefixListIds.flatMap(({ PrefixListId }) => lists.get(PrefixListId ?? '') ?? []),
  ];
}

function namedSources(
  { UserIdGroupPairs = [], PrefixListIds = [] }: IpPermission,
  account: string,
  lists: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  return [
    ...UserIdGroupPairs.flatMap(({ GroupId, UserId }) =>
      GroupId === undefined ? [] : [UserId === undefined || UserId === account ? GroupId : `${UserId}/${GroupId}`],
    ),
    ...PrefixListIds.flatMap(({ PrefixListId: id }) => (id === undefined || lists.has(id) ? [] : [id])),
  ];
}

function behindGroups(interfaces: readonly NetworkInterface[]): ReadonlyMap<string, readonly NetworkInterface[]> {
  const behind = new Map<string, NetworkInterface[]>();
  for (const one of interfaces)
    for (const { GroupId: id } of one.Groups ?? []) {
      if (id === undefined) continue;
      const some = behind.get(id) ?? [];
      behind.set(id, some);
      some.push(one);
    }
  return behind;
}

const TOLD = 5;

function behindOf(interfaces: readonly NetworkInterface[], world: readonly string[]): Behind {
  const reachable = interfaces.filter(
    ({ Association, Ipv6Addresses = [] }) =>
      (Association?.PublicIp !== undefined && world.includes('0.0.0.0/0')) ||
      (Ipv6Addresses.length > 0 && world.includes('::/0')),
  );
  return { interfaces: interfaces.length, reachable: reachable.map(shown).toSorted().slice(0, TOLD) };
}

/** `instance i-1 (203.0.113.7)`, `load balancer app/public/50dc`. */
function shown({ NetworkInterfaceId = '', Attachment, Association, Description = '' }: NetworkInterface): string {
  const balancer = /^ELB (.+)$/.exec(Description)?.[1];
  if (balancer !== undefined) return `load balancer ${balancer}`;
  const address = Association?.PublicIp;
  const what =
    Attachment?.InstanceId === undefined ? `interface ${NetworkInterfaceId}` : `instance ${Attachment.InstanceId}`;
  return address === undefined ? what : `${what} (${address})`;
}
