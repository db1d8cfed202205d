import { mergeCidrs } from '../../../domain/cidr.ts';
import type { Account, Place } from '../reader.ts';
import { describeEksCluster, listEksClusters, listFunctions, listFunctionUrlConfigs } from '../reads/compute.ts';
import { describeDBInstances, describeDomains, describeRedshiftClusters, listDomainNames } from '../reads/databases.ts';
import { describeAddresses } from '../reads/ec2.ts';
import {
  describeClassicBalancers,
  describeListeners,
  describeLoadBalancers,
  getHttpApis,
  getRestApis,
} from '../reads/network.ts';
import { surveyor, type Survey, type Surveyor } from './survey.ts';

/** Something that has an address on the internet. */
export interface Endpoint {
  readonly kind: EndpointKind;
  readonly arn: string;
  readonly name: string;
  /** Ports or protocols it listens on, as `443/HTTPS`; sorted. */
  readonly listens: readonly string[];
  /** Who is asked who they are before they are let in: `AWS_IAM`, `NONE`; null where that is not said. */
  readonly auth: string | null;
  /** From where; null: everywhere. Merged. */
  readonly from: readonly string[] | null;
  /** What groups stand before it, sorted. */
  readonly groups: readonly string[];
}

export const ENDPOINT_KINDS = [
  'load-balancer',
  'api',
  'function-url',
  'cluster-endpoint',
  'database',
  'warehouse',
  'search-domain',
  'elastic-address',
] as const;
export type EndpointKind = (typeof ENDPOINT_KINDS)[number];

/** What of a region can be reached from the internet, as far as its own description tells. */
export async function surveyEndpoints(account: Account, place: Place, signal: AbortSignal): Promise<Survey<Endpoint>> {
  const look = surveyor(account, place, signal);
  const seen = await Promise.all([
    balancers(look),
    classicBalancers(look),
    apis(look),
    functionUrls(look),
    clusters(look),
    databases(look),
    warehouses(look),
    searchDomains(look),
    addresses(look),
  ]);
  return { seen: seen.flat(), hidden: look.hidden() };
}

type Found = Promise<readonly Endpoint[]>;

const NONE = { listens: [], auth: null, from: null, groups: [] };

async function balancers(look: Surveyor): Found {
  const of = { kind: 'load-balancer', all: look.arn('elasticloadbalancing', 'loadbalancer/*') };
  const all = await look.list(describeLoadBalancers, {}, of);
  const open = all.filter(({ Scheme }) => Scheme === 'internet-facing');
  return Promise.all(
    open.map(
      async ({ LoadBalancerArn: arn = '', LoadBalancerName: name = '', SecurityGroups = [] }): Promise<Endpoint> => {
        const listeners = await look.list(describeListeners, { LoadBalancerArn: arn }, { ...of, one: { name, arn } });
        const listens = listeners.map(({ Port, Protocol }) => `${Port ?? ''}/${Protocol ?? ''}`);
        return { ...NONE, kind: 'load-balancer', arn, name, listens: sorted(listens), groups: sorted(SecurityGroups) };
      },
    ),
  );
}

async function classicBalancers(look: Surveyor): Found {
  const of = { kind: 'load-balancer', all: look.arn('elasticloadbalancing', 'loadbalancer/*') };
  const all = await look.list(describeClassicBalancers, {}, of);
  return all
    .filter(({ Scheme }) => Scheme === 'internet-facing')
    .map(({ LoadBalancerName: name = '', ListenerDescriptions = [], SecurityGroups = [] }) => ({
      ...NONE,
      kind: 'load-balancer',
      arn: look.arn('elasticloadbalancing', `loadbalancer/${name}`),
      name: `classic/${name}`,
      listens: sorted(
        ListenerDescriptions.map(({ Listener }) => `${Listener?.LoadBalancerPort ?? ''}/${Listener?.Protocol ?? ''}`),
      ),
      groups: sorted(SecurityGroups),
    }));
}

/** The ARNs of APIs name no account. */
async function apis(look: Surveyor): Found {
  const arnOf = (path: string): string => `arn:${look.account.partition}:apigateway:${look.region}::${path}`;
  const [rest, http] = await Promise.all([
    look.list(getRestApis, {}, { kind: 'api', all: arnOf('/restapis/*') }),
    look.list(getHttpApis, {}, { kind: 'api', all: arnOf('/apis/*') }),
  ]);
  return [
    ...rest
      .filter(({ endpointConfiguration }) => !(endpointConfiguration?.types ?? []).includes('PRIVATE'))
      .map(({ id = '', name, disableExecuteApiEndpoint }) =>
        apiOf(arnOf(`/restapis/${id}`), id, name, 'REST', disableExecuteApiEndpoint),
      ),
    ...http.map(({ ApiId: id = '', Name, ProtocolType, DisableExecuteApiEndpoint }) =>
      apiOf(arnOf(`/apis/${id}`), id, Name, ProtocolType ?? 'HTTP', DisableExecuteApiEndpoint),
    ),
  ];
}

