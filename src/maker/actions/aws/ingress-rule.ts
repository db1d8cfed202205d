import * as z from 'zod';
import type { ActionId, Action, ActionContext, Observed, Risk } from '../../../domain/action.ts';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { noCost } from '../../../domain/money.ts';
import { printable } from '../../../domain/printable.ts';
import { arnOf, type AwsReader, type Place } from '../../../providers/aws/reader.ts';
import {
  describeNetworkInterfaces,
  describeSecurityGroups,
  type IpPermission,
  type SecurityGroup,
} from '../../../providers/aws/reads/ec2.ts';
import { authorizeIngress, revokeIngress } from '../../../providers/aws/writer.ts';
import { openFor, placeOf, regionParams, targetOf } from './account.ts';

const port = (what: string) =>
  z.coerce.number().int().min(-1).max(65_535).optional().describe(`${what}; not given for the protocol -1 (all).`);

const params = z
  .strictObject({
    ...regionParams,
    group: z
      .string()
      .regex(/^sg-[0-9a-f]{8,17}$/, 'the id of a security group')
      .describe('The id of the security group: `sg-…`.'),
    protocol: z
      .string()
      .regex(/^(tcp|udp|icmp|icmpv6|-1|\d{1,3})$/, 'tcp, udp, icmp, icmpv6, a number, or -1 for all')
      .describe('`tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all.'),
    fromPort: port('The first port (of ICMP the type)'),
    toPort: port('The last port (of ICMP the code)'),
    cidr: z.cidrv4().optional().describe('IPv4 addresses that may come in, exactly as the rule has them.'),
    ipv6: z.cidrv6().optional().describe('IPv6 addresses that may come in, exactly as the rule has them.'),
    prefixList: z
      .string()
      .regex(/^pl-[0-9a-f]+$/)
      .optional()
      .describe('A prefix list that may come in.'),
    sourceGroup: z
      .string()
      .regex(/^sg-[0-9a-f]{8,17}$/)
      .optional()
      .describe('A security group of the same account that may come in.'),
    description: z
      .string()
      .max(255)
      .optional()
      .describe('What the rule says of itself: set by a grant, and not looked at by a revocation.'),
  })
  .refine(
    ({ cidr, ipv6, prefixList, sourceGroup }) =>
      [cidr, ipv6, prefixList, sourceGroup].filter((source) => source !== undefined).length === 1,
    'exactly one of cidr, ipv6, prefixList and sourceGroup',
  )
  .refine(
    ({ protocol, fromPort, toPort }) =>
      protocol === '-1'
        ? fromPort === undefined && toPort === undefined
        : !/^(tcp|udp|icmp|icmpv6)$/.test(protocol) || (fromPort !== undefined && toPort !== undefined),
    'fromPort and toPort go with tcp, udp, icmp and icmpv6, and not with -1',
  );
type Params = z.output<typeof params>;

interface Kind {
  readonly id: ActionId;
  readonly inverse: ActionId;
  readonly title: string;
  readonly description: string;
  /** Whether the rule is there afterwards. */
  readonly grants: boolean;
}

