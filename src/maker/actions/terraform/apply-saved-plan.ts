import type {
  Action,
  ActionContext,
  Identified,
  Observed,
  Preview,
  Reconciled,
  StepInHand,
  StepOutcome,
  WriteContext,
} from '../../../domain/action.ts';
import { digestOf } from '../../../domain/digest.ts';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { noCost, unknownCost } from '../../../domain/money.ts';
import { resourceId } from '../../../domain/resource-id.ts';
import { createTerraformReader, type TerraformReader } from '../../../providers/terraform/reader.ts';
import { createTerraformWriter } from '../../../providers/terraform/writer.ts';
import { countChanges, countWords } from './change-counts.ts';
import { lookAtAll, lookAtPlace, type Looks, type Where } from './look.ts';
import { outcomeOf, reconciledOf } from './outcome.ts';
import { applyParams, type ApplyParams } from './params.ts';
import { planLines } from './plan-lines.ts';
import { isDestructive, planRisk } from './plan-risk.ts';
import { heldPromise } from './promise.ts';
import { parseSaid } from './said.ts';
import { parseState, type StateNow } from './state.ts';

/** More changes than this are more than anybody reads: such a plan is made in parts. */
const CHANGES_AT_MOST = 1_000;

export const action: Action<TerraformReader, ApplyParams> = {
  id: 'terraform/apply-saved-plan',
  version: 1,
  title: 'Apply a saved plan of Terraform or OpenTofu',
  description: `Applies a plan that was saved with \`plan -out\`: exactly those bytes, with the program and the
providers' lock file that were there when it was sealed. It never plans, never initialises and never chooses a workspace.

It refuses a plan that errored or is incomplete, one that is encrypted or kept by a cloud service, one whose
workspace is not the directory's, and one with more than ${CHANGES_AT_MOST} changes. A state that moved since, and
a lock that somebody holds, are found by the program itself, and nothing is changed then.

It can't be undone: a plan of the earlier configuration is another plan.`,
  params: applyParams,
  settleMs: 0,
  identify: async (reader, params) => {
    const place = await lookAtPlace(reader, params);
    return place.status === 'unknown' ? place : seen(identityOf(params, place.value));
  },
  observe: async (reader, params, context) => {
    const looks = await lookAtAll(reader, params, context);
    return looks.status === 'unknown' ? looks : seen(observedOf(looks.value));
  },
  preview: async (reader, params, observed, context) => {
    const looks = await lookAtAll(reader, params, context);
    if (looks.status === 'unknown') return looks;
    if (looks.value.file.digest !== observed.rests['plan'])
      return unknown('PLAN_MOVED', 'The saved plan was replaced while it was looked at. Try again.');
    return previewOf(params, looks.value);
  },
  cost: (_params, { preview }) =>
    preview.noop ? noCost('nothing is changed') : unknownCost('a saved plan does not say what its resources cost'),
  risk: (_params, { preview }) => planRisk(preview.after),
  destructive: (_params, { preview }) => isDestructive(preview.after),
  // What depends on what is in the configuration's graph, which a saved plan does not show.
  dependents: async () => seen([]),
  apply: applyStep,
  verify: async (reader, { params, sealed, receipt }, context) => {
    const now = await stateNow(reader, params, context);
    if (now.status === 'unknown') return now;
    const lineage = sealed.before.identity?.['lineage'];
    if (typeof lineage === 'string' && lineage !== now.value.lineage)
      return seen({ asPromised: false, seen: ['The state is another one: its lineage differs.'] });
    return seen(heldPromise(sealed.before.rests, sealed.after.fields, receipt, now.value));
  },
  undo: () => ({
    possible: false,
    words:
      'there is no undoing an apply: make a plan of the earlier configuration; what was destroyed does not come back',
  }),
  reconcile: reconcileStep,
};

function identityOf({ dir }: ApplyParams, { origin, dir: working }: Where): Identified {
  const { backend, backendConfig, workspace } = working;
  // A local state is one of its directory; any other is where its backend says.
  const place = backend === 'local' ? { dir, backendConfig } : { backendConfig };
  const id = digestOf('terraform-target', { backend, workspace, ...place }).slice(
    'sha256:'.length,
    'sha256:'.length + 32,
  );
  return {
    target: { provider: 'terraform', id, name: dir, details: { backend, workspace, lineage: origin.lineage } },
    resource: resourceId('terraform', id, 'workspace', workspace),
    name: `${dir} (workspace ${workspace})`,
  };
}

function observedOf({ program, version, file, origin, dir, plan }: Looks): Observed {
  const { backend, backendConfig, workspace, lock } = dir;
  return {
    identity: { plan: file.digest, lineage: origin.lineage, backend, workspace },
    rests: {
      plan: file.digest,
      lock,
      program,
      version,
      backendConfig,
      serial: origin.serial,
      ...fieldsOf(plan),
    },
    shown: {
      Plan: `${file.digest} (${file.bytes.length} bytes)`,
      Backend: `${backend}, workspace ${workspace}`,
      State: origin.lineage === null ? 'none yet' : `serial ${origin.serial}`,
      Program: `${program} ${version}`,
      Variables: plan.variables.length === 0 ? 'none' : plan.variables.join(', '),
    },
    version: null,
  };
}

