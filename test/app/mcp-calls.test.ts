import { describe, expect, it } from 'vitest';
import { recordCall, type McpCall } from '../../src/app/mcp-calls.ts';
import { anApp } from '../support/app.ts';
import { inventoryOf } from '../support/fake-inventory.ts';

const SECRET = 'hunter2-lab-only-9f3a7c';

/** The entry that a call leaves. */
function recorded(call: Partial<McpCall>) {
  const { app } = anApp(inventoryOf());
  app.redactor.learn(SECRET);
  recordCall(app, { client: 'claude', tool: 'runs', input: { limit: 1 }, outcome: 'answered', ...call });
  const [entry] = app.audit.list({ limit: 1, object: null, verb: 'mcp-called' });
  return entry;
}

describe('the record of a call', () => {
  it('says who called what, with what, and how it ended', () => {
    expect(recorded({})).toMatchObject({
      actor: { kind: 'mcp', name: 'claude' },
      verb: 'mcp-called',
      object: 'runs',
      outcome: 'answered',
      detail: { arguments: { limit: 1 } },
    });
  });

  it.each<readonly [string, unknown, unknown]>([
    ['none', undefined, null],
    ['null', null, null],
    ['no object', 'text', 'text'],
    ['what JSON leaves out', { a: undefined, b: 1 }, { b: 1 }],
  ])('holds arguments that are %s', (_what, input, kept) => {
    expect(recorded({ input })?.detail).toEqual({ arguments: kept });
  });

  it('holds long arguments by their size alone', () => {
    const fits = { question: 'x'.repeat(4_096 - '{"question":""}'.length) };
    expect(recorded({ input: fits })?.detail).toEqual({ arguments: fits });
    expect(recorded({ input: { question: `${fits.question}é` } })?.detail).toEqual({ bytes: 4_098 });
  });

  it('holds no secret, nor the half of one', () => {
    const across = `${'x'.repeat(95)}${SECRET}`;
    for (const call of [{ tool: SECRET }, { tool: across }, { input: { deep: [{ [SECRET]: SECRET }] } }])
      expect(JSON.stringify(recorded(call))).not.toContain(SECRET.slice(0, 5));
  });

  it('names a tool that there is not on one line, and not at length', () => {
    const object = recorded({ tool: `a\u{1b}[2Jb\n${'x'.repeat(1_000)}` })?.object ?? '';
    expect(object).toMatch(/^a\\u\{1b\}\[2Jb\\u\{a\}x+ \[\d+ bytes more\]$/);
    expect(object.length).toBeLessThan(130);
  });
});
