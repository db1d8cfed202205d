/** Any JSON map of an object. */
export type Part = Readonly<Record<string, unknown>>;

export function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lists whose items are told by their name in these kinds; every other list is taken as a whole. */
const BY_NAME = new Set(['containers', 'initContainers', 'volumes', 'env', 'imagePullSecrets']);

/** A strategic merge, as far as the fake has an answer for it: names, nulls, and `$patch: replace`. */
export function strategicMerge(before: unknown, patch: unknown, key = ''): unknown {
  if (isPart(patch)) {
    const { $patch: directive, ...own } = patch;
    if (directive === 'replace') return own;
    if (directive !== undefined) throw new Error(`the fake has no answer for $patch: ${JSON.stringify(directive)}`);
    const merged: Record<string, unknown> = isPart(before) ? { ...before } : {};
    for (const [name, value] of Object.entries(own)) {
      if (value === null) delete merged[name];
      else merged[name] = strategicMerge(merged[name], value, name);
    }
    return merged;
  }
  if (Array.isArray(patch) && BY_NAME.has(key)) return mergedByName(Array.isArray(before) ? before : [], patch, key);
  return patch;
}

function mergedByName(before: readonly unknown[], patch: readonly unknown[], key: string): readonly unknown[] {
  const merged = [...before];
  for (const item of patch) {
    const at = merged.findIndex((known) => nameOf(known) !== null && nameOf(known) === nameOf(item));
    if (at === -1) merged.push(item);
    else merged[at] = strategicMerge(merged[at], item, `${key}[]`);
  }
  return merged;
}

function nameOf(item: unknown): string | null {
  return isPart(item) && typeof item['name'] === 'string' ? item['name'] : null;
}

/** Leaves by their path as managedFields has it (`f:spec`, `k:{"name":"web"}`), joined by NUL. */
export function leavesOf(value: unknown, path: readonly string[] = [], key = ''): ReadonlyMap<string, string> {
  if (isPart(value) && Object.keys(value).length > 0) {
    return new Map(Object.entries(value).flatMap(([name, item]) => [...leavesOf(item, [...path, `f:${name}`], name)]));
  }
  if (Array.isArray(value) && BY_NAME.has(key) && value.every((item) => nameOf(item) !== null)) {
    return new Map(
      value.flatMap((item: unknown) => [...leavesOf(item, [...path, `k:${JSON.stringify({ name: nameOf(item) })}`])]),
    );
  }
  return new Map([[path.join('\0'), JSON.stringify(value)]]);
}

/** `.spec.template.spec.containers[name="web"].image`, as a conflict names it. */
export function shownPath(leaf: string): string {
  return leaf
    .split('\0')
    .map((step) => (step.startsWith('k:') ? `[name=${/"name":("[^"]*")/.exec(step)?.[1] ?? ''}]` : `.${step.slice(2)}`))
    .join('');
}

/** The object without one leaf, as server-side apply takes away what a manager no longer applies. */
export function withoutLeaf(value: unknown, leaf: string): unknown {
  return without(value, leaf.split('\0'));
}

function without(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return undefined;
  if (step.startsWith('k:') && Array.isArray(value)) {
    const { name } = JSON.parse(step.slice(2)) as { name: string };
    return value
      .map((item: unknown) => (nameOf(item) === name ? without(item, rest) : item))
      .filter((item) => !(isPart(item) && Object.keys(item).length <= 1 && nameOf(item) === name));
  }
  if (!isPart(value)) return value;
  const key = step.slice(2);
  const { [key]: inner, ...others } = value;
  if (rest.length === 0 || inner === undefined) return others;
  return { ...others, [key]: without(inner, rest) };
}
