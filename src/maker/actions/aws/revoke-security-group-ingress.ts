import { ingressAction } from './ingress-rule.ts';

export const action = ingressAction({
  id: 'aws/revoke-security-group-ingress',
  inverse: 'aws/authorize-security-group-ingress',
  title: 'Revoke one rule of what may come into a security group',
  description: `Takes away exactly one rule (protocol, ports and one source) and leaves every other; a wider or narrower rule is another one. AWS tries it out first (\`DryRun\`).

Sealed are the account, the group with its VPC, that the rule is there, and its description, which the undo sets again. Connections that are open may stay open. A source group of another account is not found. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  grants: false,
});
