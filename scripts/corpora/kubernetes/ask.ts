import { checkCatalog } from '../../../src/checks/catalog.ts';
import type { Check } from '../../../src/domain/check.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { asKind, createOwners, type KubernetesReader } from '../../../src/providers/kubernetes/reader.ts';
import type { StoredObject } from '../../../test/support/kubernetes/api.ts';
import { worldOf } from '../../../test/support/kubernetes/world.ts';
import type { RuleAnswer } from './rule-map.ts';

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
  // The world has a kube-system of its own, by whose uid the cluster is known.
  const namespaces = new Set(
    objects.flatMap(({ metadata: { namespace } }) =>
      namespace === undefined || namespace === 'kube-system' ? [] : namespace,
    ),
  );
  const world = worldOf(
    ...[...namespaces].map((name): StoredObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...objects,
  );
  const ours = await Promise.all(
    answers.map(async (answer) => saysOf(await checkOf(answer.check), answer, data, world)),
  );
  return ours.flat().filter((said) => objects.some((object) => isOf(said, object, objects)));
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
    const now = Date.parse('2026-11-20T16:30:00Z');
    return check
      .judge(observation, parsed.data, { samples: [], open: new Map(), now })
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

/** True when something was said of the object, or under what owns it. */
export function isOf(said: Said, object: StoredObject, objects: readonly StoredObject[]): boolean {
  if (isSame(said, object)) return true;
  const owners = createOwners(asKind('Job', objects).filter(({ kind }) => kind === 'ReplicaSet' || kind === 'Job'));
  const [asObject] = asKind('Pod', [object]);
  const owner = asObject === undefined ? null : owners.of(asObject);
  if (owner === null) return false;
  return owner.name !== object.metadata.name || owner.kind !== object.kind
    ? isSame(said, { kind: owner.kind, metadata: { name: owner.name, namespace: owner.namespace } })
    : false;
}

function isSame(
  said: Said,
  {
    kind,
    metadata,
  }: { readonly kind: string; readonly metadata: { readonly name: string; readonly namespace?: string } },
): boolean {
  return (
    said.kind === kind.toLowerCase() &&
    said.name === metadata.name &&
    (said.namespace ?? '') === (metadata.namespace ?? '')
  );
}
