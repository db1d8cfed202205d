import type {
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult,
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult,
} from '@aws-sdk/client-ec2';
import type { TriableWrite } from './write.ts';

/** Neither takes a client token: a second revocation finds no rule, a second grant is refused as a duplicate. */
export const revokeIngress: TriableWrite<RevokeSecurityGroupIngressRequest, RevokeSecurityGroupIngressResult> = {
  service: 'ec2',
  operation: 'RevokeSecurityGroupIngress',
  permission: 'ec2:RevokeSecurityGroupIngress',
  dryRun: true,
  token: null,
};

export const authorizeIngress: TriableWrite<AuthorizeSecurityGroupIngressRequest, AuthorizeSecurityGroupIngressResult> =
  {
    service: 'ec2',
    operation: 'AuthorizeSecurityGroupIngress',
    permission: 'ec2:AuthorizeSecurityGroupIngress',
    dryRun: true,
    token: null,
  };

/** Everything that is ever written in AWS: what the policy for writing is made from. */
export const WRITES = [authorizeIngress, revokeIngress] as const;
