import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { createAwsReader, type AwsReader } from '../../../src/providers/aws/reader.ts';
import type { ServiceName } from '../../../src/providers/aws/services.ts';

/** The account that most of the recordings are of. */
export const ACCOUNT = '644160558196';
export const REGION = 'us-east-1';

/** What boto calls a service in the names of the files. */
const RECORDED_AS: Partial<Record<ServiceName, string>> = {
  accessAnalyzer: 'access-analyzer',
  autoScaling: 'autoscaling',
  classicBalancing: 'elasticloadbalancing',
  cloudTrail: 'cloudtrail',
  cloudWatch: 'monitoring',
  costExplorer: 'ce',
  guardDuty: 'guardduty',
  loadBalancing: 'elasticloadbalancing',
  openSearch: 'es',
  quotas: 'servicequotas',
  s3Control: 's3control',
  secrets: 'secretsmanager',
};

const recordedSchema = z.object({ status_code: z.int(), data: z.record(z.string(), z.unknown()) });

/** What was recorded of a call that nobody made. */
class NotRecorded extends Error {
  override readonly name = 'NotRecorded';
}

class Recorded extends Error {
  override readonly name: string;
  readonly $metadata: { readonly httpStatusCode: number };
  constructor(name: string, message: string, httpStatusCode: number) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode };
  }
}

export interface Replay {
  readonly reader: AwsReader;
  /** Calls that were answered out of the folder, as `ec2.DescribeInstances`. */
  readonly answered: ReadonlySet<string>;
}

/**
 * The answers of a folder as the SDK's: the nth call of an operation gets the nth answer, and those after the last one the
 * last. What was not recorded fails by that name.
 */
export function replay(folder: string): Replay {
  const files = readdirSync(folder);
  const counts = new Map<string, number>();
  const answered = new Set<string>();
  const call = async (service: ServiceName, operation: string): Promise<object> => {
    if (service === 'sts') return { Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/recorded` };
    const key = `${RECORDED_AS[service] ?? service}.${operation}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    const file = [`${key}_${count}.json`, lastOf(files, key)].find((name) => name !== null && files.includes(name));
    if (file === undefined || file === null) throw new NotRecorded(`${key} was not recorded`);
    const { status_code: status, data } = recordedSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    if (status >= 400) throw errorOf(status, data);
    const output = revived(data);
    if (!isOf(service, output)) throw new NotRecorded(`${key} was recorded of another service`);
    answered.add(key);
    return output;
  };
  const reader = createAwsReader(
    {
      isConfigured: async () => true,
      profiles: async () => [null],
      open: async () => ({ call, region: async () => REGION }),
    },
    null,
  );
  return { reader, answered };
}

function lastOf(files: readonly string[], key: string): string | null {
  const numbers = files.flatMap((name) => {
    const [, number] = name.startsWith(`${key}_`) ? (/_(\d+)\.json$/.exec(name) ?? []) : [];
    return number === undefined ? [] : [Number(number)];
  });
  return numbers.length === 0 ? null : `${key}_${Math.max(...numbers)}.json`;
}

/** Both load balancing services are recorded under one name. */
function isOf(service: ServiceName, output: object): boolean {
  if (service === 'loadBalancing') return !('LoadBalancerDescriptions' in output);
  return service === 'classicBalancing' ? !('LoadBalancers' in output) : true;
}

const errorSchema = z.looseObject({ Error: z.looseObject({ Code: z.string(), Message: z.string().default('') }) });

function errorOf(status: number, data: object): Error {
  const parsed = errorSchema.safeParse(data);
  return parsed.success
    ? new Recorded(parsed.data.Error.Code, parsed.data.Error.Message, status)
    : new Recorded('UnknownError', 'no error in the answer', status);
}

const dateSchema = z.looseObject({
  __class__: z.literal('datetime'),
  year: z.int(),
  month: z.int(),
  day: z.int(),
  hour: z.int().default(0),
  minute: z.int().default(0),
  second: z.int().default(0),
});

/** Dates are dates again, documents of policies the texts that the SDK hands out, and a report its bytes. */
function revived(data: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, revive(key, value)]));
}

function revive(key: string, value: unknown): unknown {
  const date = dateSchema.safeParse(value);
  if (date.success) {
    const { year, month, day, hour, minute, second } = date.data;
    return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  }
  // Some recordings hold what the SDK makes a date of as the text that was sent.
  if (/(?:Time|Date)$/.test(key) && typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value))
    return new Date(value);
  if (key === 'Content' && typeof value === 'string') return Buffer.from(value);
  if (Array.isArray(value)) return value.map((item) => revive('', item));
  if (typeof value !== 'object' || value === null) return value;
  if (key.endsWith('Document')) return JSON.stringify(value);
  return revived(Object.fromEntries(Object.entries(value)));
}
