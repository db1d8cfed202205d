import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aHome } from '../support/cli.ts';
import { writableServer } from '../support/kubernetes/gate-house.ts';
import { cronJob, deployment, node } from '../support/kubernetes/writable-world.ts';
import { modelServer, type ModelRequest, type Turn } from '../support/models/server.ts';

const WORDS = { summary: 'Something is new.', cause: null, nextLook: null, urgency: 'soon' };

async function world(draft: unknown, budget = '') {
  const cluster = await writableServer([
    deployment('web'),
    cronJob('nightly'),
    {
      ...node('node-a'),
      status: {
        conditions: [
          { type: 'Ready', status: 'False', reason: 'KubeletNotReady', lastTransitionTime: '2026-11-20T00:00:00Z' },
        ],
      },
    },
  ]);
  const model = await modelServer(
    (request: ModelRequest): Turn =>
      request.text.includes('may propose one change') ? { json: draft } : { json: WORDS },
  );
  const home = aHome({ KUBECONFIG: cluster.kubeconfig, OLLAMA_HOST: model.url });
  const runbook = join(home.folder, 'beat.yaml');
  writeFileSync(
    runbook,
    `name: beat\nagent: { model: ollama/gemma4:e4b, mayPropose: [kubernetes/cordon-node]${budget} }\nchecks: [kubernetes/nodes, kubernetes/workloads]\n`,
  );
  const plans = async (): Promise<readonly Record<string, unknown>[]> =>
    (await home.json('plan', 'list', '--all'))['plans'] as Record<string, unknown>[];
  return {
    home,
    cluster,
    model,
    plans,
    run: () => home.holdfast('run', runbook, '--quiet'),
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      await model[Symbol.asyncDispose]();
    },
  };
}

describe('a model that may propose', () => {
  it('proposes one held change for what is new, once', async () => {
    await using at = await world({ action: 'kubernetes/cordon-node', target: 'Node/node-a' });
    const { stdout, stderr } = await at.run();
    expect(stderr).toBe('');
    expect(stdout).toContain('plan');
    const [plan, ...others] = await at.plans();
    expect(others).toEqual([]);
    expect(plan).toMatchObject({ status: 'queued', origin: { actor: { kind: 'model', name: 'ollama/gemma4:e4b' } } });
    expect(at.cluster.api.writes()).toEqual([]);
    await at.run();
    expect(await at.plans()).toHaveLength(1);
  });

  it.each([
    ['an action that is not in mayPropose', { action: 'kubernetes/uncordon-node', target: 'Node/node-a' }],
    ['a target that no finding is about', { action: 'kubernetes/cordon-node', target: 'Node/node-b' }],
    ['nothing', { action: 'none', target: 'Node/node-a' }],
    ['parameters of its own making', { action: 'kubernetes/cordon-node', target: 'Node/node-a', context: 'prod' }],
  ])('that chooses %s proposes nothing', async (_, draft) => {
    await using at = await world(draft);
    await at.run();
    expect(await at.plans()).toEqual([]);
    expect(at.cluster.api.writes()).toEqual([]);
  });

  it('has one budget for its words and its proposal', async () => {
    await using at = await world({ action: 'kubernetes/cordon-node', target: 'Node/node-a' }, ', budget: { calls: 1 }');
    const { stdout } = await at.run();
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('the budget is used up: 1 of 1 calls');
    expect(at.model.requests()).toHaveLength(1);
    expect(await at.plans()).toEqual([]);
  });
});
