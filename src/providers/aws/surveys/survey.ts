import type { Failure } from '../../../domain/check.ts';
import type { ListRead, Read } from '../read.ts';
import type { Account, Place } from '../reader.ts';

/** What one look at a kind of things brought: for checks, which judge them, and for sources of facts, which keep them. */
export interface Survey<Thing> {
  readonly seen: readonly Thing[];
  readonly hidden: readonly HiddenThing[];
}

/** What could not be read. */
export interface HiddenThing {
  readonly kind: string;
  /** The thing's name as the survey would have given it; null: all of the kind here. */
  readonly name: string | null;
  /** Its ARN, or one with `*` for all of the kind. */
  readonly arn: string;
  readonly failure: Failure;
}

/** An account in one region, and what a survey could not read of it. */
export interface Surveyor {
  readonly account: Pick<Account, 'partition' | 'id'>;
  readonly region: string;
  /** What was read; what was not is hidden, as all of the kind or as one thing of it. */
  list<Input extends object, Output extends object, Item>(
    read: ListRead<Input, Output, Item>,
    input: Input,
    of: HiddenAs,
  ): Promise<readonly Item[]>;
  /** null: it is not set. undefined: it could not be read, and is hidden. */
  ask<Input extends object, Output extends object>(
    read: Read<Input, Output>,
    input: Input,
    of: HiddenAs,
    at?: Place,
  ): Promise<Output | null | undefined>;
  hide(of: HiddenAs, failure: Failure): void;
  /** What was hidden: of many things with one trouble, all of their kind at once. */
  hidden(): readonly HiddenThing[];
  arn(service: string, resource: string): string;
}

export interface HiddenAs {
  readonly kind: string;
  /** All of the kind here, as an ARN with `*`. */
  readonly all: string;
  /** One thing of it; absent: all. */
  readonly one?: { readonly name: string; readonly arn: string };
}

/** More things than this with one trouble are told as one. */
const MANY = 20;

export function surveyor(account: Pick<Account, 'partition' | 'id'>, place: Place, signal: AbortSignal): Surveyor {
  const hidden: (HiddenThing & { readonly all: string })[] = [];
  const hide = ({ kind, all, one }: HiddenAs, failure: Failure): void => {
    hidden.push({ kind, all, name: one?.name ?? null, arn: one?.arn ?? all, failure });
  };
  return {
    account,
    region: place.region,
    list: async (read, input, of) => {
      const { items, failure } = await place.list(read, input, signal);
      if (failure !== null) hide(of, failure);
      return items;
    },
    ask: async (read, input, of, at = place) => {
      const looked = await at.ask(read, input, signal);
      if (looked.status === 'seen') return looked.value;
      hide(of, looked.failure);
      return undefined;
    },
    hide,
    hidden: () => together(hidden),
    arn: (service, resource) => `arn:${account.partition}:${service}:${place.region}:${account.id}:${resource}`,
  };
}

function together(hidden: readonly (HiddenThing & { readonly all: string })[]): readonly HiddenThing[] {
  const groups = Map.groupBy(hidden, ({ kind, all, failure }) => `${kind} ${all} ${failure.code}`);
  return [...groups.values()].flatMap((some): readonly HiddenThing[] => {
    const [first] = some;
    const whole = some.find(({ name }) => name === null);
    if (first === undefined) return [];
    if (whole !== undefined) return [plain(whole)];
    if (some.length <= MANY) return onceEach(some).map(plain);
    return [{ kind: first.kind, name: null, arn: first.all, failure: first.failure }];
  });
}

function plain({ kind, name, arn, failure }: HiddenThing): HiddenThing {
  return { kind, name, arn, failure };
}

function onceEach<Thing extends HiddenThing>(some: readonly Thing[]): readonly Thing[] {
  return [...new Map(some.map((each) => [each.arn, each])).values()];
}
