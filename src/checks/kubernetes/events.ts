import * as z from 'zod';
import type { Check } from '../../domain/check.ts';
import type { KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { clusterShape } from './cluster-params.ts';
import { eventFacts, seeEvents } from './event-facts.ts';
import { judgeEvents, sampleOfEvents } from './event-judgement.ts';
import { POD_LISTS } from './pod-groups.ts';
import { lookAtCluster, tallyWords } from './scene.ts';

const params = z.strictObject({
  ...clusterShape,
  atLeast: z.int().min(1).max(10_000).default(3).describe('Report a reason that was given this often in half an hour.'),
});

export const check: Check<KubernetesReader, z.output<typeof params>> = {
  id: 'kubernetes/events',
  title: 'Warning events',
  keywords: ['event', 'warning'],
  description: `Looks at the events of the type Warning, and tells them under the workload that the object belongs to (an event about a pod under its Deployment), once for each reason.

Reports:
- **\\<reason\\>** (info), such as \`BackOff\`, \`FailedMount\`, \`FailedCreate\`, when it was given \`atLeast\` times in the last half hour, by what was counted at the look before. Of an event that began earlier, and that no look remembers, the average counts.

When an event was last seen is taken from its series, its \`lastTimestamp\` or its \`eventTime\`, as the reporter writes one or the other. Events about pods that are gone are told under what made them, by their names.

An event is a hint: it raises nothing by itself. The other checks bring those of their pods as evidence.

Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  params,
  timeoutMs: 60_000,

  read: (reader, given, context) =>
    lookAtCluster(reader, given, context, { needs: ['Event', ...POD_LISTS] }, seeEvents),

  judge(seen, { atLeast }, history) {
    const facts = eventFacts.safeParse(seen.facts);
    return facts.success ? judgeEvents(seen, facts.data, atLeast, history) : [];
  },

  summary: tallyWords,

  sample(seen) {
    const facts = eventFacts.safeParse(seen.facts);
    return facts.success ? sampleOfEvents(facts.data) : null;
  },
};
