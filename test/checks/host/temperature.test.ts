import { expect, test } from 'vitest';
import { check } from '../../../src/checks/host/temperature.ts';
import { hostReader } from '../../support/host-reader.ts';
import { look } from '../../support/look.ts';
import { tree } from '../../support/tree.ts';

async function machine(files: Readonly<Record<string, string>>, platform: NodeJS.Platform = 'linux') {
  using root = tree(files);
  return await look(check, hostReader({ root: root.path, platform }), {});
}

const sensor = (chip: string, celsius: number) => ({
  [`sys/class/hwmon/${chip}/name`]: 'nvme\n',
  [`sys/class/hwmon/${chip}/temp1_input`]: `${celsius * 1_000}\n`,
  [`sys/class/hwmon/${chip}/temp1_crit`]: '85000\n',
});

test('of two sensors that bear one name the hotter one speaks', async () => {
  const { observations, drafts } = await machine({ ...sensor('hwmon0', 40), ...sensor('hwmon1', 86.25) });
  expect(observations.map(({ resource }) => resource)).toEqual(['host:test/sensor/nvme/temp1']);
  expect(drafts).toMatchObject([
    { severity: 'high', title: 'nvme/temp1 is at 86.3 °C, its critical temperature is 85 °C' },
  ]);
});

test('a machine without sensors, and a container, are quiet', async () => {
  expect(await machine({})).toEqual({ observations: [], drafts: [] });
  expect(await machine({ ...sensor('hwmon0', 90), '.dockerenv': '' })).toEqual({ observations: [], drafts: [] });
});

test('elsewhere than on Linux all of it is unknown', async () => {
  expect((await machine({}, 'darwin')).observations).toMatchObject([
    { status: 'unknown', resource: 'host:test/sensor/*', failure: { code: 'LINUX_ONLY' } },
  ]);
});
