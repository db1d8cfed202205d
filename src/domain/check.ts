import type { Clock } from './clock.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { MonthlyCost } from './money.ts';
import type { Severity } from './severity.ts';

/** `provider/name`; it is also the check's path under src/checks. */
export type CheckId = `${string}/${string}`;

/** Stable name of a resource, e.g. `host:<machineId>/mount//data` (see docs/contracts.md). */
export type ResourceId = string;

/** Expected trouble as a value: why something could not be looked at. */
export interface Failure {
  /** Upper snake case, e.g. `EACCES`, `TIMEOUT`, `HTTP_403`. */
  readonly code: string;
  /** One sentence for the person on call, with what to do next where that is known. */
  readonly message: string;
}

/** Facts seen of one resource at one time. */
export interface Seen {
  readonly status: 'seen';
  readonly resource: ResourceId;
  /** What a person calls it: `/data`, `https://example.com/`. */
  readonly name: string;
  readonly facts: JsonObject;
}

/**
 * A resource, or all resources under a prefix, that could not be looked at.
 * Findings on what it hides are neither resolved nor repeated.
 */
export interface Hidden {
  readonly status: 'unknown';
  /** One resource id; a prefix ending in `/*` that hides everything under it; or an ARN in which `*` stands for anything. */
  readonly resource: ResourceId;
  readonly name: string;
  readonly failure: Failure;
}

export type Observation = Seen | Hidden;

/** A fact of a finding and where it came from. */
export interface Evidence {
  readonly label: string;
  readonly value: JsonValue;
  /** Where it was read: `statfs(/data)`, `GET https://example.com/`, `pods.status.containerStatuses`. */
  readonly source: string;
}

/** What `judge` says needs attention; identity and standing are added by the run. */
export interface FindingDraft {
  /** Tells two findings of one check on one resource apart: `space`, `inodes`. No counts, no prose. */
  readonly discriminator: string;
  readonly severity: Severity;
  /** One line, with the figures. */
  readonly title: string;
  /** Why it matters, without a model. */
  readonly why: string;
  /** What to look at next: a command or a place. */
  readonly next: string;
  readonly evidence: readonly Evidence[];
  /**
   * The kind of evidence, when a finding of unchanged severity can change its nature
   * (`expired` instead of `expiring`): a move makes it `changed`.
   */
  readonly evidenceClass?: string;
  readonly monthlyCost?: MonthlyCost | null;
}

/** What a check chose to remember of an earlier observation of the same resource. */
export interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly values: JsonObject;
}

export interface History {
  /** Earlier samples of this resource, newest first, at most SAMPLES_KEPT. */
  readonly samples: readonly Sample[];
  /** This resource's findings of this check that are open now, by discriminator: for hysteresis. */
  readonly open: ReadonlyMap<string, Severity>;
  /** The instant of judging, milliseconds since the epoch. */
  readonly now: number;
}

/** How many earlier samples of a resource `judge` is shown. */
export const SAMPLES_KEPT = 200;

/** The part of a zod schema that the house relies on. */
export interface ParamsSchema<Params> {
  safeParse(
    input: unknown,
  ):
    | { readonly success: true; readonly data: Params }
    | { readonly success: false; readonly error: { readonly issues: readonly ParamsIssue[] } };
}

export interface ParamsIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

/**
 * A read-only question. `read` talks to the world and has no opinion; `judge` has an opinion
 * and touches nothing. A read that throws makes the whole check unknown.
 */
export interface Check<Reader = unknown, Params = unknown> {
  readonly id: CheckId;
  /** Earlier ids, oldest first, so that a renamed check keeps its findings and its place in runbooks. */
  readonly aliases?: readonly CheckId[];
  readonly title: string;
  /** What people call the things it is about, singular, in small letters: how a question finds it without a model. */
  readonly keywords: readonly string[];
  /** What it looks at and when it reports, in Markdown, for the generated page. */
  readonly description: string;
  /** True when the check can run without parameters, so that a glob may include it. */
  readonly standalone: boolean;
  /**
   * A scan for the night: a pattern takes it in only when it says more than the provider (`kubernetes/posture-*`, not
   * `kubernetes/*`), so that no beat asks it by accident.
   */
  readonly nightly?: true;
  readonly params: ParamsSchema<Params>;
  /** Its own limit in milliseconds; the run aborts the signal then and says unknown. */
  readonly timeoutMs: number;
  read(reader: Reader, params: Params, context: ReadContext): Promise<readonly Observation[]>;
  judge(seen: Seen, params: Params, history: History): readonly FindingDraft[];
  /** One sentence about the look as a whole, for the report; null to say nothing. */
  summary?(seen: readonly Seen[]): string | null;
  /** What later beats need of this observation (growth, deltas); null to remember nothing. */
  sample?(seen: Seen): JsonObject | null;
}

/**
 * What all looks of one run have in common: the same object for each of them, so that a reader can keep by it what it
 * read once for all. `signal` ends with the run, not with one check.
 */
export interface Together {
  readonly signal: AbortSignal;
}

export interface ReadContext {
  readonly signal: AbortSignal;
  readonly together: Together;
  readonly clock: Clock;
  /** Earlier samples of a resource, newest first: for a read that goes on where the last one ended. */
  earlier(resource: ResourceId): readonly Sample[];
}

/** What is known of a check without loading it: enough to lead a question to it. */
export interface Signpost extends Pick<Check, 'id' | 'title' | 'keywords' | 'standalone'> {
  readonly nightly: boolean;
  /** The keys of its parameters. */
  readonly keys: readonly string[];
}

/** The checks there are, loaded one by one: a catalogue must not cost what it does not use. */
export interface CheckCatalog {
  /** Current ids, sorted. */
  readonly ids: readonly CheckId[];
  /** Earlier id -> current id. */
  readonly aliases: Readonly<Record<CheckId, CheckId>>;
  load(id: CheckId): Promise<Check>;
}

/** The id that a check's findings and samples are known by: the first it ever had. */
export function identityOf(check: Check): CheckId {
  return check.aliases?.[0] ?? check.id;
}
