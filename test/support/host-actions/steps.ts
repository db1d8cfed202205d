import type { Action, Observed, StepInHand, StepOutcome, WriteContext } from '../../../src/domain/action.ts';
import type { HostSettings } from '../../../src/domain/action-settings.ts';
import { canonicalJson } from '../../../src/domain/canonical-json.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { SealedStep } from '../../../src/domain/plan.ts';
import type { HostReader } from '../../../src/providers/host/reader.ts';
import { hostReader } from '../host-reader.ts';

export const NOW = Date.UTC(2026, 10, 20, 12);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export interface World {
  readonly reader: HostReader;
  readonly context: WriteContext;
}

/** This machine, as an operator with these settings has it; `now` may be moved on by handing in another. */
export function world(
  settings: Partial<HostSettings>,
  more: { now?: number; reader?: HostReader; env?: Record<string, string>; signal?: AbortSignal } = {},
): World {
  const clock = { now: () => more.now ?? NOW, monotonic: () => performance.now() };
  const env = more.env ?? {};
  return {
    reader: more.reader ?? hostReader({ env }),
    context: {
      clock,
      signal: more.signal ?? new AbortController().signal,
      settings: { host: { pruneRoots: [], keepOut: [], units: [], commands: {}, ...settings } },
      provider: { clock, env, home: '/nowhere', platform: 'linux', instance: 'test', learn: () => undefined },
    },
  };
}

/** A step as the gate would seal it, from params as a person or a runbook gives them; throws the failure when it refuses. */
export async function sealed<Params>(
  action: Action<HostReader, Params>,
  given: unknown,
  { reader, context }: World,
): Promise<SealedStep> {
  const asked = parsed(action, given);
  const params = action.fix === undefined ? asked : action.fix(asked, context);
  const identified = valueOf(await action.identify(reader, params, context));
  const observed = valueOf(await action.observe(reader, params, context));
  const preview = valueOf(await action.preview(reader, params, observed, context));
  const before = { identity: observed.identity, rests: observed.rests, shown: observed.shown };
  const seen = { observed, preview };
  const undo = action.undo(params, before, null);
  return {
    id: 's1',
    action: `${action.id}@${action.version}`,
    params: JSON.parse(canonicalJson(params)) as JsonObject,
    resource: identified.resource,
    name: identified.name,
    summary: preview.summary,
    before,
    after: { fields: preview.after, shown: preview.shown },
    preview: { by: preview.by, diff: preview.diff },
    cost: action.cost(params, seen, context.settings),
    risk: action.risk(params, seen),
    destructive: action.destructive(params, seen),
    dependents: valueOf(await action.dependents(reader, params, observed, context)),
    undo: { possible: undo.possible, words: undo.words },
  };
}

/** The code of the failure that sealing ends with. */
export async function refusal<Params>(action: Action<HostReader, Params>, given: unknown, at: World): Promise<string> {
  try {
    await sealed(action, given, at);
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
  throw new Error('it was sealed');
}

/** A step as the gate has it right before it applies: identity and rests read again and compared; null when stale. */
export async function inHand<Params>(
  action: Action<HostReader, Params>,
  step: SealedStep,
  { reader, context }: World,
  idempotencyKey = 'p-8K2M4QXV7C1D-s1',
): Promise<StepInHand<Params> | null> {
  const params = parsed(action, step.params);
  const observed: Observed = valueOf(await action.observe(reader, params, context));
  const same =
    canonicalJson([observed.identity, observed.rests]) === canonicalJson([step.before.identity, step.before.rests]);
  return same ? { params, sealed: step, observed, idempotencyKey } : null;
}

export async function applied<Params>(
  action: Action<HostReader, Params>,
  step: SealedStep,
  at: World,
): Promise<StepOutcome | 'stale'> {
  const hand = await inHand(action, step, at);
  return hand === null ? 'stale' : action.apply(hand, at.context);
}

/** Seals and applies. */
export async function done<Params>(action: Action<HostReader, Params>, given: unknown, at: World) {
  const step = await sealed(action, given, at);
  const outcome = await applied(action, step, at);
  if (outcome === 'stale' || outcome.status !== 'done') throw new Error(JSON.stringify(outcome));
  const verified = valueOf(
    await action.verify(
      at.reader,
      { params: parsed(action, step.params), sealed: step, receipt: outcome.receipt },
      at.context,
    ),
  );
  return { step, receipt: outcome.receipt, verified, params: parsed(action, step.params) };
}

export function parsed<Params>(action: Action<HostReader, Params>, given: unknown): Params {
  const result = action.params.safeParse(given);
  if (result.success) return result.data;
  throw new Refused(
    'PARAMS',
    result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  );
}

export function valueOf<Value>(
  looked: { status: 'seen'; value: Value } | { status: 'unknown'; failure: { code: string; message: string } },
): Value {
  if (looked.status === 'unknown') throw new Refused(looked.failure.code, looked.failure.message);
  return looked.value;
}

export class Refused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}
