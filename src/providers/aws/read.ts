import type { ServiceName } from './services.ts';

/** One question of an API that changes nothing. Only what is written down as one can be asked. */
export interface Read<Input extends object, Output extends object> {
  readonly service: ServiceName;
  /** As the API calls it: `DescribeInstances`. */
  readonly operation: string;
  /** What IAM calls the right to it; `null`: nobody needs one. */
  readonly permission: string | null;
  /** Errors that are answers: what was asked for is not set. */
  readonly absent: readonly string[];
  /** What the call costs, in US dollars; 0: nothing. */
  readonly price: number;
  /** Never there: it carries the types. */
  readonly shape?: (input: Input) => Output;
}

/** A question whose answer comes in pages. */
export interface ListRead<Input extends object, Output extends object, Item> extends Read<Input, Output> {
  /** Sent with every page: how many are wanted. */
  readonly size: Partial<Input>;
  items(output: Output): readonly Item[] | undefined;
  /** What to send for the next page; null: this was the last one. */
  next(output: Output): Partial<Input> | null;
}

interface Special {
  readonly permission?: string | null;
  readonly absent?: readonly string[];
  readonly price?: number;
}

export function read<Input extends object, Output extends object>(
  service: ServiceName,
  operation: string,
  permission: string | null,
  special: Omit<Special, 'permission'> = {},
): Read<Input, Output> {
  return { service, operation, permission, absent: special.absent ?? [], price: special.price ?? 0 };
}

interface Paged<Input, Output, Item> {
  readonly size?: Partial<Input>;
  items(output: Output): readonly Item[] | undefined;
  next?(output: Output): Partial<Input> | null;
}

export function list<Input extends object, Output extends object, Item>(
  service: ServiceName,
  operation: string,
  permission: string,
  { size = {}, items, next = () => null }: Paged<Input, Output, Item>,
  special: Omit<Special, 'permission'> = {},
): ListRead<Input, Output, Item> {
  return { ...read<Input, Output>(service, operation, permission, special), size, items, next };
}

/** `{ [key]: token }`, or null where there is no token: most APIs send nothing on the last page, some an empty text. */
export function token<Key extends string>(key: Key, value: string | undefined): Record<Key, string> | null {
  if (value === undefined || value === '') return null;
  const made: Partial<Record<Key, string>> = {};
  made[key] = value;
  return isWhole(made, key) ? made : null;
}

function isWhole<Key extends string>(made: Partial<Record<Key, string>>, key: Key): made is Record<Key, string> {
  return made[key] !== undefined;
}
