import { ingressAction } from './ingress-rule.ts';

export const action = ingressAction({
  id: 'aws/authorize-security-group-ingress',
  inverse: 'aws/revoke-security-group-ingress',
  title: 'Allow one more rule of what may come into a security group',
  description: `Adds exactly one rule (protocol, ports and one source) with its description, and changes no other. AWS tries it out first (\`DryRun\`). From the whole internet it is a high risk.

Sealed are the account, the group with its VPC, and that the rule is not there. Undone by \`aws/revoke-security-group-ingress\`. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  grants: true,
});
