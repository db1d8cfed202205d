import * as z from 'zod';
import type { Check, Observation } from '../../domain/check.ts';
import type { KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { ACCOUNT_RULES } from './account-rules.ts';
import { accountOf, accountProblems, createAccounts, namespaceProblems, workloadAccountProblems } from './accounts.ts';
import { createRoles } from './grants.ts';
import { judgedWorkloads, workloadShape, workloadWants } from './judged-workloads.ts';
import { judgePosture, seePosture } from './posture.ts';
import type { Problem } from './problems.ts';
import { chosenRules, isSystemNamespace, ruleChoiceShape, rulesInWords } from './rule-choice.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';

const accountsParams = z.strictObject({ ...workloadShape, ...ruleChoiceShape(ACCOUNT_RULES) });
type AccountsParams = z.output<typeof accountsParams>;

export const check: Check<KubernetesReader, AccountsParams> = {
  id: 'kubernetes/posture-service-accounts',
  title: 'What workloads run as',
  keywords: ['security', 'posture', 'serviceaccount', 'account', 'token', 'automount'],
  description: `Looks at the service accounts of workloads, at whether their tokens are mounted, and at what is bound to them. A workload is told once, at the top of its owners.

Reports:
${rulesInWords(ACCOUNT_RULES)}

A token is mounted unless the pod or its account says otherwise; the pod has the last word. Rights are those of bindings that name the account, not of groups that it is in, but for \`mounts-token-of-bound-account\`.

Left out unless \`system\` is set: kube-system, kube-public and kube-node-lease. Can't see: tokens that a program asks for itself, projected tokens that are mounted by hand, and rights that are given outside of RBAC. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  nightly: true,
  params: accountsParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    const { needs, helps = [] } = workloadWants(params);
    return lookAtCluster(
      reader,
      params,
      context,
      {
        needs: [...needs, 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
        helps: [...helps, 'Namespace'],
      },
      (scene) => seeAccounts(scene, params),
    );
  },

  judge(seen, { rules }) {
    const drafts = judgePosture(seen, chosenRules(ACCOUNT_RULES, rules));
    // Who may do everything may read secrets; it need not be said twice.
    const isAllSaid = drafts.some(({ discriminator }) => discriminator === 'administrative');
    return isAllSaid ? drafts.filter(({ discriminator }) => discriminator !== 'takeover') : drafts;
  },

  summary: tallyWords,
};

function seeAccounts(scene: Scene, { system, rules }: AccountsParams): readonly Observation[] {
  const asked = new Set(chosenRules(ACCOUNT_RULES, rules).map(({ id }) => id));
  const only = (problems: readonly Problem[]): readonly Problem[] => problems.filter(({ rule }) => asked.has(rule));
  const isLookedAt = (namespace: string | undefined): boolean => system || !isSystemNamespace(namespace);
  const bindings = [...scene.all('ClusterRoleBinding'), ...scene.all('RoleBinding')];
  const roles = createRoles(scene.all('ClusterRole'), scene.all('Role'));
  const all = scene.all('ServiceAccount');
  const accounts = createAccounts(all, bindings, roles);
  const workloads = judgedWorkloads(scene, { system });
  const users = Map.groupBy(
    workloads.filter(({ pods }) => accountOf(pods.spec) === 'default'),
    ({ named }) => named.metadata.namespace ?? '',
  );
  return [
    ...workloads.flatMap((workload) =>
      seePosture(scene, workload.named, only(workloadAccountProblems(workload, accounts))),
    ),
    ...all
      .filter(({ metadata }) => isLookedAt(metadata.namespace))
      .flatMap((account) =>
        seePosture(
          scene,
          account,
          only(accountProblems(account, accounts, users.get(account.metadata.namespace ?? '')?.length ?? 0)),
        ),
      ),
    ...scene
      .all('Namespace')
      .filter(({ metadata }) => isLookedAt(metadata.name) && scene.cluster.includes(metadata.name))
      .flatMap((namespace) => seePosture(scene, namespace, only(namespaceProblems(namespace, all)))),
  ];
}
