import type { InventorySource } from '../../domain/inventory.ts';
import {
  identitiesOf,
  trustsIn,
  type AwsReader,
  type PolicyStatement,
  type Trust,
} from '../../providers/aws/reader.ts';
import { getAccountAuthorizationDetails } from '../../providers/aws/reads/identity.ts';
import { conditionWords } from './policy-lines.ts';
import { scanAws, sortedSet, type Scan } from './scan.ts';

export const source: InventorySource<AwsReader> = {
  id: 'aws/role-trust',
  title: 'Who may become which role',
  description: `One fact for each IAM role: what its trust policy says, one line for each principal (\`allow AWS:arn:aws:iam::111122223333:root: sts:assumerole if StringEquals sts:externalid […]\`), whatever statements that is written in; and whom that lets in: everybody, other accounts by number, identity providers, services.

Left out: roles that AWS alone can change (service-linked). A role whose trust policy could not be read is incomparable.`,
  kinds: {
    'role-trust': { noun: 'who may become a role', added: 'medium', removed: 'low', changed: 'high' },
  },
  timeoutMs: 180_000,
  read: (reader, context) => scanAws(reader, context, ['role-trust'], 'account', readTrust),
};

async function readTrust(scan: Scan): Promise<void> {
  const { roles } = identitiesOf(await scan.list(getAccountAuthorizationDetails, {}, ['role-trust']));
  for (const { name, arn, trust } of roles) {
    if (trust === null) continue;
    if (trust.status === 'unknown') {
      scan.hide('role-trust', name, trust.failure);
      continue;
    }
    const trusts = trustsIn(trust.value, scan.account);
    scan.fact('role-trust', name, {
      arn,
      trusts: trustLines(trust.value),
      everyone: trusts.some(({ who, isNarrowed }) => who === 'everyone' && !isNarrowed),
      accounts: sortedSet(named(trusts, 'other-account', ({ account }) => account ?? '')),
      providers: sortedSet([
        ...named(trusts, 'provider', ({ principal }) => principal),
        ...named(trusts, 'shared-provider', ({ principal }) => principal),
      ]),
      services: sortedSet(named(trusts, 'service', ({ principal }) => principal)),
    });
  }
}

function named(trusts: readonly Trust[], who: Trust['who'], word: (trust: Trust) => string): readonly string[] {
  return trusts.filter((trust) => trust.who === who).map(word);
}

function trustLines(statements: readonly PolicyStatement[]): string[] {
  return sortedSet(
    statements.flatMap(({ effect, principals, notPrincipals, actions, notActions, conditions }) => {
      const whom = notPrincipals.length > 0 ? [`all but ${notPrincipals.join(', ')}`] : principals;
      const what = notActions.length > 0 ? `all but ${notActions.join(',')}` : actions.join(',');
      return whom.map(
        (principal) => `${effect.toLowerCase()} ${principal}: ${what.toLowerCase()}${conditionWords(conditions)}`,
      );
    }),
  );
}
