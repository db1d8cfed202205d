import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import { matchesGlob } from '../../domain/glob.ts';
import type { KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { clusterShape } from './cluster-params.ts';
import { createRoles, grantProblems, isOwnRole, roleProblems } from './grants.ts';
import { judgePosture, seePosture } from './posture.ts';
import type { Problem } from './problems.ts';
import { isBroad, isRight, RBAC_RULES } from './rbac-rules.ts';
import { chosenRules, isSystemNamespace, ruleChoiceShape, rulesInWords, type ChoosableRule } from './rule-choice.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';

const rbacParams = z.strictObject({
  ...clusterShape,
  ...ruleChoiceShape(RBAC_RULES),
  ignore: z
    .array(z.string().min(1))
    .default([])
    .describe('Bindings and roles that are known and meant, by name: patterns with `*`.'),
});
type RbacParams = z.output<typeof rbacParams>;

export const check: Check<KubernetesReader, RbacParams> = {
  id: 'kubernetes/posture-rbac',
  title: 'Who may do what in the cluster',
  keywords: [
    'security',
    'posture',
    'rbac',
    'permission',
    'role',
    'admin',
    'cluster-admin',
    'access',
    'wildcard',
    'grant',
  ],
  description: `Looks at roles and at what binds them to users, groups and service accounts. A right is told of the binding that gives it, with who is bound; what a role allows to nobody is harmless, and only told by the rules on roles.

Reports:
${rulesInWords(RBAC_RULES)}

Where a binding gives everything, its narrower rights go without saying. Rules that name their objects (\`resourceNames\`) are narrow on purpose and give none of these rights. \`pods/*\` is no wildcard to Kubernetes, and gives none either (\`idle-wildcard\`).

Left out unless \`system\` is set: RoleBindings in kube-system, kube-public and kube-node-lease, users and groups of Kubernetes itself (\`system:masters\` and other \`system:\` names, \`kubeadm:cluster-admins\`), service accounts of those namespaces, the roles for everybody that Kubernetes comes with (discovery and its like), and its own roles. It goes by who is bound: a binding that is merely called \`system:…\` is looked at like any other.

Can't see: rights that are given outside of RBAC (webhooks, the IAM of a cloud), who is in a group, and rights put together of several bindings. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  nightly: true,
  params: rbacParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    return lookAtCluster(
      reader,
      params,
      context,
      { needs: ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'] },
      (scene) => seeRbac(scene, params),
    );
  },

  judge(seen, params) {
    return judgeRbac(seen, params);
  },

  summary: tallyWords,
};

function seeRbac(scene: Scene, { system, ignore, rules }: RbacParams): readonly Observation[] {
  const asked = new Set([...chosenRules(RBAC_RULES, rules), ...broadLeftOut(rules)].map(({ id }) => id));
  const roles = createRoles(scene.all('ClusterRole'), scene.all('Role'));
  const isMeant = (name: string): boolean => ignore.some((pattern) => matchesGlob(pattern, name));
  const isLookedAt = (metadata: { readonly namespace?: string; readonly name: string }): boolean =>
    !isMeant(metadata.name) && (system || !isSystemNamespace(metadata.namespace));
  return [
    ...[...scene.all('ClusterRoleBinding'), ...scene.all('RoleBinding')]
      .filter(({ metadata }) => isLookedAt(metadata))
      .flatMap((binding) => seePosture(scene, binding, only(asked, grantProblems(binding, roles, system)))),
    ...[...scene.all('ClusterRole'), ...scene.all('Role')]
      .filter((role) => isLookedAt(role.metadata) && (system || !isOwnRole(role)))
      .flatMap((role) => seePosture(scene, role, only(asked, roleProblems(role)))),
  ];
}

/** An administrator's binding gives every right there is; what nobody asked for need not be held. */
function only(asked: ReadonlySet<string>, problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ rule }) => asked.has(rule));
}

function judgeRbac(seen: Seen, { rules }: RbacParams): readonly FindingDraft[] {
  const leftOut = broadLeftOut(rules);
  const drafts = judgePosture(seen, [...chosenRules(RBAC_RULES, rules), ...leftOut]);
  const isAllSaid = drafts.some(({ discriminator }) => isBroad(discriminator));
  return drafts.filter(
    ({ discriminator }) =>
      !leftOut.some(({ id }) => id === discriminator) &&
      !(isAllSaid && isRight(discriminator) && !isBroad(discriminator)),
  );
}

/** Whoever accepts that somebody may do everything, does not want to hear of each part of it. */
function broadLeftOut(rules: readonly string[]): readonly ChoosableRule[] {
  return RBAC_RULES.filter(({ id }) => isBroad(id) && rules.includes(`-${id}`));
}
