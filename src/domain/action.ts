import type { Failure, ParamsSchema, ResourceId } from './check.ts';
import type { Clock } from './clock.ts';
import type { Looked } from './failure.ts';
import type { ActionSettings } from './action-settings.ts';
import type { JsonObject } from './json.ts';
import type { CostDelta } from './money.ts';
import type { SealedStep } from './plan.ts';
import type { ProviderDeps } from './provider-deps.ts';
import type { Target } from './target.ts';

/** `provider/verb-noun`; it is also the action's path under src/maker/actions. */
export type ActionId = `${string}/${string}`;

/** An action of one version: `host/prune-directory@1`. A plan is carried out by the version it was sealed with, or not at all. */
export type ActionRef = `${ActionId}@${number}`;

/**
 * A typed write of the catalogue: one change of one resource. There is no generic one: no shell, no free
 * request, no patch that is handed through. Everything but `apply` only reads. Expected trouble is a value
 * (`Looked`); what is thrown is a defect, except that an aborted `context.signal` may be.
 *
 * Seal:  identify -> observe -> preview -> cost, risk, destructive, dependents, undo
 * Apply: identify and observe again (both must be as sealed) -> apply -> verify after `settleMs`
 */
export interface Action<Reader = unknown, Params = unknown> {
  readonly id: ActionId;
  /** Grows whenever the same params would do something else. */
  readonly version: number;
  readonly title: string;
  /** What it does, refuses and can't do, in Markdown, for the generated page. */
  readonly description: string;
  /** Closed: an unknown parameter is an error. */
  readonly params: ParamsSchema<Params>;
  /**
   * Makes absolute, once, when the plan is sealed, what the params say relative to now: `olderThan: 30d` becomes
   * `before: <instant>`, under just that name. What it returns is sealed, and must parse to itself. Pure but for the clock.
   */
  fix?(params: Params, context: ActionContext): Params;
  /** The target and the resource that these params mean, read from the target itself. */
  identify(reader: Reader, params: Params, context: ActionContext): Promise<Looked<Identified>>;
  /** How the resource is now. Called when the plan is sealed and again right before it is applied. */
  observe(reader: Reader, params: Params, context: ActionContext): Promise<Looked<Observed>>;
  /** What would be: by the server's dry run where there is one, else computed. A refusal makes the plan invalid. */
  preview(reader: Reader, params: Params, observed: Observed, context: ActionContext): Promise<Looked<Preview>>;
  cost(params: Params, seen: Previewed, settings: ActionSettings): CostDelta;
  risk(params: Params, seen: Previewed): Risk;
  /** True when what is lost can't be had back by `undo`. */
  destructive(params: Params, seen: Previewed): boolean;
  /** What relies on the resource, one sentence each; none is an empty list. */
  dependents(
    reader: Reader,
    params: Params,
    observed: Observed,
    context: ActionContext,
  ): Promise<Looked<readonly string[]>>;
  /** The one place where something outside is written. Makes its writer itself, from `context.provider`. */
  apply(step: StepInHand<Params>, context: WriteContext): Promise<StepOutcome>;
  /** How long the change takes to show, milliseconds. */
  readonly settleMs: number;
  /** Reads again: is it as was promised? */
  verify(reader: Reader, step: AppliedStep<Params>, context: ActionContext): Promise<Looked<Verification>>;
  /** How to take it back, from what was recorded; `receipt` is null while nothing was done yet. */
  undo(params: Params, before: SealedStep['before'], receipt: JsonObject | null): Undo;
  /**
   * What became of a step whose process died in the middle, by reading only. Where it is absent: verified
   * is done, unchanged is not done, anything else is partly done.
   */
  reconcile?(reader: Reader, step: StepInHand<Params>, context: ActionContext): Promise<Looked<Reconciled>>;
}

/** What every method of an action gets. */
export interface ActionContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What the operator allows and names in the configuration. */
  readonly settings: ActionSettings;
}

/** What only `apply` gets. */
export interface WriteContext extends ActionContext {
  /** What a writer is made from. */
  readonly provider: ProviderDeps;
}

