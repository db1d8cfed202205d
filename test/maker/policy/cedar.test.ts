import { expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import type {
  Policy,
  PolicyBound,
  PolicyEffect,
  PolicyLimit,
  PolicyMatch,
  PolicyQuestion,
  PolicyRule,
  PolicyStep,
  PolicyWindow,
} from '../../../src/domain/policy.ts';
import { WEEKDAYS } from '../../../src/domain/schedule.ts';
import { decide, usageKeysOf } from '../../../src/maker/policy/decide.ts';
import { cedarOf } from '../../support/cedar-policy.ts';
import { seeded, type Seeded } from '../../support/seeded.ts';

/** HOLDFAST_CEDAR_POLICIES and HOLDFAST_CEDAR_SEED ask for more of them, and for others. */
const POLICIES = Number(process.env['HOLDFAST_CEDAR_POLICIES'] ?? 75);
const QUESTIONS = 40;
const SEED = Number(process.env['HOLDFAST_CEDAR_SEED'] ?? 20_261_124);

test(`${POLICIES} random policies decide ${QUESTIONS} random plans each as Cedar does`, () => {
  const random = seeded(SEED);
  const counts: Record<PolicyEffect, number> = { deny: 0, allow: 0, queue: 0 };
  for (let index = 0; index < POLICIES; index += 1) {
    const policy = anyPolicy(random);
    const cedar = cedarOf(policy, `p${index}`);
    for (let asked = 0; asked < QUESTIONS; asked += 1) {
      const question = anyQuestion(random, policy);
      const ours = decide(policy, question).decision.effect;
      counts[ours] += 1;
      expect(ours, JSON.stringify({ policy, question, used: [...question.used] })).toBe(cedar(question));
    }
  }
  // Each outcome comes often enough for the comparison to mean something.
  const total = POLICIES * QUESTIONS;
  expect(counts.allow).toBeGreaterThan(total / 50);
  expect(counts.deny).toBeGreaterThan(total / 10);
  expect(counts.queue).toBeGreaterThan(total / 10);
}, 300_000);

const ACTIONS = ['host/prune', 'host/restart', 'kubernetes/scale', 'aws/stop'];
const RESOURCES = ['host:1/dir/a', 'host:1/dir/b', 'k8s:1/web', 'k8s:1/db', 'a*b'];
const ZONES = ['Europe/Amsterdam', 'America/New_York', 'Asia/Kolkata', 'UTC'];
const TIMES = ['00:00', '02:30', '09:00', '17:00', '22:00'];

function some<T>(random: Seeded, from: readonly T[]): T[] {
  const picked = from.filter(() => random.chance(0.6));
  return picked.length === 0 ? [random.pick(from)] : picked;
}

function maybe<T>(random: Seeded, probability: number, make: () => T): T | undefined {
  return random.chance(probability) ? make() : undefined;
}

function anyPolicy(random: Seeded): Policy {
  const timezone = random.pick(ZONES);
  const rules = Array.from({ length: random.between(1, 5) }, (_, index) => anyRule(random, `r-${index}`, timezone));
  return {
    name: 'random',
    owner: 'test',
    expiresAt: maybe(random, 0.3, () => Date.parse('2026-11-25T00:00:00Z')) ?? null,
    digest: 'sha256:random',
    rules,
    tests: [],
  };
}

function anyRule(random: Seeded, id: string, timezone: string): PolicyRule {
  const effect = random.pick(['deny', 'allow', 'allow', 'queue'] as const);
  // A deny of few clauses denies nearly everything; an allow of many allows nearly nothing.
  const density = effect === 'deny' ? 0.4 : 0.2;
  return {
    id,
    effect,
    match: {
      ...anyMatch(random, density),
      action: some(random, [...ACTIONS, 'host/*', '*', 'kubernetes/*']),
      not: maybe(random, density, () => anyMatch(random, 0.2)),
    },
    bounds: Object.fromEntries(
      ['after.replicas', 'after.size', 'before.replicas', 'params.force', 'cost.monthly', 'steps']
        .filter(() => random.chance(density / 2))
        .map((path) => [path, anyBound(random)]),
    ),
    window: maybe(random, density, () => anyWindow(random, timezone)) ?? null,
    limits: effect === 'allow' ? anyLimits(random) : [],
  };
}

function anyMatch(random: Seeded, density: number): Omit<PolicyMatch, 'not'> {
  const values = (from: readonly JsonValue[]) => maybe(random, density, () => some(random, from));
  const texts = (from: readonly string[]) => maybe(random, density, () => some(random, from));
  return {
    actor: {
      kind: maybe(random, density, () => some(random, ['operator', 'runbook', 'ci', 'model'] as const)),
      claims: maybe(random, density, () => ({
        [random.pick(['repository', 'ref'])]: some(random, ['acme/shop', 'main', 'other']),
      })),
    },
    target: { id: texts(['c1', 'c2', 'c3']) },
    environment: texts(['staging', 'production']),
    resource: texts([...RESOURCES.slice(0, 4), 'host:*', '*/web', '*1*', 'k8s:*/*']),
    params: maybe(random, density, () => ({
      [random.pick(['force', 'mode'])]: values([true, false, 'hold', 'delete', 1, '1']) ?? [true],
    })),
    destructive: maybe(random, density, () => random.chance(0.3)),
    risk: texts(['low', 'medium', 'high']),
  };
}

function anyBound(random: Seeded): PolicyBound {
  const min = maybe(random, 0.5, () => random.between(-2, 4));
  const max = maybe(random, 0.5, () => random.between(2, 10));
  return min === undefined && max === undefined ? { oneOf: some(random, [1, 2, 4, '4', true]) } : { min, max };
}

function anyWindow(random: Seeded, timezone: string): PolicyWindow {
  const from = random.pick(TIMES);
  const to = random.pick([...TIMES.filter((time) => time !== from), '24:00']);
  return { days: some(random, WEEKDAYS), from, to, timezone, notBefore: null, notAfter: null };
}

function anyLimits(random: Seeded): PolicyLimit[] {
  return ['applies', 'after.replicas', 'cost.monthly']
    .filter(() => random.chance(0.15))
    .map((of) => ({ of, max: random.between(1, 12), per: random.pick(['hour', 'day'] as const), each: 'rule' }));
}

/** A value that is mostly sound, and now and then of another type, or not there. */
function anyValue(random: Seeded, sound: readonly JsonValue[]): JsonValue | undefined {
  if (random.chance(0.85)) return random.pick(sound);
  return UNSOUND[random.between(0, UNSOUND.length - 1)];
}

const UNSOUND = [undefined, null, '4', 4, '', true, Number.NaN, Number.POSITIVE_INFINITY, [4], { a: 4 }];

function anyFields(random: Seeded, fields: Readonly<Record<string, readonly JsonValue[]>>): JsonObject {
  const entries = Object.entries(fields).map(([name, sound]) => [name, anyValue(random, sound)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
}

function anyStep(random: Seeded): PolicyStep {
  return {
    action: random.chance(0.95) ? random.pick(ACTIONS) : '',
    resource: random.chance(0.95) ? random.pick(RESOURCES) : '',
    params: anyFields(random, { force: [true, false, 1], mode: ['hold', 'delete'] }),
    before: anyFields(random, { replicas: [0, 1, 2, 4] }),
    after: anyFields(random, { replicas: [0, 2, 4, 6, -3], size: [1, 2, 10] }),
  };
}

function anyQuestion(random: Seeded, policy: Policy): PolicyQuestion {
  const kind = random.pick(['operator', 'ci', 'ci', 'model'] as const);
  const name = 'somebody';
  const asked: PolicyQuestion = {
    at: random.chance(0.97)
      ? random.between(Date.parse('2026-10-20T00:00:00Z'), Date.parse('2026-12-01T00:00:00Z'))
      : Number.NaN,
    actor:
      kind === 'ci'
        ? {
            kind,
            name,
            claims:
              maybe(random, 0.9, () =>
                anyFields(random, { repository: ['acme/shop', 'other'], ref: ['main', 'other'] }),
              ) ?? null,
          }
        : { kind, name },
    target: { provider: 'host', id: random.chance(0.9) ? random.pick(['c1', 'c2']) : '' },
    environment: random.pick(['staging', 'staging', 'production', null, '']),
    runbook: null,
    destructive: random.chance(0.2),
    risk: random.pick(['low', 'low', 'medium', 'high']),
    costMonthly: random.chance(0.9) ? random.between(-5, 12) : random.pick([null, Number.NaN]),
    steps: Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => anyStep(random)),
    durable: random.chance(0.95),
    used: new Map(),
  };
  const used = usageKeysOf(policy, asked)
    .filter(() => random.chance(0.5))
    .map(({ key }): [string, number] => [key, random.between(0, 8)]);
  return { ...asked, used: new Map(used) };
}
