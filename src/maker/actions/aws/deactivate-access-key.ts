import { accessKeyAction } from './access-key.ts';

export const action = accessKeyAction({
  id: 'aws/deactivate-access-key',
  inverse: 'aws/activate-access-key',
  title: 'Turn off an access key of a user',
  description: `Makes one access key of a user of IAM inactive, and leaves it there: it can be turned on again. Refuses a key of the very user that applies it. When it was last used, and for what, stands on the card.

Sealed are the account, the key with the instant it was made, and its status. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  becomes: 'Inactive',
});
