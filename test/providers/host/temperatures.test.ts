import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTemperatures } from '../../../src/providers/host/temperatures.ts';
import { tree } from '../../support/tree.ts';

async function sensors(files: Readonly<Record<string, string>>, platform: NodeJS.Platform = 'linux') {
  using root = tree(files);
  return await readTemperatures(platform, root.path);
}

const chip = 'sys/class/hwmon/hwmon0';

test('a sensor is told by what it belongs to, in degrees', async () => {
  using root = tree({
    [`${chip}/name`]: 'coretemp\n',
    [`${chip}/temp1_input`]: '48500\n',
    [`${chip}/temp1_crit`]: '100000\n',
    [`${chip}/temp1_label`]: 'Package id 0\n',
    [`${chip}/temp2_input`]: '-5000\n',
    [`${chip}/temp2_crit`]: '84850\n',
  });
  mkdirSync(join(root.path, 'devices/coretemp.0'), { recursive: true });
  symlinkSync(join(root.path, 'devices/coretemp.0'), join(root.path, chip, 'device'));
  expect(await readTemperatures('linux', root.path)).toEqual({
    status: 'seen',
    value: [
      {
        source: `${root.path}/${chip}/temp1_input`,
        sensor: 'coretemp coretemp.0/Package id 0',
        celsius: 48.5,
        criticalCelsius: 100,
      },
      {
        source: `${root.path}/${chip}/temp2_input`,
        sensor: 'coretemp coretemp.0/temp2',
        celsius: -5,
        criticalCelsius: 84.85,
      },
    ],
  });
});

test.each([
  ['no critical temperature', { temp1_input: '50000' }],
  ['a critical temperature of nought', { temp1_input: '50000', temp1_crit: '0' }],
  ['one that nobody set', { temp1_input: '50000', temp1_crit: '65261850' }],
  ['an input with nothing connected', { temp1_input: '127000', temp1_crit: '100000' }],
  ['a fault', { temp1_input: '99000', temp1_crit: '100000', temp1_fault: '1' }],
  ['garbage', { temp1_input: 'hot', temp1_crit: '100000' }],
  ['an empty answer', { temp1_input: '', temp1_crit: '100000' }],
])('a sensor with %s is left out', async (_, files) => {
  const whole = Object.fromEntries(Object.entries(files).map(([name, text]) => [`${chip}/${name}`, `${text}\n`]));
  expect(await sensors({ [`${chip}/name`]: 'nct6775\n', ...whole })).toEqual({ status: 'seen', value: [] });
});

test('a machine without sensors has none, a container is not asked', async () => {
  expect(await sensors({})).toEqual({ status: 'seen', value: [] });
  expect(await sensors({ '.dockerenv': '', [`${chip}/temp1_input`]: '1' })).toEqual({ status: 'seen', value: null });
});

test('elsewhere than on Linux it is unknown', async () => {
  expect(await sensors({}, 'darwin')).toMatchObject({ failure: { code: 'LINUX_ONLY' } });
});