/** Grants or revokes one rule of what may come in; each is the undo of the other. */
export function ingressAction({ id, inverse, title, description, grants }: Kind): Action<AwsReader, Params> {
  const operation = grants ? authorizeIngress : revokeIngress;
  const verb = grants ? 'Allow' : 'Revoke';
  return {
    id,
    version: 1,
    title,
    description,
    params,
    settleMs: 2_000,

    async identify(reader, given, context) {
      const place = await placeOf(reader, given, context);
      if (place.status === 'unknown') return place;
      const { account, region } = place.value;
      return seen({
        target: targetOf(place.value),
        resource: arnOf(account, 'ec2', region, `security-group/${given.group}`),
        name: given.group,
      });
    },

    async observe(reader, given, context) {
      const looked = await lookAt(reader, given, context);
      if (looked.status === 'unknown') return looked;
      const { group } = looked.value;
      if (group === null) return seen({ identity: null, rests: {}, shown: { There: 'no' }, version: null });
      const rule = ruleIn(group, given);
      return seen({
        identity: { group: group.GroupId ?? '', vpc: group.VpcId ?? null, owner: group.OwnerId ?? '' },
        rests: { allowed: rule !== null, description: rule?.description ?? null },
        shown: {
          Group: printable(group.GroupName ?? ''),
          Rule: rule === null ? 'not there' : 'there',
          Description: printable(rule?.description ?? 'none'),
          'Other rules': Math.max(0, countOf(group) - (rule === null ? 0 : 1)),
        },
        version: null,
      });
    },

    async preview(reader, given, observed, context) {
      if (observed.identity === null) return unknown('NOT_FOUND', `There is no security group ${given.group}.`);
      const allowed = observed.rests['allowed'] === true;
      const noop = allowed === grants;
      if (!noop) {
        const place = await placeOf(reader, given, context);
        if (place.status === 'unknown') return place;
        const tried = await place.value.tryOut(
          operation,
          { GroupId: given.group, IpPermissions: [permissionOf(given, grants)] },
          context.signal,
        );
        if (tried.status === 'unknown') return tried;
      }
      const before = observed.rests['description'] ?? null;
      const after = grants ? (noop ? before : (given.description ?? null)) : null;
      return seen({
        summary: `${verb} ${wordsOf(given)} into ${given.group}`,
        noop,
        by: noop ? 'computed' : 'server',
        after: { allowed: grants, description: after },
        shown: { Rule: grants ? 'there' : 'not there' },
        diff: noop ? [] : [`${grants ? '+' : '-'}ingress: ${wordsOf(given)}`],
      });
    },

    cost: () => noCost('rules of security groups cost nothing'),

    risk: (given, { observed }) => riskOf(given, observed, grants),

    destructive: () => false,

    async dependents(reader, given, _observed, context) {
      const place = await placeOf(reader, given, context);
      if (place.status === 'unknown') return place;
      const { items, failure } = await place.value.list(
        describeNetworkInterfaces,
        { Filters: [{ Name: 'group-id', Values: [given.group] }] },
        context.signal,
      );
      if (failure !== null) return { status: 'unknown', failure };
      return seen(
        items.map(
          ({ NetworkInterfaceId = '', Attachment, Description = '' }) =>
            `the network interface ${printable(NetworkInterfaceId)} (${printable(Attachment?.InstanceId ?? (Description === '' ? 'of no instance' : Description))}) is in the group`,
        ),
      );
    },

    async apply(step, context) {
      const opened = await openFor(step, context);
      if (opened.status !== 'open') return opened;
      const { group } = step.params;
      const answered = await opened.writer.write(
        operation,
        { GroupId: group, IpPermissions: [permissionOf(step.params, grants)] },
        context.signal,
      );
      return answered.status === 'taken' ? { status: 'done', receipt: { group } } : answered;
    },

    async verify(reader, { params: given }, context) {
      const looked = await lookAt(reader, given, context);
      if (looked.status === 'unknown') return looked;
      const { group } = looked.value;
      if (group === null) return seen({ asPromised: false, seen: ['The security group is gone.'] });
      const allowed = ruleIn(group, given) !== null;
      return seen({
        asPromised: allowed === grants,
        seen: [`${wordsOf(given)} is ${allowed ? 'allowed' : 'not allowed by this rule'}.`],
      });
    },

    undo(given, before) {
      const recorded = before.rests['description'];
      const { description: _, ...rule } = given;
      return {
        possible: true,
        words: `${grants ? 'revoke' : 'allow'} ${wordsOf(given)} again`,
        draft: {
          action: inverse,
          params: jsonOf({ ...rule, ...(grants || typeof recorded !== 'string' ? {} : { description: recorded }) }),
        },
      };
    },
  };
}

