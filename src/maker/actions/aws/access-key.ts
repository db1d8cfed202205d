import * as z from 'zod';
import type { ActionId } from '../../../domain/action.ts';
import { seen, unknown } from '../../../domain/failure.ts';
import { printable } from '../../../domain/printable.ts';
import { getAccessKeyLastUsed, listAccessKeys } from '../../../providers/aws/reads/identity.ts';
import { updateAccessKey } from '../../../providers/aws/writer.ts';
import { regionParams } from './account.ts';
import { draftOf, oneChange, wordOf } from './one-change.ts';

const params = z.strictObject({
  profile: regionParams.profile,
  user: z
    .string()
    .regex(/^[\w+=,.@-]{1,64}$/, 'the name of a user of IAM')
    .describe('The user of IAM whose key it is.'),
  key: z
    .string()
    .regex(/^[A-Z0-9]{4}$/, 'the last four characters of the id of an access key')
    .describe('The last four characters of its id: no plan holds more of it, and a user has two keys at most.'),
});

interface Kind {
  readonly id: ActionId;
  readonly inverse: ActionId;
  readonly title: string;
  readonly description: string;
  readonly becomes: 'Active' | 'Inactive';
}

/** Turns an access key of a user off, or on again; each is the undo of the other. */
export function accessKeyAction({ id, inverse, title, description, becomes }: Kind) {
  return oneChange({
    id,
    title,
    description,
    params,
    subject: ({ partition, id: account }, { user, key }) => ({
      resource: `arn:${partition}:iam::${account}:user/${user}/access-key/${key}`,
      name: `${user}/…${key}`,
    }),
    look: async ({ place, signal }, { user, key }) => {
      const { items, failure } = await place.list(listAccessKeys, { UserName: user }, signal);
      if (failure?.code === 'NO_SUCH_ENTITY_EXCEPTION' || failure?.code === 'NO_SUCH_ENTITY') return seen(null);
      if (failure !== null) return { status: 'unknown', failure };
      const [found, ...others] = items.filter(({ AccessKeyId }) => AccessKeyId?.endsWith(key));
      if (others.length > 0) return unknown('AMBIGUOUS', `Both keys of ${user} end in ${key}.`);
      if (found?.AccessKeyId === undefined) return seen(null);
      const used = await place.ask(getAccessKeyLastUsed, { AccessKeyId: found.AccessKeyId }, signal);
      const last = used.status === 'seen' ? used.value?.AccessKeyLastUsed : undefined;
      return seen({
        identity: { key, user, created: found.CreateDate?.toISOString() ?? null },
        rests: { status: found.Status ?? 'unknown' },
        shown: {
          Status: found.Status ?? 'unknown',
          'Last used': used.status === 'unknown' ? 'not known' : (last?.LastUsedDate?.toISOString() ?? 'never'),
          'Last used for': printable(last?.ServiceName ?? 'N/A'),
        },
      });
    },
    // Who would lock themselves out could not undo it.
    refusal: ({ user }, _observed, { account }) =>
      becomes === 'Inactive' && account.principal.endsWith(`:user/${user}`)
        ? unknown('OWN_KEY', 'It is a key of the very user that would turn it off: use another identity.')
        : null,
    after: () => ({ status: becomes }),
    summary: ({ user, key }) => `${becomes === 'Inactive' ? 'Turn off' : 'Turn on'} the access key …${key} of ${user}`,
    write: updateAccessKey,
    // Its whole id is read again when it is needed: see carryOut.
    input: ({ user }) => ({ UserName: user, AccessKeyId: undefined, Status: becomes }),
    carryOut: async (writer, { params: { user, key }, sealed }, { signal }) => {
      const looked = await writer.ask(listAccessKeys, { UserName: user }, signal);
      if (looked.status === 'unknown') return { status: 'refused', because: 'failed', failure: looked.failure };
      const found = looked.value.AccessKeyMetadata?.filter(
        ({ AccessKeyId, CreateDate }) =>
          AccessKeyId?.endsWith(key) && (CreateDate?.toISOString() ?? null) === sealed.before.identity?.['created'],
      );
      const [only, ...others] = found ?? [];
      if (only?.AccessKeyId === undefined || others.length > 0)
        return {
          status: 'refused',
          because: 'moved',
          failure: { code: 'NOT_FOUND', message: `The key …${key} of ${user} is not there any more.` },
        };
      const input = { UserName: user, AccessKeyId: only.AccessKeyId, Status: becomes };
      const answered = await writer.write(updateAccessKey, input, signal);
      return answered.status === 'taken' ? { status: 'done', receipt: {} } : answered;
    },
    risk: (_given, { shown }) =>
      becomes === 'Active'
        ? { level: 'medium', reasons: ['whoever has its secret can use it again'] }
        : shown['Last used'] === 'never'
          ? { level: 'low', reasons: ['it was never used'] }
          : { level: 'high', reasons: [`what uses it stops working; it was last used ${wordOf(shown['Last used'])}`] },
    undo: (given) => ({
      possible: true,
      words: becomes === 'Inactive' ? 'turn it on again' : 'turn it off again',
      draft: draftOf(inverse, given),
    }),
  });
}
