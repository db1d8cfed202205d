import { readdir, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { isContainer } from './systemd.ts';
import { readSystemFile } from './system-file.ts';

/** A sensor that knows at which temperature its part is in danger, by Documentation/hwmon/sysfs-interface.rst. */
export interface Temperature {
  readonly source: string;
  /** `coretemp coretemp.0/Package id 0`: the same after every start. */
  readonly sensor: string;
  readonly celsius: number;
  readonly criticalCelsius: number;
}

/** Sensors without a critical value, with a fault, or with figures that can't be are left out. null: a container. */
export async function readTemperatures(
  platform: NodeJS.Platform,
  root: string,
): Promise<Looked<readonly Temperature[] | null>> {
  if (platform !== 'linux') return unknown('LINUX_ONLY', 'Temperatures are looked at on Linux only.');
  if (await isContainer(root)) return seen(null);
  const folder = `${root}/sys/class/hwmon`;
  const chips = await namesIn(folder);
  if (chips.status === 'unknown') return chips;
  const sensors = await Promise.all(chips.value.map((chip) => readChip(`${folder}/${chip}`)));
  return seen(sensors.flat());
}

/** What real parts show: others are inputs that nothing is connected to, and thresholds that nobody set. */
const POSSIBLE = { celsius: { least: -40, most: 126 }, criticalCelsius: { least: 40, most: 150 } };

async function readChip(chip: string): Promise<readonly Temperature[]> {
  const names = await namesIn(chip);
  if (names.status === 'unknown') return [];
  const inputs = names.value.flatMap((name) => /^(temp\d+)_input$/.exec(name)?.[1] ?? []);
  const owner = [await word(`${chip}/name`), await deviceOf(`${chip}/device`)].filter((part) => part !== '').join(' ');
  const found = await Promise.all(inputs.map((input) => readSensor(chip, input, owner)));
  return found.filter((sensor) => sensor !== null);
}

async function readSensor(chip: string, input: string, owner: string): Promise<Temperature | null> {
  const source = `${chip}/${input}_input`;
  const [celsius, criticalCelsius] = [await degrees(source), await degrees(`${chip}/${input}_crit`)];
  const isBroken = (await word(`${chip}/${input}_fault`)) === '1';
  if (isBroken || !isWithin(celsius, POSSIBLE.celsius) || !isWithin(criticalCelsius, POSSIBLE.criticalCelsius))
    return null;
  const label = (await word(`${chip}/${input}_label`)) || input;
  return { source, sensor: `${owner}/${label}`, celsius, criticalCelsius };
}

function isWithin(value: number | null, { least, most }: { least: number; most: number }): value is number {
  return value !== null && value >= least && value <= most;
}

/** Sensors tell thousandths of a degree. */
async function degrees(path: string): Promise<number | null> {
  const text = await word(path);
  return /^-?\d{1,9}$/.test(text) ? Number(text) / 1_000 : null;
}

async function word(path: string): Promise<string> {
  return (await readSystemFile(path))?.trim() ?? '';
}

/** What the chip belongs to: `nvme0`, `0000:00:18.3`. A virtual one belongs to nothing. */
async function deviceOf(link: string): Promise<string> {
  try {
    return basename(await realpath(link));
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return '';
  }
}

/** A machine without sensors, as most virtual ones, has no such folder. */
async function namesIn(folder: string): Promise<Looked<readonly string[]>> {
  try {
    return seen((await readdir(folder)).toSorted());
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return seen([]);
    return unknown('SYS_UNREADABLE', `${folder} could not be read (${code}), so there is no telling how hot it is.`);
  }
}
