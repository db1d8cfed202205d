import type { Failure, Hidden, Observation, ReadContext, ResourceId, Seen } from '../../domain/check.ts';
import type { JsonObject } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import { resourceId } from '../../domain/resource-id.ts';
import {
  arnOf,
  arnServiceOf,
  type Account,
  type AwsReader,
  type ListRead,
  type Place,
  type Read,
} from '../../providers/aws/reader.ts';
import type { AccountParams } from './account-params.ts';

/** An account in one region (or, of what belongs to none, its home region) as one check sees it. */
export interface Scene {
  readonly account: Account;
  readonly place: Place;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** All that could be read; what could not is hidden: `hides`, or everything of the service here. */
  list<Input extends object, Output extends object, Item>(
    read: ListRead<Input, Output, Item>,
    input: Input,
    hides?: ResourceId,
  ): Promise<readonly Item[]>;
  /** null: it is not set. undefined: it could not be read, and is hidden. `at`: in another region. */
  ask<Input extends object, Output extends object>(
    read: Read<Input, Output>,
    input: Input,
    hides?: ResourceId,
    at?: Place,
  ): Promise<Output | null | undefined>;
  /** What could not be read, where a check finds that out for itself. */
  hide(resource: ResourceId, name: string, failure: Failure): void;
  /** `arn:aws:ec2:eu-central-1:123456789012:instance/i-1` */
  arn(service: string, resource: string): string;
  /** The same for a service without regions: `arn:aws:iam::123456789012:user/ana`. */
  globalArn(service: string, resource: string): string;
  see(resource: ResourceId, name: string, facts: JsonObject): Seen;
  /** What the asking cost, US dollars: told with the report. */
  charge(price: number): void;
}

/**
 * Opens the accounts that `params` choose and looks at each: in its `regions`, or once where the thing belongs to no
 * region. Adds what was hidden, and a tally: what a check has nothing to say of need not be observed, as what is not
 * observed and not hidden is clean.
 */
export async function lookAtAws(
  reader: AwsReader,
  params: AccountParams,
  context: ReadContext,
  where: 'regions' | 'account',
  see: (scene: Scene) => Promise<readonly Observation[]>,
): Promise<readonly Observation[]> {
  if (params.mayBeMissing && params.profiles.length === 0 && !(await reader.isConfigured())) return [NO_ACCOUNT];
  const opened = await reader.accounts(params, context.together);
  const looks = opened.map(async (each): Promise<readonly Observation[]> => {
    if (each.status === 'closed') return [hiddenAccount(each.profile, each.failure)];
    const { account } = each;
    const hidden: Hidden[] = where === 'regions' ? account.closed.map((part) => hiddenRegion(account, part)) : [];
    const bill = { price: 0 };
    const places = where === 'regions' ? account.places : [account.home];
    const seen = await Promise.all(places.map((place) => see(sceneOf(account, place, context, hidden, bill))));
    return [tally(account, places, bill.price), ...seen.flat(), ...hidden];
  });
  return (await Promise.all(looks)).flat();
}

function sceneOf(
  account: Account,
  place: Place,
  context: ReadContext,
  hidden: Hidden[],
  bill: { price: number },
): Scene {
  const { signal } = context;
  const hide = (resource: ResourceId, name: string, failure: Failure): void => {
    // One trouble with many resources of one kind is told once for each of them, and twice for none.
    if (hidden.some((part) => part.resource === resource && part.failure.code === failure.code)) return;
    hidden.push({ status: 'unknown', resource, name: printable(name), failure });
  };
  const hiddenBy = ({ operation }: { readonly operation: string }): string =>
    `${operation} in ${place.region}, account ${account.id}`;
  return {
    account,
    place,
    now: context.clock.now(),
    signal,
    list: async (read, input, hides = everythingOf(read, place)) => {
      const { items, failure } = await place.list(read, input, signal);
      if (failure !== null) hide(hides, hiddenBy(read), failure);
      return items;
    },
    ask: async (read, input, hides = everythingOf(read, place), at = place) => {
      bill.price += read.price;
      const looked = await at.ask(read, input, signal);
      if (looked.status === 'seen') return looked.value;
      hide(hides, hiddenBy(read), looked.failure);
      return undefined;
    },
    hide,
    arn: (service, resource) => arnOf(account, service, place.region, resource),
    globalArn: (service, resource) => arnOf(account, service, '', resource),
    see: (resource, name, facts) => ({ status: 'seen', resource, name: printable(name), facts }),
    charge: (price) => {
      bill.price += price;
    },
  };
}

/** Services whose ARNs name no region. */
const WITHOUT_REGION = new Set(['iam', 'route53', 'ce', 'budgets']);

/** Everything of a service here; the ARN of a bucket names neither region nor account. */
export function everythingOf(read: Pick<Read<object, object>, 'service'>, { account, region }: Place): ResourceId {
  const service = arnServiceOf(read);
  if (service === 's3') return `arn:${account.partition}:s3:::*`;
  return arnOf(account, service, WITHOUT_REGION.has(service) ? '' : region, '*');
}

/** Who can not say who it is may be any account: nothing that was found before is taken for resolved. */
function hiddenAccount(profile: string | null, failure: Failure): Hidden {
  const name = profile === null ? 'AWS' : `AWS profile ${profile}`;
  return { status: 'unknown', resource: 'arn:*', name: printable(name), failure };
}

/** A region that can not be looked at; of a pattern nobody knows which it stands for. */
function hiddenRegion(account: Account, { region, failure }: Account['closed'][number]): Hidden {
  return {
    status: 'unknown',
    resource: arnOf(account, '*', /^[a-z0-9-]+$/.test(region) ? region : '*', '*'),
    name: printable(`region ${region}, account ${account.id}`),
    failure,
  };
}

function tally(account: Account, places: readonly Place[], price: number): Seen {
  return {
    status: 'seen',
    resource: resourceId('aws', account.id, 'account', account.id),
    name: `AWS account ${account.id}`,
    facts: { about: 'account', regions: places.map(({ region }) => region), price },
  };
}

const NO_ACCOUNT: Seen = {
  status: 'seen',
  resource: resourceId('aws', 'none', 'account', 'none'),
  name: 'no AWS account',
  facts: { about: 'account', regions: [], price: 0, missing: true },
};

/** True for the tally, of which there is nothing to judge. */
export function isTally({ facts }: Pick<Seen, 'facts'>): boolean {
  return facts['about'] === 'account';
}

/** What a report says of the look as a whole: that nothing was looked at, or what the asking cost. */
export function tallyWords(seen: readonly Seen[]): string | null {
  const tallies = seen.filter(isTally).map(({ facts }) => facts);
  if (tallies.some((facts) => facts['missing'] === true))
    return 'Nothing on this machine says how to reach AWS: no account was looked at.';
  const price = tallies.reduce((sum, facts) => sum + (typeof facts['price'] === 'number' ? facts['price'] : 0), 0);
  return price === 0
    ? null
    : `AWS charges about $${price < 0.01 ? price.toFixed(5) : price.toFixed(2)} for what was asked.`;
}
