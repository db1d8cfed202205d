import { checkCatalog } from '../../../src/checks/catalog.ts';
import type { Check } from '../../../src/domain/check.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { KubernetesReader } from '../../../src/providers/kubernetes/reader.ts';
import type { StoredObject } from '../../../test/support/kubernetes/api.ts';
import { NOW, worldOf } from '../../../test/support/kubernetes/world.ts';
import type { RuleAnswer } from './rule-map.ts';
import { subjectsAmong } from './subjects.ts';

/** What one of our checks said of one thing of a case. */
export interface Said {
  readonly check: string;
  readonly discriminator: string;
  /** In lower case, as resource ids have it. */
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly title: string;
  /** Field paths of the evidence. */
  readonly paths: readonly string[];
}

/** Asks the checks in a cluster of these objects, and keeps what is said of them or of what owns them. */
export async function ask(
  objects: readonly StoredObject[],
  answers: readonly RuleAnswer[],
  data: JsonObject = {},
): Promise<readonly Said[]> {
  const ours = await Promise.all(
    clustersOf(objects).flatMap((cluster) => {
      const world = worldOf(...cluster);
      return answers.map(async (answer) => saysOf(await checkOf(answer.check), answer, data, world));
    }),
  );
  const subjects = subjectsAmong(objects);
  return ours.flat().filter((said) => subjects.of(said).length > 0);
}

/**
 * A cluster can't hold two objects of one kind and name, and some files do: then the first of each are a cluster, the
 * second ones another, beside all that is there once.
 */
function clustersOf(objects: readonly StoredObject[]): readonly (readonly StoredObject[])[] {
  const byName = [
    ...Map.groupBy(objects, ({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`).values(),
  ];
  const most = Math.max(1, ...byName.map((same) => same.length));
  // The world has a kube-system of its own, by whose uid the cluster is known.
  const namespaces = [...new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))]
    .filter((name) => name !== 'kube-system')
    .map((name): StoredObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  return Array.from({ length: most }, (_, nth) => [
    ...namespaces,
    ...byName.flatMap((same) => same[Math.min(nth, same.length - 1)] ?? []),
  ]);
}

async function checkOf(id: RuleAnswer['check']): Promise<Check<KubernetesReader>> {
  return checkCatalog.load(id) as Promise<Check<KubernetesReader>>;
}

async function saysOf(
  check: Check<KubernetesReader>,
  answer: RuleAnswer,
  data: JsonObject,
  world: ReturnType<typeof worldOf>,
): Promise<readonly Said[]> {
  const params = { ...answer.params, ...answer.paramsOf?.(data) };
  const { observations } = await world.look(check, params);
  const parsed = check.params.safeParse(params);
  if (!parsed.success) throw new Error(`${check.id} does not take ${JSON.stringify(params)}`);
  return observations.flatMap((observation) => {
    if (observation.status === 'unknown') return [];
    const [, kind = '', ...rest] = observation.resource.split('/');
    const [namespace, name] = rest.length > 1 ? [rest[0] ?? null, rest.slice(1).join('/')] : [null, rest[0] ?? ''];
    return check
      .judge(observation, parsed.data, { samples: [], open: new Map(), now: NOW })
      .filter(({ discriminator }) => answer.discriminators.some((wanted) => fits(wanted, discriminator)))
      .map(({ discriminator, title, evidence }) => ({
        check: check.id,
        discriminator,
        kind,
        namespace,
        name,
        title,
        paths: evidence.map(({ label }) => label),
      }));
  });
}

function fits(wanted: string, discriminator: string): boolean {
  return wanted.endsWith('*') ? discriminator.startsWith(wanted.slice(0, -1)) : wanted === discriminator;
}
