import type { AreaDifferences } from '../rule-map.ts';

export const postureWorkloads: AreaDifferences = {
  regolibrary: {
    'rule-credentials-in-env-var/pod':
      'our choice: the words "my_key_value" under a name that says nothing are no credential; theirs takes any value with "_key_" in it for one',
    'rule-credentials-in-env-var/deployment':
      'our choice: the word "JWT" under a name that says nothing is no credential; theirs takes any value with it for one',
  },
};
