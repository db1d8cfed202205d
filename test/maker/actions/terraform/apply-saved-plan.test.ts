import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StepOutcome } from '../../../../src/domain/action.ts';
import { digestOfBytes } from '../../../../src/domain/digest.ts';
import type { JsonObject } from '../../../../src/domain/json.ts';
import { movedSince } from '../../../../src/domain/preconditions.ts';
import { createRedactor } from '../../../../src/domain/redaction/redactor.ts';
import { action } from '../../../../src/maker/actions/terraform/apply-saved-plan.ts';
import { applyParams } from '../../../../src/maker/actions/terraform/params.ts';
import { firstSecret } from '../../../../src/maker/first-secret.ts';
import type { ApplyScript, SavedPlan } from '../../../support/terraform/saved-plan.ts';
import {
  changeOf,
  errorLine,
  hook,
  inState,
  shownPlan,
  summary,
  workspace,
  type Workspace,
} from '../../../support/terraform/workspace.ts';
import { handOf, inHand, look, sealed, value, type Hand } from './step.ts';

const SECRET = 'hunter2-lab-only';

function planned(changes: Partial<SavedPlan> = {}): { space: Workspace; hand: Hand } {
  const space = workspace(changes);
  return { space, hand: handOf(space) };
}

async function applied(changes: Partial<SavedPlan>, meanwhile: (space: Workspace) => void = () => undefined) {
  const { space, hand } = planned(changes);
  const step = await inHand(hand);
  meanwhile(space);
  return { space, hand, step, outcome: await action.apply(step, hand.context) };
}

function script(changes: Partial<ApplyScript>): Partial<SavedPlan> {
  return { apply: { says: [], exit: 0, state: null, ...changes } };
}

/** What attempts left behind in the directory. */
function leftovers({ dir }: Workspace): readonly string[] {
  return readdirSync(join(dir, '.terraform')).filter((name) => name.startsWith('holdfast-'));
}

function failureCode(looked: { readonly status: string; readonly failure?: { readonly code: string } }): string {
  return looked.failure?.code ?? looked.status;
}

