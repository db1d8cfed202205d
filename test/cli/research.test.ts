import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aHome } from '../support/cli.ts';
import { hasRecordings } from '../support/kubernetes/recorded.ts';
import { recordedServer } from '../support/kubernetes/server.ts';
import { modelServer } from '../support/models/server.ts';

type Report = {
  findings: { number: number; severity: string; category: string }[];
  groups: { findings: number[]; because: string[] }[];
  checks: { id: string; outcome: string; hidden: number }[];
  missing: { provider: string }[];
};

describe.skipIf(!hasRecordings)('holdfast research, of the recorded cluster', () => {
  it('looks at everything, grades it, and says what belongs together', async () => {
    await using cluster = await recordedServer({ as: 'admin' });
    const home = aHome({ KUBECONFIG: cluster.kubeconfig });
    const report = (await home.json('research', '--scope', 'kubernetes', '--quiet')) as unknown as Report;
    const categories = new Set(report.findings.map(({ category }) => category));
    expect([...categories].toSorted()).toEqual(expect.arrayContaining(['health', 'hygiene', 'posture']));
    expect(report.findings.map(({ number }) => number)).toEqual(report.findings.map((_, index) => index + 1));
    expect(report.findings[0]?.severity).toBe('critical');
    const because = report.groups.flatMap((group) => group.because);
    expect(because.some((words) => words.includes('node-c'))).toBe(true);
    expect(report.groups.every(({ findings, because: why }) => findings.length > 1 && why.length > 0)).toBe(true);
    expect(cluster.requests().filter(({ method }) => method !== 'GET')).toEqual([]);
    expect((await home.json('findings', '--all'))['findings']).toEqual([]);
  }, 60_000);

  it('says what an identity may not see, and is no all-clear then', async () => {
    await using cluster = await recordedServer({ as: 'nobody' });
    const home = aHome({ KUBECONFIG: cluster.kubeconfig });
    const { stdout, code } = await home.holdfast('research', '--scope', 'kubernetes', '--fail-on-unknown', '--quiet');
    expect(stdout).toContain('UNKNOWN');
    expect(code).toBe(4);
  }, 60_000);

  it('is a report to send, with a summary that names only what is there', async () => {
    await using cluster = await recordedServer({ as: 'admin' });
    await using model = await modelServer((request) => ({
      json: {
        summary:
          request.index === 0 ? 'The pod `prod/ghost-1` is gone.' : 'The worst is `node-c`, which is not heard of.',
      },
    }));
    const home = aHome({ KUBECONFIG: cluster.kubeconfig, OLLAMA_HOST: model.url });
    const { stdout } = await home.holdfast(
      'research',
      '--scope',
      'kubernetes/nodes',
      '--model',
      'ollama/gemma4:e4b',
      '--output',
      'markdown',
      '--quiet',
    );
    expect(stdout).toMatch(/^# Research\n/);
    expect(stdout).toContain('The worst is');
    expect(stdout).not.toContain('ghost');
    expect(model.requests()).toHaveLength(2);
  }, 60_000);
});

describe('holdfast research', () => {
  it('of this machine alone says what is not connected', async () => {
    const home = aHome();
    const report = (await home.json('research', '--scope', 'host/disk', '--quiet')) as unknown as Report;
    expect(report.checks.map(({ id }) => id)).toEqual(['host/disk']);
    expect(report.missing.map(({ provider }) => provider)).toContain('kubernetes');
  });

  it('refuses a scope that fits nothing', async () => {
    const { code, stderr } = await aHome().holdfast('research', '--scope', 'kubernets');
    expect([code, stderr]).toEqual([2, expect.stringContaining('fits the scope kubernets')]);
  });

  it('asks what runbooks ask with other parameters, and says which of them are broken', async () => {
    const home = aHome();
    mkdirSync(join(home.folder, 'runbooks'));
    writeFileSync(
      join(home.folder, 'runbooks/tight.yaml'),
      'name: tight\nchecks:\n  - host/disk: { warn: 1, plentyFree: 999TiB }\n',
    );
    writeFileSync(join(home.folder, 'runbooks/broken.yaml'), 'name: broken\nchecks: [host/dsk]\n');
    const report = (await home.json('research', '--scope', 'host/disk', '--quiet')) as unknown as Report;
    expect(report.checks.map(({ id }) => id)).toEqual(['host/disk', 'host/disk']);
    expect(report.findings.length).toBeGreaterThan(0);
    expect(report.missing.map(({ provider }) => provider).join()).toContain('broken.yaml');
  });
});
