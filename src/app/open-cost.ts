import type { Prices } from '../domain/prices.ts';
import { seen, unknown, type Looked } from '../domain/failure.ts';
import type { NetReader } from '../providers/net/reader.ts';

/**
 * What a vCPU hour and a GiB hour cost by OpenCost's allocation of the last seven days: that of the pods of the namespace,
 * or of all of the cluster where the namespace had none.
 */
export async function openCostPrices(
  net: Pick<NetReader, 'ask'>,
  url: string,
  namespace: string,
  signal: AbortSignal,
): Promise<Looked<Pick<Prices, 'vcpuHour' | 'gibHour' | 'source'>>> {
  const answer = await net.ask({
    url: allocationUrl(url),
    method: 'GET',
    headers: { accept: 'application/json' },
    authorities: null,
    redirectsAtMost: null,
    timeoutMs: TIMEOUT_MS,
    bodyWish: () => ({ limit: BODY_LIMIT, until: [], withinMs: TIMEOUT_MS }),
    signal,
  });
  if (answer.status === 'failed')
    return unknown(answer.trouble.code, `OpenCost could not be asked: ${answer.trouble.message}`);
  if (answer.httpStatus !== 200)
    return unknown(`HTTP_${answer.httpStatus}`, `OpenCost answered with HTTP ${answer.httpStatus}`);
  const rows = answer.body?.end === 'complete' ? rowsOf(answer.body.text) : null;
  if (rows === null) return unknown('ANSWER_INVALID', 'OpenCost’s answer is no allocation');
  const own = priceOf(rows.filter(({ name }) => name === namespace));
  if (own !== null) return seen({ ...own, source: `OpenCost, namespace ${namespace}, last 7 days` });
  const all = priceOf(rows);
  return all === null
    ? unknown('NO_ALLOCATION', 'OpenCost has allocated nothing in the last 7 days')
    : seen({ ...all, source: 'OpenCost, the whole cluster, last 7 days' });
}

/** Of a large cluster it takes its time: it asks Prometheus. */
const TIMEOUT_MS = 60_000;
const BODY_LIMIT = 16 * 1024 * 1024;
const GIB = 2 ** 30;

function allocationUrl(base: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/allocation/compute`;
  url.search = new URLSearchParams({
    window: '7d',
    aggregate: 'namespace',
    accumulate: 'true',
    resolution: '10m',
  }).toString();
  return url.href;
}

interface Row {
  readonly name: string;
  readonly cpuHours: number;
  readonly cpuCost: number;
  readonly ramByteHours: number;
  readonly ramCost: number;
}

/** `{ code, data: [{ <namespace>: { cpuCost, cpuCoreHours, … } }] }`; what nobody uses (`__idle__`) is no pod's price. */
function rowsOf(text: string): readonly Row[] | null {
  const data = fieldOf(parsed(text), 'data');
  if (!Array.isArray(data)) return null;
  return data.flatMap((set: unknown) =>
    typeof set === 'object' && set !== null
      ? Object.entries(set)
          .filter(([name]) => !name.startsWith('__'))
          .map(([name, row]) => ({
            name,
            cpuHours: numberAt(row, 'cpuCoreHours'),
            cpuCost: numberAt(row, 'cpuCost') + numberAt(row, 'cpuCostAdjustment'),
            ramByteHours: numberAt(row, 'ramByteHours'),
            ramCost: numberAt(row, 'ramCost') + numberAt(row, 'ramCostAdjustment'),
          }))
      : [],
  );
}

function priceOf(rows: readonly Row[]): { readonly vcpuHour: number; readonly gibHour: number } | null {
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const cpuHours = sum((row) => row.cpuHours);
  const gibHours = sum((row) => row.ramByteHours) / GIB;
  if (cpuHours <= 0 || gibHours <= 0) return null;
  const vcpuHour = sum((row) => row.cpuCost) / cpuHours;
  const gibHour = sum((row) => row.ramCost) / gibHours;
  return vcpuHour < 0 || gibHour < 0 ? null : { vcpuHour, gibHour };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (Reflect.get(value, name) as unknown)
    : undefined;
}

/** What is no number is written as null there. */
function numberAt(value: unknown, name: string): number {
  const found = fieldOf(value, name);
  return typeof found === 'number' && Number.isFinite(found) ? found : 0;
}
