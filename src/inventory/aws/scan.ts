import type { Failure } from '../../domain/check.ts';
import type { HiddenFact, InventoryContext, InventoryFact, InventoryRead } from '../../domain/inventory.ts';
import type { JsonObject } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import { everyResource, resourceId } from '../../domain/resource-id.ts';
import {
  arnOf,
  type Account,
  type AwsReader,
  type ListRead,
  type Place,
  type Read,
} from '../../providers/aws/reader.ts';
import { settingsOf } from './settings.ts';

/** An account in one region (or, of what belongs to none, its home region) as one source of facts sees it. */
export interface Scan {
  readonly account: Account;
  readonly place: Place;
  readonly signal: AbortSignal;
  /** All that could be read; what could not hides these kinds here. */
  list<Input extends object, Output extends object, Item>(
    read: ListRead<Input, Output, Item>,
    input: Input,
    kinds: readonly string[],
  ): Promise<readonly Item[]>;
  /** null: it is not set. undefined: it could not be read: of these kinds the one of that name is hidden, or all here. */
  ask<Input extends object, Output extends object>(
    read: Read<Input, Output>,
    input: Input,
    kinds: readonly string[],
    name?: string,
    at?: Place,
  ): Promise<Output | null | undefined>;
  /** `name` is that of the resource here; the region is put before it. */
  fact(kind: string, name: string, value: JsonObject): void;
  /** Without a name: all of the kind here; `ana/*`: all under it. */
  hide(kind: string, name: string | null, failure: Failure): void;
  arn(service: string, resource: string): string;
}

/**
 * Reads facts in each account that the settings choose: in its `regions`, or once where they belong to no region. Throws
 * SETTINGS_INVALID; and what keeps any of the accounts closed, as nobody can tell then which facts are missing.
 */
export async function scanAws(
  reader: AwsReader,
  context: InventoryContext,
  kinds: readonly string[],
  where: 'regions' | 'account',
  read: (scan: Scan) => Promise<void>,
): Promise<InventoryRead> {
  const settings = settingsOf(context.settings);
  const isUnsaid = (settings.profiles ?? []).length === 0;
  if (settings.mayBeMissing && isUnsaid && !(await reader.isConfigured())) return { facts: [], hidden: [] };
  const opened = await reader.accounts(settings, context.together);
  const accounts = opened.map((each) => {
    if (each.status === 'open') return each.account;
    throw new AccountClosed(each.failure);
  });
  const facts: InventoryFact[] = [];
  const hidden: HiddenFact[] = [];
  for (const account of accounts) {
    if (where === 'regions') hidden.push(...closedRegions(account, kinds));
    const places = where === 'regions' ? account.places : [account.home];
    await Promise.all(
      places.map((place) => read(scanOf(account, place, where === 'regions', context.signal, facts, hidden))),
    );
  }
  return { facts, hidden };
}

/** A part that was not looked at can't be told from one where nothing is. */
class AccountClosed extends Error {
  readonly code: string;
  constructor({ code, message }: Failure) {
    super(message);
    this.code = code;
  }
}

function scanOf(
  account: Account,
  place: Place,
  regional: boolean,
  signal: AbortSignal,
  facts: InventoryFact[],
  hidden: HiddenFact[],
): Scan {
  const full = (name: string): string => (regional ? `${place.region}/${name}` : name);
  const hide = (kind: string, name: string | null, failure: Failure): void => {
    const resource =
      name === null
        ? wholePlace(account, kind, regional ? place.region : null)
        : name.endsWith('/*')
          ? `${resourceId('aws', account.id, kind, full(name.slice(0, -2)))}/*`
          : resourceId('aws', account.id, kind, full(name));
    if (hidden.some((part) => part.kind === kind && part.resource === resource)) return;
    hidden.push({ kind, resource, name: printable(name ?? `${kind} in ${place.region}`), failure });
  };
  return {
    account,
    place,
    signal,
    list: async (read, input, kinds) => {
      const { items, failure } = await place.list(read, input, signal);
      if (failure !== null) for (const kind of kinds) hide(kind, null, failure);
      return items;
    },
    ask: async (read, input, kinds, name, at = place) => {
      const looked = await at.ask(read, input, signal);
      if (looked.status === 'seen') return looked.value;
      for (const kind of kinds) hide(kind, name ?? null, looked.failure);
      return undefined;
    },
    fact: (kind, name, value) =>
      void facts.push({
        kind,
        resource: resourceId('aws', account.id, kind, full(name)),
        name: printable(full(name)),
        value,
      }),
    hide,
    arn: (service, resource) => arnOf(account, service, regional ? place.region : '', resource),
  };
}

function wholePlace({ id }: Account, kind: string, region: string | null): string {
  const all = everyResource('aws', id, kind);
  return region === null ? all : `${all.slice(0, -1)}${region}/*`;
}

/** Of a pattern nobody knows which regions it stands for. */
function closedRegions(account: Account, kinds: readonly string[]): HiddenFact[] {
  return account.closed.flatMap(({ region, failure }) =>
    kinds.map((kind) => ({
      kind,
      resource: wholePlace(account, kind, /^[a-z0-9-]+$/.test(region) && region !== 'none' ? region : null),
      name: printable(`${kind} in ${region}`),
      failure,
    })),
  );
}

/** A set in its canonical order. */
export function sortedSet(values: Iterable<string>): string[] {
  return [...new Set(values)].toSorted();
}