export interface Identified {
  readonly target: Target;
  readonly resource: ResourceId;
  /** What a person calls the resource: `/var/log/app`, `deployment/billing-worker`. */
  readonly name: string;
}

/** How a resource is now. */
export interface Observed {
  /** What makes it this very object (uid, inode, account); null: it is not there, which is a precondition too. */
  readonly identity: JsonObject | null;
  /**
   * Exactly the fields that the decision rests on: they are sealed, and must be the same when the plan is
   * applied. Nothing that changes by itself (a status, a timestamp, a whole resourceVersion) belongs here.
   */
  readonly rests: JsonObject;
  /** For the card's "Now": label -> value. */
  readonly shown: JsonObject;
  /**
   * The version just read (resourceVersion, ETag), never sealed: it goes with the write, so that a change
   * after this look is refused by the server. null where there is none.
   */
  readonly version: string | null;
}

export interface Preview {
  /** One line for the plan's title: `Scale billing-worker from 4 to 2 replicas`. */
  readonly summary: string;
  /** True when the resource is already as it would be. */
  readonly noop: boolean;
  /** `server`: the target's own dry run said so; `computed`: nobody was asked. */
  readonly by: 'server' | 'computed';
  /** The fields after, under the names that `Observed.rests` has them by: what a policy's bounds are held against. */
  readonly after: JsonObject;
  /** For the card's "After": label -> value. */
  readonly shown: JsonObject;
  /** Further lines for the diff (`plan diff`), redacted and escaped by who shows them. */
  readonly diff: readonly string[];
}

export interface Previewed {
  readonly observed: Observed;
  readonly preview: Preview;
}

export const RISKS = ['low', 'medium', 'high'] as const;
export interface Risk {
  readonly level: (typeof RISKS)[number];
  /** At least one, each a fact that was read: `not the only replica`. */
  readonly reasons: readonly string[];
}

/** A step right before it is carried out: everything was read again and is as sealed. */
export interface StepInHand<Params> {
  readonly params: Params;
  readonly sealed: SealedStep;
  /** As just read; its `version` goes with the write. */
  readonly observed: Observed;
  /** The same for every attempt at this step of this plan: sent where an API takes one. */
  readonly idempotencyKey: string;
}

export interface AppliedStep<Params> {
  readonly params: Params;
  readonly sealed: SealedStep;
  readonly receipt: JsonObject;
}

/**
 * What came of one call. `refused`: certainly nothing was changed (`moved`: the target's own precondition
 * failed; `denied`: the right is missing). `partial`: certainly a part. `unknown`: nobody can say yet.
 * `receipt` is what undoing and verifying need: ids, places, counts; never a secret.
 */
export type StepOutcome =
  | { readonly status: 'done'; readonly receipt: JsonObject }
  | { readonly status: 'refused'; readonly because: 'moved' | 'denied' | 'failed'; readonly failure: Failure }
  | { readonly status: 'partial'; readonly receipt: JsonObject; readonly failure: Failure }
  | { readonly status: 'unknown'; readonly failure: Failure };

export type Reconciled =
  | { readonly status: 'done'; readonly receipt: JsonObject }
  | { readonly status: 'not-done' }
  | { readonly status: 'partial'; readonly receipt: JsonObject; readonly failure: Failure };

export interface Verification {
  /** True when all of it is as was promised. */
  readonly asPromised: boolean;
  /** What was seen, one sentence each. */
  readonly seen: readonly string[];
}

export type Undo =
  | { readonly possible: true; readonly words: string; readonly draft: StepDraft }
  | { readonly possible: false; readonly words: string };

/** What somebody wants done; untrusted until it was sealed. */
export interface StepDraft {
  readonly action: string;
  /** `key=value` texts of the command line, or the values of a file: the action's schema parses both. */
  readonly params: JsonObject;
}

/** The actions there are, loaded one by one. */
export interface ActionCatalog {
  /** Ids with their current versions, sorted by id. */
  readonly refs: readonly ActionRef[];
  /** NOT_FOUND, with a suggestion, for an id that there is not. A version may be named; an older one is NOT_FOUND. */
  load(id: string): Promise<Action>;
}
