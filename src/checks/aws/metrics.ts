import type { Failure, ResourceId } from '../../domain/check.ts';
import { getMetricData, PRICE_PER_METRIC, type MetricDataQuery } from '../../providers/aws/reads/watch.ts';
import type { Scene } from './scene.ts';

/** One metric of one thing. */
export interface MetricWanted {
  /** What the answer is found by; unique. */
  readonly key: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Average' | 'Sum' | 'Maximum';
  /** What is hidden when it can't be read. */
  readonly hides: ResourceId;
}

export interface MetricWindow {
  /** Of one value, whole minutes. */
  readonly periodSeconds: number;
  /** How far back, milliseconds. */
  readonly windowMs: number;
}

/** CloudWatch takes so many in one question. */
const AT_ONCE = 500;

/**
 * The values of metrics within a window that ends now, newest first, by key; one without values has none in the map. Each
 * metric is charged (PRICE_PER_METRIC), which the scene adds up.
 */
export async function readMetrics(
  scene: Scene,
  wanted: readonly MetricWanted[],
  { periodSeconds, windowMs }: MetricWindow,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const values = new Map<string, readonly number[]>();
  // Whole periods, so that two checks of one run ask the same question.
  const periodMs = periodSeconds * 1_000;
  const end = Math.floor(scene.now / periodMs) * periodMs;
  const window = { StartTime: new Date(end - windowMs), EndTime: new Date(end) };
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const batch = wanted.slice(from, from + AT_ONCE);
    scene.charge(batch.length * PRICE_PER_METRIC);
    const MetricDataQueries = batch.map((each, index) => queryOf(each, index, periodSeconds));
    const { items, failure } = await scene.place.list(
      getMetricData,
      { ...window, MetricDataQueries, ScanBy: 'TimestampDescending' },
      scene.signal,
    );
    if (failure !== null) for (const { hides, metric } of batch) scene.hide(hides, `${metric} of CloudWatch`, failure);
    for (const { Id = '', Values = [], StatusCode } of items) {
      const one = batch[Number(Id.slice(1))];
      if (one === undefined) continue;
      if (StatusCode === 'Forbidden' || StatusCode === 'InternalError')
        scene.hide(one.hides, `${one.metric} of CloudWatch`, notGiven(StatusCode));
      else values.set(one.key, [...(values.get(one.key) ?? []), ...Values]);
    }
  }
  return values;
}

function notGiven(status: 'Forbidden' | 'InternalError'): Failure {
  return status === 'Forbidden'
    ? { code: 'ACCESS_DENIED', message: 'CloudWatch may not give out this metric (Forbidden).' }
    : { code: 'INTERNAL_ERROR', message: 'CloudWatch could not give out this metric (InternalError).' };
}

function queryOf(
  { namespace, metric, dimensions, statistic }: MetricWanted,
  index: number,
  Period: number,
): MetricDataQuery {
  return {
    Id: `m${index}`,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metric,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period,
      Stat: statistic,
    },
  };
}
