import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { generate } from '../../../scripts/generate/policy-schema.ts';
import { decide } from '../../../src/maker/policy/decide.ts';
import { questionOf } from '../../../src/maker/policy/given.ts';
import { lintPolicy } from '../../../src/maker/policy/lint.ts';
import { runPolicyTests } from '../../../src/maker/policy/test.ts';
import { load, said } from '../../support/policy.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const SHIPPED = readdirSync(new URL('policies/', ROOT)).filter((name) => name.endsWith('.yaml'));
const [schema] = await generate();
const validate = new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(schema?.content ?? ''));

/** What a policy may speak of before there is code for it. */
const ACTIONS = [
  'aws/revoke-security-group-ingress@1',
  'aws/authorize-security-group-ingress@1',
  'host/prune-directory@1',
  'host/purge-held@1',
  'kubernetes/scale-workload@1',
] as const;

test('four policies are shipped', () => {
  expect(SHIPPED).toEqual(['ci-staging-scale.yaml', 'close-open-ssh.yaml', 'freeze-window.yaml', 'nightly-prune.yaml']);
});

describe.each(SHIPPED)('%s', (name) => {
  const loaded = load(read(`policies/${name}`), name);

  test('is sound, and an editor accepts it', () => {
    expect(loaded.mistakes.map(said)).toEqual([]);
    expect(validate(parse(read(`policies/${name}`)))).toBe(true);
  });

  test('passes its own tests, which leave nothing of it untested', () => {
    const report = loaded.policy === null ? null : runPolicyTests(loaded.policy);
    expect(report?.results.filter(({ passed }) => !passed)).toEqual([]);
    expect(report?.results.length).toBeGreaterThan(5);
    expect(report?.uncovered).toEqual([]);
  });

  test('has nothing to be told of', () => {
    expect(lintPolicy(loaded, { now: Date.parse('2026-11-24T12:00:00Z'), actions: ACTIONS }).map(said)).toEqual([]);
  });

  test('allows nothing on a real target until it is edited', () => {
    const { policy } = loaded;
    const allowed = policy?.tests.filter(({ expect: expected }) => expected === 'allow') ?? [];
    for (const id of ['7c0e1a52-0f1e-4a57-9d0f-1d3f5a1b9c11', '0123456789abcdef0123456789abcdef', '123456789012']) {
      for (const each of allowed) {
        const asked = policy === null ? null : questionOf(policy, each);
        if (asked === null) throw new Error(`no question in ${each.name}`);
        expect(decide(policy, { ...asked, target: { ...asked.target, id } }).decision.effect).not.toBe('allow');
      }
    }
  });
});

describe('the JSON Schema', () => {
  test('that is published is the one that the code makes', () => {
    expect(read(schema?.path ?? '')).toBe(schema?.content);
  });

  test.each([
    'policy: a\nowner: b\nrules: [{ id: a, efect: deny }]',
    'policy: a\nowner: b\nrules: [{ id: a, effect: permit }]',
    'policy: a\nowner: b\nrules: []',
    'policy: a\nowner: b\nrules: [{ id: a, effect: deny, match: { enviroment: x } }]',
    'policy: a\nowner: b\nrules: [{ id: a, effect: deny, match: { action: "host/.*" } }]',
    'policy: a\nowner: b\nrules: [{ id: a, effect: deny, bounds: { replicas: { max: 1 } } }]',
    'policy: a\nowner: b\nrules: [{ id: a, effect: deny, match: { environment: [] } }]',
    'policy: a\nrules: [{ id: a, effect: deny }]',
  ])('marks what the loader refuses: %s', (text) => {
    expect(load(text).policy).toBeNull();
    expect(validate(parse(text))).toBe(false);
  });
});

describe('docs/policy.md', () => {
  const page = read('docs/policy.md');
  const blocks = [...page.matchAll(/```yaml (policy|rule)\n(.*?)```/gs)].map(([, kind, text]) => ({
    kind,
    text: text ?? '',
  }));

  test('has examples that are sound', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(3);
    for (const { kind, text } of blocks) {
      const whole = kind === 'policy' ? text : `policy: example\nowner: ana\nrules:\n${text}`;
      expect(load(whole).mistakes.map(said), text).toEqual([]);
    }
  });

  test('has whole examples whose tests pass', () => {
    for (const { text } of blocks.filter(({ kind }) => kind === 'policy')) {
      const { policy } = load(text);
      expect(policy === null ? null : runPolicyTests(policy).results.filter(({ passed }) => !passed)).toEqual([]);
    }
  });

  test('names every code that loading and linting tell', () => {
    const folder = new URL('src/maker/policy/', ROOT);
    const sources = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
    const codes = new Set(sources.flatMap((text) => text.match(/POLICY_[A-Z_]+/g) ?? []));
    expect(codes.size).toBeGreaterThan(15);
    expect([...codes].filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });
});
