import { nobodyAnswers } from '../../src/scheduler/question.ts';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/domain/check.ts';
import type { Runbook } from '../../src/domain/runbook.ts';
import { carryOut, type RunDeps } from '../../src/scheduler/run.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { runsTable } from '../../src/store/runs.ts';
import { aCheck, catalogOf, seenOf } from '../support/check.ts';
import { redactor } from '../support/sighting.ts';
import { tempFolder } from '../support/temp.ts';

const MANUAL = { trigger: 'manual', slot: null } as const;
const fine = aCheck('test/fine', async () => [seenOf('a')]);

function world(checks: readonly Check[], edit: Partial<RunDeps> = {}) {
  const database = openDatabase(join(tempFolder(), 'holdfast.db'));
  const clock = { time: 1_000_000, now: () => clock.time, monotonic: () => performance.now() };
  const deps: RunDeps = {
    catalog: catalogOf(...checks),
    readerOf: async () => ({}),
    ledger: createLedger(database),
    redactor,
    clock,
    random: (size) => randomBytes(size),
    rules: { resolveAfter: 2 },
    signal: new AbortController().signal,
    answerQuestion: nobodyAnswers,
    onProgress: () => undefined,
    ...edit,
  };
  const runbook = aRunbook({ checks: checks.map(({ id }) => ({ id, params: {} })) });
  const run = (override: Partial<Runbook> = {}) => {
    clock.time += 1_800_000;
    return carryOut({ ...runbook, ...override }, MANUAL, deps);
  };
  return { database, deps, run };
}

function aRunbook(edit: Partial<Runbook>): Runbook {
  return {
    name: 'heartbeat',
    form: 'yaml',
    path: '/ops/heartbeat.yaml',
    digest: 'sha256:0',
    schedule: null,
    timezone: null,
    activeHours: null,
    overlap: 'skip',
    catchUpMs: 0,
    timeoutMs: 10_000,
    checks: [],
    baseline: null,
    agent: null,
    policy: null,
    onFinding: [],
    notify: [],
    instructions: '',
    tasks: [],
    ...edit,
  };
}

describe('a run', () => {
  it('lists every check with its outcome and keeps the run', async () => {
    const bad = aCheck('test/bad', async () => [seenOf('b', { bad: true })]);
    const { run, database } = world([fine, bad]);
    const { report, unrecorded } = await run();
    expect(unrecorded).toBeNull();
    expect(report.run.checks.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['test/fine', 'ok'],
      ['test/bad', 'findings'],
    ]);
    expect(runsTable(database).latest({ limit: 1, runbook: null })).toEqual([report.run]);
    expect(report.run).toMatchObject({ status: 'done', reason: null });
  });

  it('says new, ongoing and resolved over the runs', async () => {
    let bad = true;
    const { run } = world([aCheck('test/moody', async () => [seenOf('m', { bad })])]);
    const standings: (string | undefined)[] = [];
    for (const now of [true, true, false, false, false]) {
      bad = now;
      standings.push((await run()).report.findings[0]?.standing);
    }
    expect(standings).toEqual(['new', 'ongoing', 'ongoing', 'resolved', undefined]);
  });

  it('keeps the findings of a renamed check', async () => {
    const read = async () => [seenOf('b', { bad: true })];
    const { run, deps } = world([aCheck('test/old-name', read)]);
    const [before] = (await run()).report.findings;
    const renamed = aCheck('test/new-name', read, { aliases: ['test/old-name'] });
    const after = await carryOut(aRunbook({ checks: [{ id: 'test/new-name', params: {} }] }), MANUAL, {
      ...deps,
      catalog: catalogOf(renamed),
    });
    expect(after.report.findings).toHaveLength(1);
    expect(after.report.findings[0]).toMatchObject({ id: before?.id, check: 'test/new-name', standing: 'ongoing' });
  });

  it('shows a check what it remembered of earlier runs, and which of its findings are open', async () => {
    const histories: unknown[] = [];
    const check = aCheck('test/counter', async () => [seenOf('c', { bad: true, count: histories.length })], {
      sample: (seen) => ({ count: seen.facts['count'] ?? null }),
      judge: (seen, _params, history) => {
        histories.push([history.samples.map(({ values }) => values['count']), [...history.open]]);
        return [{ discriminator: 'bad', severity: 'low', title: seen.name, why: '-', next: '-', evidence: [] }];
      },
    });
    const { run } = world([check]);
    await run();
    await run();
    await run();
    expect(histories).toEqual([
      [[], []],
      [[0], [['bad', 'low']]],
      [[1, 0], [['bad', 'low']]],
    ]);
  });

  it('carries what a check says of its look as a whole, redacted, and nothing where it says nothing', async () => {
    const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
    const summary: Check['summary'] = (seen) => (seen.length > 1 ? `${seen.length} seen with ${token}\u001B` : null);
    const two = aCheck('test/two', async () => [seenOf('a'), seenOf('b')], { summary });
    const { run } = world([two, aCheck('test/one', async () => [seenOf('a')], { summary })]);
    const [said, silent] = (await run()).report.run.checks;
    expect(said?.note).toMatch(/^2 seen with \[.*\]\\u\{1b\}$/);
    expect(silent).not.toHaveProperty('note');
  });

  it('reports the progress from the first check to the last', async () => {
    const seen: number[] = [];
    const { run } = world([fine, aCheck('test/other', async () => [])], { onProgress: ({ done }) => seen.push(done) });
    await run();
    expect([seen[0], seen.at(-1)]).toEqual([0, 2]);
  });
});

