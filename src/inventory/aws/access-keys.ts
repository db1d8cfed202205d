import type { InventorySource } from '../../domain/inventory.ts';
import { identitiesOf, type AwsReader } from '../../providers/aws/reader.ts';
import {
  getAccountAuthorizationDetails,
  getAccountSummary,
  listAccessKeys,
} from '../../providers/aws/reads/identity.ts';
import { scanAws, type Scan } from './scan.ts';

export const source: InventorySource<AwsReader> = {
  id: 'aws/access-keys',
  title: 'Access keys of IAM users and of the root user',
  description: `One fact for each access key of an IAM user: the last four characters of its id, when it was made, and whether it is active; and one for the access keys of the root user, if it has any. IAM is asked for the keys of each user, so that a key that was just made shows.

The whole id of a key is not kept, though it is no secret. When a key was last used is left out, as it changes by itself.`,
  kinds: {
    'access-key': { noun: 'an access key', added: 'high', removed: 'low', changed: 'medium' },
    'root-access-key': {
      noun: 'an access key of the root user',
      added: 'critical',
      removed: 'low',
      changed: 'critical',
    },
  },
  timeoutMs: 180_000,
  read: (reader, context) => scanAws(reader, context, Object.keys(source.kinds), 'account', readKeys),
};

async function readKeys(scan: Scan): Promise<void> {
  const [pages, summary] = await Promise.all([
    scan.list(getAccountAuthorizationDetails, {}, ['access-key']),
    scan.ask(getAccountSummary, {}, ['root-access-key']),
  ]);
  const { AccountAccessKeysPresent } = summary?.SummaryMap ?? {};
  if (summary !== undefined && AccountAccessKeysPresent === undefined) scan.hide('root-access-key', null, NOT_SAID);
  if (AccountAccessKeysPresent !== undefined && AccountAccessKeysPresent > 0)
    scan.fact('root-access-key', 'root', { keys: AccountAccessKeysPresent });
  await Promise.all(identitiesOf(pages).users.map((user) => readKeysOf(scan, user.name)));
}

const NOT_SAID = { code: 'ANSWER_INVALID', message: 'The summary of the account does not speak of its root user.' };

async function readKeysOf(scan: Scan, user: string): Promise<void> {
  const { items, failure } = await scan.place.list(listAccessKeys, { UserName: user }, scan.signal);
  if (failure !== null) scan.hide('access-key', `${user}/*`, failure);
  const named = new Map<string, number>();
  for (const { AccessKeyId = '', Status, CreateDate } of items) {
    const last = AccessKeyId.slice(-4);
    const same = named.get(last) ?? 0;
    named.set(last, same + 1);
    scan.fact('access-key', `${user}/…${last}${same === 0 ? '' : ` (${same + 1})`}`, {
      user,
      active: Status === 'Active',
      created: CreateDate?.toISOString() ?? null,
    });
  }
}
