import * as z from 'zod';
import type { Check, FindingDraft, History, Seen } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import { everyResource, resourceId } from '../../domain/resource-id.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { evidenceFrom } from '../evidence.ts';

const temperatureParams = z.strictObject({
  near: z
    .number({ error: 'degrees are a plain number, such as 5' })
    .min(0)
    .max(40)
    .default(5)
    .describe(
      'Report (medium) a sensor that is within so many degrees of its critical temperature at this look and at the last one.',
    ),
});

type TemperatureParams = z.output<typeof temperatureParams>;

const temperatureFacts = z.object({
  source: z.string(),
  sensor: z.string(),
  celsius: z.number(),
  criticalCelsius: z.number(),
});

type TemperatureFacts = z.output<typeof temperatureFacts>;

const temperatureSample = temperatureFacts.pick({ celsius: true, criticalCelsius: true });

export const check: Check<HostReader, TemperatureParams> = {
  id: 'host/temperature',
  title: 'Parts that are too hot',
  keywords: ['temperature', 'hot', 'thermal', 'overheat', 'fan'],
  description: `Looks at the sensors of this machine (\`/sys/class/hwmon\`) that know themselves at which temperature their part is in danger: processors, disks, boards.

Reports **heat**, for each sensor:
- high when it is at its critical temperature or above;
- medium when it is within \`near\` degrees of it, and was at the last look as well: a processor that works hard is hot for a while and does not mind.

Sensors that tell no critical temperature, that report a fault, or whose figures can not be (127 degrees of an input that nothing is connected to) are left out. A machine without sensors, as most virtual ones, has nothing to look at, and neither has a container. On macOS and Windows this is unknown. Tried against folders laid out as the kernel's documentation has them.`,
  standalone: true,
  params: temperatureParams,
  timeoutMs: 15_000,

  async read(reader) {
    const temperatures = await reader.temperatures();
    if (temperatures.status === 'unknown') {
      const all = { resource: everyResource('host', reader.machineId, 'sensor'), name: 'sensors' };
      return [{ status: 'unknown', ...all, failure: temperatures.failure }];
    }
    return [...Map.groupBy(temperatures.value ?? [], ({ sensor }) => sensor)].map(
      ([sensor, same]): Seen => ({
        status: 'seen',
        resource: resourceId('host', reader.machineId, 'sensor', sensor),
        name: printable(sensor),
        // Two that bear one name can't be told apart from start to start: the hotter one speaks for both.
        facts: temperatureFacts.parse(same.toSorted((a, b) => roomOf(a) - roomOf(b))[0]),
      }),
    );
  },

  judge(seen, params, history) {
    const facts = temperatureFacts.parse(seen.facts);
    const isCritical = roomOf(facts) <= 0;
    if (!isCritical && !(roomOf(facts) <= params.near && wasNear(params, history))) return [];
    return [draft(facts, isCritical)];
  },

  sample: (seen) => temperatureSample.parse(seen.facts),
};

/** Degrees to its critical temperature. */
function roomOf({ celsius, criticalCelsius }: Pick<TemperatureFacts, 'celsius' | 'criticalCelsius'>): number {
  return criticalCelsius - celsius;
}

/** At the last look that is not this very moment: two within a minute tell no more than one. */
function wasNear(params: TemperatureParams, { samples, now }: History): boolean {
  const last = samples.find(({ at }) => now - at >= APART_MS);
  const sample = temperatureSample.safeParse(last?.values);
  return sample.success && roomOf(sample.data) <= params.near;
}

const APART_MS = 60_000;

function draft(facts: TemperatureFacts, isCritical: boolean): FindingDraft {
  const [now, critical] = [degrees(facts.celsius), degrees(facts.criticalCelsius)];
  return {
    discriminator: 'heat',
    severity: isCritical ? 'high' : 'medium',
    title: isCritical
      ? `${printable(facts.sensor)} is at ${now}, its critical temperature is ${critical}`
      : `${printable(facts.sensor)} stays near its critical temperature: ${now} of ${critical}`,
    why: 'A part that is too hot slows down, then switches itself or the machine off, and does not live as long.',
    next: 'See all sensors: sensors. Does every fan turn, is there dust, is the room too warm? What works so hard: ps -eo pid,pcpu,comm | sort -nrk 2 | head',
    evidence: evidenceFrom(facts.source, ['temperature', now], ['critical temperature', critical]),
  };
}

function degrees(celsius: number): string {
  return `${Math.round(celsius * 10) / 10} °C`;
}
