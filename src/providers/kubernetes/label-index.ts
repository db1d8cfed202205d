import type { KubeObject, StringMap } from './objects.ts';
import { fits } from './selector.ts';

/** Objects by their labels: for asking once for each of thousands of Services. */
export interface LabelIndex<Item> {
  /** Those of a namespace that bear all of these labels, in the order of the list; none at all selects nothing. */
  fitting(namespace: string | undefined, wanted: StringMap): readonly Item[];
}

/** An index of a label is made when that label is first asked for. */
export function createLabelIndex<Item extends Pick<KubeObject, 'metadata'>>(
  objects: readonly Item[],
): LabelIndex<Item> {
  const byKey = new Map<string, Map<string, Item[]>>();
  const indexOf = (key: string): Map<string, Item[]> => {
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const made = Map.groupBy(
      objects.filter(({ metadata: { labels } }) => labels !== undefined && Object.hasOwn(labels, key)),
      ({ metadata: { namespace, labels } }) => placeOf(namespace, labels?.[key] ?? ''),
    );
    byKey.set(key, made);
    return made;
  };
  return {
    fitting(namespace, wanted) {
      const candidates = Object.entries(wanted).map(
        ([key, value]) => indexOf(key).get(placeOf(namespace, value)) ?? [],
      );
      const [fewest = []] = candidates.toSorted((a, b) => a.length - b.length);
      return fewest.filter(({ metadata }) => fits(wanted, metadata.labels));
    },
  };
}

function placeOf(namespace: string | undefined, value: string): string {
  return `${namespace ?? ''}/${value}`;
}
