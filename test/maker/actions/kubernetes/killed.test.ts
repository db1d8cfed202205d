import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/domain/json.ts';
import { approvePlan } from '../../../../src/maker/approve.ts';
import { propose } from '../../../../src/maker/propose.ts';
import { pursue } from '../../../../src/maker/pursue.ts';
import { aDraft, yesTo } from '../../../support/gate/house.ts';
import type { StoredObject } from '../../../support/kubernetes/api.ts';
import { endOf, openKubernetesGate, writableServer } from '../../../support/kubernetes/gate-house.ts';
import { killedAt } from '../../../support/kubernetes/pursue-child.ts';
import { deployment, pod } from '../../../support/kubernetes/writable-world.ts';
import { tempFolder } from '../../../support/temp.ts';

interface Case {
  readonly action: string;
  readonly objects: readonly StoredObject[];
  params(folder: string): JsonObject;
}

const MANIFEST = `apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: prod }
data: { colour: blue }
`;

const CASES: readonly Case[] = [
  {
    action: 'kubernetes/scale-workload',
    objects: [deployment('web')],
    params: () => ({ namespace: 'prod', name: 'web', replicas: 2 }),
  },
  {
    action: 'kubernetes/set-image',
    objects: [deployment('web')],
    params: () => ({ namespace: 'prod', name: 'web', container: 'web', image: 'registry.lab/web:1.5.0' }),
  },
  {
    action: 'kubernetes/evict-pod',
    objects: [pod('web-1-a'), pod('web-1-b')],
    params: () => ({ namespace: 'prod', name: 'web-1-a' }),
  },
  {
    action: 'kubernetes/apply-manifest',
    objects: [],
    params: (folder) => {
      const file = join(folder, 'settings.yaml');
      writeFileSync(file, MANIFEST);
      return { namespace: 'prod', file };
    },
  },
  {
    action: 'kubernetes/delete-resource',
    objects: [deployment('web')],
    params: () => ({ namespace: 'prod', kind: 'Deployment', name: 'web' }),
  },
];

describe.each(CASES)('$action, killed in the middle of its write', ({ action, objects, params }) => {
  test.each([
    ['the write was taken: it is found to be done, and not done again', true],
    ['the write was not taken: it is found not to be done, and is done once', false],
  ])('%s', async (_words, applied) => {
    await using server = await writableServer(objects);
    const folder = tempFolder();
    const token = server.token('applier');
    const gate = openKubernetesGate(server.kubeconfig, token, { folder });
    const answer = await propose(aDraft([{ action, params: params(folder) }]), gate);
    if (answer.status !== 'made') throw new Error(JSON.stringify(answer));
    approvePlan(gate, answer.plan.id, yesTo(answer.plan), () => undefined);
    gate.log.sealHead();
    gate.database.close();
    const before = server.api.writes().length;

    server.api.fault({ kind: 'silence', applied });
    await killedAt({ folder, kubeconfig: server.kubeconfig, token, plan: answer.plan.id }, () => server.api.arrival());
    expect(server.api.writes().length - before, 'what the server took before the process died').toBe(applied ? 1 : 0);

    const again = openKubernetesGate(server.kubeconfig, token, { folder });
    const { plan } = await pursue(answer.plan.id, again);
    expect(endOf(plan)).toBe('verified');
    expect(server.api.writes().length - before).toBe(1);
    again.database.close();
  });
});
