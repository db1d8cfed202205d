import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  approveWith,
  costWords,
  planCard,
  planDiff,
  planOutcome,
  plansHuman,
  question,
} from '../../../src/cli/views/plan-human.ts';
import { planDocument } from '../../../src/documents/plan.ts';
import { planSchema } from '../../../src/documents/plan-schema.ts';
import { canonicalJson } from '../../../src/domain/canonical-json.ts';
import { digestOf } from '../../../src/domain/digest.ts';
import {
  PLAN_STATUSES,
  shortCode,
  type Plan,
  type PlanState,
  type SealedPlan,
  type SealedStep,
} from '../../../src/domain/plan.ts';
import { redactor } from '../../support/sighting.ts';

const plain = (_format: unknown, text: string): string => text;
const NOW = Date.UTC(2026, 10, 25, 10);
const ZERO = `sha256:${'0'.repeat(64)}` as const;
const ANA = { kind: 'operator', name: 'ana' } as const;
const none = { amount: 0, currency: 'USD', per: 'month', basis: 'nothing is billed' } as const;

const STEP: SealedStep = {
  id: 's1',
  action: 'kubernetes/scale-workload@1',
  params: { name: 'billing', replicas: 2 },
  resource: 'k8s:7c0e/apps/Deployment/shop/billing',
  name: 'deployment/billing',
  summary: 'Scale billing from 4 to 2 replicas',
  before: { identity: { uid: 'u-1' }, rests: { replicas: 4 }, shown: { replicas: '4, 4 ready' } },
  after: { fields: { replicas: 2 }, shown: { replicas: 2 } },
  preview: { by: 'server', diff: ['- replicas: 4', '+ replicas: 2', '  as it is'] },
  cost: { ...none, amount: -62 },
  risk: { level: 'low', reasons: ['not the only replica'] },
  destructive: false,
  dependents: ['service/billing'],
  undo: { possible: true, words: 'scale to 4' },
};

function aPlan(edit: Partial<SealedPlan> = {}, state: PlanState = QUEUED): Plan {
  const sealed: SealedPlan = {
    v: 1,
    id: 'p-0123456789AB',
    engine: '0.1.0',
    catalogue: ZERO,
    title: STEP.summary,
    why: 'too large',
    origin: { actor: { kind: 'runbook', name: 'nightly', digest: ZERO }, findings: ['f-0123456789AB'] },
    target: { provider: 'kubernetes', id: '7c0e', name: 'prod-eu', details: { server: 'sha256:aa' } },
    steps: [STEP],
    cost: { ...none, amount: -62 },
    risk: STEP.risk,
    destructive: false,
    reverts: null,
    supersedes: null,
    createdAt: NOW,
    expiresAt: NOW + 3_600_000,
    nonce: '0'.repeat(32),
    ...edit,
  };
  return {
    id: sealed.id,
    bytes: canonicalJson(sealed),
    digest: digestOf('plan', sealed),
    sealed,
    intent: ZERO,
    ...state,
  };
}

const decision = { effect: 'queue', policy: null, rule: null, why: 'no policy is in force' } as const;
const QUEUED: PlanState = { status: 'queued', since: NOW, reason: null, decision };

const grant = {
  kind: 'approval',
  id: 'g-0123456789AB',
  plan: 'p-0123456789AB',
  digest: ZERO,
  at: NOW,
  expiresAt: NOW + 1,
  instance: 'i',
  by: ANA,
  assurance: 'terminal',
  key: null,
  allowDestructive: false,
} as const;
const reason = redactor.text('because of that');
const failed = {
  step: 's1',
  at: NOW,
  status: 'partial',
  receipt: {},
  failure: { code: redactor.text('CUT_OFF'), message: redactor.text('it died') },
} as const;
const base = { since: NOW, reason };

/** One state of every status. */
const STATES: readonly PlanState[] = [
  { ...base, status: 'noop' },
  { ...base, status: 'denied', decision: { ...decision, effect: 'deny', why: 'rule freeze' } },
  QUEUED,
  { ...base, status: 'authorised', grant },
  { ...base, status: 'applying', grant, fence: 1, progress: [{ step: 's1', at: NOW, status: 'intent' }] },
  { ...base, status: 'applied', grant, progress: [{ step: 's1', at: NOW, status: 'done', receipt: {} }] },
  { ...base, status: 'partial', grant, progress: [failed] },
  { ...base, status: 'failed', grant, progress: [] },
  { ...base, status: 'unknown', grant, progress: [{ step: 's1', at: NOW, status: 'intent' }] },
  {
    ...base,
    status: 'verified',
    grant,
    progress: [{ step: 's1', at: NOW, status: 'done', receipt: {} }],
    seen: [redactor.text('2 replicas')],
  },
  {
    ...base,
    status: 'unverified',
    grant,
    progress: [{ step: 's1', at: NOW, status: 'done', receipt: {} }],
    seen: [redactor.text('3 replicas')],
  },
  { ...base, status: 'abandoned', grant, progress: [failed], by: ANA },
  { ...base, status: 'rejected', by: ANA },
  { ...base, status: 'withdrawn', by: ANA },
  { ...base, status: 'revoked', grant, by: ANA },
  { ...base, status: 'superseded', by: 'p-BA9876543210' },
  {
    ...base,
    status: 'stale',
    moved: [{ step: 's1', path: 'rests.replicas', sealed: redactor.text('4'), now: redactor.text('5') }],
  },
  { ...base, status: 'expired' },
];

