import type * as z from 'zod';
import type {
  Action,
  ActionContext,
  ActionId,
  Observed,
  Previewed,
  Risk,
  StepInHand,
  StepOutcome,
  Undo,
  WriteContext,
} from '../../../domain/action.ts';
import { canonicalJson } from '../../../domain/canonical-json.ts';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { noCost, type CostDelta } from '../../../domain/money.ts';
import type { SealedStep } from '../../../domain/plan.ts';
import { homeRegionOf, type Account, type AwsReader, type Place } from '../../../providers/aws/reader.ts';
import { openAwsWriter, type AwsWriter, type TriableWrite, type Write } from '../../../providers/aws/writer.ts';
import { targetOf } from './account.ts';

/** Which account is meant, and where in it; without a region where the thing belongs to none. */
export interface Where {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
}

/** An account at one place, read anew. */
export interface At {
  readonly account: Account;
  readonly place: Place;
  readonly signal: AbortSignal;
}

/** A thing as it is now. */
export interface Found {
  /** What makes it this very thing, beside its account. */
  readonly identity: JsonObject;
  /** What the change is about, and what it rests on. */
  readonly rests: JsonObject;
  readonly shown: JsonObject;
}

/** A write that sets fields of one thing to what the params say, by one call. */
export interface OneChange<Params extends Where, Input extends object> {
  readonly id: ActionId;
  readonly title: string;
  readonly description: string;
  readonly params: z.ZodType<Params>;
  subject(
    account: Pick<Account, 'partition' | 'id'>,
    given: Params,
  ): { readonly resource: string; readonly name: string };
  /** null: it is not there. */
  look(at: At, given: Params): Promise<Looked<Found | null>>;
  /** Why it is not to be done; null: it may. */
  refusal?(given: Params, observed: Observed, at: At): Looked<never> | null;
  /** The fields as they will be, under the names that `rests` has them by. */
  after(given: Params, observed: Observed): JsonObject;
  summary(given: Params, observed: Observed): string;
  readonly write: Write<Input, object>;
  /** Where AWS tries it out: the same write. */
  readonly trial?: TriableWrite<Input, object>;
  input(given: Params, observed: Pick<Observed, 'rests' | 'identity'>, key: string): Input;
  /** In place of the one call. */
  carryOut?(writer: AwsWriter, step: StepInHand<Params>, context: WriteContext): Promise<StepOutcome>;
  /** Where the thing is gone afterwards, that is as promised. */
  readonly removes?: true;
  /** Whether it is as promised, where the fields alone do not tell. */
  holds?(given: Params, before: SealedStep['before'], now: Found): boolean;
  cost?(given: Params, seen: Previewed): CostDelta;
  risk(given: Params, observed: Observed): Risk;
  readonly destructive?: true;
  dependents?(at: At, given: Params, observed: Observed): Promise<Looked<readonly string[]>>;
  undo(given: Params, before: SealedStep['before'], receipt: JsonObject | null): Undo;
}

/** How long a change of AWS takes to show in what it answers, as a rule: milliseconds. */
const SETTLE_MS = 3_000;

export function oneChange<Params extends Where, Input extends object>(
  kind: OneChange<Params, Input>,
): Action<AwsReader, Params> {
  const { id, title, description, params, write, trial } = kind;
  return {
    id,
    version: 1,
    title,
    description,
    params,
    settleMs: SETTLE_MS,

    async identify(reader, given, context) {
      const at = await atOf(reader, given, context);
      return at.status === 'unknown'
        ? at
        : seen({ target: targetOf(at.value.place), ...kind.subject(at.value.account, given) });
    },

    async observe(reader, given, context) {
      const at = await atOf(reader, given, context);
      if (at.status === 'unknown') return at;
      const found = await kind.look(at.value, given);
      return found.status === 'unknown' ? found : seen(observedOf(at.value, found.value));
    },

    async preview(reader, given, observed, context) {
      if (observed.identity === null)
        return unknown('NOT_FOUND', 'There is no such thing in the account, in that region.');
      const at = await atOf(reader, given, context);
      if (at.status === 'unknown') return at;
      const after = kind.after(given, observed);
      const noop = kind.removes !== true && isAs(observed.rests, after) && kind.holds === undefined;
      const refusal = noop ? null : (kind.refusal?.(given, observed, at.value) ?? null);
      if (refusal !== null) return refusal;
      if (trial !== undefined && !noop) {
        const tried = await at.value.place.tryOut(trial, kind.input(given, observed, 'tried'), context.signal);
        if (tried.status === 'unknown') return tried;
      }
      return seen({
        summary: kind.summary(given, observed),
        noop,
        by: trial === undefined || noop ? 'computed' : 'server',
        after,
        shown: after,
        diff: noop
          ? []
          : Object.entries(after).flatMap(([name, value]) => linesOf(name, observed.rests[name] ?? null, value)),
      });
    },

    cost: (given, previewed) => kind.cost?.(given, previewed) ?? noCost('it changes nothing that is paid for'),
    risk: (given, { observed }) => kind.risk(given, observed),
    destructive: () => kind.destructive === true,

    async dependents(reader, given, observed, context) {
      if (kind.dependents === undefined) return seen([]);
      const at = await atOf(reader, given, context);
      return at.status === 'unknown' ? at : kind.dependents(at.value, given, observed);
    },

    async apply(step, context) {
      const writer = await openSealed(step, context);
      if (writer.status !== 'open') return writer;
      if (kind.carryOut !== undefined) return kind.carryOut(writer.writer, step, context);
      const input = kind.input(step.params, step.observed, step.idempotencyKey);
      const answered = await writer.writer.write(write, input, context.signal);
      return answered.status === 'taken' ? { status: 'done', receipt: {} } : answered;
    },

    async verify(reader, { params: given, sealed }, context) {
      const at = await atOf(reader, given, context);
      if (at.status === 'unknown') return at;
      const found = await kind.look(at.value, given);
      if (found.status === 'unknown') return found;
      const now = found.value;
      if (now === null) return seen({ asPromised: kind.removes === true, seen: ['It is not there any more.'] });
      const shouldBeGone = kind.removes === true;
      const asPromised =
        !shouldBeGone && isAs(now.rests, sealed.after.fields) && (kind.holds?.(given, sealed.before, now) ?? true);
      return seen({
        asPromised,
        seen: shouldBeGone
          ? ['It is still there.']
          : Object.keys(sealed.after.fields).map((name) => `${name} is ${canonicalJson(now.rests[name] ?? null)}.`),
      });
    },

    undo: (given, before, receipt) => kind.undo(given, before, receipt),
  };
}

