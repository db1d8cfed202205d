import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DOCUMENTS } from '../../src/documents/all-schemas.ts';
import { asDocument, aHome, type Home } from '../support/cli.ts';
import { writableServer } from '../support/kubernetes/gate-house.ts';
import { deployment, node, pod } from '../support/kubernetes/writable-world.ts';
import { modelServer, type Script } from '../support/models/server.ts';

async function world(script: Script = []) {
  const cluster = await writableServer([deployment('web'), deployment('billing-worker'), pod('web-1'), node('node-a')]);
  const model = await modelServer(script);
  const home = aHome({ KUBECONFIG: cluster.kubeconfig, OLLAMA_HOST: model.url });
  return {
    cluster,
    model,
    home,
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      await model[Symbol.asyncDispose]();
    },
  };
}

async function drafted(home: Home, sentence: string, ...more: string[]) {
  const { code, stdout, stderr } = await home.holdfast('ask', sentence, '--maker', '--output', 'json', ...more);
  if (stdout === '') return { code, stderr, plan: null };
  asDocument(stdout);
  return { code, stderr, plan: DOCUMENTS.plan.parse(JSON.parse(stdout)) };
}

const POLICY = `policy: ask-scale
owner: ana@example.com
rules:
  - id: scale-web
    effect: allow
    match: { action: kubernetes/scale-workload, actor: { kind: operator } }
    bounds: { after.replicas: { min: 1, max: 3 } }
`;

