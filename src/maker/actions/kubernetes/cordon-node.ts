import { nodeSchedulingAction } from './node-scheduling.ts';

export const action = nodeSchedulingAction({
  id: 'kubernetes/cordon-node',
  undo: 'kubernetes/uncordon-node',
  title: 'Keep new pods off a node (cordon)',
  description: `Sets \`spec.unschedulable\` of a node: pods that run there stay, and new ones go elsewhere. What tolerates the taint, as DaemonSets do, still comes.

Sealed are the node's uid and whether it takes pods; the version just read goes with the write. Risk: what is left when this was the last node that takes pods. Undone by \`kubernetes/uncordon-node\`. To move the pods too see \`kubernetes/drain-node\`. Tried against the recorded answers of a real API server (1.36) made writable; not against a live cluster.`,
  unschedulable: true,
  summary: (name) => `Keep new pods off the node ${name}`,
  risk({ shown }) {
    const others = shown['Other nodes that do'];
    if (others === 0) return { level: 'high', reasons: ['no other node takes pods: new ones would wait'] };
    return typeof others === 'number'
      ? { level: 'low', reasons: [`${others} other nodes take pods`, 'pods that run there stay'] }
      : { level: 'medium', reasons: ['whether another node takes pods is not known'] };
  },
});
