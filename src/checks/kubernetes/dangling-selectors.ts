import {
  fits,
  podDescriptionOf,
  selects,
  type KubeObject,
  type Service,
  type ServiceMonitor,
  type StringMap,
} from '../../providers/kubernetes/reader.ts';
import type { LastingProblem } from './lasting.ts';
import { isSelecting } from './service-endpoints.ts';

/** The labels of all pods that run, and of those that would be made, by namespace. */
export type PodLabels = ReadonlyMap<string, readonly StringMap[]>;

export function podLabelsOf(objects: readonly KubeObject[]): PodLabels {
  const labels = new Map<string, StringMap[]>();
  for (const object of objects) {
    const pods = podDescriptionOf(object);
    if (pods === null) continue;
    const namespace = object.metadata.namespace ?? '';
    const known = labels.get(namespace) ?? [];
    known.push(pods.labels ?? {});
    labels.set(namespace, known);
  }
  return labels;
}

export function danglingService(service: Service, pods: PodLabels): readonly LastingProblem[] {
  const { metadata, spec } = service;
  const selector = spec?.selector ?? {};
  if (!isSelecting(service)) return [];
  if ((pods.get(metadata.namespace ?? '') ?? []).some((labels) => fits(selector, labels))) return [];
  return [
    {
      rule: 'service-selects-nothing',
      since: 0,
      fields: Object.entries(selector).map(([key, value]) => ({ path: `spec.selector["${key}"]`, value })),
    },
  ];
}

/** By default a monitor looks for Services in its own namespace; without a selector it takes all of them. */
export function danglingMonitor(
  { metadata, spec }: ServiceMonitor,
  services: readonly Service[],
): readonly LastingProblem[] {
  const { any = false, matchNames = [] } = spec?.namespaceSelector ?? {};
  const places = new Set(matchNames.length > 0 ? matchNames : [metadata.namespace ?? '']);
  const isSelected = services.some(
    (service) =>
      (any || places.has(service.metadata.namespace ?? '')) && selects(spec?.selector ?? {}, service.metadata.labels),
  );
  if (isSelected) return [];
  return [
    {
      rule: 'monitor-selects-nothing',
      since: 0,
      fields: [
        { path: 'spec.selector', value: JSON.stringify(spec?.selector ?? {}) },
        { path: 'spec.namespaceSelector', value: any ? 'any' : [...places].join(', ') },
      ],
    },
  ];
}
