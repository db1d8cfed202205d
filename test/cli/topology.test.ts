import { describe, expect, test } from 'vitest';
import { DOCUMENTS } from '../../src/documents/all-schemas.ts';
import { aHome } from '../support/cli.ts';
import { hasRecordings } from '../support/kubernetes/recorded.ts';
import { recordedServer } from '../support/kubernetes/server.ts';

describe.skipIf(!hasRecordings)('holdfast topology, of the recorded cluster', () => {
  test('shows who relies on whom, of one thing with who reaches it', async () => {
    await using server = await recordedServer({ as: 'admin' });
    const home = aHome({ KUBECONFIG: server.kubeconfig });
    const { stdout, code, stderr } = await home.holdfast('topology', 'deployment/prod/web');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Deployment prod/web\n');
    expect(stdout).toContain('Service prod/web selects it');
    expect(stdout).toContain('HorizontalPodAutoscaler prod/web scales it');
  });

  test('is a document, a graph for Graphviz and one for Mermaid', async () => {
    await using server = await recordedServer({ as: 'admin' });
    const home = aHome({ KUBECONFIG: server.kubeconfig });
    const document: unknown = JSON.parse((await home.holdfast('topology', '--output', 'json')).stdout);
    expect(document).toEqual(DOCUMENTS.topology.parse(document));
    const dot = (await home.holdfast('topology', '-n', 'prod', '--output', 'dot')).stdout;
    expect(dot).toMatch(/^digraph "[^"]+" \{\n/);
    expect(dot).toContain('  "Service prod/web" -> "Deployment prod/web" [label="selects"];\n');
    expect(dot).not.toMatch(/Deployment (?!prod\/)/);
    const mermaid = (await home.holdfast('topology', '-n', 'prod', '--output', 'mermaid')).stdout;
    expect(mermaid).toMatch(/^flowchart LR\n {2}n0\["/);
    expect(mermaid).toMatch(/n\d+ -->\|"selects"\| n\d+/);
  });

  test('says what a view-only identity may not see, and what fits several or nothing', async () => {
    await using server = await recordedServer({ as: 'ops-reader' });
    const home = aHome({ KUBECONFIG: server.kubeconfig });
    const { stdout } = await home.holdfast('topology');
    expect(stdout).toMatch(/unknown {2}ValidatingWebhookConfigurations: The user ops-reader may not list/);
    const unsure = await home.holdfast('topology', 'web');
    expect([unsure.code, unsure.stderr]).toEqual([
      2,
      expect.stringMatching(/NOT_FOUND {2}"web" fits several[\s\S]*deployment\/prod\/web/),
    ]);
    expect((await home.holdfast('topology', 'nothing-of-this-name')).stderr).toContain(
      'there is no "nothing-of-this-name"',
    );
  });
});

test('without a kubeconfig it says so, and what to do', async () => {
  const { code, stderr } = await aHome().holdfast('topology');
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^CLUSTER_AWAY {2}There is no kubeconfig[\s\S]*next:/)]);
});
