import { describe, expect, test } from 'vitest';
import { load, mistakesOf } from '../support/runbook-source.ts';

describe('the three forms', () => {
  test('a baseline may say what it is of, and what the sources of a cluster are told', async () => {
    const text = `baseline:
  name: production
  of:
    - host/*
    - kubernetes/*: { context: prod, namespaces: [shop] }
    - kubernetes/*: { context: staging }
`;
    expect((await load(text)).runbook?.baseline).toEqual({
      name: 'production',
      of: [
        { sources: 'host/*', settings: {} },
        { sources: 'kubernetes/*', settings: { context: 'prod', namespaces: ['shop'] } },
        { sources: 'kubernetes/*', settings: { context: 'staging' } },
      ],
    });
  });

  test.each([
    'baseline: [a]',
    'baseline: { name: a }',
    'baseline: { name: a, of: [] }',
    'baseline: { name: a, of: [host/*: { contxt: b }] }',
  ])('a baseline that is written wrongly is refused: %s', async (text) => {
    expect(await mistakesOf(`${text}\n`)).toEqual([
      expect.stringMatching(/^RUNBOOK_(VALUE_INVALID|KEY_UNKNOWN) 1:\d+ .*(is a name, or a map|of: a list|contxt)/),
    ]);
  });

  test('Markdown with front matter: keys above, prose below', async () => {
    const { runbook, mistakes } = await load(
      '---\nname: nightly\nevery: 1h30m\nchecks: [host/disk]\n---\n\nLook at /data first.\n',
      'runbooks/nightly.md',
    );
    expect(mistakes).toEqual([]);
    expect(runbook).toMatchObject({
      name: 'nightly',
      form: 'markdown',
      path: '/srv/runbooks/nightly.md',
      schedule: { kind: 'every', everyMs: 5_400_000 },
      instructions: 'Look at /data first.',
      tasks: [],
    });
    expect(runbook?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('YAML: the prose is under instructions', async () => {
    const { runbook } = await load('checks: [host/disk]\ninstructions: |\n  Two\n  lines.\n', 'runbooks/a.yml');
    expect(runbook).toMatchObject({ form: 'yaml', name: 'a', instructions: 'Two\nlines.\n', schedule: null });
  });

  test('Markdown without front matter is read as a HEARTBEAT.md', async () => {
    expect((await load('Is all well?\n', 'runbooks/question.md')).runbook).toMatchObject({
      form: 'heartbeat',
      name: 'question',
      instructions: 'Is all well?',
    });
  });

  test('CRLF and a byte order mark change nothing but the digest', async () => {
    const text = '---\nevery: 30m\nchecks: [host/disk]\n---\nProse\n';
    const plain = (await load(text, 'runbooks/a.md')).runbook;
    const windows = (await load(`\uFEFF${text.replaceAll('\n', '\r\n')}`, 'runbooks/a.md')).runbook;
    expect({ ...windows, digest: '' }).toEqual({ ...plain, digest: '' });
    expect(windows?.digest).not.toBe(plain?.digest);
  });

  test('a file of another kind is refused', async () => {
    expect(await mistakesOf('x', 'notes.txt')).toEqual([
      expect.stringMatching(/^RUNBOOK_EXTENSION_UNKNOWN 1:1 "notes.txt" is not a runbook/),
    ]);
  });

  test.each([
    ['---\nevery: 30m\n', '1:1 the front matter has no end'],
    ['\n\n---\nevery: 30m\n---\n', '3:1 front matter must begin on line 1'],
  ])('front matter that would be read as prose is refused', async (text, expected) => {
    expect(await mistakesOf(text, 'runbooks/a.md')).toEqual([
      expect.stringContaining(`RUNBOOK_FRONT_MATTER_INVALID ${expected}`),
    ]);
  });

  test('a thematic break after a blank line is prose', async () => {
    expect((await load('\n---\nJust a line above.\n', 'runbooks/a.md')).runbook?.form).toBe('heartbeat');
  });
});

test('a file that says only what to check gets every default', async () => {
  const { runbook } = await load('checks: [host/load]\n', 'runbooks/small.yaml');
  expect(runbook).toEqual({
    name: 'small',
    form: 'yaml',
    path: '/srv/runbooks/small.yaml',
    digest: expect.any(String),
    schedule: null,
    timezone: null,
    activeHours: null,
    overlap: 'skip',
    catchUpMs: 900_000,
    timeoutMs: 300_000,
    checks: [{ id: 'host/load', params: {} }],
    baseline: null,
    agent: null,
    policy: null,
    onFinding: [],
    notify: [],
    instructions: '',
    tasks: [],
  });
});

test('every key of the format is understood', async () => {
  const { runbook, mistakes } = await load(
    `name: heartbeat
cron: "30 2 * * *"
timezone: Europe/Berlin
activeHours: { from: 07:00, to: "23:00", days: [mon, fri] }
overlap: queue-one
catchUp: 0m
timeout: 90s
checks: [host/disk]
baseline: production
agent:
  model: ollama/gemma4:e4b
  escalate: anthropic/claude-opus-4-6
  when: always
  mayPropose: [kubernetes/scale-workload]
  budget: { calls: 3, tokens: 20000, usdPerDay: 0.50 }
policy: policies/ci-staging.yaml
onFinding:
  - { check: host/disk, minSeverity: high, propose: host/prune-directory, with: { path: /var/log/app, olderThan: 30d } }
notify: [desktop, terminal, { file: ~/holdfast/alerts.log }]
`,
  );
  expect(mistakes).toEqual([]);
  expect(runbook).toMatchObject({
    schedule: { kind: 'cron', expression: '30 2 * * *' },
    timezone: 'Europe/Berlin',
    activeHours: { from: '07:00', to: '23:00', days: ['mon', 'fri'] },
    overlap: 'queue-one',
    catchUpMs: 0,
    timeoutMs: 90_000,
    baseline: { name: 'production', of: [{ sources: 'host/*', settings: {} }] },
    agent: {
      model: 'ollama/gemma4:e4b',
      escalate: { model: 'anthropic/claude-opus-4-6', severity: 'critical', disagreement: true, failed: true },
      when: 'always',
      mayPropose: ['kubernetes/scale-workload'],
      budget: { calls: 3, tokens: 20_000, usdPerDay: 0.5 },
    },
    policy: 'policies/ci-staging.yaml',
    onFinding: [
      {
        check: 'host/disk',
        minSeverity: 'high',
        propose: 'host/prune-directory',
        with: { path: '/var/log/app', olderThan: '30d' },
      },
    ],
    notify: ['desktop', 'terminal', { file: '~/holdfast/alerts.log' }],
  });
});

describe('mistakes say where, what and what to write instead', () => {
  test.each([
    ['every: 30 min', 'RUNBOOK_SCHEDULE_INVALID 1:8 "every: 30 min" is not a duration; write "every: 30m"'],
    ['every: 30', 'RUNBOOK_SCHEDULE_INVALID 1:8 "every: 30" has no unit; write "every: 30m"'],
    ['every: "30"', 'RUNBOOK_SCHEDULE_INVALID 1:8 "every: 30" has no unit; write "every: 30m"'],
    ['every: 10s', 'RUNBOOK_SCHEDULE_INVALID 1:8 "every: 10s" is shorter than 1m'],
    ['every: 400d', 'RUNBOOK_SCHEDULE_INVALID 1:8 "every: 400d" is longer than 366d'],
    [
      'every: soon',
      'RUNBOOK_SCHEDULE_INVALID 1:8 "every: soon" is not a duration; write it like "30m", "2h" or "1h30m"',
    ],
    [
      'every: [30m]',
      'RUNBOOK_SCHEDULE_INVALID 1:8 "every: a list" is not a duration; write it like "30m", "2h" or "1h30m"',
    ],
    ['every: 30m\ncron: "0 * * * *"', 'RUNBOOK_SCHEDULE_INVALID 2:1 both "every" and "cron" are written; keep one'],
    ['cron: 0 0 30 2 *', 'RUNBOOK_SCHEDULE_INVALID 1:7 "cron: 0 0 30 2 *" never fires: no calendar has that day'],
    [
      'cron: "0 0 12 * * *"',
      'RUNBOOK_SCHEDULE_INVALID 1:7 "cron: 0 0 12 * * *" has 6 fields; seconds and years are not accepted, write minute, hour, day, month and weekday',
    ],
    [
      'timezone: Europe/Berln',
      'RUNBOOK_TIMEZONE_UNKNOWN 1:11 "timezone: Europe/Berln" is not an IANA time zone; did you mean Europe/Berlin?',
    ],
    [
      'timezone: berlin',
      'RUNBOOK_TIMEZONE_UNKNOWN 1:11 "timezone: berlin" is not an IANA time zone; did you mean Europe/Berlin?',
    ],
    [
      'timezone: "+02:00"',
      'RUNBOOK_TIMEZONE_UNKNOWN 1:11 "timezone: +02:00" is not an IANA time zone; write one such as Europe/Berlin or UTC',
    ],
    [
      'activeHours: { from: 7:00, to: "23:00" }',
      'RUNBOOK_HOURS_INVALID 1:22 "from: 7:00" is not a time of day; the leading nought is missing, write "07:00"',
    ],
    [
      'activeHours: { from: "24:00", to: "06:00" }',
      'RUNBOOK_HOURS_INVALID 1:22 "from: 24:00" is not a time of day; write HH:MM such as "07:00"',
    ],
    [
      'activeHours: { from: "08:00", to: "24:30" }',
      'RUNBOOK_HOURS_INVALID 1:35 "to: 24:30" is not a time of day; write HH:MM such as "07:00"',
    ],
    [
      'activeHours: { from: "08:00", to: "08:00" }',
      'RUNBOOK_HOURS_INVALID 1:35 "to: 08:00" is when the hours begin, so they never are; for the whole day write from: "00:00", to: "24:00"',
    ],
    [
      'activeHours: { to: "08:00" }',
      'RUNBOOK_HOURS_INVALID 1:1 "from" is missing; it is a time of day in quotes such as "07:00"',
    ],
    [
      'activeHours: { from: "08:00", to: "18:00", days: [monday] }',
      'RUNBOOK_HOURS_INVALID 1:51 "days: monday" is not one of mon, tue, wed, thu, fri, sat, sun; did you mean mon?',
    ],
    [
      'activeHours: { from: "08:00", to: "18:00", days: mon-fri }',
      'RUNBOOK_HOURS_INVALID 1:50 "days: mon-fri" is not a list such as [mon, tue, wed]',
    ],
    [
      'activeHours: { from: "08:00", to: "18:00", days: [] }',
      'RUNBOOK_HOURS_INVALID 1:50 an empty list of days is never; leave "days" out for every day',
    ],
    [
      'activeHours: { start: "08:00", from: "08:00", to: "18:00" }',
      'RUNBOOK_KEY_UNKNOWN 1:16 "start" is not a key here; did you mean "from"?',
    ],
    [
      'overlap: queue',
      'RUNBOOK_VALUE_INVALID 1:10 "overlap: queue" is not one of skip, queue-one; did you mean queue-one?',
    ],
    ['catchUp: 99d', 'RUNBOOK_SCHEDULE_INVALID 1:10 "catchUp: 99d" is longer than 7d'],
    ['timeout: PT5M', 'RUNBOOK_VALUE_INVALID 1:10 "timeout: PT5M" is not a duration; write "timeout: 5m"'],
    [
      'notify: [desktp]',
      'RUNBOOK_VALUE_INVALID 1:10 "desktp" is not a way to notify (desktop, terminal, inbox, or a map such as { file: path }); did you mean desktop?',
    ],
    ['notify: [file]', 'RUNBOOK_VALUE_INVALID 1:10 "file" needs an address; write { file: … }'],
    ['notify: desktop', 'RUNBOOK_VALUE_INVALID 1:9 "notify: desktop" is not a list such as [desktop, terminal]'],
    ['agent: { modle: x }', 'RUNBOOK_KEY_UNKNOWN 1:10 "modle" is not a key here; did you mean "model"?'],
    [
      'agent: { when: newish }',
      'RUNBOOK_VALUE_INVALID 1:16 "when: newish" is not one of never, new, always; did you mean new?',
    ],
    ['agent: { budget: { calls: 1.5 } }', 'RUNBOOK_VALUE_INVALID 1:27 "calls: 1.5" is not a whole number'],
    [
      'onFinding: [{ check: host/dik, minSeverity: high, propose: x }]',
      'RUNBOOK_CHECK_UNKNOWN 1:22 there is no check "host/dik"; did you mean host/disk?',
    ],
    [
      'onFinding: [{ check: host/disk, minSeverity: hgih, propose: x }]',
      'RUNBOOK_VALUE_INVALID 1:46 "minSeverity: hgih" is not one of critical, high, medium, low, info; did you mean high?',
    ],
    [
      'onFinding: [{ check: host/disk, propose: x }]',
      'RUNBOOK_VALUE_INVALID 1:13 "minSeverity" is missing; it is one of critical, high, medium, low, info',
    ],
    ['policy: ""', 'RUNBOOK_VALUE_INVALID 1:9 "policy" is empty'],
    [
      'name: my runbook',
      'RUNBOOK_NAME_INVALID 1:7 "name: my runbook" is not a name; use up to 64 letters, digits, ".", "-" and "_", for instance "my-runbook"',
    ],
    [
      'name: "a\\e[31m"',
      'RUNBOOK_NAME_INVALID 1:7 "name: a\\u{1b}[31m" is not a name; use up to 64 letters, digits, ".", "-" and "_", for instance "a-31m"',
    ],
    ['chekcs: []', 'RUNBOOK_KEY_UNKNOWN 1:1 "chekcs" is not a key here; did you mean "checks"?'],
    ['schedule: x', 'RUNBOOK_KEY_UNKNOWN 1:1 "schedule" is not a key here; did you mean "cron"?'],
    ['instructions: 3', 'RUNBOOK_VALUE_INVALID 1:15 "instructions: 3" is not a text'],
  ])('%s', async (text, expected) => {
    const said = await mistakesOf(`${text}\n`);
    expect(said).toEqual([expected]);
    expect((await load(`${text}\n`)).runbook).toBeNull();
  });

  test('lines count from the top of the file, front matter or not', async () => {
    expect(await mistakesOf('---\nname: heartbeat\nevery: 30 min\n---\nProse', 'runbooks/heartbeat.md')).toEqual([
      'RUNBOOK_SCHEDULE_INVALID 3:8 "every: 30 min" is not a duration; write "every: 30m"',
    ]);
  });

  test('one mistake does not hide the next, and they come in the order of the file', async () => {
    expect(
      (await mistakesOf('evry: 30m\ntimeout: 1x\nchecks: [host/dsk]\nnotify: [desktp]\n')).map((said) =>
        said.split(' ').slice(0, 2).join(' '),
      ),
    ).toEqual([
      'RUNBOOK_KEY_UNKNOWN 1:1',
      'RUNBOOK_VALUE_INVALID 2:10',
      'RUNBOOK_CHECK_UNKNOWN 3:10',
      'RUNBOOK_VALUE_INVALID 4:10',
    ]);
  });

  test('in Markdown the prose is no key', async () => {
    expect(await mistakesOf('---\nchecks: [host/disk]\ninstructions: x\n---\n', 'a.md')).toEqual([
      'RUNBOOK_KEY_UNKNOWN 3:1 in Markdown the prose stands below the front matter, not under "instructions"',
    ]);
  });

  test('a file whose own name gives no name asks for one', async () => {
    expect(await mistakesOf('checks: [host/disk]\n', 'runbooks/my runbook.yaml')).toEqual([
      expect.stringMatching(
        /^RUNBOOK_NAME_INVALID 1:1 the file's own name gives no name: .*"my-runbook"; write "name:"$/,
      ),
    ]);
    expect(await mistakesOf('name: mine\nchecks: [host/disk]\n', 'runbooks/my runbook.yaml')).toEqual([]);
  });

  test('a value that looks like a credential is not repeated', async () => {
    const [said] = await mistakesOf('name: ghp_abcdefghijklmnopqrstuvwxyz0123456789!\n');
    expect(said).toContain('(41 characters, not shown)');
    expect(said).not.toContain('abcdefghij');
  });
});

test('a value of almost 1 MiB is one mistake of one line', async () => {
  for (const key of ['name', 'every', 'cron', 'timezone', 'overlap', 'baseline: [', 'notify']) {
    const said = await mistakesOf(`${key}: "${'1 x'.repeat(300_000)}"\n`);
    expect(said).toHaveLength(1);
    expect(said[0]?.length).toBeLessThan(400);
  }
});

test('at most a hundred mistakes are told, errors before warnings', async () => {
  const said = await mistakesOf(`checks:\n${'  - host/load\n'.repeat(200)}${'  - host/dsk\n'.repeat(200)}`);
  expect(said).toHaveLength(100);
  expect(said.every((each) => each.startsWith('RUNBOOK_CHECK_UNKNOWN'))).toBe(true);
});

test("someone else's front matter in a HEARTBEAT.md is refused with the way out", async () => {
  const { mistakes } = await load('---\nsummary: x\n---\nLook.\n', 'clawd/HEARTBEAT.md');
  expect(mistakes[0]).toMatchObject({
    code: 'RUNBOOK_KEY_UNKNOWN',
    next: expect.stringContaining('bare HEARTBEAT.md'),
  });
});

test('a runbook that looks at nothing says so without being refused', async () => {
  expect(await mistakesOf('checks: []\n')).toEqual([
    '? RUNBOOK_NO_CHECKS 1:1 "checks" is empty, so this runbook looks at nothing',
  ]);
  expect(await mistakesOf('name: a\n')).toEqual([
    '? RUNBOOK_NO_CHECKS 1:1 there is no "checks:", so this runbook looks at nothing',
  ]);
  expect((await load('checks: []\n')).runbook).not.toBeNull();
  expect(await mistakesOf('baseline: production\n')).toEqual([]);
  expect(await mistakesOf('baseline: production\nchecks: []\n')).toEqual([]);
});

test('what a library says of a value is told on one printable line without the value when that is long', async () => {
  const [said] = await mistakesOf('a: |ghp_abcdefghijklmnopqrstuvwxyz0123456789\u0007\n  b\n');
  expect(said).toMatch(/^RUNBOOK_YAML_INVALID 1:\d+ not YAML: Block scalar header includes extra characters: \|…/);
  expect(said).not.toContain('\u0007');
});

test('a runbook may use an alias, and is refused where its YAML is more than plain data, in words about runbooks', async () => {
  expect((await load('name: &n a\nchecks: [host/disk]\ninstructions: *n\n')).runbook?.instructions).toBe('a');
  expect(await mistakesOf('name: !x a\n')).toEqual([
    'RUNBOOK_YAML_REFUSED 1:7 the tag "!x" is not accepted; a runbook is plain data',
  ]);
  expect(await mistakesOf('name: a\nname: b\n')).toEqual(['RUNBOOK_KEY_DUPLICATE 2:1 the key "name" is written twice']);
  expect(await mistakesOf('# nothing\n')).toEqual([
    'RUNBOOK_YAML_INVALID 1:1 there is nothing here; a runbook is a map of keys such as "checks:"',
  ]);
});