function apiOf(
  arn: string,
  id: string,
  name: string | undefined,
  protocol: string,
  isOff: boolean | undefined,
): Endpoint {
  // Its own domains may lead to it all the same.
  const listens = [isOff === true ? `${protocol}, by its own domains only` : protocol];
  return { ...NONE, kind: 'api', arn, name: name === undefined ? id : `${name} (${id})`, listens };
}

async function functionUrls(look: Surveyor): Found {
  const of = { kind: 'function-url', all: look.arn('lambda', 'function:*') };
  const functions = await look.list(listFunctions, {}, of);
  const found = functions.map(async ({ FunctionName: name = '', FunctionArn: arn = '' }) => {
    const urls = await look.list(listFunctionUrlConfigs, { FunctionName: name }, { ...of, one: { name, arn } });
    // A version or an alias has its own URL.
    return urls.map(
      ({ FunctionArn, AuthType }): Endpoint => ({
        ...NONE,
        kind: 'function-url',
        arn: FunctionArn ?? arn,
        name: (FunctionArn ?? arn).split(':function:')[1] ?? name,
        listens: ['443/HTTPS'],
        auth: AuthType ?? null,
      }),
    );
  });
  return (await Promise.all(found)).flat();
}

async function clusters(look: Surveyor): Found {
  const of = { kind: 'cluster-endpoint', all: look.arn('eks', 'cluster/*') };
  const names = await look.list(listEksClusters, {}, of);
  const found = names.map(async (name): Promise<readonly Endpoint[]> => {
    const one = { name, arn: look.arn('eks', `cluster/${name}`) };
    const answer = await look.ask(describeEksCluster, { name }, { ...of, one });
    const config = answer?.cluster?.resourcesVpcConfig;
    if (config?.endpointPublicAccess !== true) return [];
    const from = mergeCidrs(config.publicAccessCidrs ?? []);
    const isEverywhere = from.length === 0 || from.includes('0.0.0.0/0');
    return [{ ...NONE, kind: 'cluster-endpoint', ...one, listens: ['443/HTTPS'], from: isEverywhere ? null : from }];
  });
  return (await Promise.all(found)).flat();
}

async function databases(look: Surveyor): Found {
  const all = await look.list(describeDBInstances, {}, { kind: 'database', all: look.arn('rds', 'db:*') });
  return all
    .filter(({ PubliclyAccessible }) => PubliclyAccessible === true)
    .map(({ DBInstanceIdentifier: name = '', DBInstanceArn, Endpoint: at, Engine, VpcSecurityGroups = [] }) => ({
      ...NONE,
      kind: 'database',
      arn: DBInstanceArn ?? look.arn('rds', `db:${name}`),
      name,
      listens: [`${at?.Port ?? ''}/${Engine ?? 'database'}`],
      groups: sorted(VpcSecurityGroups.flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? [])),
    }));
}

async function warehouses(look: Surveyor): Found {
  const all = await look.list(
    describeRedshiftClusters,
    {},
    { kind: 'warehouse', all: look.arn('redshift', 'cluster:*') },
  );
  return all
    .filter(({ PubliclyAccessible }) => PubliclyAccessible === true)
    .map(({ ClusterIdentifier: name = '', Endpoint: at, VpcSecurityGroups = [] }) => ({
      ...NONE,
      kind: 'warehouse',
      arn: look.arn('redshift', `cluster:${name}`),
      name,
      listens: [`${at?.Port ?? ''}/redshift`],
      groups: sorted(VpcSecurityGroups.flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? [])),
    }));
}

const DOMAINS_AT_ONCE = 5;

async function searchDomains(look: Surveyor): Found {
  const of = { kind: 'search-domain', all: look.arn('es', 'domain/*') };
  const listed = await look.ask(listDomainNames, {}, of);
  const names = (listed?.DomainNames ?? []).flatMap(({ DomainName }) => DomainName ?? []);
  const batches = Array.from({ length: Math.ceil(names.length / DOMAINS_AT_ONCE) }, (_, index) =>
    names.slice(index * DOMAINS_AT_ONCE, (index + 1) * DOMAINS_AT_ONCE),
  );
  const answers = await Promise.all(batches.map((DomainNames) => look.ask(describeDomains, { DomainNames }, of)));
  return answers.flatMap((answer) =>
    (answer?.DomainStatusList ?? [])
      .filter(({ VPCOptions }) => VPCOptions?.VPCId === undefined)
      .map(({ DomainName: name = '', ARN, AdvancedSecurityOptions }): Endpoint => {
        const auth = AdvancedSecurityOptions?.Enabled === true ? 'fine-grained' : null;
        return {
          ...NONE,
          kind: 'search-domain',
          arn: ARN ?? look.arn('es', `domain/${name}`),
          name,
          listens: ['443/HTTPS'],
          auth,
        };
      }),
  );
}

/** Addresses that stay; those that instances are given at their start change with them. */
async function addresses(look: Surveyor): Found {
  const all = await look.list(describeAddresses, {}, { kind: 'elastic-address', all: look.arn('ec2', 'elastic-ip/*') });
  return all.map(({ AllocationId: id, PublicIp = '' }) => ({
    ...NONE,
    kind: 'elastic-address',
    arn: look.arn('ec2', `elastic-ip/${id ?? PublicIp}`),
    name: PublicIp,
  }));
}

function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted();
}
