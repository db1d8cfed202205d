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
  accessAnalyzer: service('AccessAnalyzer', 'access-analyzer', () => import('@aws-sdk/client-accessanalyzer')),
  acm: service('ACM', 'acm', () => import('@aws-sdk/client-acm')),
  apiGateway: service('API Gateway', 'apigateway', () => import('@aws-sdk/client-api-gateway')),
  apiGatewayV2: service('ApiGatewayV2', 'apigateway', () => import('@aws-sdk/client-apigatewayv2')),
  autoScaling: service('Auto Scaling', 'autoscaling', () => import('@aws-sdk/client-auto-scaling')),
  budgets: service('Budgets', 'budgets', () => import('@aws-sdk/client-budgets')),
  classicBalancing: service(
    'Elastic Load Balancing',
    'elasticloadbalancing',
    () => import('@aws-sdk/client-elastic-load-balancing'),
  ),
  cloudTrail: service('CloudTrail', 'cloudtrail', () => import('@aws-sdk/client-cloudtrail')),
  cloudWatch: service('CloudWatch', 'cloudwatch', () => import('@aws-sdk/client-cloudwatch')),
  costExplorer: service('Cost Explorer', 'ce', () => import('@aws-sdk/client-cost-explorer')),
  ec2: service('EC2', 'ec2', () => import('@aws-sdk/client-ec2')),
  ecr: service('ECR', 'ecr', () => import('@aws-sdk/client-ecr')),
  ecs: service('ECS', 'ecs', () => import('@aws-sdk/client-ecs')),
  eks: service('EKS', 'eks', () => import('@aws-sdk/client-eks')),
  guardDuty: service('GuardDuty', 'guardduty', () => import('@aws-sdk/client-guardduty')),
  iam: service('IAM', 'iam', () => import('@aws-sdk/client-iam')),
  kms: service('KMS', 'kms', () => import('@aws-sdk/client-kms')),
  lambda: service('Lambda', 'lambda', () => import('@aws-sdk/client-lambda')),
  loadBalancing: service(
    'Elastic Load Balancing v2',
    'elasticloadbalancing',
    () => import('@aws-sdk/client-elastic-load-balancing-v2'),
  ),
  logs: service('CloudWatch Logs', 'logs', () => import('@aws-sdk/client-cloudwatch-logs')),
  openSearch: service('OpenSearch', 'es', () => import('@aws-sdk/client-opensearch')),
  pricing: service('Pricing', 'pricing', () => import('@aws-sdk/client-pricing')),
  quotas: service('Service Quotas', 'servicequotas', () => import('@aws-sdk/client-service-quotas')),
  rds: service('RDS', 'rds', () => import('@aws-sdk/client-rds')),
  redshift: service('Redshift', 'redshift', () => import('@aws-sdk/client-redshift')),
  route53: service('Route 53', 'route53', () => import('@aws-sdk/client-route-53')),
  s3: service('S3', 's3', () => import('@aws-sdk/client-s3')),
  s3Control: service('S3 Control', 's3', () => import('@aws-sdk/client-s3-control')),
  secrets: service('Secrets Manager', 'secretsmanager', () => import('@aws-sdk/client-secrets-manager')),
  sns: service('SNS', 'sns', () => import('@aws-sdk/client-sns')),
  sqs: service('SQS', 'sqs', () => import('@aws-sdk/client-sqs')),
  sts: service('STS', 'sts', () => import('@aws-sdk/client-sts')),
  tagging: service('Resource Groups Tagging API', 'tag', () => import('@aws-sdk/client-resource-groups-tagging-api')),
} as const satisfies Readonly<Record<string, Service>>;

export type ServiceName = keyof typeof SERVICES;

function service(sdkId: string, arn: string, load: () => Promise<object>): Service {
  return { sdkId, arn, client: `${sdkId.replaceAll(' ', '').replace('v2', 'V2')}Client`, load };
}
