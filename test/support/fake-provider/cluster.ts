import { z } from 'zod';
import type { JsonObject } from '../../../src/domain/json.ts';
import {
  deploymentDocument,
  mistakesIn,
  newDeploymentSchema,
  replicaMistakes,
  scaleDocument,
  type Kept,
} from './deployment.ts';
import {
  alreadyThere,
  forbidden,
  invalid,
  modified,
  notFound,
  otherUid,
  otherVersion,
  refusedByPolicy,
  wrongPatchType,
  type Answer,
} from './statuses.ts';

/** One write that was accepted: logged in the same turn as it took effect, so the log never lags. */
export interface AcceptedWrite {
  /** Counts from 1. */
  readonly number: number;
  readonly verb: 'create' | 'delete' | 'patch';
  readonly resource: 'deployments' | 'deployments/scale';
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** The replicas it asked for; null for a deletion. */
  readonly replicas: number | null;
  /** The request's Audit-ID, where actions put a step's idempotency key; null without one. */
  readonly auditId: string | null;
}

export interface Call {
  readonly verb: 'get' | 'create' | 'delete' | 'patch';
  readonly resource: 'deployments' | 'deployments/scale';
  readonly namespace: string;
  /** Empty for a creation: there the body has it. */
  readonly name: string;
  readonly dryRun: boolean;
  readonly contentType: string;
  readonly body: unknown;
  readonly auditId: string | null;
}

/** How the world can be while, and between, a test's requests. */
export interface Cluster {
  readonly uid: string;
  readonly user: string;
  /** What the API server makes of a call; null: the fake has no answer for it. */
  answer(call: Call): Answer | null;
  /** May the user do this? For SelfSubjectAccessReview. */
  mayDo(verb: string, resource: string): boolean;
  writes(): readonly AcceptedWrite[];

  /** A deployment that is there already; its status says what its spec says. Returns its uid. */
  seed(name: string, replicas: number, namespace?: string): string;
  get(name: string, namespace?: string): Readonly<Kept> | null;
  /** Somebody else changes the spec: a new resourceVersion, and nothing in `writes`. */
  setReplicas(name: string, replicas: number, namespace?: string): void;
  /** The status moves by itself: a new resourceVersion, the same spec. */
  moveStatus(name: string, namespace?: string): void;
  /** The status catches up with the spec, as when all replicas are ready. */
  settle(name: string, namespace?: string): void;
  remove(name: string, namespace?: string): void;
  /** Deleted and made again under the same name: a new uid, which is returned. */
  recreate(name: string, namespace?: string): string;
  /**
   * A status that never rests: it moves before every read (what was read last is the newest), after every
   * read (what was read is old at once), or only when it is told to.
   */
  restless(when: 'before-reads' | 'after-reads' | 'never'): void;
  /** From now on this is forbidden (403), dry runs too. */
  deny(verb: Call['verb'], resource: Call['resource']): void;
  /** From now on an admission policy refuses every change (422), dry runs too; null: no longer. */
  admit(refusal: { readonly policy: string; readonly why: string } | null): void;
}

const scalePatch = z.strictObject({
  metadata: z.strictObject({ resourceVersion: z.string().optional() }).optional(),
  spec: z.strictObject({ replicas: z.number().int() }),
});

const deleteOptions = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('DeleteOptions'),
  preconditions: z.strictObject({ uid: z.string().optional(), resourceVersion: z.string().optional() }).optional(),
});

