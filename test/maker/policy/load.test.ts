import { describe, expect, test } from 'vitest';
import { load, policyFrom, rulesOf, said } from '../../support/policy.ts';

const HEAD = 'policy: test\nowner: ana\n';
const ALLOW = '  - id: a\n    effect: allow\n    match: { action: host/compress-logs }\n';
const mistakes = (text: string) => load(text).mistakes.map(said);
/** The mistakes of a rule, an allow of a host's action, with these lines. */
const inRule = (lines: string) => mistakes(`${HEAD}rules:\n${ALLOW}${lines}\n`);
const inMatch = (match: string) =>
  mistakes(`${HEAD}rules:\n  - id: a\n    effect: allow\n    match: { action: "*", ${match} }\n`);

describe('what is read', () => {
  test('a policy in full', () => {
    const policy = policyFrom(`
policy: night
owner: ana
expires: 2027-02-01
rules:
  - id: a
    effect: allow
    match:
      actor: { kind: ci, name: github, claims: { ref: refs/heads/main } }
      action: [host/compress-logs, "aws/*"]
      target: { provider: host, id: machine-1 }
      environment: staging
      resource: "host:*"
      params: { mode: hold, count: [1, 2], force: false }
      runbook: sha256:${'0'.repeat(64)}
      destructive: false
      risk: low
      not: { environment: production }
    bounds: { after.files: { min: 1, max: 2.5 }, steps: { oneOf: 1 } }
    window: { days: [mon, sun], from: "22:00", to: "24:00", timezone: Europe/Berlin, notBefore: "2026-01-01T00:00:00Z", notAfter: "2026-12-31T23:59:59+01:00" }
    limits: { of: applies, max: 3, per: day, each: resource }
tests:
  - { name: one, given: { action: host/compress-logs }, expect: queue, rule: a }
`);
    expect(policy).toEqual({
      name: 'night',
      owner: 'ana',
      expiresAt: Date.parse('2027-02-02T00:00:00Z') - 1,
      digest: expect.stringMatching(/^sha256:/),
      rules: [
        {
          id: 'a',
          effect: 'allow',
          match: {
            actor: { kind: ['ci'], name: ['github'], claims: { ref: ['refs/heads/main'] } },
            action: ['host/compress-logs', 'aws/*'],
            target: { provider: ['host'], id: ['machine-1'] },
            environment: ['staging'],
            resource: ['host:*'],
            params: { mode: ['hold'], count: [1, 2], force: [false] },
            runbook: [`sha256:${'0'.repeat(64)}`],
            destructive: false,
            risk: ['low'],
            not: { environment: ['production'] },
          },
          bounds: { 'after.files': { min: 1, max: 2.5 }, steps: { oneOf: [1] } },
          window: {
            days: ['mon', 'sun'],
            from: '22:00',
            to: '24:00',
            timezone: 'Europe/Berlin',
            notBefore: Date.parse('2026-01-01T00:00:00Z'),
            notAfter: Date.parse('2026-12-31T22:59:59Z'),
          },
          limits: [{ of: 'applies', max: 3, per: 'day', each: 'resource' }],
        },
      ],
      tests: [{ name: 'one', given: { action: 'host/compress-logs' }, expect: 'queue', rule: 'a' }],
    });
  });

  test('what is left out has its documented value', () => {
    const policy = policyFrom(
      `${HEAD}rules:\n${ALLOW}    window: { notAfter: "2027-01-01T00:00:00Z" }\n    limits: { of: steps, max: 1, per: hour }\n`,
    );
    expect(policy.expiresAt).toBeNull();
    expect(policy.rules[0]?.bounds).toEqual({});
    expect(policy.rules[0]?.window).toMatchObject({
      days: { length: 7 },
      from: '00:00',
      to: '24:00',
      timezone: 'UTC',
      notBefore: null,
    });
    expect(policy.rules[0]?.limits[0]?.each).toBe('rule');
    expect(policy.tests).toEqual([]);
  });

  test('an end may be an instant', () => {
    expect(policyFrom(`${HEAD}expires: "2027-02-01T12:00:00+02:00"\nrules:\n${ALLOW}`).expiresAt).toBe(
      Date.parse('2027-02-01T10:00:00Z'),
    );
  });

  test('what all tests ask is over what a test asks, but for its own keys and steps', () => {
    const policy =
      policyFrom(`${HEAD}rules:\n${ALLOW}given: { environment: staging, action: host/compress-logs, after: { files: 1 } }
tests:
  - { name: as they are, expect: allow }
  - { name: another environment, given: { environment: null }, expect: allow }
  - { name: two steps, given: { steps: [{ action: host/compress-logs }, { action: a/b }] }, expect: queue }
`);
    expect(policy.tests.map(({ given }) => given)).toEqual([
      { environment: 'staging', action: 'host/compress-logs', after: { files: 1 } },
      { environment: null, action: 'host/compress-logs', after: { files: 1 } },
      { environment: 'staging', steps: [{ action: 'host/compress-logs' }, { action: 'a/b' }] },
    ]);
  });

  test('the same text gives the same policy, and the digest is the one that was given', () => {
    const text = `${HEAD}rules:\n${ALLOW}`;
    expect(load(text)).toEqual(load(text));
    expect(load(text).policy?.digest).not.toBe(load(`${text} `).policy?.digest);
    expect({ ...load(text).policy, digest: '' }).toEqual({ ...load(`${text} `).policy, digest: '' });
  });

  test('the place of each rule is known', () => {
    expect([...load(`${HEAD}rules:\n${ALLOW}${ALLOW.replace('id: a', 'id: b')}`).places]).toEqual([
      ['a', { line: 4, column: 5 }],
      ['b', { line: 7, column: 5 }],
    ]);
  });
});

