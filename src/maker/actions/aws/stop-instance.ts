import { unknown } from '../../../domain/failure.ts';
import { stopInstances } from '../../../providers/aws/writer.ts';
import { instanceCost, instanceParams, instanceSubject, lookAtInstance, scaledRefusal } from './instance.ts';
import { draftOf, oneChange } from './one-change.ts';

export const action = oneChange({
  id: 'aws/stop-instance',
  title: 'Stop an instance of EC2',
  description: `Stops a running instance; AWS tries it out first (\`DryRun\`). Refuses one that is protected from being stopped, one whose root lies on the machine (it can't be stopped, only ended), and one of an Auto Scaling group, which would be replaced.

What lies on its own disks (instance store) and in memory is lost, and a public address that is not an Elastic IP changes: that is why it is destructive. Sealed are the instance with its image and its last start, its state, protection and group. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  params: instanceParams,
  subject: instanceSubject,
  look: lookAtInstance,
  refusal: (_given, { rests }) => {
    if (rests['state'] !== 'running') return unknown('NOT_RUNNING', 'It does not run.');
    if (rests['protected'] === true)
      return unknown('PROTECTED', 'It is protected from being stopped (disableApiStop).');
    if (rests['root'] !== 'ebs')
      return unknown('INSTANCE_STORE', "Its root lies on the machine: it can't be stopped, only ended.");
    return scaledRefusal(rests['scaledBy']);
  },
  after: () => ({ state: 'stopped' }),
  summary: ({ instance }) => `Stop the instance ${instance}`,
  write: stopInstances,
  trial: stopInstances,
  input: ({ instance }) => ({ InstanceIds: [instance] }),
  cost: instanceCost,
  risk: () => ({ level: 'high', reasons: ['what runs on it stops; what lies on its own disks is lost'] }),
  destructive: true,
  undo: (given) => ({ possible: true, words: 'start it again', draft: draftOf('aws/start-instance', given) }),
});
