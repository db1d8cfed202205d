import { accessKeyAction } from './access-key.ts';

export const action = accessKeyAction({
  id: 'aws/activate-access-key',
  inverse: 'aws/deactivate-access-key',
  title: 'Turn an access key of a user on again',
  description: `Makes one access key of a user of IAM active again: the undo of aws/deactivate-access-key.

Sealed are the account, the key with the instant it was made, and its status. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  becomes: 'Active',
});