describe('keys', () => {
  test('that there are not, at every depth, with the one that was meant', () => {
    expect(mistakes(`${HEAD}rule:\n${ALLOW}`)).toEqual([
      'POLICY_VALUE_INVALID 1:1 "rules" is missing',
      'POLICY_KEY_UNKNOWN 3:1 "rule" is not a key here; did you mean "rules"?',
    ]);
    expect(inRule('    bound: {}')).toEqual([
      'POLICY_KEY_UNKNOWN 7:5 "bound" is not a key here; did you mean "bounds"?',
    ]);
    expect(inMatch('enviroment: staging')).toEqual([
      'POLICY_KEY_UNKNOWN 6:27 "enviroment" is not a key here; did you mean "environment"?',
    ]);
    expect(inMatch('actor: { kinds: ci }')).toEqual([
      'POLICY_KEY_UNKNOWN 6:36 "kinds" is not a key here; did you mean "kind"?',
    ]);
    expect(inMatch('not: { target: { name: x } }')).toEqual([
      'POLICY_KEY_UNKNOWN 6:44 "name" is not a key here; there are provider, id',
    ]);
    expect(inRule('    bounds: { after.files: { maximum: 3 } }')).toEqual([
      'POLICY_KEY_UNKNOWN 7:30 "maximum" is not a key here; there are min, max, oneOf',
    ]);
    expect(inRule('    limits: [{ of: applies, max: 1, per: day, every: rule }]')).toEqual([
      'POLICY_KEY_UNKNOWN 7:47 "every" is not a key here; there are of, max, per, each',
    ]);
    expect(mistakes(`${HEAD}rules:\n${ALLOW}tests: [{ name: x, given: { actin: a/b }, expect: allow }]`)).toEqual([
      'POLICY_KEY_UNKNOWN 7:29 "actin" is not a key here; did you mean "action"?',
    ]);
  });

  test('that are written twice', () => {
    expect(inRule('    effect: deny')).toEqual(['POLICY_KEY_DUPLICATE 7:5 the key "effect" is written twice']);
  });

  test('that a not can not have: another not', () => {
    expect(inMatch('not: { not: { environment: staging } }')[0]).toMatch(
      /^POLICY_KEY_UNKNOWN 6:34 "not" is not a key here/,
    );
  });
});

