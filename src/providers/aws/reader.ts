import { setTimeout as pause } from 'node:timers/promises';
import type { Failure, Together } from '../../domain/check.ts';
import { seen, unknown, type Looked } from '../../domain/failure.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { PaidAnswers, PaidToday } from '../../domain/paid-answers.ts';
import { printable } from '../../domain/printable.ts';
import { Answers, asAnswer } from './as-answer.ts';
import { atOnce } from './at-once.ts';
import { failureOf, nameOf, statusOf, type Asked } from './failure.ts';
import type { ListRead, Read } from './read.ts';
import { getCallerIdentity } from './reads/identity.ts';
import { chooseRegions, homeRegionOf } from './regions.ts';
import type { Sdk } from './sdk.ts';
import { SERVICES } from './services.ts';
import type { TriableWrite } from './write.ts';

export { homeRegionOf } from './regions.ts';
export type { ListRead, Read } from './read.ts';
export {
  readCredentialReport,
  ROOT,
  type CredentialReport,
  type ReportedKey,
  type ReportedUser,
} from './credential-report.ts';
export { identitiesOf, type HeldPolicy, type Identities, type Identity } from './identities.ts';
export { powersIn, type Power, type Powers } from './powers.ts';
export { covers } from './iam-pattern.ts';
export { takesAllEvents } from './trail-events.ts';
export { trustsIn, type Trust, type Trusted } from './trust.ts';
export { monthlyCostOf, priceOf, type Price, type Product } from './prices.ts';
export { policyAccess, isNarrowing, type PolicyAccess } from './public-access.ts';
export { canonicalPolicy, readPolicy, type PolicyCondition, type PolicyStatement } from './policy-document.ts';

/** Which accounts are meant, and which of their regions. */
export interface AwsChoice {
  /** Profiles of the AWS tools' files, or patterns over them; empty: the one that the environment chooses. */
  readonly profiles?: readonly string[] | undefined;
  /** Names, or patterns over those that the account has turned on (`*`); empty: the region of the profile. */
  readonly regions?: readonly string[] | undefined;
}

/**
 * The accounts that the credentials on this machine lead to. Only reads: what can be asked is written down in reads/.
 * Whatever goes wrong is a value.
 */
export interface AwsReader {
  /** Whether anything on this machine says how to reach AWS. */
  isConfigured(): Promise<boolean>;
  /** One for each account, however many profiles lead to it; who they are is asked once in a run. */
  accounts(choice: AwsChoice, together: Together): Promise<readonly OpenedAccount[]>;
  /** How many requests that cost money were made today for an account; null: nobody keeps count, so none was. */
  paidToday(account: Pick<Account, 'id'>): PaidToday | null;
}

export type OpenedAccount =
  | { readonly status: 'open'; readonly account: Account }
  | { readonly status: 'closed'; readonly profile: string | null; readonly failure: Failure };

export interface Account {
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  /** Twelve digits. */
  readonly id: string;
  /** The ARN of who asks. */
  readonly principal: string;
  /** null: the one that the environment chooses. */
  readonly profile: string | null;
  /** Where what belongs to no region is asked. */
  readonly home: Place;
  /** The regions that are meant. */
  readonly places: readonly Place[];
  /** Regions that are meant and can not be looked at. */
  readonly closed: readonly { readonly region: string; readonly failure: Failure }[];
  /** Any region: that of a bucket, say. */
  in(region: string): Place;
}

/** An account in one region. What was asked once in a run is not asked again. */
export interface Place {
  readonly account: Pick<Account, 'partition' | 'id' | 'principal' | 'profile'>;
  readonly region: string;
  /** null: what was asked for is not set, which is an answer too. `signal` stops the waiting, not the question. */
  ask<Input extends object, Output extends object>(
    read: Read<Input, Output>,
    input: Input,
    signal: AbortSignal,
  ): Promise<Looked<Output | null>>;
  /**
   * For what AWS makes first: asks again after each of the pauses (milliseconds) for as long as there is no answer (null), and
   * null when there was none to the end. One such waiting serves the whole run.
   */
  await<Input extends object, Output extends object>(
    read: Read<Input, Output>,
    input: Input,
    pauses: readonly number[],
    signal: AbortSignal,
  ): Promise<Looked<Output | null>>;
  /** All pages; after trouble those that came before it. */
  list<Input extends object, Output extends object, Item>(
    read: ListRead<Input, Output, Item>,
    input: Input,
    signal: AbortSignal,
  ): Promise<Listing<Item>>;
  /** Whether a write would be taken, by the service's own `DryRun`, which is always set. Asked each time anew. */
  tryOut<Input extends object, Output extends object>(
    write: TriableWrite<Input, Output>,
    input: Input,
    signal: AbortSignal,
  ): Promise<Looked<true>>;
}

