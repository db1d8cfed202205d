/** A client of the SDK: what is loaded, and what it is called there. */
interface Service {
  /** The SDK's name of the service: what endpoints are configured by (`AWS_ENDPOINT_URL_COST_EXPLORER`). */
  readonly sdkId: string;
  /** The service in ARNs and in IAM's actions. */
  readonly arn: string;
  readonly client: string;
  /** Loaded when it is first asked: of what is not used, nothing is. */
  readonly load: () => Promise<object>;
}

/** Every service that is read or written. */
export const SERVICES = {
  accessAnalyzer: service('AccessAnalyzer', 'access-analyzer', () => import('./clients/accessanalyzer.ts')),
  acm: service('ACM', 'acm', () => import('./clients/acm.ts')),
  apiGateway: service('API Gateway', 'apigateway', () => import('./clients/api-gateway.ts')),
  apiGatewayV2: service('ApiGatewayV2', 'apigateway', () => import('./clients/apigatewayv2.ts')),
  autoScaling: service('Auto Scaling', 'autoscaling', () => import('./clients/auto-scaling.ts')),
  budgets: service('Budgets', 'budgets', () => import('./clients/budgets.ts')),
  classicBalancing: service(
    'Elastic Load Balancing',
    'elasticloadbalancing',
    () => import('./clients/elastic-load-balancing.ts'),
  ),
  cloudTrail: service('CloudTrail', 'cloudtrail', () => import('./clients/cloudtrail.ts')),
  cloudWatch: service('CloudWatch', 'cloudwatch', () => import('./clients/cloudwatch.ts')),
  costExplorer: service('Cost Explorer', 'ce', () => import('./clients/cost-explorer.ts')),
  ec2: service('EC2', 'ec2', () => import('./clients/ec2.ts')),
  ecr: service('ECR', 'ecr', () => import('./clients/ecr.ts')),
  ecs: service('ECS', 'ecs', () => import('./clients/ecs.ts')),
  eks: service('EKS', 'eks', () => import('./clients/eks.ts')),
  guardDuty: service('GuardDuty', 'guardduty', () => import('./clients/guardduty.ts')),
  iam: service('IAM', 'iam', () => import('./clients/iam.ts')),
  kms: service('KMS', 'kms', () => import('./clients/kms.ts')),
  lambda: service('Lambda', 'lambda', () => import('./clients/lambda.ts')),
  loadBalancing: service(
    'Elastic Load Balancing v2',
    'elasticloadbalancing',
    () => import('./clients/elastic-load-balancing-v2.ts'),
  ),
  logs: service('CloudWatch Logs', 'logs', () => import('./clients/cloudwatch-logs.ts')),
  openSearch: service('OpenSearch', 'es', () => import('./clients/opensearch.ts')),
  pricing: service('Pricing', 'pricing', () => import('./clients/pricing.ts')),
  quotas: service('Service Quotas', 'servicequotas', () => import('./clients/service-quotas.ts')),
  rds: service('RDS', 'rds', () => import('./clients/rds.ts')),
  redshift: service('Redshift', 'redshift', () => import('./clients/redshift.ts')),
  route53: service('Route 53', 'route53', () => import('./clients/route-53.ts')),
  s3: service('S3', 's3', () => import('./clients/s3.ts')),
  s3Control: service('S3 Control', 's3', () => import('./clients/s3-control.ts')),
  secrets: service('Secrets Manager', 'secretsmanager', () => import('./clients/secrets-manager.ts')),
  sns: service('SNS', 'sns', () => import('./clients/sns.ts')),
  sqs: service('SQS', 'sqs', () => import('./clients/sqs.ts')),
  sts: service('STS', 'sts', () => import('./clients/sts.ts')),
  tagging: service('Resource Groups Tagging API', 'tag', () => import('./clients/resource-groups-tagging-api.ts')),
} as const satisfies Readonly<Record<string, Service>>;

export type ServiceName = keyof typeof SERVICES;

function service(sdkId: string, arn: string, load: () => Promise<object>): Service {
  return { sdkId, arn, client: `${sdkId.replaceAll(' ', '').replace('v2', 'V2')}Client`, load };
}
