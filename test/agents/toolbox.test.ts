import { describe, expect, it } from 'vitest';
import { createToolbox } from '../../src/agents/toolbox.ts';
import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import type { AgentTool } from '../../src/domain/models.ts';
import { redactor } from '../support/sighting.ts';

const clock = { now: () => 0, monotonic: () => 0 };
const signal = new AbortController().signal;

function aTool(run: AgentTool['run']): AgentTool {
  return {
    name: 'run_check',
    description: 'runs a check',
    input: {
      type: 'object',
      properties: { id: { type: 'string', enum: ['host/disk'] } },
      required: ['id'],
      additionalProperties: false,
    },
    run,
  };
}

describe('the tools of a conversation', () => {
  it('answer what their schema allows, and are written down', async () => {
    const given: JsonObject[] = [];
    const tool = aTool(async (input) => {
      given.push(input);
      return redactor.text('all is well');
    });
    const toolbox = createToolbox([tool], { timeoutMs: 10_000, signal, clock });
    expect(await toolbox.call('run_check', { id: 'host/disk' })).toBe('all is well');
    expect(given).toEqual([{ id: 'host/disk' }]);
    expect(toolbox.calls()).toEqual([
      { tool: 'run_check', input: { id: 'host/disk' }, outcome: 'answered', durationMs: 0 },
    ]);
  });

  it.each<readonly [string, string, JsonValue]>([
    ['a tool that is not there', 'scale_workload', { id: 'host/disk' }],
    ['a name with junk', 'run_check<|channel|>commentary', { id: 'host/disk' }],
    ['another value', 'run_check', { id: 'host/secrets' }],
    ['one key more', 'run_check', { id: 'host/disk', replicas: 0 }],
    ['no input', 'run_check', {}],
    ['null', 'run_check', null],
    ['a list', 'run_check', ['host/disk']],
    ['a text', 'run_check', '{"id":"host/disk"}'],
    ['a key of every object', 'run_check', { id: 'host/disk', ['__proto__x']: {} }],
  ])('refuse %s, and nothing runs', async (_, name, input) => {
    let ran = 0;
    const tool = aTool(async () => {
      ran += 1;
      return redactor.text('');
    });
    const toolbox = createToolbox([tool], { timeoutMs: 10_000, signal, clock });
    await toolbox.call(name, input);
    expect(ran).toBe(0);
    expect(toolbox.calls()[0]?.outcome).toBe('refused');
  });

  it('that ignore their signal are left behind', async () => {
    const asked: AbortSignal[] = [];
    const tool = aTool((_, own) => {
      asked.push(own);
      return new Promise(() => undefined);
    });
    const toolbox = createToolbox([tool], { timeoutMs: 5, signal, clock });
    expect(await toolbox.call('run_check', { id: 'host/disk' })).toContain('too long');
    expect(asked[0]?.aborted).toBe(true);
    expect(toolbox.calls()[0]?.outcome).toBe('timeout');
  });

  it('that fail do not say how: what was thrown may quote a secret', async () => {
    const tool = aTool(() => Promise.reject(new Error('password=hunter2-lab-only')));
    const toolbox = createToolbox([tool], { timeoutMs: 10_000, signal, clock });
    expect(await toolbox.call('run_check', { id: 'host/disk' })).not.toContain('hunter2');
    expect(toolbox.calls()[0]?.outcome).toBe('failed');
  });

  it('come to an end when all are called at once, too', async () => {
    let ran = 0;
    const tool = aTool(async () => {
      ran += 1;
      return redactor.text('x');
    });
    const toolbox = createToolbox([tool], { timeoutMs: 10_000, signal, clock });
    await Promise.all(Array.from({ length: 500 }, () => toolbox.call('run_check', { id: 'host/disk' })));
    expect(ran).toBe(32);
  });

  it('come to an end', async () => {
    const toolbox = createToolbox([aTool(async () => redactor.text('x'))], { timeoutMs: 10_000, signal, clock });
    for (let call = 0; call < 40; call += 1) await toolbox.call('run_check', { id: 'host/disk' });
    const outcomes = toolbox.calls().map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'answered')).toHaveLength(32);
    expect(outcomes.at(-1)).toBe('refused');
  });
});