async function lookAt(
  reader: AwsReader,
  given: Params,
  context: Pick<ActionContext, 'signal'>,
): Promise<Looked<{ readonly place: Place; readonly group: SecurityGroup | null }>> {
  const place = await placeOf(reader, given, context);
  if (place.status === 'unknown') return place;
  const { items, failure } = await place.value.list(
    describeSecurityGroups,
    { Filters: [{ Name: 'group-id', Values: [given.group] }] },
    context.signal,
  );
  if (failure !== null) return { status: 'unknown', failure };
  return seen({ place: place.value, group: items.find(({ GroupId }) => GroupId === given.group) ?? null });
}

/** Exactly this rule, with its description; null: there is none. A wider or narrower one is another one. */
function ruleIn(group: SecurityGroup, given: Params): { readonly description: string | null } | null {
  const { protocol, fromPort, toPort, cidr, ipv6, prefixList, sourceGroup } = given;
  const found = (group.IpPermissions ?? [])
    .filter(
      (each) =>
        each.IpProtocol === protocol &&
        (each.FromPort ?? null) === (fromPort ?? null) &&
        (each.ToPort ?? null) === (toPort ?? null),
    )
    .flatMap(({ IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] }) => [
      ...IpRanges.filter(({ CidrIp }) => cidr !== undefined && CidrIp === cidr),
      ...Ipv6Ranges.filter(({ CidrIpv6 }) => ipv6 !== undefined && CidrIpv6 === ipv6),
      ...PrefixListIds.filter(({ PrefixListId }) => prefixList !== undefined && PrefixListId === prefixList),
      ...UserIdGroupPairs.filter(
        ({ GroupId, UserId }) =>
          sourceGroup !== undefined && GroupId === sourceGroup && (UserId === undefined || UserId === group.OwnerId),
      ),
    ]);
  const [rule] = found;
  return rule === undefined ? null : { description: rule.Description ?? null };
}

function permissionOf(given: Params, withDescription: boolean): IpPermission {
  const { protocol, fromPort, toPort, cidr, ipv6, prefixList, sourceGroup, description } = given;
  const said = withDescription && description !== undefined ? { Description: description } : {};
  return {
    IpProtocol: protocol,
    ...(fromPort === undefined ? {} : { FromPort: fromPort }),
    ...(toPort === undefined ? {} : { ToPort: toPort }),
    ...(cidr === undefined ? {} : { IpRanges: [{ CidrIp: cidr, ...said }] }),
    ...(ipv6 === undefined ? {} : { Ipv6Ranges: [{ CidrIpv6: ipv6, ...said }] }),
    ...(prefixList === undefined ? {} : { PrefixListIds: [{ PrefixListId: prefixList, ...said }] }),
    ...(sourceGroup === undefined ? {} : { UserIdGroupPairs: [{ GroupId: sourceGroup, ...said }] }),
  };
}

function wordsOf({ protocol, fromPort, toPort, cidr, ipv6, prefixList, sourceGroup }: Params): string {
  const ports = fromPort === undefined ? '' : fromPort === toPort ? ` ${fromPort}` : ` ${fromPort} to ${toPort ?? ''}`;
  return `${protocol === '-1' ? 'all protocols' : protocol}${ports} from ${cidr ?? ipv6 ?? prefixList ?? sourceGroup ?? ''}`;
}

function countOf({ IpPermissions = [] }: SecurityGroup): number {
  return IpPermissions.reduce(
    (sum, { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] }) =>
      sum + IpRanges.length + Ipv6Ranges.length + PrefixListIds.length + UserIdGroupPairs.length,
    0,
  );
}

function riskOf({ cidr, ipv6 }: Params, { shown }: Observed, grants: boolean): Risk {
  const world = cidr?.endsWith('/0') === true || ipv6?.endsWith('/0') === true;
  if (grants)
    return world
      ? { level: 'high', reasons: ['the whole internet may come in by this rule'] }
      : { level: 'medium', reasons: ['more may come in than before'] };
  return shown['Other rules'] === 0
    ? { level: 'high', reasons: ['it is the only rule: nothing new may come in by this group'] }
    : { level: 'medium', reasons: ['who comes in by this rule alone is shut out'] };
}

function jsonOf(given: Readonly<Record<string, string | number | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
}
