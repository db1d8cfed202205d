import { matchesGlob } from '../../domain/glob.ts';
import { conditionOf, type Condition, type Node } from '../../providers/kubernetes/reader.ts';
import { conditionPath, timeOf, untold, type LastingProblem } from './lasting.ts';

/** What the kubelet itself says of its node, that is bad when it is True. */
const PRESSURES: Readonly<Record<string, string>> = {
  MemoryPressure: 'little memory',
  DiskPressure: 'little room on its disk',
  PIDPressure: 'too many processes',
  NetworkUnavailable: 'no network set up',
};
/** Good when it is True: of the kubelet, and of k3s. */
const GOOD_CONDITIONS: ReadonlySet<string> = new Set(['Ready', 'EtcdIsVoter']);
/** How many minor versions a kubelet may be older than the API server. */
const SKEW_MAX = 3;

/** `also`: patterns of condition types beyond the kubelet's own; `server`: minor version of the API server. */
export function nodeProblems(node: Node, also: readonly string[], server: number | null): readonly LastingProblem[] {
  return [...notReady(node), ...pressures(node), ...others(node, also), ...cordoned(node), ...skew(node, server)];
}

function notReady({ status }: Node): readonly LastingProblem[] {
  const ready = conditionOf(status?.conditions, 'Ready');
  if (ready === null || ready.status === 'True') return [];
  const words = ready.status === 'Unknown' ? 'is not heard of' : 'is not ready';
  return [
    {
      rule: 'not-ready',
      about: `${words}${ready.reason === undefined ? '' : ` (${ready.reason})`}`,
      since: timeOf(ready.lastTransitionTime),
      fields: conditionFields(ready),
    },
  ];
}

/** A node that is not heard of has them all Unknown, which says nothing more. */
function pressures(node: Node): readonly LastingProblem[] {
  const ready = conditionOf(node.status?.conditions, 'Ready');
  return Object.entries(PRESSURES).flatMap(([type, words]) => {
    const condition = conditionOf(node.status?.conditions, type);
    if (condition === null || !isBad(condition) || (condition.status === 'Unknown' && ready?.status === 'Unknown'))
      return [];
    const about = condition.status === 'Unknown' ? `${type} unknown` : words;
    return [
      {
        rule: 'pressure',
        apart: type,
        about,
        since: timeOf(condition.lastTransitionTime),
        fields: conditionFields(condition),
      },
    ];
  });
}

function others({ status }: Node, also: readonly string[]): readonly LastingProblem[] {
  const known = (type: string): boolean => GOOD_CONDITIONS.has(type) || Object.hasOwn(PRESSURES, type);
  return (status?.conditions ?? [])
    .filter((condition) => !known(condition.type) && isBad(condition))
    .filter(({ type }) => also.some((pattern) => matchesGlob(pattern, type)))
    .map((condition) => ({
      rule: 'condition',
      apart: condition.type,
      about: `${condition.type} ${condition.status}${condition.reason === undefined ? '' : ` (${condition.reason})`}`,
      since: timeOf(condition.lastTransitionTime),
      fields: conditionFields(condition),
    }));
}

function isBad({ status }: Condition): boolean {
  return status === 'True' || status === 'Unknown';
}

function cordoned(node: Node): readonly LastingProblem[] {
  if (node.spec?.unschedulable !== true) return [];
  const index = (node.spec.taints ?? []).findIndex(({ key }) => key === 'node.kubernetes.io/unschedulable');
  const added = node.spec.taints?.[index]?.timeAdded;
  return [
    {
      rule: 'cordoned',
      since: added === undefined ? untold(node) : timeOf(added),
      fields: [
        { path: 'spec.unschedulable', value: true },
        ...(added === undefined ? [] : [{ path: `spec.taints[${index}].timeAdded`, value: added }]),
      ],
    },
  ];
}

function skew({ status }: Node, server: number | null): readonly LastingProblem[] {
  const version = status?.nodeInfo?.['kubeletVersion'];
  const kubelet = minorOf(version);
  if (server === null || kubelet === null || (kubelet <= server && server - kubelet <= SKEW_MAX)) return [];
  return [
    {
      rule: 'kubelet-skew',
      about: `${version}, the API server is 1.${server}`,
      since: 0,
      fields: [{ path: 'status.nodeInfo.kubeletVersion', value: version ?? null }],
    },
  ];
}

/** 36 of `v1.36.2`, `1.36+`. */
export function minorOf(version: string | undefined): number | null {
  const match = /^v?1\.(\d+)/.exec(version ?? '');
  return match === null ? null : Number(match[1]);
}

function conditionFields({ type, status, reason, message, lastTransitionTime }: Condition): LastingProblem['fields'] {
  return [
    { path: conditionPath(type, 'status'), value: status },
    { path: conditionPath(type, 'reason'), value: reason ?? null },
    { path: conditionPath(type, 'message'), value: message ?? null },
    { path: conditionPath(type, 'lastTransitionTime'), value: lastTransitionTime ?? null },
  ];
}