describe('a check that misbehaves', () => {
  const outcome = async (check: Check, edit: Partial<Runbook> = {}) => {
    const { run } = world([check, fine]);
    const { report } = await run(edit);
    return report.run;
  };

  it('is unknown when it throws, and the others are looked at', async () => {
    const run = await outcome(aCheck('test/throws', async () => Promise.reject(new Error('no route'))));
    expect(run.checks.map(({ outcome: each, failure }) => [each, failure?.message ?? null])).toEqual([
      ['unknown', 'no route'],
      ['ok', null],
    ]);
  });

  it('is unknown when it throws while judging, or throws something that is no error', async () => {
    const judging = await outcome(
      aCheck('test/judge', async () => [seenOf('a')], {
        judge: () => {
          throw new TypeError('undefined');
        },
      }),
    );
    expect(judging.checks[0]).toMatchObject({ outcome: 'unknown', failure: { code: 'CHECK_THREW' } });
    const odd = await outcome(aCheck('test/odd', () => Promise.reject('just text') as never));
    expect(odd.checks[0]).toMatchObject({ outcome: 'unknown', failure: { code: 'CHECK_THREW' } });
  });

  it('is unknown when its reader can not be opened', async () => {
    const { run } = world([fine], { readerOf: async () => Promise.reject(new Error('no provider')) });
    expect((await run()).report.run.checks[0]).toMatchObject({
      outcome: 'unknown',
      failure: { message: 'no provider' },
    });
  });

  it('is unknown after its time limit, and is told to stop', async () => {
    let aborted = false;
    const slow = aCheck(
      'test/slow',
      (_reader, _params, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(new Error('stopped'));
          });
        }),
      { timeoutMs: 20 },
    );
    const run = await outcome(slow);
    expect(run.checks[0]).toMatchObject({ outcome: 'unknown', failure: { code: 'TIMEOUT' } });
    expect([aborted, run.status]).toEqual([true, 'done']);
  });

  it('does not keep the run when it ignores its signal', async () => {
    const run = await outcome(aCheck('test/deaf', () => new Promise(() => undefined), { timeoutMs: 20 }));
    expect(run.checks.map(({ outcome: each }) => each)).toEqual(['unknown', 'ok']);
  });

  it('is unknown when it returns 100 MB, too many observations, or no list', async () => {
    const heavy = await outcome(
      aCheck('test/heavy', async () => [seenOf('h', { note: 'x'.repeat(100 * 1024 * 1024) })]),
    );
    expect(heavy.checks[0]).toMatchObject({ outcome: 'unknown', failure: { code: 'CHECK_OUTPUT_TOO_LARGE' } });
    const many = await outcome(
      aCheck('test/many', async () => Array.from({ length: 10_001 }, (_, index) => seenOf(String(index)))),
    );
    expect(many.checks[0]).toMatchObject({ outcome: 'unknown', failure: { code: 'CHECK_OUTPUT_TOO_LARGE' } });
    const none = await outcome(aCheck('test/none', async () => null as never));
    expect(none.checks[0]).toMatchObject({ outcome: 'unknown', failure: { code: 'CHECK_BROKEN' } });
  });

  it('fails the run with what it had when the run is past its own limit', async () => {
    const run = await outcome(
      aCheck('test/endless', () => new Promise(() => undefined)),
      { timeoutMs: 50 },
    );
    expect(run).toMatchObject({ status: 'failed', reason: 'timeout' });
    expect(run.checks.map(({ outcome: each }) => each)).toEqual(['unknown', 'ok']);
  });

  it('ends as interrupted when the operator interrupts', async () => {
    const operator = new AbortController();
    const { run } = world([aCheck('test/endless', () => new Promise(() => operator.abort()))], {
      signal: operator.signal,
    });
    expect((await run()).report.run).toMatchObject({ status: 'failed', reason: 'interrupted' });
  });
});

