import type { InventorySource } from '../../domain/inventory.ts';
import {
  identitiesOf,
  powersIn,
  type AwsReader,
  type HeldPolicy,
  type Identity,
  type PolicyStatement,
  type Powers,
} from '../../providers/aws/reader.ts';
import type { Looked } from '../../domain/failure.ts';
import { getAccountAuthorizationDetails } from '../../providers/aws/reads/identity.ts';
import { policyLines } from './policy-lines.ts';
import { scanAws, sortedSet, type Scan } from './scan.ts';

export const source: InventorySource<AwsReader> = {
  id: 'aws/permissions',
  title: 'Who may do what in the account',
  description: `Of each IAM user and role:

- **identity-policy**: what its policies say, those of its groups among them: one line for each effect and resource, whatever policies and statements that is written in (\`allow iam:passrole on arn:aws:iam::123456789012:role/app\`), so that a permission that was widened shows, and a policy that was merely rewritten does not. Beside it the policies of AWS that it holds, by name: AWS changes what they say, and that is not told. And its boundary, with what it says; and the ways that it has to make itself an administrator, or to act as what runs already.
- **administrator**: each that is allowed everything on everything, or everything but a few actions that leave it able to give itself the rest (\`conditional\`: under a condition), with the policies that say so.

Left out: roles that AWS alone can change (service-linked), and what service control policies and policies of resources add or forbid. An identity one of whose policies could not be read is incomparable.`,
  kinds: {
    'identity-policy': { noun: 'what an identity may do', added: 'medium', removed: 'low', changed: 'high' },
    administrator: { noun: 'an administrator', added: 'critical', removed: 'low', changed: 'high' },
  },
  timeoutMs: 180_000,
  read: (reader, context) => scanAws(reader, context, Object.keys(source.kinds), 'account', readPermissions),
};

async function readPermissions(scan: Scan): Promise<void> {
  const kinds = Object.keys(source.kinds);
  const identities = identitiesOf(await scan.list(getAccountAuthorizationDetails, {}, kinds));
  const powers = powersIn(identities, scan.account);
  for (const identity of [...identities.users, ...identities.roles]) {
    const name = `${identity.kind}/${identity.name}`;
    const looked = powers.get(identity.arn);
    if (looked === undefined) continue;
    if (looked.status === 'unknown') {
      for (const kind of kinds) scan.hide(kind, name, looked.failure);
      continue;
    }
    identityFacts(scan, name, identity, looked.value);
  }
}

function identityFacts(scan: Scan, name: string, identity: Identity, powers: Powers): void {
  const { arn, policies, boundary } = identity;
  scan.fact('identity-policy', name, {
    arn,
    may: policyLines(policies.filter(({ isOfAws }) => !isOfAws).flatMap(({ statements }) => known(statements))),
    policiesOfAws: sortedSet(policies.filter(({ isOfAws }) => isOfAws).map(({ name: policy }) => policy)),
    boundary: boundary === null ? null : boundaryLines(boundary),
    escalates: sortedSet(powers.methods.filter(({ gives }) => gives === 'any-rights').map(methodWords)),
    borrows: sortedSet(powers.methods.filter(({ gives }) => gives === 'borrowed').map(methodWords)),
  });
  if (powers.administrator !== 'no')
    scan.fact('administrator', name, {
      arn,
      conditional: powers.administrator === 'conditional',
      by: [...powers.administratorBy],
    });
}

function methodWords({ id, isConditional }: Powers['methods'][number]): string {
  return isConditional ? `${id} (conditional)` : id;
}

function boundaryLines({ name, isOfAws, statements }: HeldPolicy): string[] {
  return [name, ...(isOfAws ? [] : policyLines(known(statements)))];
}

/** Powers are known only where all statements are. */
function known(statements: Looked<readonly PolicyStatement[]>): readonly PolicyStatement[] {
  return statements.status === 'seen' ? statements.value : [];
}