export interface Listing<Item> {
  readonly items: readonly Item[];
  /** Why it is not whole; null: it is. */
  readonly failure: Failure | null;
}

/** Ways to accounts, opened by the profiles of this machine (open.ts) or by a test. */
export interface Connections {
  isConfigured(): Promise<boolean>;
  /** null stands for what the environment chooses. */
  profiles(wanted: readonly string[]): Promise<readonly (string | null)[]>;
  open(profile: string | null): Promise<Sdk>;
}

/** `arn:aws:ec2:eu-central-1:123456789012:instance/i-1`; of services without regions (IAM, S3) name none. */
export function arnOf(
  { partition, id }: Pick<Account, 'partition' | 'id'>,
  service: string,
  region: string,
  resource: string,
): string {
  return `arn:${partition}:${service}:${region}:${id}:${resource}`;
}

/** Questions to one account at the same time; more would only wait in sockets, and be throttled. */
const ASKED_AT_ONCE = 24;
/** A question and its tries again may take so long, milliseconds. */
const PATIENCE_MS = 90_000;
/** More pages than any list has: an API that never ends is no list. */
const PAGES_MAX = 5_000;

export function createAwsReader(connections: Connections, paid: PaidAnswers | null): AwsReader {
  const shared = new WeakMap<Together, Map<string, Promise<Opened>>>();
  const openShared = (profile: string | null, together: Together): Promise<Opened> => {
    const mine = shared.get(together) ?? new Map<string, Promise<Opened>>();
    shared.set(together, mine);
    const key = profile ?? '';
    const known = mine.get(key) ?? openAccount(connections, profile, paid, together);
    mine.set(key, known);
    return known;
  };
  return {
    isConfigured: () => connections.isConfigured(),
    paidToday: ({ id }) => paid?.today(`aws:${id}`) ?? null,
    accounts: async (choice, together) => {
      const wanted = choice.profiles ?? [];
      const profiles = await connections.profiles(wanted);
      if (profiles.length === 0) return [noSuchProfile(wanted)];
      const opened = await Promise.all(profiles.map((profile) => openShared(profile, together)));
      const kept = onceEach(opened);
      return Promise.all(
        kept.map(async (each): Promise<OpenedAccount> => {
          if (each.status === 'closed') return each;
          return { status: 'open', account: await inRegions(each.session, choice.regions ?? [], together.signal) };
        }),
      );
    },
  };
}

type Opened =
  | { readonly status: 'open'; readonly session: Session }
  | { readonly status: 'closed'; readonly profile: string | null; readonly failure: Failure };

/** An account in one run. */
interface Session {
  readonly who: Pick<Account, 'partition' | 'id' | 'principal' | 'profile'>;
  /** What the profile or the environment says; null: nothing. */
  readonly region: string | null;
  in(region: string): Place;
}

/** Where who one is can be asked when no region is said. */
const ANY_REGION = 'us-east-1';

async function openAccount(
  connections: Connections,
  profile: string | null,
  paid: PaidAnswers | null,
  together: Together,
): Promise<Opened> {
  const asked = { operation: 'GetCallerIdentity', permission: null, region: ANY_REGION, profile };
  let region: string | null = null;
  try {
    const sdk = await connections.open(profile);
    region = await sdk.region();
    const purse: Purse = { paid, account: null };
    const asker = createAsker(sdk, profile, purse, together.signal);
    const identity = await asker.ask(region ?? ANY_REGION, getCallerIdentity, {}, together.signal);
    if (identity.status === 'unknown') return { status: 'closed', profile, failure: identity.failure };
    const { Account: id, Arn: principal } = identity.value ?? {};
    const partition = principal?.split(':')[1];
    if (id === undefined || principal === undefined || partition === undefined || !/^\d{12}$/.test(id))
      return closed(profile, 'ANSWER_INVALID', 'What answers to GetCallerIdentity names no account: is it AWS?');
    purse.account = `aws:${id}`;
    const who = { partition, id, principal, profile };
    return { status: 'open', session: { who, region, in: (name) => placeOf(who, name, asker) } };
  } catch (error) {
    return { status: 'closed', profile, failure: failureOf(error, { ...asked, region: region ?? ANY_REGION }) };
  }
}

