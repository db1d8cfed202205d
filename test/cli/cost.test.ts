import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aHome } from '../support/cli.ts';
import { hasRecordings } from '../support/kubernetes/recorded.ts';
import { recordedServer } from '../support/kubernetes/server.ts';

describe.skipIf(!hasRecordings)('holdfast cost estimate, of the recorded cluster', () => {
  test('reckons with the operator’s prices, and says that there are none', async () => {
    await using server = await recordedServer({ as: 'ops-reader' });
    const home = aHome({ KUBECONFIG: server.kubeconfig });
    const asked = ['cost', 'estimate', '2 additional prod/web pods'] as const;
    expect(await home.json(...asked)).toMatchObject({
      schema: 'holdfast/cost-estimate/v1',
      pods: 2,
      cost: { amount: null },
    });
    mkdirSync(join(home.folder, 'config/holdfast'), { recursive: true });
    writeFileSync(
      join(home.folder, 'config/holdfast/config.yaml'),
      'prices: { currency: EUR, vcpuHour: 0.03, gibHour: 0.004 }\n',
    );
    expect((await home.holdfast(...asked)).stdout).toMatch(
      /^2 pods more of Deployment prod\/web: \+€\d+\.\d\d per month \(estimated: [\d.]+ vCPU and [\d.]+ GiB a pod/,
    );
    const unsure = await home.holdfast('cost', 'estimate', '1 more nothing-of-this-name pod');
    expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringContaining('NOT_FOUND')]);
  });
});
