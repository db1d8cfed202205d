import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Grant } from '../../src/domain/grant.ts';
import { PLAN_STATUSES, type PlanState, type PlanStatus, type StepProgress } from '../../src/domain/plan.ts';
import { isTerminal, transition, type PlanEvent, type Transition } from '../../src/domain/plan-transition.ts';
import type { Decision } from '../../src/domain/policy.ts';
import { redactor } from '../support/sighting.ts';

const ana = { kind: 'operator', name: 'ana' } as const;
const digest = 'sha256:0';
const grant: Grant = {
  kind: 'approval',
  id: 'g-1',
  plan: 'p-1',
  digest,
  at: 1,
  expiresAt: 9,
  instance: 'here',
  by: ana,
  assurance: 'terminal',
  key: null,
  allowDestructive: false,
};
const decision: Decision = { effect: 'queue', policy: null, rule: null, why: '' };
const why = redactor.text('why');
const done: StepProgress = { step: 's1', at: 2, status: 'done', receipt: {} };
const failure = { code: 'NO', message: redactor.text('no') };

/** Every event there is, with every outcome that it may bring. */
const EVENTS: Readonly<Record<PlanEvent['event'], readonly PlanEvent[]>> = {
  authorise: [{ event: 'authorise', grant }],
  reject: [{ event: 'reject', by: ana, reason: why }],
  withdraw: [{ event: 'withdraw', by: ana, reason: null }],
  expire: [{ event: 'expire' }],
  supersede: [{ event: 'supersede', by: 'p-2' }],
  stale: [{ event: 'stale', moved: [], reason: why }],
  revoke: [{ event: 'revoke', by: ana, reason: why }],
  claim: [{ event: 'claim', fence: 3 }],
  resume: [{ event: 'resume', fence: 4 }],
  progress: [
    { event: 'progress', progress: { step: 's1', at: 2, status: 'intent' } },
    { event: 'progress', progress: done },
    { event: 'progress', progress: { step: 's1', at: 2, status: 'refused', because: 'moved', failure } },
    { event: 'progress', progress: { step: 's1', at: 2, status: 'partial', receipt: {}, failure } },
    { event: 'progress', progress: { step: 's1', at: 2, status: 'unknown', failure } },
  ],
  'not-done': [{ event: 'not-done', step: 's1' }],
  finish: (['applied', 'partial', 'failed', 'unknown'] as const).map((outcome) => ({
    event: 'finish',
    outcome,
    reason: null,
  })),
  reconcile: (['applied', 'partial', 'failed'] as const).map((outcome) => ({
    event: 'reconcile',
    outcome,
    progress: [done],
    reason: why,
  })),
  verify: [true, false].map((asPromised) => ({ event: 'verify', asPromised, seen: [why], reason: null })),
  abandon: [{ event: 'abandon', by: ana, reason: null }],
};

/** The design, status by status: which events lead out of it, and where to. Written anew, not read from the code. */
const TABLE: Readonly<Record<PlanStatus, Partial<Record<PlanEvent['event'], readonly PlanStatus[]>>>> = {
  queued: {
    authorise: ['authorised'],
    reject: ['rejected'],
    withdraw: ['withdrawn'],
    expire: ['expired'],
    supersede: ['superseded'],
    stale: ['stale'],
  },
  authorised: { claim: ['applying'], stale: ['stale'], expire: ['expired'], revoke: ['revoked'] },
  applying: {
    resume: ['applying'],
    progress: ['applying', 'applying', 'applying', 'applying', 'applying'],
    'not-done': ['applying'],
    finish: ['applied', 'partial', 'failed', 'unknown'],
  },
  unknown: { reconcile: ['applied', 'partial', 'failed'] },
  applied: { verify: ['verified', 'unverified'] },
  partial: { resume: ['applying'], abandon: ['abandoned'] },
  noop: {},
  denied: {},
  failed: {},
  verified: {},
  unverified: {},
  abandoned: {},
  rejected: {},
  withdrawn: {},
  revoked: {},
  superseded: {},
  stale: {},
  expired: {},
};

function stateOf(status: PlanStatus): PlanState {
  const base = { since: 1, reason: null };
  const progress = [done];
  switch (status) {
    case 'noop':
    case 'expired':
      return { ...base, status };
    case 'denied':
    case 'queued':
      return { ...base, status, decision };
    case 'authorised':
      return { ...base, status, grant };
    case 'applying':
      return { ...base, status, grant, fence: 1, progress };
    case 'applied':
    case 'partial':
    case 'failed':
    case 'unknown':
      return { ...base, status, grant, progress };
    case 'verified':
    case 'unverified':
      return { ...base, status, grant, progress, seen: [] };
    case 'abandoned':
      return { ...base, status, grant, progress, by: ana };
    case 'rejected':
    case 'withdrawn':
      return { ...base, status, by: ana };
    case 'revoked':
      return { ...base, status, grant, by: ana };
    case 'superseded':
      return { ...base, status, by: 'p-9' };
    case 'stale':
      return { ...base, status, moved: [] };
    default:
      return status satisfies never;
  }
}

