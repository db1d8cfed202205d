import { z } from 'zod';
import type { Action, ActionCatalog, ActionId, ActionRef, Identified, Observed } from '../../../src/domain/action.ts';
import { CodedError } from '../../../src/domain/coded-error.ts';
import { seen, unknown, type Looked } from '../../../src/domain/failure.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { unknownCost, type CostDelta } from '../../../src/domain/money.ts';
import { resourceId } from '../../../src/domain/resource-id.ts';
import { creating, deleting, fakeReader, scaling, write, type FakeReader, type Place } from './reader.ts';
import type { FakeAddress } from './server.ts';

export interface FakeCatalogOptions {
  /** Dollars a month; null: unknown. */
  readonly pricePerReplica: number | null;
  readonly settleMs: number;
  /** Of every action: a test of "sealed with another version" asks for 2. */
  readonly version: number;
}

const DEFAULTS: FakeCatalogOptions = { pricePerReplica: null, settleMs: 0, version: 1 };

/**
 * Three actions on the fake: `fake/scale-deployment` {name, replicas, namespace?}, `fake/delete-deployment`
 * {name, namespace?} and `fake/create-deployment` {name, replicas, image?, namespace?}. They use nothing
 * but the address, so that a process of its own can have them too.
 */
export function fakeCatalog(address: FakeAddress, options: Partial<FakeCatalogOptions> = {}): ActionCatalog {
  const chosen = { ...DEFAULTS, ...options };
  const actions: readonly Action[] = [
    createDeployment(address, chosen),
    deleteDeployment(address, chosen),
    scaleDeployment(address, chosen),
  ];
  return {
    refs: actions.map(refOf).toSorted(),
    async load(id) {
      const found = actions.find((action) => id === action.id || id === refOf(action));
      if (found === undefined) throw new CodedError('NOT_FOUND', `There is no action "${id}".`);
      return found;
    },
  };
}

/** The readers to go with it. */
export function fakeReaders(address: FakeAddress): { of(provider: string): Promise<FakeReader> } {
  return {
    async of(provider) {
      if (provider !== 'fake') throw new CodedError('NOT_FOUND', `there is no provider "${provider}"`);
      return fakeReader(address);
    },
  };
}

const place = { namespace: z.string().min(1).default('prod'), name: z.string().min(1) };
const replicas = z.coerce.number().int().max(1_000);

const scaleParams = z.strictObject({ ...place, replicas });
type ScaleParams = z.infer<typeof scaleParams>;

function scaleDeployment(
  address: FakeAddress,
  { pricePerReplica, settleMs, version }: FakeCatalogOptions,
): Action<FakeReader, ScaleParams> {
  return {
    id: 'fake/scale-deployment',
    version,
    title: 'Scale a deployment',
    description: 'Sets how many replicas a deployment has.',
    params: scaleParams,
    settleMs,
    identify,
    observe: (reader, params, { signal }) => observeDeployment(reader, params, signal),
    preview: async (reader, params, { identity, rests }, { signal }) => {
      if (identity === null) return absent(params);
      const would = await reader.wouldScale(params, params.replicas, signal);
      if (would.status === 'unknown') return would;
      return seen({
        summary: `Scale ${params.name} from ${countIn(rests)} to ${would.value} replicas`,
        noop: countIn(rests) === would.value,
        by: 'server',
        after: { replicas: would.value },
        shown: { Replicas: would.value },
        diff: [`-spec.replicas: ${countIn(rests)}`, `+spec.replicas: ${would.value}`],
      });
    },
    cost: (params, { observed }) => price(pricePerReplica, params.replicas - countIn(observed.rests)),
    risk: ({ replicas: wanted }) =>
      wanted === 0
        ? { level: 'high', reasons: ['no replica would be left'] }
        : { level: 'low', reasons: ['at least one replica stays'] },
    destructive: () => false,
    dependents: async () => seen([]),
    apply: ({ params, observed, idempotencyKey }, { signal }) =>
      write(
        address,
        { ...scaling(params, params.replicas, observed.version), auditId: idempotencyKey },
        () => ({ uid: uidOf(observed), replicas: params.replicas }),
        signal,
      ),
    // By what was sealed, not by the receipt: after a crash there is none.
    verify: async (reader, { params, sealed }, { signal }) => {
      const looked = await reader.deployment(params, signal);
      if (looked.status === 'unknown') return looked;
      const now = looked.value;
      const asPromised =
        now?.metadata.uid === sealed.before.identity?.['uid'] && now?.spec.replicas === params.replicas;
      return seen({
        asPromised,
        seen: [now === null ? 'It is gone.' : `${now.spec.replicas} replicas are asked for.`],
      });
    },
    undo: ({ namespace, name }, before) => ({
      possible: true,
      words: `scale to ${countIn(before.rests)} (recorded)`,
      draft: { action: 'fake/scale-deployment', params: { namespace, name, replicas: countIn(before.rests) } },
    }),
  };
}

