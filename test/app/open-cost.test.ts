import { expect, test } from 'vitest';
import { openCostPrices } from '../../src/app/open-cost.ts';
import { httpServer } from '../support/http/servers.ts';
import { netReader } from '../support/http/net-reader.ts';

/** As OpenCost answers with `aggregate=namespace`: fields that are no number are null. */
const allocation = {
  code: 200,
  data: [
    {
      __idle__: { name: '__idle__', cpuCoreHours: 1_000, cpuCost: 1, ramByteHours: 2 ** 40, ramCost: 1 },
      prod: {
        name: 'prod',
        cpuCoreHours: 100,
        cpuCost: 2.5,
        cpuCostAdjustment: 0.5,
        ramByteHours: 200 * 2 ** 30,
        ramCost: 0.8,
        ramCostAdjustment: null,
      },
      dev: { name: 'dev', cpuCoreHours: 100, cpuCost: 1, ramByteHours: 200 * 2 ** 30, ramCost: 0.4 },
    },
  ],
};

async function asked(body: string, namespace: string, status = 200) {
  const paths: string[] = [];
  await using server = await httpServer((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  const url = `http://127.0.0.1:${server.port}/model/`;
  const looked = await openCostPrices(netReader(), url, namespace, new AbortController().signal);
  return { looked, paths };
}

test('asks for the allocation of a week, and takes the mean of the namespace', async () => {
  const { looked, paths } = await asked(JSON.stringify(allocation), 'prod');
  expect(paths).toEqual(['/model/allocation/compute?window=7d&aggregate=namespace&accumulate=true&resolution=10m']);
  expect(looked).toEqual({
    status: 'seen',
    value: { vcpuHour: 0.03, gibHour: 0.004, source: 'OpenCost, namespace prod, last 7 days' },
  });
});

test('takes the mean of all pods where the namespace had none; what idles is no pod', async () => {
  expect((await asked(JSON.stringify(allocation), 'new')).looked).toMatchObject({
    value: { vcpuHour: 0.02, gibHour: expect.closeTo(0.003, 9), source: 'OpenCost, the whole cluster, last 7 days' },
  });
});

test.each([
  ['{"code":200,"data":[{}]}', 200, 'NO_ALLOCATION'],
  ['{"code":200,"data":[null]}', 200, 'NO_ALLOCATION'],
  ['{"code":200}', 200, 'ANSWER_INVALID'],
  ['<html>', 200, 'ANSWER_INVALID'],
  ['no', 503, 'HTTP_503'],
])('%s with %i is unknown: %s', async (body, status, code) => {
  expect((await asked(body, 'prod', status)).looked).toMatchObject({ status: 'unknown', failure: { code } });
});

test('a server that is not there is unknown', async () => {
  const looked = await openCostPrices(netReader(), 'http://127.0.0.1:1', 'prod', new AbortController().signal);
  expect(looked).toMatchObject({ status: 'unknown', failure: { code: 'ECONNREFUSED' } });
});