describe('what is sealed of a saved plan', () => {
  test('is the digest of its bytes, what it belongs to, and how much it changes', async () => {
    const { space, hand } = planned();
    const { observed, preview } = await look(hand);
    expect(observed.identity).toEqual({
      plan: digestOfBytes(readFileSync(join(space.dir, 'plan.bin'))),
      lineage: '0f3c4a1e-6f0d-4b7a-9f43-2b8d5c1a7e90',
      backend: 'local',
      workspace: 'default',
    });
    expect(observed.rests).toMatchObject({ version: '1.14.0', serial: 7, create: 1, update: 1, delete: 0, changes: 2 });
    expect(observed.rests['program']).toBe(join(space.path, 'terraform'));
    expect(preview).toMatchObject({
      summary: `Apply plan.bin in ${space.dir}: 1 to create, 1 to update`,
      noop: false,
      by: 'computed',
      after: { create: 1, update: 1, replace: 0, delete: 0, changes: 2 },
    });
    expect(preview.diff).toEqual([
      '+ create test_thing.b',
      '    id: none -> (known after apply)',
      '    password: none -> [sensitive]',
      '    size: none -> 2',
      '~ update test_thing.a',
      '    value: "old" -> "new"',
    ]);
  });

  test('holds no secret, by type and by the redactor, and nothing that a redactor would have to cut', async () => {
    const { hand } = planned();
    const step = await sealed(hand);
    expect(JSON.stringify(step)).not.toContain(SECRET);
    expect(firstSecret(step, createRedactor({ key: Buffer.alloc(32) }))).toBeNull();
  });

  test('runs nothing but version and show, with the bytes that were hashed, in a file of our own', async () => {
    const { space, hand } = planned();
    const { observed } = await look(hand);
    expect(space.calls().map(({ args }) => args.join(' '))).toEqual([
      'version -json',
      'show -json',
      'version -json',
      'show -json',
    ]);
    expect(space.calls()[1]?.plan).toEqual({ digest: observed.rests['plan'], mode: 0o600, folderMode: 0o700 });
    expect(leftovers(space)).toEqual([]);
  });

  test('is the same when it is looked at again, and parses to itself', async () => {
    const { hand } = planned();
    expect(await sealed(hand)).toEqual(await sealed(hand));
    expect(applyParams.parse(hand.params)).toEqual(hand.params);
  });

  test.for<[string, (space: Workspace) => void]>([
    ['the plan', (space) => space.writePlan({ serial: 8 })],
    ['the lock file', ({ dir }) => writeFileSync(join(dir, '.terraform.lock.hcl'), 'other')],
    ['the lock file, by its absence', ({ dir }) => rmSync(join(dir, '.terraform.lock.hcl'))],
    ['the version', ({ dir }) => writeFileSync(join(dir, 'version.json'), '{"terraform_version":"1.15.0"}')],
    [
      'the backend',
      ({ dir }) =>
        writeFileSync(
          join(dir, '.terraform', 'terraform.tfstate'),
          JSON.stringify({ version: 3, backend: { type: 'local', config: { path: 'other.tfstate' } } }),
        ),
    ],
  ])('is stale when %s changes', async ([, change]) => {
    const { space, hand } = planned();
    const step = await sealed(hand);
    change(space);
    const identified = value(await action.identify(hand.reader, hand.params, hand.context));
    const observed = value(await action.observe(hand.reader, hand.params, hand.context));
    const before = { target: value(await action.identify(hand.reader, hand.params, hand.context)).target };
    expect(movedSince(before, step, identified, observed)).not.toEqual([]);
  });

  test.for<[string, (space: Workspace) => void, string]>([
    ['is not there', ({ dir }) => rmSync(join(dir, 'plan.bin')), 'ENOENT'],
    ['is no plan', ({ dir }) => writeFileSync(join(dir, 'plan.bin'), 'tfplan'), 'PLAN_UNREADABLE'],
    ['leads elsewhere', linkOut, 'PLAN_OUTSIDE'],
    ['is for another workspace', (space) => space.writePlan({ workspace: 'prod' }), 'PLAN_OF_ANOTHER_STATE'],
    ['is for another backend', (space) => space.writePlan({ backend: 's3' }), 'PLAN_OF_ANOTHER_STATE'],
    [
      'is shown as something else',
      (space) => space.writePlan({ show: '{"format_version":"2.0"}' }),
      'PLAN_NOT_UNDERSTOOD',
    ],
    ['is not shown whole', (space) => space.writePlan({ show: '{"format_' }), 'PLAN_NOT_UNDERSTOOD'],
    ['is a state', (space) => space.writePlan({ show: { format_version: '1.0', values: {} } }), 'PLAN_NOT_UNDERSTOOD'],
    [
      'does what we do not know',
      (space) => space.writePlan({ show: shownPlan([changeOf('a', ['obliterate'])]) }),
      'PLAN_NOT_UNDERSTOOD',
    ],
    [
      'is of a program that does not say its version',
      ({ dir }) => writeFileSync(join(dir, 'version.json'), '1'),
      'VERSION_NOT_UNDERSTOOD',
    ],
  ])('is nothing when it %s', async ([, change, code]) => {
    const { space, hand } = planned();
    change(space);
    expect(failureCode(await action.observe(hand.reader, hand.params, hand.context))).toBe(code);
    expect(space.calls().filter(({ args }) => args[0] === 'apply')).toEqual([]);
  });

  test.for<[string, JsonObject]>([
    ['errored', { errored: true }],
    ['incomplete', { complete: false }],
    ['not to be applied', { applyable: false }],
  ])('is invalid when it is %s', async ([, more]) => {
    const { hand } = planned({ show: shownPlan([changeOf('a', ['delete'])], more) });
    const observed = value(await action.observe(hand.reader, hand.params, hand.context));
    expect(failureCode(await action.preview(hand.reader, hand.params, observed, hand.context))).toBe(
      'PLAN_NOT_APPLICABLE',
    );
  });

  test.for<[string, boolean, JsonObject]>([
    ['there is nothing to do', true, shownPlan([changeOf('a', ['no-op'])], { applyable: false })],
    ['an older program does not say', true, { format_version: '1.0', planned_values: {} }],
    ['only data is read', true, shownPlan([changeOf('a', ['read'])], { applyable: false })],
    ['the state alone would be refreshed', false, shownPlan([], { resource_drift: [changeOf('a', ['update'])] })],
    [
      'an output changes',
      false,
      shownPlan([], { output_changes: { url: { actions: ['create'], before: null, after: 'x' } } }),
    ],
  ])('has no changes: %s (%s)', async ([, noop, show]) => {
    const { hand } = planned({ show });
    const seen = await look(hand);
    expect(seen.preview.noop).toBe(noop);
    expect(action.cost(hand.params, seen, hand.context.settings).amount).toBe(noop ? 0 : null);
  });

  test('with more changes than anybody reads is refused', async () => {
    const show = shownPlan(Array.from({ length: 1_001 }, (_, index) => changeOf(`r${index}`, ['create'])));
    const { hand } = planned({ show });
    const observed = value(await action.observe(hand.reader, hand.params, hand.context));
    expect(failureCode(await action.preview(hand.reader, hand.params, observed, hand.context))).toBe('TOO_LARGE');
  });

  test.for<[readonly string[], string, boolean]>([
    [['create'], 'low', false],
    [['update'], 'medium', false],
    [['delete'], 'high', true],
    [['delete', 'create'], 'high', true],
    [['create', 'delete'], 'high', true],
    [['forget'], 'high', true],
    [['create', 'forget'], 'high', true],
  ])('%j is of risk %s, destructive %s', async ([actions, level, destructive]) => {
    const { hand } = planned({ show: shownPlan([changeOf('a', actions, { before: { v: 1 } })]) });
    const step = await sealed(hand);
    expect(step.risk.level).toBe(level);
    expect(step.destructive).toBe(destructive);
    expect(step.undo.possible).toBe(false);
  });

  test('a credential of the backend is in no identity, and a new one is the same state', async () => {
    const { space, hand } = planned({ backend: 's3' });
    const targets = ['first-key-hunter2', 'second-key-hunter2'].map(async (secret_key) => {
      const backend = { type: 's3', config: { bucket: 'b', key: 'k', secret_key } };
      writeFileSync(join(space.dir, '.terraform', 'terraform.tfstate'), JSON.stringify({ version: 3, backend }));
      return value(await action.identify(hand.reader, hand.params, hand.context));
    });
    const [first, second] = [await targets[0], await targets[1]];
    expect(second).toEqual(first);
    expect(JSON.stringify(first)).not.toContain('hunter2');
  });
});