/** The account and the place, looked at anew: nothing of an earlier look is remembered. */
async function atOf(
  reader: AwsReader,
  { profile, region }: Where,
  { signal }: Pick<ActionContext, 'signal'>,
): Promise<Looked<At>> {
  const regions = region === undefined ? [] : [region];
  const [opened, ...others] = await reader.accounts(
    { profiles: profile === undefined ? [] : [profile], regions },
    { signal },
  );
  if (opened === undefined || others.length > 0) return unknown('NO_SUCH_PROFILE', 'Not one account is meant.');
  if (opened.status === 'closed') return { status: 'unknown', failure: opened.failure };
  const { account } = opened;
  const [off] = account.closed;
  if (region !== undefined && off !== undefined) return { status: 'unknown', failure: off.failure };
  return seen({ account, place: region === undefined ? account.home : account.in(region), signal });
}

function observedOf({ account }: At, found: Found | null): Observed {
  return found === null
    ? { identity: null, rests: {}, shown: { There: 'no' }, version: null }
    : {
        identity: { ...found.identity, account: account.id, partition: account.partition },
        rests: found.rests,
        shown: found.shown,
        version: null,
      };
}

type OpenedWriter =
  | { readonly status: 'open'; readonly writer: AwsWriter }
  | Extract<StepOutcome, { status: 'refused' }>;

/** The writer of the account that was sealed; where it can't be had nothing was written. */
async function openSealed(
  { params, sealed }: Pick<StepInHand<Where>, 'params' | 'sealed'>,
  { provider, signal }: WriteContext,
): Promise<OpenedWriter> {
  const { account, partition } = sealed.before.identity ?? {};
  if (typeof account !== 'string' || typeof partition !== 'string')
    return {
      status: 'refused',
      because: 'failed',
      failure: { code: 'PLAN_INVALID', message: 'The plan names no account.' },
    };
  const region = params.region ?? homeRegionOf(partition);
  const opened = await openAwsWriter(provider, { profile: params.profile ?? null, region, partition, account }, signal);
  if (opened.status === 'seen') return { status: 'open', writer: opened.value };
  const because = opened.failure.code === 'ACCOUNT_SWITCHED' ? 'moved' : 'failed';
  return { status: 'refused', because, failure: opened.failure };
}

function isAs(rests: JsonObject, wanted: JsonObject): boolean {
  return Object.entries(wanted).every(([name, value]) => canonicalJson(rests[name] ?? null) === canonicalJson(value));
}

function linesOf(name: string, before: JsonObject[string], after: JsonObject[string]): readonly string[] {
  const [old, now] = [canonicalJson(before), canonicalJson(after)];
  return old === now ? [] : [`-${name}: ${old}`, `+${name}: ${now}`];
}

/** A draft with what is not given left out: JSON has no undefined. */
export function draftOf(
  action: ActionId,
  given: Readonly<Record<string, JsonObject[string] | undefined>>,
): Extract<Undo, { possible: true }>['draft'] {
  const entries = Object.entries(given).filter(
    (entry): entry is [string, JsonObject[string]] => entry[1] !== undefined,
  );
  return { action, params: Object.fromEntries(entries) };
}

/** A value of an observation as a word of a sentence. */
export function wordOf(value: JsonObject[string] | undefined): string {
  return typeof value === 'string' ? value : canonicalJson(value ?? null);
}
