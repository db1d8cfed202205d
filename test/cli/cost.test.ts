import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aHome } from '../support/cli.ts';
import { httpServer } from '../support/http/servers.ts';
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

  test('asks OpenCost where no price is said, and says why nothing is known when it does not answer', async () => {
    await using server = await recordedServer({ as: 'ops-reader' });
    const prod = { cpuCoreHours: 100, cpuCost: 3, ramByteHours: 100 * 2 ** 30, ramCost: 0.4 };
    let isAway = false;
    await using openCost = await httpServer((_request, response) => {
      if (isAway) response.writeHead(503).end();
      else response.end(JSON.stringify({ code: 200, data: [{ prod }] }));
    });
    const home = aHome({ KUBECONFIG: server.kubeconfig });
    mkdirSync(join(home.folder, 'config/holdfast'), { recursive: true });
    writeFileSync(
      join(home.folder, 'config/holdfast/config.yaml'),
      `prices: { currency: EUR, opencost: "http://127.0.0.1:${openCost.port}" }\n`,
    );
    const asked = ['cost', 'estimate', '1 more prod/web pod'] as const;
    expect((await home.holdfast(...asked)).stdout).toContain(
      '0.03 EUR a vCPU hour, 0.004 EUR a GiB hour (OpenCost, namespace prod, last 7 days)',
    );
    isAway = true;
    expect((await home.holdfast(...asked)).stdout).toContain('unknown (OpenCost answered with HTTP 503)');
  });
});
