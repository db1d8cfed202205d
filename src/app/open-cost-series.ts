import { dayAfter, dayOf, daysUntil, seriesOf, type CostSeries, type DailyCost } from '../domain/cost-series.ts';
import { seen, unknown, type Looked } from '../domain/failure.ts';
import type { NetReader } from '../providers/net/reader.ts';

const DAYS = 35;
/** Of a large cluster it takes its time: it asks Prometheus for each day. */
const TIMEOUT_MS = 120_000;
const BODY_LIMIT = 64 * 1024 * 1024;

export interface OpenCostWish {
  readonly url: string;
  readonly currency: string;
  readonly now: number;
}

/**
 * What each namespace cost on each of the last complete days, by the allocation of OpenCost (`/allocation/compute`) or of
 * Kubecost (`/allocation`), which answer alike: one set of namespaces for each day.
 */
export async function openCostSeries(
  net: Pick<NetReader, 'ask'>,
  { url, currency, now }: OpenCostWish,
  signal: AbortSignal,
): Promise<Looked<CostSeries>> {
  const last = dayAfter(dayOf(now), -1);
  const days = daysUntil(last, DAYS);
  const window = `${days[0] ?? ''}T00:00:00Z,${dayAfter(last, 1)}T00:00:00Z`;
  for (const path of ['/allocation/compute', '/allocation']) {
    const answer = await net.ask({
      url: allocationUrl(url, path, window),
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
    if (answer.httpStatus === 404) continue;
    if (answer.httpStatus !== 200)
      return unknown(`HTTP_${answer.httpStatus}`, `OpenCost answered with HTTP ${answer.httpStatus}`);
    const rows = answer.body?.end === 'complete' ? rowsOf(answer.body.text) : null;
    if (rows === null) return unknown('ANSWER_INVALID', 'OpenCost’s answer is no allocation');
    const told = new Set(rows.map(({ day }) => day));
    return told.size === 0
      ? unknown('NO_ALLOCATION', `OpenCost has allocated nothing until ${last}`)
      : seen(seriesOf(rows, days, told, currency));
  }
  return unknown('HTTP_404', `There is no allocation at ${url}: neither OpenCost's nor Kubecost's.`);
}

function allocationUrl(base: string, path: string, window: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  url.search = new URLSearchParams({ window, step: '1d', aggregate: 'namespace', accumulate: 'false' }).toString();
  return url.href;
}

/** `{ code, data: [{ <namespace>: { window: { start }, totalCost } }] }`; what nobody uses (`__idle__`) is part of the bill. */
function rowsOf(text: string): readonly DailyCost[] | null {
  const data = member(parsed(text), 'data');
  if (!Array.isArray(data)) return null;
  return data.flatMap((set: unknown) =>
    Object.entries(typeof set === 'object' && set !== null ? set : {}).flatMap(
      ([key, row]: readonly [string, unknown]) => {
        const start = member(member(row, 'window'), 'start');
        const amount = member(row, 'totalCost');
        return typeof start === 'string' && typeof amount === 'number' && Number.isFinite(amount)
          ? [{ day: start.slice(0, 10), key, amount }]
          : [];
      },
    ),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
