import { describe, expect, test } from 'vitest';
import type { RunReport } from '../../src/domain/run.ts';
import { DRIFT_CHECK } from '../../src/app/drift-check.ts';
import type { StoredObject } from '../support/kubernetes/api.ts';
import { beatsWith, shipped } from '../support/kubernetes/beat.ts';
import { hasRecordings } from '../support/kubernetes/recorded.ts';
import { recordedServer } from '../support/kubernetes/server.ts';

/** `new high public-service/prod/evil added`; what goes on is left out. */
function drifted({ findings }: RunReport): readonly string[] {
  return findings
    .filter(({ standing, check }) => standing !== 'ongoing' && check === DRIFT_CHECK)
    .map(
      ({ standing, severity, resource, discriminator }) =>
        `${standing} ${severity} ${resource.replace(/^kubernetes:[^/]+\//, '')} ${discriminator}`,
    )
    .toSorted();
}

const incomparable = ({ run }: RunReport): readonly string[] =>
  run.checks
    .filter(({ id }) => id === DRIFT_CHECK)
    .flatMap(({ hidden }) =>
      hidden.map(({ resource, failure }) => `${failure.code} ${resource.replace(/^kubernetes:[^/]+\//, '')}`),
    )
    .toSorted();

const balancer: StoredObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'evil', namespace: 'prod', uid: 'evil-1' },
  spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 443, targetPort: 8443 }] },
};
const grant: StoredObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'evil', uid: 'evil-2' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'eve' }],
};

describe.skipIf(!hasRecordings)('one night after the other over the recorded cluster', () => {
  test('exactly what changed is told: added, changed, removed, made anew; and resolved when it is put right', async () => {
    await using server = await recordedServer({ as: 'admin' });
    const nightly = await shipped('nightly-drift.yaml');
    const nights = beatsWith(server.kubeconfig);
    expect(drifted(await nights.run(nightly))).toEqual([]);
    expect(drifted(await nights.run(nightly))).toEqual([]);

    server.api.put(balancer, grant);
    server.api.remove('Service', 'debug', 'prod');
    const agent = server.api.object('DaemonSet', 'node-agent', 'monitoring');
    if (agent === null) throw new Error('the recording has no DaemonSet node-agent');
    server.api.put({ ...agent, metadata: { ...agent.metadata, uid: 'made-anew' } });
    expect(drifted(await nights.run(nightly))).toEqual([
      'new high grant/User/eve added',
      'new high host-port/monitoring/DaemonSet/node-agent changed',
      'new high privileged-workload/monitoring/DaemonSet/node-agent changed',
      'new high public-service/prod/evil added',
      'new low image/monitoring/DaemonSet/node-agent/agent changed',
      'new low public-service/prod/debug removed',
    ]);
    expect(drifted(await nights.run(nightly))).toEqual([]);

    server.api.remove('Service', 'evil', 'prod');
    server.api.put(agent);
    expect(drifted(await nights.run(nightly))).toEqual([
      'resolved high host-port/monitoring/DaemonSet/node-agent changed',
      'resolved high privileged-workload/monitoring/DaemonSet/node-agent changed',
      'resolved high public-service/prod/evil added',
      'resolved low image/monitoring/DaemonSet/node-agent/agent changed',
    ]);
  });

  test('what may not be read is incomparable: it is neither resolved nor told as removed', async () => {
    await using server = await recordedServer({ as: 'admin' });
    const nightly = await shipped('nightly-drift.yaml');
    const nights = beatsWith(server.kubeconfig);
    await nights.run(nightly);
    server.api.put(grant, balancer);
    expect(drifted(await nights.run(nightly))).toEqual([
      'new high grant/User/eve added',
      'new high public-service/prod/evil added',
    ]);
    server.api.deny({ user: 'admin', resources: ['clusterrolebindings.rbac.authorization.k8s.io', 'services'] });
    server.api.remove('ClusterRoleBinding', 'evil');
    server.api.remove('Service', 'evil', 'prod');
    const blind = await nights.run(nightly);
    expect(drifted(blind)).toEqual([]);
    expect(incomparable(blind)).toEqual(['FORBIDDEN grant/*', 'FORBIDDEN public-service/*']);
    server.api.deny(null);
    expect(drifted(await nights.run(nightly))).toEqual([
      'resolved high grant/User/eve added',
      'resolved high public-service/prod/evil added',
    ]);
  });
});