const names = Object.keys(EVENTS).filter((name): name is PlanEvent['event'] => name in EVENTS);
const anyEvent = fc.constantFrom(...Object.values(EVENTS).flat());

describe('every event in every status', () => {
  test.for(PLAN_STATUSES.flatMap((status) => names.map((name) => [status, name] as const)))(
    'in %s, %s leads where the design says, or is refused',
    ([status, name]) => {
      const led = EVENTS[name].map((event) => {
        const next = transition(stateOf(status), event, 5);
        return next.ok ? next.state.status : 'refused';
      });
      expect(led).toEqual(TABLE[status][name] ?? EVENTS[name].map(() => 'refused'));
    },
  );

  test('a refusal names the status and the event, and the state was not touched', () => {
    const state = stateOf('verified');
    const before = structuredClone(state);
    expect(transition(state, { event: 'claim', fence: 1 }, 5)).toEqual({
      ok: false,
      status: 'verified',
      event: 'claim',
    });
    expect(state).toEqual(before);
  });

  test('terminal are exactly those that the design leads nowhere from', () => {
    expect(PLAN_STATUSES.filter(isTerminal)).toEqual(
      PLAN_STATUSES.filter((status) => Object.keys(TABLE[status]).length === 0),
    );
  });
});

/** What an event broke of what must hold whatever happens; nothing is an empty list. */
function broken(before: PlanState, { event }: PlanEvent, next: Transition, at: number): readonly string[] {
  if (!next.ok) return [];
  const { state } = next;
  // The two ends that come before any use of a grant need it no more: the audit has it.
  const keepsGrant = 'grant' in before && state.status !== 'stale' && state.status !== 'expired';
  const rules: readonly (readonly [string, boolean])[] = [
    ['a terminal status was left', !isTerminal(before.status)],
    ['a grant was lost or exchanged', !keepsGrant || ('grant' in state && state.grant === grant)],
    ['authorised without authorise', state.status !== 'authorised' || event === 'authorise'],
    ['applying without a claim', before.status !== 'authorised' || state.status !== 'applying' || event === 'claim'],
    ['its time is another', event === 'progress' || event === 'not-done' || state.since === at],
  ];
  return rules.filter(([, holds]) => !holds).map(([rule]) => rule);
}

describe('whatever happens, in whatever order', () => {
  test('no terminal status is left, no grant is lost or exchanged, and authorised is reached by authorise alone', () => {
    const reached = new Set<PlanStatus>();
    const sequences = fc.sample(fc.array(anyEvent, { minLength: 1, maxLength: 40 }), 5_000);
    for (const events of sequences) {
      let state: PlanState = stateOf('queued');
      for (const [at, event] of events.entries()) {
        const next = transition(state, event, 10 + at);
        expect(broken(state, event, next, 10 + at), `${state.status} ${event.event}`).toEqual([]);
        if (next.ok) ({ state } = next);
        reached.add(state.status);
      }
    }
    // Else the sequences were too tame to prove anything.
    expect([...reached]).toEqual(expect.arrayContaining(['queued', 'authorised', 'applying', 'stale', 'revoked']));
  });
});

describe('progress', () => {
  const applying = (progress: readonly StepProgress[]): PlanState => ({
    status: 'applying',
    since: 1,
    reason: null,
    grant,
    fence: 1,
    progress,
  });
  const progressAfter = (state: PlanState, event: PlanEvent): unknown => {
    const next = transition(state, event, 5);
    return next.ok && 'progress' in next.state ? next.state.progress : null;
  };

  test('of a step takes the place of what was known of it, and of no other', () => {
    const intent: StepProgress = { step: 's2', at: 2, status: 'intent' };
    const outcome: StepProgress = { step: 's2', at: 3, status: 'done', receipt: { uid: 'a' } };
    expect(progressAfter(applying([done, intent]), { event: 'progress', progress: outcome })).toEqual([done, outcome]);
  });

  test('is forgotten of a step that certainly did not take effect', () => {
    expect(
      progressAfter(applying([done, { step: 's2', at: 2, status: 'intent' }]), { event: 'not-done', step: 's2' }),
    ).toEqual([done]);
  });

  test('of what was refused is tried again after a resume; what was done, in whole or in part, is not', () => {
    const part: StepProgress = { step: 's2', at: 2, status: 'partial', receipt: {}, failure };
    const refused: StepProgress = { step: 's3', at: 2, status: 'refused', because: 'failed', failure };
    const state: PlanState = { status: 'partial', since: 1, reason: null, grant, progress: [done, part, refused] };
    expect(progressAfter(state, { event: 'resume', fence: 2 })).toEqual([done, part]);
  });
});