describe('params', () => {
  test.for(['/plan.bin', '../plan.bin', 'a/../../b', '', './plan.bin', 'a//b', 'a\0b'])(
    'refuse the plan %j',
    (plan) => {
      expect(applyParams.safeParse({ dir: '/infra', plan }).success).toBe(false);
    },
  );
  test.for([{ dir: 'infra' }, { dir: '/infra/../x' }, { program: '/tmp/terraform' }, { args: '-target=x' }])(
    'refuse %j',
    (more) => {
      expect(applyParams.safeParse({ dir: '/infra', plan: 'plan.bin', ...more }).success).toBe(false);
    },
  );
});

describe('applying', () => {
  test('applies those bytes without asking, says what was done, keeps nothing of what was said, and verifies', async () => {
    const { space, hand, step, outcome } = await applied({});
    expect(outcome).toEqual({
      status: 'done',
      receipt: {
        done: [
          { address: 'test_thing.b', action: 'create' },
          { address: 'test_thing.a', action: 'update' },
        ],
        errored: [],
        open: [],
        summary: { add: 1, change: 1, remove: 0 },
      },
    });
    const call = space.calls().find(({ args }) => args[0] === 'apply');
    expect(call?.args).toEqual(['apply', '-input=false', '-no-color', '-json']);
    expect(call?.plan).toEqual({ digest: step.sealed.before.rests['plan'], mode: 0o600, folderMode: 0o700 });
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
    expect(leftovers(space)).toEqual([]);
    const receipt = outcome.status === 'done' ? outcome.receipt : {};
    expect(value(await action.verify(hand.reader, { ...step, receipt }, hand.context))).toEqual({
      asPromised: true,
      seen: ['The program counted 1 added, 1 changed, 0 destroyed, as planned.', 'The state is at serial 8.'],
    });
  });

  test.for<[string, (space: Workspace) => void]>([
    ['another lineage', (space) => space.writeState(9, [inState('a'), inState('b')], 'other')],
    ['a state without what was made', (space) => space.writeState(9, [inState('a')])],
    ['the state as it was', (space) => space.writeState(7, [inState('a'), inState('b')])],
  ])('is not as promised when verifying finds %s', async ([, change]) => {
    const { space, hand, step, outcome } = await applied({});
    change(space);
    const receipt = outcome.status === 'done' ? outcome.receipt : {};
    expect(value(await action.verify(hand.reader, { ...step, receipt }, hand.context)).asPromised).toBe(false);
  });

  test('is not as promised when the program counted something else', async () => {
    const says = [hook('apply_start', 'b', 'create'), hook('apply_complete', 'b', 'create'), summary(2, 1, 0)];
    const { hand, step, outcome } = await applied(script({ says, state: [inState('a'), inState('b')] }));
    const receipt = outcome.status === 'done' ? outcome.receipt : {};
    expect(value(await action.verify(hand.reader, { ...step, receipt }, hand.context)).asPromised).toBe(false);
  });

  test('a replacement stays, and what is destroyed is gone', async () => {
    const says = [
      ...['a', 'c'].flatMap((name) => [hook('apply_start', name, 'delete'), hook('apply_complete', name, 'delete')]),
      hook('apply_start', 'a', 'create'),
      hook('apply_complete', 'a', 'create'),
      summary(1, 0, 2),
    ];
    const show = shownPlan([changeOf('a', ['delete', 'create']), changeOf('c', ['delete'])]);
    const { space, hand, step, outcome } = await applied({ show, ...script({ says, state: [inState('a')] }) });
    const receipt = outcome.status === 'done' ? outcome.receipt : {};
    expect(value(await action.verify(hand.reader, { ...step, receipt }, hand.context)).asPromised).toBe(true);
    space.writeState(9, [inState('a'), inState('c')]);
    expect(value(await action.verify(hand.reader, { ...step, receipt }, hand.context)).seen).toContain(
      'test_thing.c is still in the state.',
    );
  });

  test('of its own variables only those pass that give access', async () => {
    const space = workspace();
    const hand = handOf(space, {
      TF_CLI_ARGS: '-target=x',
      TF_CLI_ARGS_apply: '-lock=false',
      TF_LOG: 'TRACE',
      TF_LOG_PATH: '/tmp/x',
      TF_WORKSPACE: 'prod',
      TF_DATA_DIR: '/tmp',
      TF_REATTACH_PROVIDERS: '{}',
      TF_INPUT: '1',
      TF_VAR_token: 'v',
      TF_TOKEN_example_com: 't',
      AWS_PROFILE: 'ops',
    });
    await action.apply(await inHand(hand), hand.context);
    for (const { env } of space.calls()) {
      expect(env).toEqual({
        AWS_PROFILE: 'ops',
        CHECKPOINT_DISABLE: '1',
        TF_INPUT: '0',
        TF_IN_AUTOMATION: '1',
        TF_TOKEN_example_com: 't',
        TF_VAR_token: 'v',
      });
    }
  });

  test('a plan that was swapped after the last look is not applied', async () => {
    const { space, outcome } = await applied({}, (each) => each.writePlan({ serial: 8 }));
    expect(outcome).toMatchObject({ status: 'refused', because: 'moved', failure: { code: 'PLAN_MOVED' } });
    expect(space.calls().map(({ args }) => args[0])).not.toContain('apply');
  });

  test.for<[string, (space: Workspace) => void, Partial<StepOutcome & { because: string }>, string]>([
    ['the state moved', (space) => space.writeState(8, []), { status: 'refused', because: 'moved' }, 'PLAN_STALE'],
    [
      'the state is another',
      (space) => space.writeState(7, [], 'x'),
      { status: 'refused', because: 'moved' },
      'PLAN_STALE',
    ],
    ['the state is locked', lockState, { status: 'refused', because: 'failed' }, 'STATE_LOCKED'],
    ['the folder is open to all', openFolder, { status: 'refused', because: 'failed' }, 'FOLDER_OPEN'],
  ])('is refused and changes nothing when %s', async ([, meanwhile, expected, code]) => {
    const { space, outcome } = await applied({}, meanwhile);
    expect(outcome).toMatchObject({ ...expected, failure: { code } });
    expect(leftovers(space)).toEqual([]);
    expect(readFileSync(join(space.dir, 'state.json'), 'utf8')).not.toContain('"b"');
  });

  test('a plan for no state yet is refused once there is one: it is applied only once', async () => {
    const { hand, space, outcome } = await applied({ lineage: '', serial: 0 }, ({ dir }) =>
      rmSync(join(dir, 'state.json')),
    );
    expect(outcome).toMatchObject({ status: 'done' });
    expect(await action.apply(await inHand(hand, 'another-key'), hand.context)).toMatchObject({
      status: 'refused',
      because: 'moved',
      failure: { code: 'PLAN_STALE' },
    });
    expect(space.calls().filter(({ args }) => args[0] === 'apply')).toHaveLength(2);
  });

  test('an error after a part is partial, with what was done and what was not', async () => {
    const says = [
      hook('apply_start', 'b', 'create'),
      hook('apply_complete', 'b', 'create'),
      hook('apply_start', 'a', 'update'),
      hook('apply_errored', 'a', 'update'),
      errorLine('updating test_thing: 403', `the token ${SECRET} is not valid`),
    ];
    const { space, outcome } = await applied(script({ says, exit: 1, state: [inState('a'), inState('b')] }));
    expect(outcome).toMatchObject({
      status: 'partial',
      receipt: {
        done: [{ address: 'test_thing.b', action: 'create' }],
        errored: [{ address: 'test_thing.a', action: 'update' }],
        open: [],
      },
      failure: {
        code: 'APPLY_PARTIAL',
        message: expect.stringContaining('test_thing.a failed; updating test_thing: 403'),
      },
    });
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
    expect(leftovers(space)).toEqual([]);
  });

  test.for<[string, Partial<ApplyScript>, string, JsonObject | undefined]>([
    [
      'an error before anything was begun',
      { says: [errorLine('Invalid provider configuration')], exit: 1 },
      'refused',
      undefined,
    ],
    [
      'an error where the state alone may have changed',
      { says: [errorLine('Something')], exit: 1 },
      'unknown',
      shownPlan([changeOf('a', ['forget'])]),
    ],
    [
      'an error after something was begun, of which no more is said',
      { says: [hook('apply_start', 'b', 'create'), errorLine('x')], exit: 1 },
      'unknown',
      undefined,
    ],
    [
      'what sounds like a refusal after something was begun',
      { says: [hook('apply_start', 'b', 'create'), errorLine('Saved plan is stale')], exit: 1 },
      'unknown',
      undefined,
    ],
    ['a kill before a word of a resource', { ends: 'killed' }, 'unknown', undefined],
    ['a kill in the middle', { says: [hook('apply_start', 'b', 'create')], ends: 'killed' }, 'unknown', undefined],
    [
      'a kill after a part',
      { says: [hook('apply_start', 'b', 'create'), hook('apply_complete', 'b', 'create')], ends: 'killed' },
      'partial',
      undefined,
    ],
    [
      'a code of nought with an error',
      { says: [hook('apply_errored', 'b', 'create'), errorLine('x')] },
      'partial',
      undefined,
    ],
  ])('%s', async ([, changes, status, show]) => {
    const { space, outcome } = await applied({ ...script(changes), ...(show === undefined ? {} : { show }) });
    expect(outcome.status).toBe(status);
    expect(leftovers(space)).toHaveLength(status === 'unknown' ? 1 : 0);
  });

  test('a second attempt under the same key is not made', async () => {
    const changes = script({ says: [hook('apply_start', 'b', 'create')], ends: 'killed' });
    const { space, hand, step } = await applied(changes);
    expect(await action.apply(step, hand.context)).toMatchObject({
      status: 'unknown',
      failure: { code: 'TRIED_BEFORE' },
    });
    expect(space.calls().filter(({ args }) => args[0] === 'apply')).toHaveLength(1);
  });
});