const deleteParams = z.strictObject(place);
type DeleteParams = z.infer<typeof deleteParams>;

function deleteDeployment(
  address: FakeAddress,
  { pricePerReplica, settleMs, version }: FakeCatalogOptions,
): Action<FakeReader, DeleteParams> {
  return {
    id: 'fake/delete-deployment',
    version,
    title: 'Delete a deployment',
    description: 'Deletes a deployment and its pods.',
    params: deleteParams,
    settleMs,
    identify,
    observe: (reader, params, { signal }) => observeDeployment(reader, params, signal),
    preview: async (reader, params, observed, { signal }) => {
      const { identity, rests } = observed;
      if (identity === null) return absent(params);
      const would = await reader.wouldDelete(params, uidOf(observed), signal);
      if (would.status === 'unknown') return would;
      return seen({
        summary: `Delete ${params.name} with its ${countIn(rests)} replicas`,
        noop: false,
        by: 'server',
        after: { replicas: null },
        shown: { Deployment: 'none' },
        diff: [`-deployment ${params.name}`],
      });
    },
    cost: (_params, { observed }) => price(pricePerReplica, -countIn(observed.rests)),
    risk: () => ({ level: 'high', reasons: ['what is deleted does not come back by itself'] }),
    destructive: () => true,
    dependents: async (_reader, _params, { rests }) => seen([`${countIn(rests)} pods belong to it.`]),
    apply: ({ params, observed, idempotencyKey }, { signal }) =>
      write(
        address,
        { ...deleting(params, uidOf(observed), observed.version), auditId: idempotencyKey },
        () => ({ uid: uidOf(observed) }),
        signal,
      ),
    verify: async (reader, { params, sealed }, { signal }) => {
      const looked = await reader.deployment(params, signal);
      if (looked.status === 'unknown') return looked;
      const there = looked.value !== null && looked.value.metadata.uid === sealed.before.identity?.['uid'];
      return seen({ asPromised: !there, seen: [there ? 'It is still there.' : 'It is gone.'] });
    },
    undo: () => ({ possible: false, words: 'a deleted deployment can be made anew, but it is another one' }),
  };
}

const createParams = z.strictObject({ ...place, replicas, image: z.string().min(1).default('registry.lab/web:1.4.2') });
type CreateParams = z.infer<typeof createParams>;

/** Names the step that made a deployment, so that after a crash it can be told from somebody else's. */
const STEP_LABEL = 'holdfast/step';

