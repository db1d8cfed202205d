import { kindInArn } from '../../domain/arn.ts';
import {
  describeAddresses,
  describeInstances,
  describeNatGateways,
  describeSecurityGroups,
  describeVolumes,
} from '../../providers/aws/reads/ec2.ts';
import { listFunctions } from '../../providers/aws/reads/compute.ts';
import { describeDBClusters, describeDBInstances } from '../../providers/aws/reads/databases.ts';
import { getResources } from '../../providers/aws/reads/money.ts';
import { describeClassicBalancers, describeLoadBalancers } from '../../providers/aws/reads/network.ts';
import { getBucketLocation, listBuckets } from '../../providers/aws/reads/storage.ts';
import type { Product } from '../../providers/aws/reader.ts';
import { resourceIn } from './aws-line.ts';
import { priced, volumeCost, type CostFacts } from './priced.ts';
import type { Scene } from './scene.ts';

/** A resource that can bear tags. */
export interface Taggable {
  readonly arn: string;
  readonly called: string;
  /** Keys of its tags, sorted, without those of AWS itself. */
  readonly keys: readonly string[];
  /** What listed it: `ec2:DescribeVolumes`. */
  readonly source: string;
  /** What it costs; absent: nobody knows. */
  readonly cost?: () => Promise<CostFacts>;
}

/** A resource by its own service's list; `keys` null: that list does not say its tags. */
interface Listed extends Omit<Taggable, 'keys'> {
  readonly keys: readonly string[] | null;
}

type Lister = (scene: Scene) => Promise<readonly Listed[]>;

/**
 * What can bear tags in a region: what the Tagging API lists (it bears some, or did once), and of the types below also
 * what never bore any. What could not be read is hidden.
 */
export async function taggables(scene: Scene, wants: (type: string) => boolean): Promise<readonly Taggable[]> {
  const { account, place, signal } = scene;
  const [{ items, failure }, ...lists] = await Promise.all([
    place.list(getResources, {}, signal),
    ...Object.entries(LISTERS).map(([type, lister]) => (wants(type) ? lister(scene) : [])),
  ]);
  // Whatever the Tagging API would have listed, here; ARNs of buckets name neither region nor account.
  if (failure !== null)
    for (const hidden of [scene.arn('*', '*'), `arn:${account.partition}:s3:::*`])
      scene.hide(hidden, `GetResources in ${place.region}, account ${account.id}`, failure);
  const tagged = new Map(
    items.flatMap(({ ResourceARN: arn, Tags = [] }) => (arn === undefined ? [] : [[arn, keysOf(Tags)] as const])),
  );
  const listed = lists.flat().flatMap((one): readonly Taggable[] => {
    // Not in the Tagging API is "never tagged" only where that could be read to its end.
    const keys = one.keys ?? tagged.get(one.arn) ?? (failure === null ? [] : null);
    return keys === null ? [] : [{ ...one, keys }];
  });
  const known = new Set(lists.flat().map(({ arn }) => arn));
  const others = [...tagged]
    // Of a listed type that is not in its list it is gone, or what that list leaves out.
    .filter(([arn]) => !known.has(arn) && wants(kindInArn(arn)) && !Object.hasOwn(LISTERS, kindInArn(arn)))
    .map(([arn, keys]): Taggable => ({ arn, called: nameIn(arn), keys, source: 'tag:GetResources' }));
  return [...listed, ...others].toSorted((a, b) => (a.arn < b.arn ? -1 : 1));
}

interface TagLike {
  readonly Key?: string | undefined;
}

function keysOf(tags: readonly TagLike[]): readonly string[] {
  return tags.flatMap(({ Key = '' }) => (Key === '' || Key.startsWith('aws:') ? [] : [Key])).toSorted();
}

/** `volume/vol-1` is vol-1, `db:orders` is orders. */
function nameIn(arn: string): string {
  return resourceIn(arn).replace(/^[^:/]*[:/]/, '');
}

function byHour(scene: Scene, product: Product): () => Promise<CostFacts> {
  return () => priced(scene, product, 1, 'of its hours alone');
}

const BALANCERS: Readonly<Record<string, Product | undefined>> = {
  application: 'balancer:application',
  network: 'balancer:network',
  gateway: 'balancer:gateway',
};