function closed(profile: string | null, code: string, message: string): Opened {
  return { status: 'closed', profile, failure: { code, message } };
}

function noSuchProfile(wanted: readonly string[]): OpenedAccount {
  return {
    status: 'closed',
    profile: null,
    failure: {
      code: 'NO_SUCH_PROFILE',
      message: `No profile fits ${printable(wanted.join(', '))}. See which there are: aws configure list-profiles.`,
    },
  };
}

/** Several profiles may lead to one account, which is looked at once: by the first of them. */
function onceEach(opened: readonly Opened[]): readonly Opened[] {
  const known = new Set<string>();
  return opened.filter((each) => {
    if (each.status === 'closed') return true;
    const { partition, id } = each.session.who;
    const isNew = !known.has(`${partition} ${id}`);
    known.add(`${partition} ${id}`);
    return isNew;
  });
}

async function inRegions(session: Session, wanted: readonly string[], signal: AbortSignal): Promise<Account> {
  const regions = await chooseRegions(wanted, session.region, session.in(session.region ?? ANY_REGION), signal);
  return {
    ...session.who,
    home: session.in(homeRegionOf(session.who.partition)),
    places: regions.names.map((name) => session.in(name)),
    closed: regions.closed,
    in: session.in,
  };
}

function placeOf(account: Place['account'], region: string, asker: Asker): Place {
  return {
    account,
    region,
    ask: (read, input, signal) => asker.ask(region, read, input, signal),
    await: (read, input, pauses, signal) => asker.await(region, read, input, pauses, signal),
    list: (read, input, signal) => asker.list(region, read, input, signal),
    tryOut: (write, input, signal) => asker.tryOut(region, write, input, signal),
  };
}

interface Asker {
  ask<Input extends object, Output extends object>(
    region: string,
    read: Read<Input, Output>,
    input: Input,
    signal: AbortSignal,
  ): Promise<Looked<Output | null>>;
  await<Input extends object, Output extends object>(
    region: string,
    read: Read<Input, Output>,
    input: Input,
    pauses: readonly number[],
    signal: AbortSignal,
  ): Promise<Looked<Output | null>>;
  list<Input extends object, Output extends object, Item>(
    region: string,
    read: ListRead<Input, Output, Item>,
    input: Input,
    signal: AbortSignal,
  ): Promise<Listing<Item>>;
  tryOut<Input extends object, Output extends object>(
    region: string,
    write: TriableWrite<Input, Output>,
    input: Input,
    signal: AbortSignal,
  ): Promise<Looked<true>>;
}

/** Who pays for what costs money, and out of what. */
interface Purse {
  readonly paid: PaidAnswers | null;
  /** null: nobody knows yet whose account it is. */
  account: string | null;
}