/** A cluster with nothing in it but its namespaces. Every answer is one synchronous turn. */
export function createCluster(user = 'holdfast'): Cluster {
  const there = new Map<string, Kept>();
  const accepted: AcceptedWrite[] = [];
  const denied = new Set<string>();
  let version = 600;
  let made = 0;
  let unrest: 'before-reads' | 'after-reads' | 'never' = 'never';
  let admission: { readonly policy: string; readonly why: string } | null = null;

  const bump = (kept: Kept): void => {
    version += 1;
    kept.resourceVersion = version;
  };
  const put = (namespace: string, name: string, replicas: number, image: string, labels: Kept['labels'] = {}): Kept => {
    const kept: Kept = {
      namespace,
      name,
      uid: uuid((made += 1)),
      resourceVersion: 0,
      generation: 1,
      replicas,
      statusReplicas: replicas,
      image,
      labels,
    };
    bump(kept);
    there.set(key(namespace, name), kept);
    return kept;
  };
  const must = (name: string, namespace: string): Kept => {
    const kept = there.get(key(namespace, name));
    if (kept === undefined) throw new Error(`the fake cluster has no deployment ${namespace}/${name}`);
    return kept;
  };
  const log = (call: Call, kept: Kept, replicas: number | null): void => {
    if (call.verb === 'get') throw new Error('a read is no write');
    const { verb, resource, auditId } = call;
    const { namespace, name, uid } = kept;
    accepted.push({ number: accepted.length + 1, verb, resource, namespace, name, uid, replicas, auditId });
  };

  const create = (call: Call): Answer | null => {
    const parsed = newDeploymentSchema.safeParse(call.body);
    if (!parsed.success) return null;
    const { metadata, spec } = parsed.data;
    const mistakes = mistakesIn(parsed.data);
    if (mistakes.length > 0) return invalid('Deployment.apps', metadata.name, mistakes);
    if (there.has(key(call.namespace, metadata.name))) return alreadyThere(metadata.name);
    const image = spec.template.spec.containers[0]?.image ?? '';
    if (call.dryRun) {
      const would = { ...call, name: metadata.name, uid: uuid(made + 1), resourceVersion: 0, generation: 1, image };
      const document = deploymentDocument({
        ...would,
        replicas: spec.replicas,
        statusReplicas: 0,
        labels: metadata.labels,
      });
      return { status: 201, body: document };
    }
    const kept = put(call.namespace, metadata.name, spec.replicas, image, metadata.labels);
    kept.statusReplicas = 0;
    log(call, kept, spec.replicas);
    return { status: 201, body: deploymentDocument(kept) };
  };

  const scale = (call: Call, kept: Kept): Answer | null => {
    if (call.contentType !== 'application/merge-patch+json') return wrongPatchType();
    const parsed = scalePatch.safeParse(call.body);
    if (!parsed.success) return null;
    const { metadata, spec } = parsed.data;
    const asked = metadata?.resourceVersion;
    if (asked !== undefined && asked !== String(kept.resourceVersion)) return modified(kept.name);
    const mistakes = replicaMistakes(spec.replicas);
    if (mistakes.length > 0) return invalid('Scale.autoscaling', kept.name, mistakes);
    if (call.dryRun) return { status: 200, body: scaleDocument({ ...kept, replicas: spec.replicas }) };
    log(call, kept, spec.replicas);
    // As in the real one, a change that changes nothing leaves the version.
    if (kept.replicas !== spec.replicas) {
      kept.replicas = spec.replicas;
      kept.generation += 1;
      bump(kept);
    }
    return { status: 200, body: scaleDocument(kept) };
  };

  const remove = (call: Call, kept: Kept): Answer | null => {
    const parsed = deleteOptions.optional().safeParse(call.body);
    if (!parsed.success) return null;
    const { uid, resourceVersion } = parsed.data?.preconditions ?? {};
    if (uid !== undefined && uid !== kept.uid) return otherUid(kept.name, uid, kept.uid);
    if (resourceVersion !== undefined && resourceVersion !== String(kept.resourceVersion))
      return otherVersion(kept.name, resourceVersion, String(kept.resourceVersion));
    if (!call.dryRun) {
      log(call, kept, null);
      there.delete(key(kept.namespace, kept.name));
    }
    return { status: 200, body: deleted(kept) };
  };

  const change = (call: Call): Answer | null => {
    if (admission !== null) return refusedByPolicy(call.name, admission.policy, admission.why);
    if (call.verb === 'create') return call.resource === 'deployments' ? create(call) : null;
    const kept = there.get(key(call.namespace, call.name));
    if (kept === undefined) return notFound(call.name);
    if (call.verb === 'patch') return call.resource === 'deployments/scale' ? scale(call, kept) : null;
    return call.resource === 'deployments' ? remove(call, kept) : null;
  };

  const read = ({ namespace, name, resource }: Call): Answer => {
    const kept = there.get(key(namespace, name));
    if (kept === undefined) return notFound(name);
    if (unrest === 'before-reads') bump(kept);
    const body = resource === 'deployments' ? deploymentDocument(kept) : scaleDocument(kept);
    if (unrest === 'after-reads') bump(kept);
    return { status: 200, body };
  };

  return {
    uid: 'a39105ab-b506-4099-8f44-896cbae00da9',
    user,
    answer: (call) => {
      if (denied.has(`${call.verb} ${call.resource}`))
        return forbidden(user, call.verb, call.resource, call.namespace, call.name);
      return call.verb === 'get' ? read(call) : change(call);
    },
    mayDo: (verb, resource) => !denied.has(`${verb} ${resource}`),
    writes: () => [...accepted],
    seed: (name, replicas, namespace = DEFAULT) => put(namespace, name, replicas, 'registry.lab/web:1.4.2').uid,
    get: (name, namespace = DEFAULT) => {
      const kept = there.get(key(namespace, name));
      return kept === undefined ? null : { ...kept };
    },
    setReplicas: (name, replicas, namespace = DEFAULT) => {
      const kept = must(name, namespace);
      kept.replicas = replicas;
      kept.generation += 1;
      bump(kept);
    },
    moveStatus: (name, namespace = DEFAULT) => bump(must(name, namespace)),
    settle: (name, namespace = DEFAULT) => {
      const kept = must(name, namespace);
      kept.statusReplicas = kept.replicas;
      bump(kept);
    },
    remove: (name, namespace = DEFAULT) => void there.delete(key(namespace, must(name, namespace).name)),
    recreate: (name, namespace = DEFAULT) => {
      const { replicas, image, labels } = must(name, namespace);
      return put(namespace, name, replicas, image, labels).uid;
    },
    restless: (when) => void (unrest = when),
    deny: (verb, resource) => void denied.add(`${verb} ${resource}`),
    admit: (refusal) => void (admission = refusal),
  };
}

const DEFAULT = 'prod';

function key(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

function uuid(number: number): string {
  return `87f097a0-b401-41d7-a475-${number.toString(16).padStart(12, '0')}`;
}

/** What a deletion in the background answers with; not recorded (the recorded one is of a Pod, which goes slowly). */
function deleted({ name, uid }: Kept): JsonObject {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, group: 'apps', kind: 'deployments', uid },
  };
}