describe('what is unknown', () => {
  it('leaves the findings of the hidden resource open and says that it was not looked at', async () => {
    let hide = false;
    const check = aCheck('test/part', async () => [
      seenOf('other'),
      hide
        ? {
            status: 'unknown',
            resource: 'test:x/thing/b',
            name: 'b',
            failure: { code: 'EACCES', message: 'not allowed' },
          }
        : seenOf('b', { bad: true }),
    ]);
    const { run } = world([check]);
    await run();
    hide = true;
    for (let beat = 0; beat < 3; beat++) {
      const { report } = await run();
      expect(report.findings[0]?.standing).toBe('ongoing');
      expect(report.run.findings[0]?.looked).toBe(false);
      expect(report.run.checks[0]).toMatchObject({ outcome: 'unknown', looked: 1, hidden: [{ name: 'b' }] });
    }
  });

  it('is what a bare HEARTBEAT.md asks of a model, and it is shown', async () => {
    const { run } = world([]);
    const { report } = await run({
      form: 'heartbeat',
      checks: [],
      instructions: 'Is everything well?',
      tasks: [{ name: 'mail', interval: '30m', prompt: 'look' }],
    });
    expect(report.run.checks.map(({ id, outcome, failure }) => [id, outcome, failure?.code])).toEqual([
      ['agent/task', 'unknown', 'MODEL_NONE'],
      ['agent/prose', 'unknown', 'MODEL_NONE'],
    ]);
  });
});

describe('a secret in what a check says', () => {
  it('reaches neither the report nor the database, wherever it stands', async () => {
    const secret = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a';
    const leaky = aCheck(
      'test/leaky',
      async () => [
        {
          status: 'seen',
          resource: `test:x/thing/${secret}`,
          name: `n ${secret}`,
          facts: { bad: true, note: `token: ${secret}` },
        },
        {
          status: 'unknown',
          resource: `test:x/other/${secret}`,
          name: secret,
          failure: { code: 'X', message: `refused ${secret}` },
        },
      ],
      { sample: (seen) => ({ note: seen.facts['note'] ?? null }) },
    );
    const { run, database } = world([leaky]);
    const { report } = await run();
    expect(JSON.stringify(report)).not.toContain(secret);
    expect(report.findings).toHaveLength(1);
    const dump = ['runs', 'findings', 'finding_events', 'samples'].map((table) =>
      JSON.stringify(database.sqlite.prepare(`SELECT * FROM ${table}`).all()),
    );
    expect(dump.join()).not.toContain(secret);
  });
});

describe('a store that is full', () => {
  it('does not stop the run: the report is there, and says that it was not kept', async () => {
    const { run, database } = world([
      aCheck('test/big', async () => [seenOf('b', { bad: true, note: 'y '.repeat(200_000) })]),
    ]);
    await run();
    const pages = Number(Object.values(database.sqlite.prepare('PRAGMA page_count').get() ?? {})[0]);
    database.sqlite.exec(`PRAGMA max_page_count = ${pages}`);
    const { report, unrecorded } = await run();
    expect(unrecorded?.code).toBe('STORE_FULL');
    expect(report.findings[0]?.standing).toBe('ongoing');
  });
});
