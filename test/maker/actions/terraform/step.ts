import type { ActionContext, Observed, Preview, StepInHand, WriteContext } from '../../../../src/domain/action.ts';
import type { Looked } from '../../../../src/domain/failure.ts';
import type { JsonObject } from '../../../../src/domain/json.ts';
import type { SealedStep } from '../../../../src/domain/plan.ts';
import { action } from '../../../../src/maker/actions/terraform/apply-saved-plan.ts';
import { applyParams, type ApplyParams } from '../../../../src/maker/actions/terraform/params.ts';
import { createTerraformReader, type TerraformReader } from '../../../../src/providers/terraform/reader.ts';
import type { Workspace } from '../../../support/terraform/workspace.ts';

export interface Hand {
  readonly reader: TerraformReader;
  readonly context: WriteContext;
  readonly params: ApplyParams;
}

const clock = { now: () => 0, monotonic: () => 0 };

/** What the gate would hand to the action, with an environment of the test's own. */
export function handOf(
  { dir, path }: Workspace,
  env: Readonly<Record<string, string>> = {},
  signal: AbortSignal = new AbortController().signal,
): Hand {
  const whole = { PATH: `${path}:/usr/bin:/bin`, ...env };
  const provider = {
    clock,
    env: whole,
    home: '/nowhere',
    platform: 'linux',
    instance: 't',
    learn: () => undefined,
  } as const;
  const settings: ActionContext['settings'] = { host: { pruneRoots: [], keepOut: [], units: [], commands: {} } };
  return {
    reader: createTerraformReader(provider),
    context: { clock, signal, settings, provider },
    params: applyParams.parse({ dir, plan: 'plan.bin' }),
  };
}

export function value<Value>(looked: Looked<Value>): Value {
  if (looked.status === 'unknown') throw new Error(`${looked.failure.code}: ${looked.failure.message}`);
  return looked.value;
}

export async function look({ reader, context, params }: Hand): Promise<{ observed: Observed; preview: Preview }> {
  const observed = value(await action.observe(reader, params, context));
  return { observed, preview: value(await action.preview(reader, params, observed, context)) };
}

/** Sealed as it is now. */
export async function sealed(hand: Hand): Promise<SealedStep> {
  return (await inHand(hand)).sealed;
}

/** Sealed, looked at again, and as it was. */
export async function inHand(hand: Hand, key = 'step-key'): Promise<StepInHand<ApplyParams>> {
  const { reader, context, params } = hand;
  const identified = value(await action.identify(reader, params, context));
  const { observed, preview } = await look(hand);
  const seen = { observed, preview };
  const { identity, rests, shown } = observed;
  const plain: JsonObject = { ...params };
  const step: SealedStep = {
    id: 's1',
    action: 'terraform/apply-saved-plan@1',
    params: plain,
    resource: identified.resource,
    name: identified.name,
    summary: preview.summary,
    before: { identity, rests, shown },
    after: { fields: preview.after, shown: preview.shown },
    preview: { by: preview.by, diff: preview.diff },
    cost: action.cost(params, seen, context.settings),
    risk: action.risk(params, seen),
    destructive: action.destructive(params, seen),
    dependents: value(await action.dependents(reader, params, observed, context)),
    undo: action.undo(params, { identity, rests, shown }, null),
  };
  return { params, sealed: step, observed, idempotencyKey: key };
}
