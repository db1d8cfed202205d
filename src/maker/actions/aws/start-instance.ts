import { unknown } from '../../../domain/failure.ts';
import { startInstances } from '../../../providers/aws/writer.ts';
import { instanceCost, instanceParams, instanceSubject, lookAtInstance, scaledRefusal } from './instance.ts';
import { draftOf, oneChange } from './one-change.ts';

export const action = oneChange({
  id: 'aws/start-instance',
  title: 'Start a stopped instance of EC2',
  description: `Starts a stopped instance; AWS tries it out first (\`DryRun\`). Refuses one of an Auto Scaling group. It gets another public address, unless it has an Elastic IP.

Sealed are the instance with its image and its last start, its state and its group. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  params: instanceParams,
  subject: instanceSubject,
  // When it last started is no part of what it is: it changes by this very step.
  look: async (at, given) => {
    const found = await lookAtInstance(at, given);
    if (found.status === 'unknown' || found.value === null) return found;
    const { launched: _, ...identity } = found.value.identity;
    return { status: 'seen', value: { ...found.value, identity } };
  },
  refusal: (_given, { rests }) =>
    rests['state'] === 'stopped' ? scaledRefusal(rests['scaledBy']) : unknown('NOT_STOPPED', 'It is not stopped.'),
  after: () => ({ state: 'running' }),
  summary: ({ instance }) => `Start the instance ${instance}`,
  write: startInstances,
  trial: startInstances,
  input: ({ instance }) => ({ InstanceIds: [instance] }),
  cost: instanceCost,
  risk: () => ({ level: 'low', reasons: ['it runs again as it did before'] }),
  undo: (given) => ({ possible: true, words: 'stop it again', draft: draftOf('aws/stop-instance', given) }),
});