function createAsker({ call }: Sdk, profile: string | null, purse: Readonly<Purse>, run: AbortSignal): Asker {
  const inTurn = atOnce(ASKED_AT_ONCE);
  const answers = new Answers();
  const once = <Answer>(key: string, make: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> =>
    waitFor(answers.once(key, make), signal);
  const askOnce = async <Input extends object, Output extends object>(
    region: string,
    read: Read<Input, Output>,
    input: object,
  ): Promise<Looked<Output | null>> => {
    const { service, operation, permission, absent } = read;
    const asked: Asked = { operation, permission, region, profile };
    const limit = AbortSignal.timeout(PATIENCE_MS);
    try {
      const signal = AbortSignal.any([limit, run]);
      const ask = (): Promise<object> => inTurn(() => waitFor(call(service, operation, input, region, signal), signal));
      const output = read.price === 0 ? seen(await ask()) : await paidFor(read, input, purse, ask);
      return output.status === 'unknown' ? output : seen(asAnswer(read, output.value));
    } catch (error) {
      run.throwIfAborted();
      if (absent.includes(nameOf(error))) return seen(null);
      if (limit.aborted) return unknown('TIMEOUT', `${operation} in ${region}: no answer in time.`);
      return { status: 'unknown', failure: failureOf(error, asked) };
    }
  };
  const awaitOne = async <Input extends object, Output extends object>(
    region: string,
    read: Read<Input, Output>,
    input: object,
    pauses: readonly number[],
  ): Promise<Looked<Output | null>> => {
    for (const ms of pauses) {
      const looked = await askOnce(region, read, input);
      if (looked.status === 'unknown' || looked.value !== null) return looked;
      await pause(ms, undefined, { signal: run });
    }
    return askOnce(region, read, input);
  };
  const listAll = async <Input extends object, Output extends object, Item>(
    region: string,
    read: ListRead<Input, Output, Item>,
    input: Input,
  ): Promise<Listing<Item>> => {
    const items: Item[] = [];
    let next: Partial<Input> | null = {};
    let last = '';
    for (let page = 0; next !== null; page += 1) {
      const looked: Looked<Output | null> = await askOnce(region, read, { ...read.size, ...input, ...next });
      if (looked.status === 'unknown') return { items, failure: looked.failure };
      for (const item of looked.value === null ? [] : (read.items(looked.value) ?? [])) items.push(item);
      next = looked.value === null ? null : read.next(looked.value);
      const token = JSON.stringify(next);
      if (next !== null && (token === last || page > PAGES_MAX)) return { items, failure: endless(read.operation) };
      last = token;
    }
    return { items, failure: null };
  };
  const tryOut = async <Input extends object, Output extends object>(
    region: string,
    { service, operation, permission }: TriableWrite<Input, Output>,
    input: Input,
    signal: AbortSignal,
  ): Promise<Looked<true>> => {
    try {
      await inTurn(() => call(service, operation, { ...input, DryRun: true }, region, signal));
    } catch (error) {
      if (nameOf(error) === 'DryRunOperation' && statusOf(error) === 412) return seen(true);
      signal.throwIfAborted();
      return { status: 'unknown', failure: failureOf(error, { operation, permission, region, profile }) };
    }
    return unknown(
      'DRY_RUN_IGNORED',
      `${operation} in ${region}: it was to be tried out only, and AWS answered as if it was done.`,
    );
  };
  const keyOf = (
    region: string,
    { service, operation }: Pick<Read<object, object>, 'service' | 'operation'>,
    input: object,
  ) => `${region} ${service} ${operation} ${JSON.stringify(input)}`;
  return {
    ask: (region, read, input, signal) => once(keyOf(region, read, input), () => askOnce(region, read, input), signal),
    await: (region, read, input, pauses, signal) =>
      once(`await ${keyOf(region, read, input)}`, () => awaitOne(region, read, input, pauses), signal),
    tryOut,
    list: (region, read, input, signal) =>
      once(`list ${keyOf(region, read, input)}`, () => listAll(region, read, input), signal),
  };
}

/** The answer that was paid for before, or a new one when the day's budget allows it. */
async function paidFor<Input extends object, Output extends object>(
  { operation, price }: Read<Input, Output>,
  input: object,
  { paid, account }: Purse,
  ask: () => Promise<object>,
): Promise<Looked<object>> {
  if (paid === null || account === null)
    return unknown('NOT_PAID_FOR', `${operation} costs $${price}, and nobody here keeps count of what is spent.`);
  const question = { account, text: `${operation} ${JSON.stringify(input)}` };
  const kept = paid.kept(question)?.answer;
  if (typeof kept === 'object' && kept !== null) return seen(kept);
  if (!paid.reserve(account, price)) {
    const { requests, budget } = paid.today(account);
    return unknown(
      'BUDGET_USED_UP',
      `${operation} costs $${price} a request, and ${requests} of the ${budget} that there may be today were made. Raise cost.requestsPerDay in config.yaml, or wait until tomorrow (UTC).`,
    );
  }
  const output = plainJson(await ask());
  paid.keep(question, output);
  return seen(output);
}

/** What is kept: the answer as JSON, without what the SDK adds of its own. */
function plainJson(output: object): JsonObject {
  const { $metadata: _, ...answer }: Readonly<Record<string, unknown>> = { ...output };
  const parsed: unknown = JSON.parse(JSON.stringify(answer));
  return isJsonObject(parsed) ? parsed : {};
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function endless(operation: string): Failure {
  return { code: 'ANSWER_INVALID', message: `${operation} sends the same page again and again.` };
}

/** Stops the waiting, not what is waited for: others may wait for it as well. */
function waitFor<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('told to stop'));
    // Also of what nobody waits for any more somebody has to take the rejection: it would end the process.
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** The service as it stands in ARNs: what hides the answers of a call. */
export function arnServiceOf({ service }: Pick<Read<object, object>, 'service'>): string {
  return SERVICES[service].arn;
}
