import type { ConfigMap } from '../../providers/kubernetes/reader.ts';
import { isHeld, isPossibleName, isSecretName, type SecretSettings } from './posture-secret-rules.ts';
import type { Problem } from './problems.ts';
import type { ChoosableRule } from './rule-choice.ts';

const READERS = 'Everybody who may read ConfigMaps reads it, and nobody takes care of one as of a secret.';

/** Secrets in ConfigMaps. */
export const CONFIG_MAP_RULES: readonly ChoosableRule[] = [
  {
    id: 'secret-in-config-map',
    severity: 'high',
    title: 'holds secrets: {about}',
    why: READERS,
    next: 'Take it as known by others: change it, then move it to a Secret. Where it stands: kubectl get {object} -o yaml',
  },
  {
    id: 'secret-name-in-config-map',
    severity: 'medium',
    title: 'has keys with names as of secrets: {about}',
    why: `${READERS} What their values are was not kept.`,
    next: 'See whether they are secrets: kubectl get {object} -o yaml',
  },
  {
    id: 'maybe-secret-in-config-map',
    severity: 'low',
    optional: true,
    title: 'has keys whose names speak of secrets: {about}',
    why: `${READERS} Most of such names are of something else; what their values are was not kept.`,
    next: 'See whether they are secrets: kubectl get {object} -o yaml',
  },
];

export function configMapProblems(
  map: ConfigMap,
  rules: readonly ChoosableRule[],
  settings: SecretSettings,
): readonly Problem[] {
  // Written to every namespace by Kubernetes: certificates, which are public.
  if (map.metadata.name === 'kube-root-ca.crt') return [];
  return Object.entries(map.data ?? {}).flatMap(([key, value]): readonly Problem[] => {
    const path = `data[${JSON.stringify(key)}]`;
    const look = map.secretLike?.find((each) => each.path === path);
    const rule = look === undefined ? ruleByName(key, value, settings) : 'secret-in-config-map';
    if (rule === null || !rules.some(({ id }) => id === rule)) return [];
    const looks = look === undefined ? '' : `, it looks like a secret by its ${look.what}`;
    return [{ rule, about: key, fields: [{ path, value: `(withheld)${looks}` }] }];
  });
}

function ruleByName(key: string, value: string, settings: SecretSettings): string | null {
  if (!isHeld(value)) return null;
  if (isSecretName(key, settings)) return 'secret-name-in-config-map';
  return isPossibleName(key, settings) ? 'maybe-secret-in-config-map' : null;
}
