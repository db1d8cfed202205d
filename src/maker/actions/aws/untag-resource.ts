import * as z from 'zod';
import { untagResources } from '../../../providers/aws/writer.ts';
import { draftOf, oneChange } from './one-change.ts';
import { lookAtTag, tagParams, tagSubject } from './resource-tag.ts';

const params = z.strictObject(tagParams);

export const action = oneChange({
  id: 'aws/untag-resource',
  title: 'Take a tag from a resource',
  description: `Takes one tag from one resource through the Resource Groups Tagging API: the undo of aws/tag-resource, and the way back to the value that it had.

Sealed are the ARN and the value that the tag has. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  params,
  subject: (account, given) => tagSubject(account, given),
  look: (at, given) => lookAtTag(at, given),
  after: () => ({ value: null }),
  summary: ({ resource, key }) => `Take the tag ${key} from ${resource}`,
  write: untagResources,
  input: ({ resource, key }) => ({ ResourceARNList: [resource], TagKeys: [key] }),
  risk: () => ({ level: 'medium', reasons: ['its value is lost; policies and bills may rest on it'] }),
  undo: (given, { rests }) =>
    typeof rests['value'] === 'string'
      ? {
          possible: true,
          words: 'set it again (recorded)',
          draft: draftOf('aws/tag-resource', { ...given, value: rests['value'] }),
        }
      : { possible: false, words: 'there was no such tag' },
});
