import { describe, expect, it } from 'vitest';
import { aHome } from '../support/cli.ts';
import { logBeat } from '../support/models/log-beat.ts';
import { modelServer } from '../support/models/server.ts';

const WORDS = { summary: 'The log has `PANIC` lines.', cause: null, nextLook: null, urgency: 'now' };
const KEY = 'sk-ant-lab-only-0123456789abcdef0123';

describe('holdfast egress', () => {
  it('shows what left the machine, byte for byte as the server got it, without the key', async () => {
    // Reached by a name that is no loopback address in its spelling, so that it counts as elsewhere.
    await using far = await modelServer([{ json: WORDS }]);
    await using beat = await logBeat([{ json: WORDS }], {
      agent: 'model: ollama/gemma4:e4b, escalate: anthropic/claude-opus-4-6',
      config: `models:\n  endpoints: { anthropic: { url: "http://0.0.0.0:${far.port}" } }\n  prices: { anthropic/claude-opus-4-6: { inputPerMillion: 5, outputPerMillion: 25 } }\n`,
      env: { ANTHROPIC_API_KEY: KEY },
    });
    beat.log('PANIC at the disco');
    await beat.run('--quiet');
    const { calls } = (await beat.home.json('egress', 'list')) as { calls: Record<string, unknown>[] };
    expect(calls).toMatchObject([
      {
        model: 'anthropic/claude-opus-4-6',
        purpose: 'triage',
        runbook: 'beat',
        escalatedBecause: 'something new is critical',
        outcome: 'answered',
        usd: expect.any(Number),
      },
    ]);
    const shown = await beat.home.json('egress', 'show', String(calls[0]?.['id']).slice(0, 8));
    expect(shown['request']).toBe(far.requests()[0]?.text);
    expect(shown['request']).toContain('PANIC');
    const human = await beat.home.holdfast('egress', 'show', String(calls[0]?.['id']));
    expect(human.stdout).toContain('because something new is critical');
    for (const sink of [human.stdout, JSON.stringify(shown), beat.kept()]) expect(sink).not.toContain(KEY);
    const all = (await beat.home.json('egress', 'list', '--all')) as {
      calls: { leavesMachine: boolean; id: string }[];
    };
    expect(all.calls.map(({ leavesMachine }) => leavesMachine)).toEqual([true, false]);
    const local = all.calls.find(({ leavesMachine }) => !leavesMachine);
    expect(await beat.home.json('egress', 'show', local?.id ?? '')).toMatchObject({ request: null });
  });

  it('is empty where nobody was asked', async () => {
    const home = aHome();
    expect((await home.holdfast('egress')).stdout).toBe('Nothing left this machine for a model.\n');
    expect((await home.holdfast('egress', 'show', 'c-AAAA')).stderr).toContain('NOT_FOUND');
    for (const limit of ['abc', '-1', '0'])
      expect((await home.holdfast('egress', 'list', '--limit', limit)).code).toBe(2);
  });
});
