import { isRecord } from './call.ts';
import { cut } from './cut.ts';

const STATUS_KEPT = ['phase', 'reason', 'startTime', 'qosClass'] as const;
const STATUSES = ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'] as const;
const CONTAINER_KEPT = ['name', 'ready', 'started', 'restartCount', 'image', 'imageID'] as const;

/** In place. Of the status is kept what rules read; the spec loses what only this pod has, so that pods can share it. */
export function trimPod(pod: Record<string, unknown>): void {
  if (isRecord(pod['spec'])) {
    const { nodeName, ...spec } = pod['spec'];
    if (typeof nodeName === 'string') pod['nodeName'] = nodeName;
    withoutTokenNames(spec);
    pod['spec'] = spec;
  }
  const status = pod['status'];
  if (!isRecord(status)) return;
  const kept: Record<string, unknown> = {};
  for (const key of STATUS_KEPT) if (status[key] !== undefined) kept[key] = status[key];
  if (typeof status['message'] === 'string') kept['message'] = cut(status['message']);
  if (Array.isArray(status['conditions'])) kept['conditions'] = status['conditions'].map(trimCondition);
  for (const key of STATUSES) {
    if (Array.isArray(status[key])) kept[key] = status[key].map(trimContainerStatus);
  }
  pod['status'] = kept;
}

/** The name of the volume of a token has a random end, in each pod another. */
function withoutTokenNames(spec: Record<string, unknown>): void {
  for (const list of ['containers', 'initContainers']) {
    const containers = spec[list];
    if (!Array.isArray(containers)) continue;
    for (const container of containers) {
      if (!isRecord(container) || !Array.isArray(container['volumeMounts'])) continue;
      for (const mount of container['volumeMounts']) plainTokenName(mount);
    }
  }
  if (Array.isArray(spec['volumes'])) for (const volume of spec['volumes']) plainTokenName(volume);
}

function plainTokenName(named: unknown): void {
  if (isRecord(named) && typeof named['name'] === 'string' && /^kube-api-access-[a-z0-9]{5}$/.test(named['name']))
    named['name'] = 'kube-api-access';
}

function trimCondition(condition: unknown): unknown {
  if (!isRecord(condition)) return condition;
  const { type, status, reason, message, lastTransitionTime } = condition;
  return {
    type,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(typeof message === 'string' ? { message: cut(message) } : {}),
    ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
  };
}

function trimContainerStatus(status: unknown): unknown {
  if (!isRecord(status)) return status;
  const kept: Record<string, unknown> = {};
  for (const key of CONTAINER_KEPT) if (status[key] !== undefined) kept[key] = status[key];
  if (status['state'] !== undefined) kept['state'] = trimState(status['state']);
  if (isRecord(status['lastState']) && Object.keys(status['lastState']).length > 0)
    kept['lastState'] = trimState(status['lastState']);
  return kept;
}

function trimState(state: unknown): unknown {
  if (!isRecord(state)) return state;
  return Object.fromEntries(
    Object.entries(state).map(([name, detail]) => {
      if (!isRecord(detail)) return [name, detail];
      const { containerID: _left, message, ...kept } = detail;
      return [name, typeof message === 'string' ? { ...kept, message: cut(message) } : kept];
    }),
  );
}
