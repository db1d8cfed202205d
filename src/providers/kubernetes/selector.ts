import type { LabelSelector, StringMap } from './objects.ts';

/**
 * True when labels fit a selector, by the rules of metav1.LabelSelector: an empty selector selects everything, an
 * absent one nothing. An operator that is not known selects nothing.
 */
export function selects(selector: LabelSelector | undefined, labels: StringMap | undefined): boolean {
  if (selector === undefined) return false;
  return (
    fits(selector.matchLabels ?? {}, labels) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
      const value = labelOf(labels, key);
      switch (operator) {
        case 'In':
          return value !== undefined && (values ?? []).includes(value);
        case 'NotIn':
          return value === undefined || !(values ?? []).includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          return false;
      }
    })
  );
}

/** True when labels hold all of these, as a Service's selector asks; none at all is the caller's to judge. */
export function fits(wanted: StringMap, labels: StringMap | undefined): boolean {
  return Object.entries(wanted).every(([key, value]) => labelOf(labels, key) === value);
}

export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

function labelOf(labels: StringMap | undefined, key: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}
