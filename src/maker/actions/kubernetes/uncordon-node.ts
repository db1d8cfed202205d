import { nodeSchedulingAction } from './node-scheduling.ts';

export const action = nodeSchedulingAction({
  id: 'kubernetes/uncordon-node',
  undo: 'kubernetes/cordon-node',
  title: 'Let a node take new pods again (uncordon)',
  description: `Takes \`spec.unschedulable\` away from a node, so that new pods may be placed there. Nothing moves by itself: pods that were evicted stay where they went.

Sealed are the node's uid and whether it takes pods; the version just read goes with the write. Why it was cordoned is not known here: see its events and annotations first. Undone by \`kubernetes/cordon-node\`. Tried against the recorded answers of a real API server (1.36) made writable; not against a live cluster.`,
  unschedulable: false,
  summary: (name) => `Let the node ${name} take new pods again`,
  risk: () => ({ level: 'low', reasons: ['pods that run elsewhere stay there'] }),
});
