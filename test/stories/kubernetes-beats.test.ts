import { describe, expect, test } from 'vitest';
import type { RunReport } from '../../src/domain/run.ts';
import { beatsWith, shipped } from '../support/kubernetes/beat.ts';
import { hasRecordings } from '../support/kubernetes/recorded.ts';
import { recordedServer } from '../support/kubernetes/server.ts';
import { ago } from '../support/kubernetes/world.ts';

/** `new high kubernetes/jobs job/prod/late failed`; what goes on is left out. */
function moved({ findings }: RunReport): readonly string[] {
  return (
    findings
      // Warnings are told while they come, and the recorded ones come no more.
      .filter(({ standing, check }) => standing !== 'ongoing' && check !== 'kubernetes/events')
      .map(
        ({ standing, severity, check, resource, discriminator }) =>
          `${standing} ${severity} ${check} ${resource.replace(/^kubernetes:[^/]+\//, '')} ${discriminator}`,
      )
      .toSorted()
  );
}

const unknowns = ({ run }: RunReport): readonly string[] =>
  [...new Set(run.checks.flatMap(({ id, hidden }) => hidden.map(({ failure }) => `${id} ${failure.code}`)))].toSorted();

describe.skipIf(!hasRecordings)('one beat after the other over the recorded cluster', () => {
  test('what changes between two beats is told, once, and nothing else', async () => {
    await using server = await recordedServer({ as: 'admin' });
    const heartbeat = await shipped('kubernetes-heartbeat.md');
    const beats = beatsWith(server.kubeconfig);
    const first = await beats.run(heartbeat);
    expect(first.findings.every(({ standing }) => standing === 'new')).toBe(true);
    await beats.run(heartbeat);
    expect(moved(await beats.run(heartbeat))).toEqual([]);

    server.api.put({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'late', namespace: 'prod', uid: 'late', creationTimestamp: ago(600) },
      spec: { backoffLimit: 0 },
      status: {
        failed: 1,
        conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', lastTransitionTime: ago(300) }],
      },
    });
    expect(moved(await beats.run(heartbeat))).toEqual(['new high kubernetes/jobs job/prod/late failed']);
    expect(moved(await beats.run(heartbeat))).toEqual([]);

    server.api.remove('Job', 'late', 'prod');
    expect(moved(await beats.run(heartbeat))).toEqual([]);
    expect(moved(await beats.run(heartbeat))).toEqual(['resolved high kubernetes/jobs job/prod/late failed']);
  });

  test('what may not be read any more is unknown, and neither told nor resolved', async () => {
    await using server = await recordedServer({ as: 'admin' });
    const heartbeat = await shipped('kubernetes-heartbeat.md');
    const beats = beatsWith(server.kubeconfig);
    for (let beat = 0; beat < 3; beat += 1) await beats.run(heartbeat);
    server.api.deny({ user: 'admin', resources: ['nodes', 'pods'] });
    server.api.remove('Node', 'node-d');
    for (let beat = 0; beat < 3; beat += 1) {
      const report = await beats.run(heartbeat);
      expect(moved(report)).toEqual([]);
      expect(unknowns(report)).toEqual(
        expect.arrayContaining(['kubernetes/nodes FORBIDDEN', 'kubernetes/pods-crashlooping FORBIDDEN']),
      );
    }
    server.api.deny(null);
    await beats.run(heartbeat);
    expect(moved(await beats.run(heartbeat))).toContain(
      'resolved high kubernetes/nodes node/node-d pressure:DiskPressure',
    );
  });

  test('a cluster that is away makes all unknown and resolves nothing', async () => {
    const server = await recordedServer({ as: 'admin' });
    const heartbeat = await shipped('kubernetes-heartbeat.md');
    const beats = beatsWith(server.kubeconfig);
    const before = await beats.run(heartbeat);
    await server[Symbol.asyncDispose]();
    for (let beat = 0; beat < 3; beat += 1) {
      const { run, findings } = await beats.run(heartbeat);
      expect(run.checks.every(({ outcome }) => outcome === 'unknown')).toBe(true);
      expect(findings.filter(({ standing }) => standing === 'resolved')).toEqual([]);
      expect(findings).toHaveLength(before.findings.length);
    }
  });
});