const card = (plan: Plan, columns = 100, environment: string | null = null): string =>
  planCard(plan, { now: NOW, columns, style: plain, environment, broughtBy: null });

describe('the card of a plan', () => {
  it('says all that the operator approves', () => {
    expect(card(aPlan(), 100, 'production'))
      .toBe(`PLAN p-0123456789AB  Scale billing from 4 to 2 replicas                               expires in 1 h
Target       kubernetes prod-eu (id 7c0e, server sha256:aa, environment production)
Action       kubernetes/scale-workload@1 name=billing replicas=2
Resource     deployment/billing (k8s:7c0e/apps/Deployment/shop/billing)
Now          replicas 4, 4 ready
After        replicas 2
Depends      service/billing
Undo         scale to 4
Preview      tried by the target itself (dry run)
Cost         -$62.00 per month (nothing is billed)
Risk         low: not the only replica
Why          too large
From         runbook nightly on f-0123456789AB, ${card(aPlan()).match(/f-0123456789AB, (.*)/)?.[1]}
Status       queued, waits for you (no policy is in force)
Digest       ${aPlan().digest}
             approve with: holdfast plan approve p-0123456789AB
`);
  });

  it('never cuts: the digest and the command stand whole at any width', () => {
    for (const columns of [40, 60, 80, 200]) {
      const shown = card(aPlan({ destructive: true, why: 'word '.repeat(400) }), columns);
      expect(shown).toContain('holdfast plan approve p-0123456789AB --allow-destructive');
      expect(shown.replaceAll(/\s/g, '')).toContain(aPlan({ destructive: true, why: 'word '.repeat(400) }).digest);
      expect(shown.match(/word/g)).toHaveLength(400);
    }
  });

  it('shows the whole of a long title', () => {
    const title = Array.from({ length: 80 }, (_, index) => `word${index}`).join(' ');
    for (const columns of [40, 100]) expect(card(aPlan({ title }), columns).replaceAll(/\s+/g, ' ')).toContain(title);
    expect(plansHuman([aPlan({ title })], 60, plain).replaceAll(/\s+/g, ' ')).toContain(title);
  });

  it('says what is lost, what is absent and what can not be undone', () => {
    const step = {
      ...STEP,
      destructive: true,
      before: { ...STEP.before, identity: null },
      dependents: [],
      undo: { possible: false, words: 'it is gone' },
    };
    const shown = card(aPlan({ destructive: true, steps: [step] }));
    expect(shown).toContain('Destroys     yes');
    expect(shown).toContain('Now          it is not there');
    expect(shown).toContain('Depends      nothing that could be seen');
    expect(shown).toContain('Undo         not possible: it is gone');
  });

  it('shows every step of several, each by its own', () => {
    const second = { ...STEP, id: 's2', summary: 'Scale cart', name: 'deployment/cart' };
    const shown = card(aPlan({ steps: [STEP, second] }));
    for (const text of ['Step s1', 'Step s2', 'deployment/billing', 'deployment/cart']) expect(shown).toContain(text);
  });

  it('offers the approval of nothing but a plan that waits', () => {
    for (const state of STATES)
      expect([state.status, card(aPlan({}, state)).includes('approve with')]).toEqual([
        state.status,
        state.status === 'queued',
      ]);
  });

  it('lets no text of anybody steer the terminal, break a line or hide', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const step: SealedStep = {
          ...STEP,
          summary: text,
          name: text,
          params: { name: text },
          before: { ...STEP.before, shown: { [text]: text } },
          after: { ...STEP.after, shown: { state: text } },
          dependents: [text],
          undo: { possible: false, words: text },
          preview: { by: 'computed', diff: [text] },
        };
        const plan = aPlan({
          title: text,
          why: text,
          steps: [step],
          target: { provider: 'host', id: text, name: text, details: { [text]: text } },
        });
        for (const shown of [
          card(plan),
          planDiff(plan, plain),
          plansHuman([plan], 80, plain),
          planOutcome(plan, 80, plain),
        ])
          expect(shown).not.toMatch(
            /[\u{0}-\u{9}\u{b}-\u{1f}\u{7f}-\u{9f}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{2069}\u{feff}]/u,
          );
        expect(card(plan)).toMatch(/^Digest +sha256:/m);
        // A text with a line of its own could pretend to be another part of the card.
        expect(card(plan).match(/^Digest /gm)).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the card of a plan from a file', () => {
  it('says who brought it, and that its origin is what the file says', () => {
    const broughtBy = { kind: 'ci', name: 'nightly\u{1b}[2J', claims: null } as const;
    const shown = planCard(aPlan(), { now: NOW, columns: 100, style: plain, environment: null, broughtBy });
    expect(shown).toMatch(/^Brought by +ci nightly\\u\{1b\}\[2J: the line above is what its file says$/m);
    expect(card(aPlan())).not.toContain('Brought by');
  });
});

describe('how a plan stands', () => {
  it('is said of every status there is', () => {
    expect(STATES.map(({ status }) => status).toSorted()).toEqual([...PLAN_STATUSES].toSorted());
    for (const state of STATES) {
      const plan = aPlan({}, state);
      expect(card(plan)).toMatch(/^Status +\S/m);
      expect(planOutcome(plan, 100, plain)).toMatch(/^p-0123456789AB is \S/);
      expect(planSchema.safeParse(planDocument(plan, { environment: null, broughtBy: null })).error).toBeUndefined();
    }
  });

  it.each([
    ['stale', 's1 rests.replicas was 4, is 5'],
    ['partial', 's1 partial at'],
    ['partial', 'CUT_OFF it died'],
    ['verified', '2 replicas'],
    ['rejected', 'rejected by operator ana: because of that'],
    ['superseded', 'superseded by p-BA9876543210'],
    ['denied', 'denied: rule freeze'],
    ['applying', 's1 was begun at'],
  ])('%s: %s', (status, words) => {
    const state = STATES.find((each) => each.status === status) ?? QUEUED;
    expect(card(aPlan({}, state))).toContain(words);
  });

  it('after it was followed says how to take it back, or to go on, where that can be', () => {
    const outcome = (status: string, edit: Partial<SealedPlan> = {}): string =>
      planOutcome(aPlan(edit, STATES.find((each) => each.status === status) ?? QUEUED), 100, plain);
    expect(outcome('verified')).toContain('holdfast plan undo p-0123456789AB');
    expect(outcome('verified', { steps: [{ ...STEP, undo: { possible: false, words: 'gone' } }] })).not.toContain(
      'undo',
    );
    expect(outcome('partial')).toContain('holdfast plan resume p-0123456789AB');
    for (const status of ['stale', 'failed', 'rejected', 'expired']) expect(outcome(status)).not.toContain('plan undo');
  });
});

describe('what a cost is in words', () => {
  it.each([
    [{ amount: null, basis: 'the price is not known' }, 'unknown (the price is not known)'],
    [{ amount: 0, basis: 'no charge' }, 'none (no charge)'],
    [{ amount: -62, basis: 'estimated' }, '-$62.00 per month (estimated)'],
    [{ amount: 1234.5, basis: 'estimated' }, '+$1,234.50 per month (estimated)'],
  ])('%j', (cost, words) => {
    expect(costWords({ currency: 'USD', per: 'month', ...cost })).toBe(words);
  });
});

it('asks for the word, or for the code of what destroys and does not give it away', () => {
  const plan = aPlan();
  expect(question(plan)).toContain(`yes to approve ${shortCode(plan.digest)}`);
  const destroying = aPlan({ destructive: true });
  expect(question(destroying)).not.toContain(shortCode(destroying.digest));
  expect(approveWith(plan)).not.toContain('destructive');
});

it('lists plans one by one, and says so when there is none', () => {
  expect(plansHuman([], 80, plain)).toContain('No plan waits');
  const shown = plansHuman([aPlan(), aPlan({ title: 'Another' })], 80, plain);
  expect(shown.match(/^p-0123456789AB/gm)).toHaveLength(2);
  expect(shown).toContain('runbook nightly');
});

it('shows a diff by its steps, and says when there are no lines', () => {
  expect(planDiff(aPlan(), plain)).toContain(
    's1  Scale billing from 4 to 2 replicas\n- replicas: 4\n+ replicas: 2\n  as it is\n',
  );
  expect(planDiff(aPlan({ steps: [{ ...STEP, preview: { by: 'server', diff: [] } }] }), plain)).toContain('(no lines)');
});