describe('giving up', () => {
  test('before it is started nothing is', async () => {
    const { space, hand } = planned();
    const step = await inHand(hand);
    const outcome = await action.apply(step, { ...hand.context, signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ status: 'refused', because: 'failed', failure: { code: 'ABORTED' } });
    expect(leftovers(space)).toEqual([]);
  });

  test('while it works interrupts it once, and waits for it to finish what it had begun', async () => {
    const { space, hand } = planned(
      script({
        says: [hook('apply_start', 'b', 'create')],
        ends: 'interrupted',
        after: [hook('apply_complete', 'b', 'create'), errorLine('execution halted')],
        exit: 1,
        state: [inState('b')],
      }),
    );
    const step = await inHand(hand);
    const giveUp = new AbortController();
    const outcome = action.apply(step, { ...hand.context, signal: giveUp.signal });
    await expect.poll(() => existsSync(join(space.dir, 'waiting'))).toBe(true);
    giveUp.abort();
    expect(await outcome).toMatchObject({
      status: 'partial',
      receipt: { done: [{ address: 'test_thing.b', action: 'create' }] },
    });
  });
});

function linkOut({ dir }: Workspace): void {
  rmSync(join(dir, 'plan.bin'));
  mkdirSync(join(dir, '..', 'elsewhere'));
  writeFileSync(join(dir, '..', 'elsewhere', 'plan.bin'), 'x');
  symlinkSync('../elsewhere/plan.bin', join(dir, 'plan.bin'));
}

function lockState({ dir }: Workspace): void {
  writeFileSync(join(dir, 'lock-held'), '');
}

function openFolder({ dir }: Workspace): void {
  chmodSync(join(dir, '.terraform'), 0o777);
}