describe('holdfast ask --maker', () => {
  it('seals the one change into a plan that waits, and shows its card', async () => {
    await using at = await world();
    const { code, plan } = await drafted(at.home, 'scale billing-worker to 2 replicas');
    expect([code, plan?.status]).toEqual([10, 'queued']);
    expect(plan?.steps).toMatchObject([
      { action: 'kubernetes/scale-workload@1', summary: 'Scale billing-worker from 4 to 2 replicas' },
    ]);
    expect(plan?.why).toBe('scale billing-worker to 2 replicas');
    const card = await at.home.holdfast('ask', 'scale web to 3', '--maker');
    expect(card.stdout).toMatch(/^PLAN p-\w{12}/);
    expect(card.stdout).toContain('approve with: holdfast plan approve');
    expect(at.cluster.api.writes()).toEqual([]);
  });

  it('with --apply goes on only under a pinned policy that allows exactly that', async () => {
    await using at = await world();
    const file = join(at.home.folder, 'policy.yaml');
    writeFileSync(file, POLICY);
    const unpinned = await drafted(at.home, 'scale web to 2', '--apply', '--policy', file);
    expect([unpinned.code, unpinned.plan?.status]).toEqual([10, 'queued']);
    expect((await at.home.holdfast('policy', 'trust', file)).stderr).toBe('');
    const outside = await drafted(at.home, 'scale web to 0', '--apply', '--policy', file);
    expect([outside.code, outside.plan?.status]).toEqual([10, 'queued']);
    expect(at.cluster.api.writes()).toEqual([]);
    const { code, plan } = await drafted(at.home, 'scale web to 3', '--apply', '--policy', file);
    expect([code, plan?.status]).toEqual([0, 'verified']);
    expect(at.cluster.api.writes()).toEqual([{ verb: 'patch', object: 'Deployment/scale prod/web' }]);
  });

  it.each([
    ['scale nobody-knows to 2', 'NOT_FOUND'],
    ['scale billing-worke to 2', 'did you mean "billing-worker"'],
    ['should I scale web to 2?', 'DRAFT_NOT_UNDERSTOOD'],
    ['make web faster', 'holdfast plan create'],
    ['scale web to 2 in namespace elsewhere', 'NOT_FOUND'],
  ])('of %j makes no plan, and says why', async (sentence, words) => {
    await using at = await world();
    const { code, stderr, plan } = await drafted(at.home, sentence);
    expect([code, plan]).toEqual([2, null]);
    expect(stderr).toContain(words.replaceAll('"', '\\"'));
    expect((await at.home.json('plan', 'list', '--all'))['plans']).toEqual([]);
  });

  it('plain ask makes no plan, whatever a model says', async () => {
    await using at = await world(() => ({
      call: [{ name: 'scale_workload', arguments: { name: 'web', replicas: 0 } }],
    }));
    await at.home.holdfast('ask', 'scale web to 0 replicas', '--model', 'ollama/gemma4:e4b');
    expect((await at.home.json('plan', 'list', '--all'))['plans']).toEqual([]);
    expect(at.cluster.requests().filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('refuses --apply without --maker', async () => {
    const { code, stderr } = await aHome().holdfast('ask', 'is web ok?', '--apply');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--maker')]);
  });
});

describe('a model that drafts', () => {
  const MODEL = ['--model', 'ollama/gemma4:e4b'];

  it('finds the action for a sentence of other words, as itself', async () => {
    await using at = await world([
      { json: { action: 'kubernetes/scale-workload', target: 'Deployment/prod/web', replicas: 2 } },
    ]);
    const { code, plan } = await drafted(at.home, 'I want only two copies of web from now on', ...MODEL);
    expect([code, plan?.status]).toEqual([10, 'queued']);
    expect(plan?.origin.actor).toMatchObject({ kind: 'model', name: 'ollama/gemma4:e4b' });
    const [request] = at.model.requests();
    expect(request?.text).toContain('Deployment/prod/web');
    expect(request?.text).not.toContain('billing-worker');
  });

  it('is not asked when the verbs say it all', async () => {
    await using at = await world([{ fault: 'busy' }]);
    expect((await drafted(at.home, 'restart web', ...MODEL)).code).toBe(10);
    expect(at.model.requests()).toEqual([]);
  });

  it.each([
    ['another target', { action: 'kubernetes/scale-workload', target: 'Deployment/prod/billing-worker', replicas: 0 }],
    ['an action that is not offered', { action: 'kubernetes/delete-resource', target: 'Deployment/prod/web' }],
    ['a target of the wrong kind', { action: 'kubernetes/cordon-node', target: 'Deployment/prod/web' }],
    ['none', { action: 'none', target: 'Deployment/prod/web' }],
    [
      'more parameters',
      { action: 'kubernetes/scale-workload', target: 'Deployment/prod/web', replicas: 2, despiteAutoscaler: true },
    ],
    ['no count', { action: 'kubernetes/scale-workload', target: 'Deployment/prod/web' }],
    ['a count out of bounds', { action: 'kubernetes/scale-workload', target: 'Deployment/prod/web', replicas: -1 }],
  ])('that chooses %s makes no plan', async (_, json) => {
    await using at = await world(() => ({ json }));
    const { code, plan } = await drafted(at.home, 'I want two copies of web please', ...MODEL);
    expect([code, plan]).toEqual([2, null]);
    expect(at.cluster.api.writes()).toEqual([]);
  });

  it('is asked nothing when the sentence names nothing that is there', async () => {
    await using at = await world([{ json: {} }]);
    expect((await drafted(at.home, 'make everything smaller somehow', ...MODEL)).code).toBe(2);
    expect(at.model.requests()).toEqual([]);
  });

  it('is not believed by a policy for operators', async () => {
    await using at = await world([
      { json: { action: 'kubernetes/scale-workload', target: 'Deployment/prod/web', replicas: 2 } },
    ]);
    const file = join(at.home.folder, 'policy.yaml');
    writeFileSync(file, POLICY);
    await at.home.holdfast('policy', 'trust', file);
    const { code, plan } = await drafted(
      at.home,
      'I want only two copies of web',
      '--apply',
      '--policy',
      file,
      ...MODEL,
    );
    expect([code, plan?.status]).toEqual([10, 'queued']);
    expect(at.cluster.api.writes()).toEqual([]);
  });
});