/** The figures that policies are held against: the same names before and after. */
function fieldsOf(plan: Looks['plan']): JsonObject {
  return {
    ...countChanges(plan),
    drift: plan.resource_drift.length,
    failing: plan.checks.filter(({ status }) => status === 'fail' || status === 'error').length,
  };
}

function previewOf({ dir, plan: name }: ApplyParams, { plan }: Looks): Looked<Preview> {
  const counts = countChanges(plan);
  const refused = (why: string): Looked<Preview> => unknown('PLAN_NOT_APPLICABLE', `${name} ${why}. Make a new plan.`);
  if (plan.errored) return refused('was saved by a planning that failed');
  if (plan.complete === false) return refused('is incomplete: it was made with -target, or parts of it were put off');
  const noop = counts.changes === 0 && !(plan.applyable ?? plan.resource_drift.length > 0);
  if (plan.applyable === false && !noop) return refused('can not be applied, says the program');
  if (counts.changes > CHANGES_AT_MOST)
    return unknown(
      'TOO_LARGE',
      `${name} makes ${counts.changes} changes, and at most ${CHANGES_AT_MOST} are sealed at once.`,
    );
  const words = countWords(counts);
  return seen({
    summary: `Apply ${name} in ${dir}: ${words === '' ? 'no changes' : words}`,
    noop,
    by: 'computed',
    after: fieldsOf(plan),
    shown: { Changes: words === '' ? 'none' : words, Drift: plan.resource_drift.length },
    diff: planLines(plan),
  });
}

async function applyStep(step: StepInHand<ApplyParams>, context: WriteContext): Promise<StepOutcome> {
  const { params, observed, sealed, idempotencyKey: key } = step;
  const { dir, plan } = params;
  const file = await createTerraformReader(context.provider).planFile(dir, plan);
  if (file.status === 'unknown') return { status: 'refused', because: 'failed', failure: file.failure };
  const { plan: digest, program } = sealed.before.rests;
  if (file.value.digest !== digest || typeof program !== 'string' || observed.rests['program'] !== program)
    return {
      status: 'refused',
      because: 'moved',
      failure: { code: 'PLAN_MOVED', message: `${plan} was replaced since it was sealed.` },
    };

  const writer = createTerraformWriter(context.provider);
  const ran = await writer.apply({ path: program, dir, bytes: file.value.bytes, key, signal: context.signal });
  if (ran.status === 'not-started') return { status: 'refused', because: 'failed', failure: ran.failure };
  if (ran.status === 'tried-before')
    return unsettled('TRIED_BEFORE', 'an earlier attempt at this step was not settled');
  if (ran.status === 'still-running')
    return unsettled('STILL_RUNNING', `process ${ran.pid} was asked to stop and still finishes what it had begun`);
  if (ran.said === null) return unsettled('TOO_LARGE', 'the program said more than can be read');
  const outcome = outcomeOf(parseSaid(ran.said), ran.code, changesState(sealed.after.fields));
  // What it said may hold secrets; it is kept only while it is needed to find out what was done.
  if (outcome.status !== 'unknown') await writer.clear(dir, key);
  return outcome;
}

function unsettled(code: string, why: string): StepOutcome {
  return { status: 'unknown', failure: { code, message: `It is not known what was applied: ${why}.` } };
}

/** Changes that the program makes in its state alone, without a word of a resource. */
function changesState(after: JsonObject): boolean {
  return ['forget', 'imported', 'move', 'outputs', 'drift'].some((kind) => after[kind] !== 0);
}

/** By what the attempt left behind, and for changes of the state alone by the state. */
async function reconcileStep(
  reader: TerraformReader,
  { params, sealed, idempotencyKey }: StepInHand<ApplyParams>,
  context: ActionContext,
): Promise<Looked<Reconciled>> {
  const trace = await reader.trace(params.dir, idempotencyKey);
  if (trace.status === 'unknown') return trace;
  if (trace.value === null) return seen({ status: 'not-done' });
  const said = parseSaid(trace.value.text);
  const reconciled = reconciledOf(said, trace.value.mayRun, changesState(sealed.after.fields));
  if (reconciled === 'running')
    return unknown(
      'STILL_RUNNING',
      `The program may still be applying ${params.plan} in ${params.dir}: look again when it has ended.`,
    );
  if (reconciled !== null) return seen(reconciled);
  const now = await stateNow(reader, params, context);
  if (now.status === 'unknown') return now;
  if (now.value.serial === sealed.before.rests['serial']) return seen({ status: 'not-done' });
  const failure = {
    code: 'APPLY_PARTIAL',
    message: 'The state was changed, and the apply did not come to its end. Make a new plan.',
  };
  return seen({ status: 'partial', receipt: { done: [], errored: [], open: [], summary: null }, failure });
}

async function stateNow(
  reader: TerraformReader,
  { dir, program }: ApplyParams,
  { signal }: ActionContext,
): Promise<Looked<StateNow>> {
  const path = await reader.find(program);
  if (path.status === 'unknown') return path;
  const text = await reader.state(path.value, dir, signal);
  return text.status === 'unknown' ? text : parseState(text.value);
}
