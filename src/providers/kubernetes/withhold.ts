import { isRecord } from './call.ts';
import type { KindName } from './kinds.ts';
import type { SecretLike } from './objects.ts';
import { secretLook } from './secret-look.ts';

/** Stands for a value that is not kept: of an environment variable, of a key of a ConfigMap. */
export const WITHHELD = '(withheld)';

/** Stands for one that was no more than the path of a file: of a secret, that is where it lies, and not what it is. */
export const WITHHELD_PATH = '(withheld: a path)';
/** A secret of random letters may begin with a slash; the first folder of a path is a word. */
const PATH = /^\/[a-z][a-z0-9_.-]{0,31}(?:\/[\w.@-]{1,64}){0,15}\/?$/;

/** Of longer values it is not remembered what they look like. */
const REMEMBERED_AT_MOST = 1_024;

/** Takes values out of objects, and says which of them looked like secrets. */
export interface Withholder {
  /** Changes the object: its values are gone. Returns where one looked like a secret. */
  withhold(kind: KindName, object: Record<string, unknown>): readonly SecretLike[];
}

/** Every value that could be a secret: of environment variables, and of ConfigMaps. */
export function createWithholder(): Withholder {
  const looks = new Map<string, string | null>();
  const looksLike = (value: string): string | null => {
    const known = looks.get(value);
    if (known !== undefined) return known;
    const what = secretLook(value);
    if (value.length <= REMEMBERED_AT_MOST) looks.set(value, what);
    return what;
  };
  return {
    withhold(kind, object) {
      const secretLike: SecretLike[] = [];
      const hide = (path: string, value: unknown): unknown => {
        if (typeof value !== 'string' || value === '') return value;
        const what = looksLike(value);
        if (what !== null) secretLike.push({ path, what });
        return what === null && PATH.test(value) ? WITHHELD_PATH : WITHHELD;
      };
      if (kind === 'ConfigMap') hideValues(object, hide);
      const path = POD_SPECS[kind];
      if (path !== undefined) hideEnv(path, at(object, path), hide);
      return secretLike;
    },
  };
}

type Hide = (path: string, value: unknown) => unknown;

/** Where pods are described. */
const POD_SPECS: Partial<Record<KindName, string>> = {
  Pod: 'spec',
  Deployment: 'spec.template.spec',
  DeploymentConfig: 'spec.template.spec',
  ReplicaSet: 'spec.template.spec',
  StatefulSet: 'spec.template.spec',
  DaemonSet: 'spec.template.spec',
  ReplicationController: 'spec.template.spec',
  Job: 'spec.template.spec',
  CronJob: 'spec.jobTemplate.spec.template.spec',
  PodTemplate: 'template.spec',
};

function at(object: Record<string, unknown>, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), object);
}

/** In place: the object was parsed a moment ago and belongs to nobody else. */
function hideEnv(path: string, spec: unknown, hide: Hide): void {
  if (!isRecord(spec)) return;
  for (const list of ['containers', 'initContainers', 'ephemeralContainers']) {
    const containers = spec[list];
    if (!Array.isArray(containers)) continue;
    for (const [index, container] of containers.entries()) {
      if (!isRecord(container) || !Array.isArray(container['env'])) continue;
      for (const [place, variable] of container['env'].entries()) {
        if (isRecord(variable) && variable['value'] !== undefined)
          variable['value'] = hide(`${path}.${list}[${index}].env[${place}].value`, variable['value']);
      }
    }
  }
}

function hideValues(object: Record<string, unknown>, hide: Hide): void {
  let size = 0;
  for (const part of ['data', 'binaryData']) {
    const values = object[part];
    if (!isRecord(values)) continue;
    object[part] = Object.fromEntries(
      Object.entries(values).map(([key, value]) => {
        size += typeof value === 'string' ? value.length : 0;
        return [key, part === 'data' ? hide(`data[${JSON.stringify(key)}]`, value) : WITHHELD];
      }),
    );
  }
  object['dataSize'] = size;
}
