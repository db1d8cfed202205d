import { dayAfter } from '../../../src/domain/cost-series.ts';
import { seeded } from '../seeded.ts';

/** A day on which something was planted, and what. */
export interface Planted {
  readonly key: string;
  readonly day: string;
  readonly kind: 'spike' | 'level-shift' | 'new';
}

export interface CostYear {
  readonly days: readonly string[];
  /** What each service cost on a day; a service that cost nothing that day is absent. */
  readonly on: (day: string) => ReadonlyMap<string, number>;
  readonly planted: readonly Planted[];
}

interface Service {
  readonly name: string;
  /** US dollars a weekday. */
  readonly base: number;
  /** Of the weekday, on Saturdays and Sundays. */
  readonly weekend: number;
  /** Standard deviation, as a share. */
  readonly noise: number;
  /** A year's growth, as a share. */
  readonly growth: number;
  /** On the first of each month. */
  readonly fee: number;
}

const SERVICES: readonly Service[] = [
  { name: 'Amazon Elastic Compute Cloud - Compute', base: 420, weekend: 0.7, noise: 0.03, growth: 0.4, fee: 0 },
  { name: 'EC2 - Other', base: 95, weekend: 0.9, noise: 0.03, growth: 0.3, fee: 0 },
  { name: 'Amazon Relational Database Service', base: 180, weekend: 1, noise: 0.01, growth: 0.15, fee: 0 },
  { name: 'Amazon Simple Storage Service', base: 60, weekend: 1, noise: 0.02, growth: 0.6, fee: 0 },
  { name: 'AWS Lambda', base: 14, weekend: 0.3, noise: 0.12, growth: 0.2, fee: 0 },
  { name: 'Amazon CloudFront', base: 33, weekend: 1.4, noise: 0.08, growth: 0.1, fee: 0 },
  { name: 'AmazonCloudWatch', base: 22, weekend: 0.9, noise: 0.05, growth: 0.3, fee: 0 },
  { name: 'Amazon Route 53', base: 1.2, weekend: 1, noise: 0.02, growth: 0, fee: 48 },
  { name: 'AWS Key Management Service', base: 3, weekend: 1, noise: 0.03, growth: 0, fee: 0 },
  { name: 'Amazon SageMaker', base: 9, weekend: 0.2, noise: 0.35, growth: 0, fee: 0 },
  { name: 'Some Vendor (Marketplace)', base: 0, weekend: 1, noise: 0, growth: 0, fee: 250 },
];

/**
 * A year of an account that is not anybody's: weekdays, growth, fees of the first, noise, and every now and then something
 * planted. The same for the same seed.
 */
export function costYear(seed: number, { from = '2025-10-01', count = 430 } = {}): CostYear {
  const { number: random } = seeded(seed);
  const days = Array.from({ length: count }, (_, index) => dayAfter(from, index));
  const amounts = new Map(days.map((day) => [day, new Map<string, number>()]));
  for (const service of SERVICES)
    for (const [index, day] of days.entries()) {
      const amount = usual(service, day, index / 365) * (1 + service.noise * normal(random));
      const fee = day.endsWith('-01') ? service.fee : 0;
      if (amount + fee > 0) amounts.get(day)?.set(service.name, Math.max(0, amount) + fee);
    }
  const planted: Planted[] = [];
  // The first weeks are the past that the rest is judged by; between two plants there is room to settle.
  for (let index = 50; index < count - 30; index += 17 + Math.floor(random() * 12)) {
    const service = SERVICES[Math.floor(random() * 7)];
    const kind = (['spike', 'level-shift', 'new'] as const)[planted.length % 3];
    const day = days[index];
    if (service === undefined || kind === undefined || day === undefined) continue;
    const key = kind === 'new' ? `New Service ${planted.length}` : service.name;
    const size = 0.45 + random() * 1.5;
    const lasts = kind === 'spike' ? 1 : kind === 'level-shift' ? count : 60;
    for (const at of days.slice(index, index + lasts)) {
      const ofDay = amounts.get(at);
      const more = kind === 'new' ? 4 + 30 * size : Math.max(8, usual(service, at, index / 365) * size);
      ofDay?.set(key, (ofDay.get(key) ?? 0) + more);
    }
    planted.push({ key, day, kind });
  }
  return { days, on: (day) => amounts.get(day) ?? new Map(), planted };
}

function usual({ base, weekend, growth }: Service, day: string, years: number): number {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return base * (1 + growth * years) * (weekday === 0 || weekday === 6 ? weekend : 1);
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