describe('values', () => {
  test.each([
    [
      'effect: alow',
      'POLICY_VALUE_INVALID 5:13 "alow" for "rules.0.effect" is not one of deny, allow, queue; did you mean "allow"?',
    ],
    ['effect: [allow]', 'POLICY_VALUE_INVALID 5:13 "a list" for "rules.0.effect" is not one of deny, allow, queue'],
  ])('an effect: %s', (effect, mistake) => {
    expect(mistakes(`${HEAD}rules:\n${ALLOW.replace('effect: allow', effect)}`)).toEqual([mistake]);
  });

  test.each([
    ['actor: { kind: robot }', /not one of operator, runbook, ci, model, mcp, holdfast/],
    ['actor: { kind: [ci, robot] }', /"robot" for "rules.0.match.actor.kind.1" is not one of/],
    ['actor: {}', /an empty map says nothing/],
    ['actor: { claims: {} }', /an empty map says nothing/],
    ['actor: { claims: { repository_id: 123 } }', /"123" for .* is not accepted: claims are text; put it in quotes/],
    ['actor:', /is not accepted/],
    ['target: { id: 123456789012 }', /an id is text; put it in quotes/],
    ['target: {}', /an empty map says nothing/],
    ['environment: []', /an empty list says nothing; take the key out/],
    ['environment:', /is not accepted/],
    ['environment: Staging', /it takes a name of the configuration's environments/],
    ['environment: { name: staging }', /is not accepted/],
    ['params: { force: null }', /null is "not known", which nothing equals/],
    ['params: { force: [true, { a: 1 }] }', /it takes a text, a number, true or false/],
    ['runbook: nightly', /it takes the digest of a runbook/],
    ['destructive: "true"', /is not accepted/],
    ['risk: extreme', /not one of low, medium, high/],
    ['not: {}', /an empty map says nothing/],
    ['resource: ""', /is not accepted/],
  ])('match: { %s }', (match, message) => {
    const [first, ...more] = inMatch(match);
    expect(first).toMatch(/^POLICY_VALUE_INVALID 6:\d+ /);
    expect(first).toMatch(message);
    expect(more).toEqual([]);
  });

  test.each(['host', 'host/', 'host/.*', 'host/*x', '**', 'Host/prune', 'host/prune-directory@1', '', 'a/b/c'])(
    'the action %s is none, and no pattern',
    (action) => {
      const [mistake] = mistakes(`${HEAD}rules:\n${ALLOW.replace('host/compress-logs', JSON.stringify(action))}`);
      expect(mistake).toMatch(
        /^POLICY_VALUE_INVALID 6:22 .*it takes an id such as host\/prune-directory without a version/,
      );
    },
  );

  test.each([
    ['after: { max: 1 }', 'POLICY_PATH_INVALID 7:15 "after": it is no path'],
    ['after.a b: { max: 1 }', 'POLICY_PATH_INVALID 7:15 "after.a b": it is no path'],
    ['replicas: { max: 1 }', 'POLICY_PATH_INVALID 7:15 "replicas": it is no path'],
    ['cost.yearly: { max: 1 }', 'POLICY_PATH_INVALID 7:15 "cost.yearly": it is no path'],
    ['after.x: {}', 'POLICY_VALUE_INVALID 7:24 an empty map says nothing'],
    ['after.x: 4', 'POLICY_VALUE_INVALID 7:24 "4" for "rules.0.bounds.after.x" is not accepted'],
    ['after.x: { max: "4" }', 'POLICY_VALUE_INVALID 7:31 "4" for "rules.0.bounds.after.x.max" is not accepted'],
    ['after.x: { max: .inf }', 'POLICY_YAML_REFUSED 7:31 ".inf" is not a number that can be kept exactly'],
    ['after.x: { max: .nan }', 'POLICY_YAML_REFUSED 7:31 ".nan" is not a number that can be kept exactly'],
    ['after.x: { min: 3, max: 2 }', 'POLICY_VALUE_INVALID 7:31 "min" is more than "max", so that nothing is within'],
    ['after.x: { oneOf: [] }', 'POLICY_VALUE_INVALID 7:33 '],
  ])('bounds: { %s }', (bounds, mistake) => {
    const [first, ...more] = inRule(`    bounds: { ${bounds} }`);
    expect(first?.slice(0, mistake.length)).toBe(mistake);
    expect(more).toEqual([]);
  });

  test.each([
    ['from: "09:00", to: "09:00", timezone: UTC', 'POLICY_WINDOW_INVALID 7:34 "to" is when the hours begin'],
    ['from: "9:00", timezone: UTC', 'POLICY_WINDOW_INVALID 7:21 "9:00" is not a time of day'],
    ['from: "24:00", to: "09:00", timezone: UTC', 'POLICY_WINDOW_INVALID 7:21 "24:00" is not a time of day'],
    ['to: "25:00", timezone: UTC', 'POLICY_WINDOW_INVALID 7:19 "25:00" is not a time of day'],
    ['from: 540, timezone: UTC', 'POLICY_VALUE_INVALID 7:21 "540" for "rules.0.window.from" is not accepted'],
    ['days: [mon]', 'POLICY_WINDOW_INVALID 7:5 "timezone" is missing'],
    ['days: monday, timezone: UTC', 'POLICY_VALUE_INVALID 7:21 "monday" for "rules.0.window.days" is not one of mon'],
    ['days: [], timezone: UTC', 'POLICY_VALUE_INVALID 7:21 an empty list says nothing'],
    [
      'days: [mon], timezone: Europe/Amsterdm',
      'POLICY_TIMEZONE_UNKNOWN 7:38 "Europe/Amsterdm" is not an IANA time zone; did you mean Europe/Amsterdam?',
    ],
    ['days: [mon], timezone: "+02:00"', 'POLICY_TIMEZONE_UNKNOWN 7:38 "+02:00" is not an IANA time zone'],
    ['notBefore: 2026-12-01', 'POLICY_VALUE_INVALID 7:26 "2026-12-01" is not an instant'],
    ['notBefore: "2026-12-01T10:00:00"', 'POLICY_VALUE_INVALID 7:26 "2026-12-01T10:00:00" is not an instant'],
    ['notBefore: "2026-02-30T10:00:00Z"', 'POLICY_VALUE_INVALID 7:26 "2026-02-30T10:00:00Z" is not an instant'],
    [
      'notBefore: "2026-12-02T00:00:00Z", notAfter: "2026-12-01T00:00:00Z"',
      'POLICY_WINDOW_INVALID 7:60 "notAfter" is before "notBefore"',
    ],
    ['', 'POLICY_VALUE_INVALID 7:13 an empty map says nothing'],
  ])('window: { %s }', (window, mistake) => {
    expect(inRule(`    window: { ${window} }`)[0]?.slice(0, mistake.length)).toBe(mistake);
  });

  test.each([
    ['{ of: after, max: 1, per: day }', 'POLICY_PATH_INVALID 7:19 "after" can not be counted'],
    ['{ of: applies, max: -1, per: day }', 'POLICY_VALUE_INVALID 7:33 "-1" for "rules.0.limits.max" is not accepted'],
    [
      '{ of: applies, max: 1, per: week }',
      'POLICY_VALUE_INVALID 7:41 "week" for "rules.0.limits.per" is not one of hour, day',
    ],
    ['{ of: applies, max: 1 }', 'POLICY_VALUE_INVALID 7:5 "rules.0.limits.per" is missing'],
    [
      '[{ of: applies, max: 1, per: day }, { of: applies, max: 2, per: day }]',
      'POLICY_RULE_INVALID 7:13 applies per day of each rule is limited twice',
    ],
    ['{ of: cost.monthly, max: 1, per: day, each: resource }', 'POLICY_VALUE_INVALID 7:57 '],
  ])('limits: %s', (limits, mistake) => {
    expect(inRule(`    limits: ${limits}`)[0]?.slice(0, mistake.length)).toBe(mistake);
  });

  test.each(['2027-02-30', '2027-13-01', 'tomorrow', '2027', '2027-02-01T00:00:00', '"01.02.2027"'])(
    'expires: %s',
    (expires) => {
      expect(mistakes(`${HEAD}expires: ${expires}\nrules:\n${ALLOW}`)).toHaveLength(1);
      expect(mistakes(`${HEAD}expires: ${expires}\nrules:\n${ALLOW}`)[0]).toMatch(/^POLICY_VALUE_INVALID 3:10 /);
    },
  );

  test('a mistake shows no long run of letters and digits, which may be a credential', () => {
    const [first] = inMatch('environment: ghp_0123456789abcdefghij0123456789');
    expect(first).toContain('(34 characters, not shown)');
    expect(first).not.toContain('0123456789');
  });
});

describe('rules that would not do what they seem to say', () => {
  test('an allow that does not say what', () => {
    expect(
      mistakes(`${HEAD}${rulesOf(['id: a\neffect: allow', 'id: b\neffect: allow\nmatch: { environment: staging }'])}`),
    ).toEqual([
      'POLICY_RULE_INVALID 4:5 an allow says what it allows: "match" needs "action"',
      'POLICY_RULE_INVALID 8:12 an allow says what it allows: "match" needs "action"',
    ]);
  });

  test.each(['deny', 'queue'])('limits of a %s', (effect) => {
    expect(
      mistakes(`${HEAD}${rulesOf([`id: a\neffect: ${effect}\nlimits: { of: applies, max: 1, per: day }`])}`),
    ).toEqual([`POLICY_RULE_INVALID 6:13 limits count what a rule allows; a ${effect} allows nothing, take them out`]);
  });

  test.each([
    'environment: staging, target: { id: x }',
    'target: { provider: host, id: x }',
    'actor: { kind: ci, claims: { ref: x } }',
    'actor: { claims: { ref: x, repository: y } }',
    'params: { a: 1, b: 2 }',
  ])('a deny with several clauses in its not: %s', (not) => {
    const [mistake] = mistakes(`${HEAD}${rulesOf([`id: a\neffect: deny\nmatch: { not: { ${not} } }`])}`);
    expect(mistake).toMatch(/^POLICY_RULE_INVALID 6:12 several clauses in the "not" of a deny/);
    expect(inMatch(`not: { ${not} }`)).toEqual([]);
  });

  test('two rules with one id, which would share their counters', () => {
    expect(mistakes(`${HEAD}rules:\n${ALLOW}${ALLOW}`)).toEqual([
      'POLICY_RULE_DUPLICATE 7:9 there is a rule "a" above already, and the two would share their counters',
    ]);
  });

  test('tests of rules that there are not', () => {
    expect(
      mistakes(
        `${HEAD}rules:\n${ALLOW}tests:\n  - { name: x, expect: allow, rule: b }\n  - { name: y, given: { used: { rule: c, of: applies, amount: 1 } }, expect: allow }\n`,
      ),
    ).toEqual([
      'POLICY_TEST_INVALID 8:37 there is no rule "b"; did you mean "a"?',
      'POLICY_TEST_INVALID 9:39 there is no rule "c"; did you mean "a"?',
    ]);
  });

  test('a test with steps and a step beside them', () => {
    expect(
      mistakes(`${HEAD}rules:\n${ALLOW}tests:\n  - { name: x, given: { action: a/b, steps: [] }, expect: allow }\n`),
    ).toEqual(['POLICY_VALUE_INVALID 8:45 "action" is written beside "steps"; write it in each step']);
  });
});

describe('YAML that is more than plain data, or less', () => {
  test.each([
    ['an unknown tag', `${HEAD}rules: !mine\n${ALLOW}`, 'POLICY_YAML_REFUSED'],
    ['a known tag', `policy: !!str test\nowner: ana\nrules:\n${ALLOW}`, 'POLICY_YAML_REFUSED'],
    [
      'an alias',
      `${HEAD}rules:\n${ALLOW}tests: [{ name: &a x, given: { environment: *a }, expect: deny }]`,
      'POLICY_YAML_REFUSED',
    ],
    ['a merge key', `${HEAD}rules:\n${ALLOW}given: { <<: { environment: a } }`, 'POLICY_YAML_REFUSED'],
    ['a directive', `%YAML 1.1\n---\n${HEAD}rules:\n${ALLOW}`, 'POLICY_YAML_REFUSED'],
    ['a second document', `${HEAD}rules:\n${ALLOW}---\n${HEAD}rules:\n${ALLOW}`, 'POLICY_YAML_REFUSED'],
    ['a key that is a list', `${HEAD}? [a]\n: b\nrules:\n${ALLOW}`, 'POLICY_YAML_REFUSED'],
    ['__proto__', `${HEAD}rules:\n${ALLOW}    bounds: { __proto__: { max: 1 } }`, 'POLICY_YAML_REFUSED'],
    ['half a character', `policy: test\nowner: "\\ud800"\nrules:\n${ALLOW}`, 'POLICY_YAML_REFUSED'],
    [
      'a number that is not exact',
      `${HEAD}rules:\n${ALLOW}    bounds: { after.x: { max: 9007199254740993 } }`,
      'POLICY_YAML_REFUSED',
    ],
    ['a tab for indentation', `${HEAD}rules:\n\t- id: a`, 'POLICY_YAML_INVALID'],
    ['nothing', '', 'POLICY_YAML_INVALID'],
    ['a comment', '# nothing\n', 'POLICY_YAML_INVALID'],
    ['a list', '- a\n', 'POLICY_YAML_INVALID'],
    [
      'a star without quotes',
      `${HEAD}rules:\n  - { id: a, effect: allow, match: { action: * } }`,
      'POLICY_YAML_INVALID',
    ],
    ['a zero-width space', `${HEAD}rules:\n${ALLOW}#\u200b`, 'POLICY_YAML_REFUSED'],
    ['a turned direction of writing', `${HEAD}# \u202enimda\nrules:\n${ALLOW}`, 'POLICY_YAML_REFUSED'],
    ['NUL', `${HEAD}# \0\nrules:\n${ALLOW}`, 'POLICY_YAML_REFUSED'],
    [
      'bytes that were no UTF-8',
      `${HEAD}# ${new TextDecoder().decode(new Uint8Array([0xff]))}\nrules:\n${ALLOW}`,
      'POLICY_YAML_REFUSED',
    ],
  ])('%s', (_, text, code) => {
    const { policy, mistakes: found } = load(text);
    expect(policy).toBeNull();
    expect(found[0]?.code).toBe(code);
    expect(found).toHaveLength(1);
  });

  test('what can not be seen is told with its place', () => {
    expect(mistakes(`${HEAD}rules: # a\u202eb\n${ALLOW}`)).toEqual([
      'POLICY_YAML_REFUSED 3:11 the character U+202E can not be seen here, or stands for bytes that are no UTF-8; take it out',
    ]);
  });

  test('an alias bomb is refused before it goes off', () => {
    const bomb = [
      'a: &a [x, x]',
      ...Array.from(
        { length: 40 },
        (_, index) => `${name(index + 1)}: &${name(index + 1)} [*${name(index)}, *${name(index)}]`,
      ),
    ];
    expect(load(bomb.join('\n')).mistakes[0]).toMatchObject({ code: 'POLICY_YAML_REFUSED', where: { line: 2 } });
  });

  test.each([
    ['brackets', '['.repeat(100_000)],
    ['braces', `policy: ${'{a: '.repeat(30_000)}`],
    ['dashes', `policy:\n${'- '.repeat(60_000)}`],
    ['indentation', Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['many keys', Array.from({ length: 30_000 }, (_, index) => `k${index}: 1`).join('\n')],
  ])('a great many %s are refused', (_, text) => {
    expect(['POLICY_YAML_REFUSED', 'POLICY_TOO_LARGE']).toContain(load(text).mistakes[0]?.code);
  });

  test('nesting as deep as a policy needs is none too deep, and a little more is', () => {
    const nested = (depth: number) =>
      `${HEAD}rules:\n${ALLOW}given: { after: ${'{ a: '.repeat(depth)}1${' }'.repeat(depth)} }`;
    expect(mistakes(nested(8))).toEqual([]);
    expect(mistakes(nested(20))).toEqual([expect.stringContaining('nested deeper than 16 levels')]);
  });

  test('256 KiB are read, and a byte more is not', () => {
    const text = `${HEAD}rules:\n${ALLOW}`;
    const padded = (bytes: number) =>
      `${text}#${'é'.repeat(Math.floor((bytes - text.length - 1) / 2))}`.padEnd(
        bytes - Math.floor((bytes - text.length - 1) / 2),
        'x',
      );
    expect(Buffer.byteLength(padded(256 * 1_024))).toBe(256 * 1_024);
    expect(mistakes(padded(256 * 1_024))).toEqual([]);
    expect(mistakes(padded(256 * 1_024 + 1))).toEqual([
      'POLICY_TOO_LARGE 1:1 the policy has 262145 bytes; at most 262144 are read',
    ]);
  });
});

function name(index: number): string {
  return index === 0 ? 'a' : `a${index}`;
}
