import { strengthOfName } from '../../domain/redaction/key-name.ts';
import { secretLook, WITHHELD, WITHHELD_PATH, type Container, type EnvVar } from '../../providers/kubernetes/reader.ts';
import { matchesGlob } from '../../domain/glob.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import { anyOf, inContainers, inPods, type Found, type WorkloadRule } from './workload-rule.ts';

export interface SecretSettings {
  /** Names that hold secrets here, beside those that say so: patterns with `*`, in any case. */
  readonly names: readonly string[];
  /** Names that say so, and are known to hold none. */
  readonly harmlessNames: readonly string[];
}

const READERS =
  'Everybody who may read workloads reads it, and so does every backup and every dump of the cluster; a Secret can be held apart, and changed.';

/** Secrets in how the pods of a workload are described. */
export const SECRET_RULES: readonly WorkloadRule<SecretSettings>[] = [
  {
    id: 'secret-in-env',
    severity: 'high',
    title: 'has secrets in plain environment variables: {about}',
    why: READERS,
    next: 'Take it as known by others: change it, then give it by a Secret. Where it stands: kubectl get {object} -o yaml',
    find: (workload) => inEnv(workload, (_variable, field) => looksOf(workload, `${field}.value`)),
  },
  {
    id: 'secret-name-in-env',
    severity: 'medium',
    title: 'has plain environment variables with names as of secrets: {about}',
    why: `${READERS} What their values are was not kept.`,
    next: 'See whether they are secrets: kubectl get {object} -o yaml',
    find: (workload, settings) =>
      inEnv(workload, ({ name, value }, field) =>
        value === WITHHELD && looksOf(workload, `${field}.value`) === null && isSecretName(name, settings)
          ? WITHHELD
          : null,
      ),
  },
  {
    id: 'maybe-secret-in-env',
    severity: 'low',
    optional: true,
    title: 'has plain environment variables whose names speak of secrets: {about}',
    why: `${READERS} Most of such names are of something else, a switch or a place; what their values are was not kept.`,
    next: 'See whether they are secrets: kubectl get {object} -o yaml',
    find: (workload, settings) =>
      inEnv(workload, ({ name, value }, field) =>
        value === WITHHELD && looksOf(workload, `${field}.value`) === null && isPossibleName(name, settings)
          ? WITHHELD
          : null,
      ),
  },
  {
    id: 'secret-in-command',
    severity: 'high',
    title: 'has secrets in its command line: {about}',
    why: `${READERS} On the node, every process may read it.`,
    next: 'Take it as known by others: change it, then give it by a Secret. Where it stands: kubectl get {object} -o yaml',
    find: (workload) =>
      inContainers(workload, ({ container, path }) =>
        anyOf(
          (['command', 'args'] as const).flatMap((list) =>
            (container[list] ?? []).flatMap((word, index) =>
              secretLook(word) !== null ? [{ path: `${path}.${list}[${index}]`, value: WITHHELD }] : [],
            ),
          ),
        ),
      ),
  },
  {
    id: 'env-from-secret-key',
    severity: 'low',
    optional: true,
    title: 'takes secrets into environment variables: {about}',
    why: 'Environments end up in crash reports and logs, and in what a child process is given; a mounted file does not.',
    next: 'See which could be files: kubectl get {object} -o yaml',
    find: (workload) =>
      inContainers(workload, ({ container, path }) =>
        anyOf(
          (container.env ?? []).flatMap(({ name, valueFrom }, index) =>
            valueFrom?.secretKeyRef === undefined
              ? []
              : [{ path: `${path}.env[${index}].valueFrom.secretKeyRef`, value: name }],
          ),
        ),
      ),
  },
  {
    id: 'env-from-secret',
    severity: 'low',
    optional: true,
    title: 'takes whole Secrets into environment variables: {about}',
    why: 'All that is in the Secret, and what is added to it later, ends up in crash reports and logs.',
    next: 'See which could be files: kubectl get {object} -o yaml',
    find: (workload) =>
      inContainers(workload, ({ container, path }) =>
        anyOf(
          (container.envFrom ?? []).flatMap(({ secretRef }, index) =>
            secretRef === undefined
              ? []
              : [{ path: `${path}.envFrom[${index}].secretRef.name`, value: secretRef.name ?? null }],
          ),
        ),
      ),
  },
  {
    id: 'no-external-secrets',
    severity: 'info',
    optional: true,
    title: 'takes no secrets from a store outside of the cluster',
    why: 'A store of its own can say who read what, and changes secrets without a deployment.',
    next: 'See how it gets its secrets: kubectl get {object} -o yaml',
    find: (workload) =>
      (workload.pods.spec.volumes ?? []).some(({ csi }) => csi?.volumeAttributes?.['secretProviderClass'] !== undefined)
        ? []
        : inPods(workload, 'volumes', null),
  },
];

/** null: nothing in the value looked like a secret. */
function looksOf({ object }: JudgedWorkload, path: string): string | null {
  const found = object.secretLike?.find((each) => each.path === path);
  return found === undefined ? null : `${WITHHELD}, it looks like a secret by its ${found.what}`;
}

function inEnv(workload: JudgedWorkload, ask: (variable: EnvVar, field: string) => string | null): readonly Found[] {
  return workload.containers.flatMap(({ container, path }) =>
    (container.env ?? []).flatMap((variable, index): readonly Found[] => {
      const field = `${path}.env[${index}]`;
      const value = ask(variable, field);
      return value === null
        ? []
        : [{ about: aboutOf(container, variable), fields: [{ path: `${field}.value`, value }] }];
    }),
  );
}

function aboutOf(container: Container, { name }: EnvVar): string {
  return `${name} of ${container.name}`;
}

/** Names by custom of a tool, of which the words alone say little. */
const KNOWN_NAMES = /^(?:azure_.+key|oci_cli_key_content|google_application_credentials)$/i;

/** True for a name whose value should be in no plain field. */
export function isSecretName(name: string, { names, harmlessNames }: SecretSettings): boolean {
  if (isAmong(name, harmlessNames)) return false;
  const strength = strengthOfName(name);
  return strength === 'password' || strength === 'secret' || KNOWN_NAMES.test(name) || isAmong(name, names);
}

/** True for a name that speaks of a secret without saying that it holds one: `SECRET_BACKEND_MODE`. */
export function isPossibleName(name: string, settings: SecretSettings): boolean {
  return (
    /secret|token|passw|bearer|credential|jwt|key/i.test(name) &&
    strengthOfName(name) === 'possible' &&
    !isSecretName(name, settings) &&
    !isAmong(name, settings.harmlessNames)
  );
}

function isAmong(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesGlob(pattern.toLowerCase(), name.toLowerCase()));
}

/** A value that is there and is no mere path. */
export function isHeld(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== WITHHELD_PATH;
}
