import type { Risk } from '../../../domain/action.ts';
import { at, fieldsAt, listAt, textAt, type Fields } from './object-fields.ts';

/** What a manifest asks for that reaches beyond its own pods, one sentence each. */
export function reachOf(object: Fields): readonly string[] {
  const kind = textAt(object, 'kind');
  if (kind === 'Service') return serviceReach(object);
  if (kind === 'Ingress') return ['it is an Ingress: what it routes to may be reached from outside'];
  if (kind === 'NetworkPolicy') return ['it changes which traffic is let through'];
  const template =
    kind === 'CronJob'
      ? fieldsAt(object, 'spec', 'jobTemplate', 'spec', 'template')
      : fieldsAt(object, 'spec', 'template');
  return podReach(fieldsAt(template, 'spec'));
}

function serviceReach(object: Fields): readonly string[] {
  const type = textAt(object, 'spec', 'type');
  const addresses = at(object, 'spec', 'externalIPs');
  return [
    ...(type === 'LoadBalancer' || type === 'NodePort'
      ? [`it is a Service of type ${type}: it may be reached from outside`]
      : []),
    ...(Array.isArray(addresses) && addresses.length > 0
      ? ['it takes traffic for addresses of others (externalIPs)']
      : []),
  ];
}

function podReach(spec: Fields): readonly string[] {
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) => listAt(spec, list));
  const host = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => at(spec, field) === true);
  const names = (found: readonly Fields[]): string =>
    found.map((container) => textAt(container, 'name') ?? '').join(', ');
  const privileged = containers.filter((container) => at(container, 'securityContext', 'privileged') === true);
  const adding = containers.filter((container) => {
    const added = at(container, 'securityContext', 'capabilities', 'add');
    return Array.isArray(added) && added.length > 0;
  });
  const hostPaths = listAt(spec, 'volumes').filter((volume) => at(volume, 'hostPath') !== undefined);
  return [
    ...(host.length > 0 ? [`its pods share of their node: ${host.join(', ')}`] : []),
    ...(privileged.length > 0 ? [`privileged containers: ${names(privileged)}`] : []),
    ...(adding.length > 0 ? [`containers with further capabilities: ${names(adding)}`] : []),
    ...(hostPaths.length > 0
      ? [
          `files of the node are mounted: ${hostPaths.map((volume) => textAt(volume, 'hostPath', 'path') ?? '').join(', ')}`,
        ]
      : []),
  ];
}

export interface Applying {
  readonly isNew: boolean;
  readonly reach: readonly string[];
  /** Fields whose other owners are overruled. */
  readonly taken: number;
  /** True when pods are replaced. */
  readonly rolls: boolean;
}

export function applyRisk({ isNew, reach, taken, rolls }: Applying): Risk {
  const grave = [...reach, ...(taken > 0 ? [`${taken} fields are taken from others who own them`] : [])];
  if (grave.length > 0) return { level: 'high', reasons: grave };
  if (rolls) return { level: 'medium', reasons: ['its pods are replaced'] };
  return {
    level: isNew ? 'medium' : 'low',
    reasons: [isNew ? 'nothing of that name is there' : 'no pod template is changed'],
  };
}