function createDeployment(
  address: FakeAddress,
  { pricePerReplica, settleMs, version }: FakeCatalogOptions,
): Action<FakeReader, CreateParams> {
  return {
    id: 'fake/create-deployment',
    version,
    title: 'Create a deployment',
    description: 'Creates a deployment where there is none of that name.',
    params: createParams,
    settleMs,
    identify,
    observe: (reader, params, { signal }) => observeDeployment(reader, params, signal),
    preview: async (reader, params, { identity }, { signal }) => {
      if (identity !== null) return unknown('ALREADY_EXISTS', `There is a deployment ${params.name} already.`);
      const would = await reader.wouldCreate(params, newDeployment(params, 'dry-run'), signal);
      if (would.status === 'unknown') return would;
      return seen({
        summary: `Create ${params.name} with ${params.replicas} replicas`,
        noop: false,
        by: 'server',
        after: { replicas: params.replicas },
        shown: { Replicas: params.replicas, Image: params.image },
        diff: [`+deployment ${params.name}`],
      });
    },
    cost: (params) => price(pricePerReplica, params.replicas),
    risk: () => ({ level: 'low', reasons: ['nothing of that name is there'] }),
    destructive: () => false,
    dependents: async () => seen([]),
    apply: ({ params, idempotencyKey }, { signal }) =>
      write(
        address,
        { ...creating(params, newDeployment(params, idempotencyKey)), auditId: idempotencyKey },
        (body) => ({ uid: made.parse(body).metadata.uid }),
        signal,
      ),
    verify: async (reader, { params, receipt }, { signal }) => {
      const looked = await reader.deployment(params, signal);
      if (looked.status === 'unknown') return looked;
      const asPromised =
        looked.value?.metadata.uid === receipt['uid'] && looked.value?.spec.replicas === params.replicas;
      return seen({ asPromised, seen: [looked.value === null ? 'It is not there.' : 'It is there.'] });
    },
    undo: ({ namespace, name }) => ({
      possible: true,
      words: 'delete it',
      draft: { action: 'fake/delete-deployment', params: { namespace, name } },
    }),
    reconcile: async (reader, { params, idempotencyKey }, { signal }) => {
      const looked = await reader.deployment(params, signal);
      if (looked.status === 'unknown') return looked;
      const isOurs = looked.value?.metadata.labels[STEP_LABEL] === idempotencyKey;
      return seen(
        isOurs ? { status: 'done', receipt: { uid: looked.value?.metadata.uid ?? null } } : { status: 'not-done' },
      );
    },
  };
}

const made = z.object({ metadata: z.object({ uid: z.string() }) });

async function identify(
  reader: FakeReader,
  { namespace, name }: Place,
  { signal }: { readonly signal: AbortSignal },
): Promise<Looked<Identified>> {
  const cluster = await reader.clusterUid(signal);
  if (cluster.status === 'unknown') return cluster;
  return seen({
    target: { provider: 'fake', id: cluster.value, name: 'the fake cluster', details: {} },
    resource: resourceId('k8s', cluster.value, 'apps/Deployment', `${namespace}/${name}`),
    name: `deployment/${name}`,
  });
}

async function observeDeployment(reader: FakeReader, asked: Place, signal: AbortSignal): Promise<Looked<Observed>> {
  const looked = await reader.deployment(asked, signal);
  if (looked.status === 'unknown') return looked;
  if (looked.value === null)
    return seen({ identity: null, rests: { replicas: null }, shown: { Deployment: 'none' }, version: null });
  const { metadata, spec, status } = looked.value;
  return seen({
    identity: { uid: metadata.uid },
    rests: { replicas: spec.replicas },
    shown: { Replicas: spec.replicas, Ready: status.readyReplicas },
    version: metadata.resourceVersion,
  });
}

function newDeployment({ name, replicas: count, image }: CreateParams, key: string): JsonObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: { [STEP_LABEL]: key } },
    spec: {
      replicas: count,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name, image }] } },
    },
  };
}

function absent({ namespace, name }: Place): Looked<never> {
  return unknown('NOT_FOUND', `There is no deployment ${name} in ${namespace}.`);
}

function price(perReplica: number | null, more: number): CostDelta {
  if (perReplica === null) return unknownCost('no price is known');
  return { amount: more * perReplica, currency: 'USD', per: 'month', basis: `estimated: ${perReplica} a replica` };
}

function countIn(rests: JsonObject): number {
  const count = rests['replicas'];
  return typeof count === 'number' ? count : 0;
}

function uidOf({ identity }: Observed): string {
  const uid = identity?.['uid'];
  if (typeof uid !== 'string') throw new Error('a deployment that is there has a uid');
  return uid;
}

function refOf({ id, version }: { readonly id: ActionId; readonly version: number }): ActionRef {
  return `${id}@${version}`;
}
