import type { GetRestApisRequest, RestApi, RestApis } from '@aws-sdk/client-api-gateway';
import type { Api, GetApisRequest, GetApisResponse } from '@aws-sdk/client-apigatewayv2';
import type {
  DescribeAccessPointsInput,
  DescribeAccessPointsOutput,
  DescribeEndPointStateInput,
  DescribeEndPointStateOutput,
  LoadBalancerDescription,
} from '@aws-sdk/client-elastic-load-balancing';
import type {
  DescribeListenersInput,
  DescribeListenersOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  Listener,
  LoadBalancer,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type {
  GetHealthCheckStatusRequest,
  GetHealthCheckStatusResponse,
  HealthCheck,
  ListHealthChecksRequest,
  ListHealthChecksResponse,
} from '@aws-sdk/client-route-53';
import { list, read, token } from '../read.ts';

export type { RestApi } from '@aws-sdk/client-api-gateway';
export type { Api } from '@aws-sdk/client-apigatewayv2';
export type { LoadBalancerDescription as ClassicBalancer } from '@aws-sdk/client-elastic-load-balancing';
export type {
  Listener,
  LoadBalancer,
  TargetGroup,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
export type { HealthCheck } from '@aws-sdk/client-route-53';

export const describeLoadBalancers = list<DescribeLoadBalancersInput, DescribeLoadBalancersOutput, LoadBalancer>(
  'loadBalancing',
  'DescribeLoadBalancers',
  'elasticloadbalancing:DescribeLoadBalancers',
  {
    size: { PageSize: 400 },
    items: ({ LoadBalancers }) => LoadBalancers,
    next: ({ NextMarker }) => token('Marker', NextMarker),
  },
);

export const describeListeners = list<DescribeListenersInput, DescribeListenersOutput, Listener>(
  'loadBalancing',
  'DescribeListeners',
  'elasticloadbalancing:DescribeListeners',
  { items: ({ Listeners }) => Listeners, next: ({ NextMarker }) => token('Marker', NextMarker) },
);

export const describeTargetGroups = list<DescribeTargetGroupsInput, DescribeTargetGroupsOutput, TargetGroup>(
  'loadBalancing',
  'DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetGroups',
  {
    size: { PageSize: 400 },
    items: ({ TargetGroups }) => TargetGroups,
    next: ({ NextMarker }) => token('Marker', NextMarker),
  },
);

export const describeTargetHealth = read<DescribeTargetHealthInput, DescribeTargetHealthOutput>(
  'loadBalancing',
  'DescribeTargetHealth',
  'elasticloadbalancing:DescribeTargetHealth',
);

export const describeClassicBalancers = list<
  DescribeAccessPointsInput,
  DescribeAccessPointsOutput,
  LoadBalancerDescription
>('classicBalancing', 'DescribeLoadBalancers', 'elasticloadbalancing:DescribeLoadBalancers', {
  size: { PageSize: 400 },
  items: ({ LoadBalancerDescriptions }) => LoadBalancerDescriptions,
  next: ({ NextMarker }) => token('Marker', NextMarker),
});

export const describeInstanceHealth = read<DescribeEndPointStateInput, DescribeEndPointStateOutput>(
  'classicBalancing',
  'DescribeInstanceHealth',
  'elasticloadbalancing:DescribeInstanceHealth',
);

export const getRestApis = list<GetRestApisRequest, RestApis, RestApi>('apiGateway', 'GetRestApis', 'apigateway:GET', {
  size: { limit: 500 },
  items: ({ items }) => items,
  next: ({ position }) => token('position', position),
});

export const getHttpApis = list<GetApisRequest, GetApisResponse, Api>('apiGatewayV2', 'GetApis', 'apigateway:GET', {
  size: { MaxResults: '500' },
  items: ({ Items }) => Items,
  next: ({ NextToken }) => token('NextToken', NextToken),
});

export const listHealthChecks = list<ListHealthChecksRequest, ListHealthChecksResponse, HealthCheck>(
  'route53',
  'ListHealthChecks',
  'route53:ListHealthChecks',
  {
    size: { MaxItems: 100 },
    items: ({ HealthChecks }) => HealthChecks,
    next: ({ NextMarker }) => token('Marker', NextMarker),
  },
);

export const getHealthCheckStatus = read<GetHealthCheckStatusRequest, GetHealthCheckStatusResponse>(
  'route53',
  'GetHealthCheckStatus',
  'route53:GetHealthCheckStatus',
);
