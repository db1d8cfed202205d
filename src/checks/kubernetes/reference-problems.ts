import {
  podDescriptionOf,
  selects,
  type ConfigMap,
  type CronJob,
  type Deployment,
  type KubeObject,
  type LabelSelector,
  type ReplicationController,
} from '../../providers/kubernetes/reader.ts';
import type { ByName } from './by-name.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import type { LastingProblem } from './lasting.ts';
import { podReferences, type PodReference } from './pod-references.ts';

/** Whether what pods name is there; null where it could not be read, or was not asked for. */
export interface Named {
  readonly configMaps: ByName<ConfigMap> | null;
  readonly secrets: ByName<KubeObject> | null;
  readonly accounts: ByName<KubeObject> | null;
  readonly claims: ByName<KubeObject> | null;
}

/** Names of what is not there, in the description of a workload's pods. */
export function missingReferences({ object, pods }: JudgedWorkload, named: Named): readonly LastingProblem[] {
  return podReferences(pods).flatMap((reference) => missing(reference, object.metadata.namespace, named));
}

const PULL_SECRETS = '.imagePullSecrets[';

function missing(reference: PodReference, namespace: string | undefined, named: Named): readonly LastingProblem[] {
  const { kind, name, path, optional } = reference;
  const problem = (rule: string, about = name): LastingProblem => ({
    rule,
    about,
    since: 0,
    fields: [{ path, value: name }],
  });
  switch (kind) {
    case 'ConfigMap':
      return named.configMaps === null || optional ? [] : missingKeys(reference, named.configMaps.get(namespace, name));
    case 'Secret':
      if (named.secrets === null || named.secrets.get(namespace, name) !== undefined) return [];
      if (path.includes(PULL_SECRETS)) return [problem('pull-secret-missing')];
      return optional ? [] : [problem('secret-missing')];
    case 'ServiceAccount':
      // Kubernetes makes the account `default` of each namespace itself.
      if (named.accounts === null || name === 'default') return [];
      return named.accounts.get(namespace, name) === undefined ? [problem('account-missing')] : [];
    case 'PersistentVolumeClaim':
      return named.claims === null || named.claims.get(namespace, name) !== undefined ? [] : [problem('claim-missing')];
  }
  return kind satisfies never;
}

function missingKeys({ name, path, keys }: PodReference, found: ConfigMap | undefined): readonly LastingProblem[] {
  if (found === undefined)
    return [{ rule: 'config-map-missing', about: name, since: 0, fields: [{ path, value: name }] }];
  const known = { ...found.data, ...found.binaryData };
  return keys
    .filter((key) => !Object.hasOwn(known, key))
    .map((key) => ({
      rule: 'config-map-key-missing',
      about: `${key} of ${name}`,
      since: 0,
      fields: [{ path, value: `${name}, key ${key}` }],
    }));
}

/** A selector that does not select the pods that it makes: no API server takes it, but files have it. */
export function mismatchingSelector(object: KubeObject): readonly LastingProblem[] {
  const { path, selector } = selectorOf(object);
  const pods = podDescriptionOf(object);
  if (selector === undefined || pods === null || selects(selector, pods.labels)) return [];
  return [
    {
      rule: 'selector-mismatch',
      since: 0,
      fields: [
        { path, value: JSON.stringify(selector) },
        { path: `${pods.path.replace(/spec$/, '')}metadata.labels`, value: JSON.stringify(pods.labels ?? {}) },
      ],
    },
  ];
}

interface PlacedSelector {
  readonly path: string;
  readonly selector: LabelSelector | undefined;
}

function selectorOf(object: KubeObject): PlacedSelector {
  switch (object.kind) {
    case 'CronJob': {
      const { spec } = object as CronJob;
      return { path: 'spec.jobTemplate.spec.selector', selector: spec?.jobTemplate?.spec?.selector };
    }
    // These two still have selectors of the older kind: labels alone.
    case 'ReplicationController':
    case 'DeploymentConfig': {
      const matchLabels = (object as ReplicationController).spec?.selector;
      return { path: 'spec.selector', selector: matchLabels && { matchLabels } };
    }
    default:
      return { path: 'spec.selector', selector: (object as Deployment).spec?.selector };
  }
}