const LISTERS: Readonly<Record<string, Lister>> = {
  'ec2:elastic-ip': async (scene) => {
    const addresses = await scene.list(describeAddresses, {}, scene.arn('ec2', 'elastic-ip/*'));
    return addresses.flatMap(({ AllocationId: id, PublicIp, AssociationId, PublicIpv4Pool = 'amazon', Tags = [] }) => {
      if (id === undefined) return [];
      const isIdle = AssociationId === undefined && PublicIpv4Pool === 'amazon';
      return [
        {
          ...ofEc2(scene, 'elastic-ip', id, 'DescribeAddresses'),
          called: PublicIp ?? id,
          keys: keysOf(Tags),
          ...(isIdle ? { cost: byHour(scene, 'address:idle') } : {}),
        },
      ];
    });
  },
  'ec2:instance': async (scene) => {
    const instances = await scene.list(describeInstances, {}, scene.arn('ec2', 'instance/*'));
    return instances.flatMap(({ InstanceId: id, State, Tags = [] }) =>
      id === undefined || State?.Name === 'terminated' || State?.Name === 'shutting-down'
        ? []
        : [{ ...ofEc2(scene, 'instance', id, 'DescribeInstances'), keys: keysOf(Tags) }],
    );
  },
  'ec2:natgateway': async (scene) => {
    const gateways = await scene.list(describeNatGateways, {}, scene.arn('ec2', 'natgateway/*'));
    return gateways.flatMap(({ NatGatewayId: id, State, AvailabilityMode, Tags = [] }) =>
      id === undefined || State === 'deleted' || State === 'deleting'
        ? []
        : [
            {
              ...ofEc2(scene, 'natgateway', id, 'DescribeNatGateways'),
              keys: keysOf(Tags),
              ...(AvailabilityMode === 'regional' ? {} : { cost: byHour(scene, 'nat-gateway') }),
            },
          ],
    );
  },
  'ec2:security-group': async (scene) => {
    const groups = await scene.list(describeSecurityGroups, {}, scene.arn('ec2', 'security-group/*'));
    return groups.flatMap(({ GroupId: id, GroupName, Tags = [] }) =>
      id === undefined || GroupName === 'default'
        ? []
        : [{ ...ofEc2(scene, 'security-group', id, 'DescribeSecurityGroups'), keys: keysOf(Tags) }],
    );
  },
  'ec2:volume': async (scene) => {
    const volumes = await scene.list(describeVolumes, {}, scene.arn('ec2', 'volume/*'));
    return volumes.flatMap(({ VolumeId: id, VolumeType = 'unknown', Size = 0, Tags = [] }) =>
      id === undefined
        ? []
        : [
            {
              ...ofEc2(scene, 'volume', id, 'DescribeVolumes'),
              keys: keysOf(Tags),
              cost: () => volumeCost(scene, VolumeType, Size),
            },
          ],
    );
  },
  'elasticloadbalancing:loadbalancer': async (scene) => {
    const all = scene.arn('elasticloadbalancing', 'loadbalancer/*');
    const source = 'elasticloadbalancing:DescribeLoadBalancers';
    const [balancers, classic] = await Promise.all([
      scene.list(describeLoadBalancers, {}, all),
      scene.list(describeClassicBalancers, {}, all),
    ]);
    return [
      ...balancers.flatMap(({ LoadBalancerArn: arn, LoadBalancerName, Type = 'application' }): readonly Listed[] => {
        const product = BALANCERS[Type];
        if (arn === undefined) return [];
        const one = { arn, called: LoadBalancerName ?? nameIn(arn), keys: null, source };
        return [product === undefined ? one : { ...one, cost: byHour(scene, product) }];
      }),
      ...classic.flatMap(({ LoadBalancerName: name }): readonly Listed[] => {
        if (name === undefined) return [];
        const arn = scene.arn('elasticloadbalancing', `loadbalancer/${name}`);
        return [{ arn, called: name, keys: null, source, cost: byHour(scene, 'balancer:classic') }];
      }),
    ];
  },
  'lambda:function': async (scene) => {
    const functions = await scene.list(listFunctions, {}, scene.arn('lambda', 'function:*'));
    return functions.flatMap(({ FunctionName: name, FunctionArn: arn }) =>
      name === undefined || arn === undefined
        ? []
        : [{ arn, called: name, keys: null, source: 'lambda:ListFunctions' }],
    );
  },
  'rds:cluster': async (scene) => {
    const clusters = await scene.list(describeDBClusters, {}, scene.arn('rds', 'cluster:*'));
    return clusters.flatMap(({ DBClusterIdentifier: name, DBClusterArn: arn, TagList = [] }) =>
      name === undefined || arn === undefined || !arn.includes(':rds:')
        ? []
        : [{ arn, called: name, keys: keysOf(TagList), source: 'rds:DescribeDBClusters' }],
    );
  },
  'rds:db': async (scene) => {
    const instances = await scene.list(describeDBInstances, {}, scene.arn('rds', 'db:*'));
    return instances.flatMap(({ DBInstanceIdentifier: name, DBInstanceArn: arn, TagList = [] }) =>
      name === undefined || arn === undefined
        ? []
        : [{ arn, called: name, keys: keysOf(TagList), source: 'rds:DescribeDBInstances' }],
    );
  },
  's3:bucket': (scene) => bucketsHere(scene),
};

/** The types whose own services list them, tagged or not. */
export const LISTED_TYPES: readonly string[] = Object.keys(LISTERS);

function ofEc2(scene: Scene, type: string, id: string, operation: string) {
  return { arn: scene.arn('ec2', `${type}/${id}`), called: id, source: `ec2:${operation}` };
}

/** The buckets of this region: they are listed for the account as a whole. */
async function bucketsHere(scene: Scene): Promise<readonly Listed[]> {
  const { account, place, signal } = scene;
  const { items, failure } = await account.home.list(listBuckets, {}, signal);
  const all = `arn:${account.partition}:s3:::*`;
  if (failure !== null) scene.hide(all, `ListBuckets, account ${account.id}`, failure);
  const here = await Promise.all(
    items.map(async ({ Name: name, BucketRegion }): Promise<readonly Listed[]> => {
      if (name === undefined) return [];
      const arn = `arn:${account.partition}:s3:::${name}`;
      const region = BucketRegion ?? (await regionOf(scene, name, arn));
      return region === place.region ? [{ arn, called: name, keys: null, source: 's3:ListBuckets' }] : [];
    }),
  );
  return here.flat();
}

/** An empty location is us-east-1 (the API's own rule), and `EU` its old name of eu-west-1; null: it could not be read. */
async function regionOf(scene: Scene, Bucket: string, arn: string): Promise<string | null> {
  const answer = await scene.ask(getBucketLocation, { Bucket }, arn, scene.account.home);
  if (answer === undefined || answer === null) return null;
  const location = answer.LocationConstraint ?? '';
  return location === '' ? 'us-east-1' : location === 'EU' ? 'eu-west-1' : location;
}
