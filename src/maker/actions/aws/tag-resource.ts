import * as z from 'zod';
import { tagResources } from '../../../providers/aws/writer.ts';
import { draftOf, oneChange } from './one-change.ts';
import { lookAtTag, tagParams, tagSubject } from './resource-tag.ts';

const params = z.strictObject({
  ...tagParams,
  value: z.string().max(256).describe('The value that it is to have; it may be empty.'),
});

export const action = oneChange({
  id: 'aws/tag-resource',
  title: 'Set a tag of a resource',
  description: `Sets one tag of one resource through the Resource Groups Tagging API, and leaves its others. Beside \`tag:TagResources\`, IAM asks for the right to tag of the service (\`ec2:CreateTags\`, \`rds:AddTagsToResource\`, …). Tags may open doors: policies can rest on them.

Sealed are the ARN and the value that the tag has. The undo sets the value that it had, or takes the tag away. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  params,
  subject: (account, given) => tagSubject(account, given),
  look: (at, given) => lookAtTag(at, given),
  after: ({ value }) => ({ value }),
  summary: ({ resource, key, value }) => `Set the tag ${key}=${value} of ${resource}`,
  write: tagResources,
  input: ({ resource, key, value }) => ({ ResourceARNList: [resource], Tags: { [key]: value } }),
  risk: (_given, { rests }) =>
    rests['value'] === null
      ? { level: 'low', reasons: ['a tag is added'] }
      : { level: 'medium', reasons: ['another value is lost; policies and bills may rest on it'] },
  undo: ({ value: _, ...given }, { rests }) =>
    rests['value'] === null || rests['value'] === undefined
      ? { possible: true, words: 'take the tag away', draft: draftOf('aws/untag-resource', given) }
      : {
          possible: true,
          words: 'set the value that it had (recorded)',
          draft: draftOf('aws/tag-resource', { ...given, value: rests['value'] }),
        },
});
