import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelCall, ModelCallEnd } from '../../src/domain/model.ts';
import { openDatabase } from '../../src/store/database.ts';
import { modelCallsTable } from '../../src/store/model-calls.ts';
import { modelScoresTable } from '../../src/store/model-scores.ts';
import { redactor } from '../support/sighting.ts';
import { tempFolder } from '../support/temp.ts';

function open() {
  const path = join(tempFolder(), 'holdfast.db');
  const database = openDatabase(path);
  return { path, database, calls: modelCallsTable(database) };
}

function aCall(
  id: ModelCall['id'],
  at: number,
  more: Partial<Omit<ModelCall, 'ended'>> = {},
): Omit<ModelCall, 'ended'> {
  return {
    id,
    at,
    model: 'anthropic/claude-opus-4-6',
    purpose: 'triage',
    endpoint: 'https://api.anthropic.com',
    leavesMachine: true,
    runbook: 'heartbeat',
    run: null,
    escalatedBecause: redactor.text('critical finding'),
    request: redactor.text('{"model":"x"}'),
    requestBytes: 13,
    ...more,
  };
}

const END: ModelCallEnd = {
  outcome: 'answered',
  usage: { promptTokens: 4, completionTokens: 2 },
  usd: 0.25,
  durationMs: 7,
};

describe('model calls on disk', () => {
  it('are there before they have an end, and after it, to another process too', () => {
    const { path, database, calls } = open();
    calls.begin(aCall('c-000000000001', 1));
    expect(calls.byId('c-0')).toEqual([{ ...aCall('c-000000000001', 1), ended: null }]);
    calls.end('c-000000000001', END);
    database.close();
    const again = openDatabase(path);
    expect(modelCallsTable(again).byId('c-0')).toEqual([{ ...aCall('c-000000000001', 1), ended: END }]);
    again.close();
  });

  it('are listed newest first, and those that left the machine by themselves', () => {
    const { calls } = open();
    calls.begin(aCall('c-000000000001', 1));
    calls.begin(aCall('c-000000000002', 2, { leavesMachine: false, request: null }));
    calls.begin(aCall('c-000000000003', 3));
    const ids = (egressOnly: boolean, limit = 10) => calls.latest({ limit, egressOnly }).map(({ id }) => id);
    expect(ids(false)).toEqual(['c-000000000003', 'c-000000000002', 'c-000000000001']);
    expect(ids(true)).toEqual(['c-000000000003', 'c-000000000001']);
    expect(ids(true, 1)).toEqual(['c-000000000003']);
  });

  it('sum up to what they cost since an instant, of one runbook or of all', () => {
    const { calls } = open();
    calls.begin(aCall('c-000000000001', 1));
    calls.begin(aCall('c-000000000002', 5));
    calls.begin(aCall('c-000000000003', 6, { runbook: null }));
    for (const id of ['c-000000000001', 'c-000000000002', 'c-000000000003'] as const) calls.end(id, END);
    expect(calls.usdSince(5, null)).toBe(0.5);
    expect(calls.usdSince(5, 'heartbeat')).toBe(0.25);
    expect(calls.usdSince(7, null)).toBe(0);
  });

  it.each([
    ['never ended', null],
    ['had no known price', { ...END, usd: null }],
  ])('cost nobody knows what when one that left the machine %s', (_, end) => {
    const { calls } = open();
    calls.begin(aCall('c-000000000001', 1));
    if (end !== null) calls.end('c-000000000001', end);
    expect(calls.usdSince(0, null)).toBeNull();
  });

  it('say what a run used, those that never ended as calls alone', () => {
    const { calls } = open();
    calls.begin(aCall('c-000000000001', 1, { run: 'r-000000000001' }));
    calls.begin(aCall('c-000000000002', 2, { run: 'r-000000000001' }));
    calls.begin(aCall('c-000000000003', 3, { run: 'r-000000000002' }));
    calls.end('c-000000000001', END);
    expect(calls.usedBy('r-000000000001')).toEqual({ calls: 2, tokens: 6 });
    expect(calls.usedBy('r-000000000009')).toEqual({ calls: 0, tokens: 0 });
  });

  it('that stayed on the machine cost nothing when they died', () => {
    const { calls } = open();
    calls.begin(aCall('c-000000000001', 1, { leavesMachine: false, request: null }));
    expect(calls.usdSince(0, null)).toBe(0);
  });
});

describe('scores of models on disk', () => {
  it('are the latest of each model, by name', () => {
    const { database } = open();
    const scores = modelScoresTable(database);
    const score = (model: 'ollama/b' | 'ollama/a', at: number) => ({ model, digest: null, suite: 1, at, cases: [] });
    for (const one of [score('ollama/b', 1), score('ollama/a', 2), score('ollama/b', 3)]) scores.write(one);
    expect(scores.all()).toEqual([score('ollama/a', 2), score('ollama/b', 3)]);
    expect(scores.of('ollama/b')).toEqual(score('ollama/b', 3));
    expect(scores.of('ollama/c')).toBeNull();
  });
});
