import * as z from 'zod';
import type { Check, Observation } from '../../domain/check.ts';
import type { KubernetesReader, Pod } from '../../providers/kubernetes/reader.ts';
import { clusterShape } from './cluster-params.ts';
import { componentFlags, type Flags } from './component-flags.ts';
import { CONTROL_PLANE_RULES, FLAG_RULES, SHARED_CA } from './control-plane-rules.ts';
import { judgePosture } from './posture.ts';
import { problemsAsFacts, type Problem } from './problems.ts';
import { chosenRules, ruleChoiceShape, rulesInWords } from './rule-choice.ts';
import { isTally, lookAtCluster, tallyWords, type Scene } from './scene.ts';

const controlPlaneParams = z.strictObject({ ...clusterShape, rules: ruleChoiceShape(CONTROL_PLANE_RULES).rules });

export const check: Check<KubernetesReader, z.output<typeof controlPlaneParams>> = {
  id: 'kubernetes/posture-control-plane',
  title: 'How the control plane was started',
  keywords: ['security', 'posture', 'control', 'plane', 'flag'],
  description: `Looks at the pods of kube-system that run the API server, the controller manager, the scheduler and etcd, and at the flags that these were started with (in \`command\` or \`args\`, as \`--flag=value\` or \`--flag value\`). What a flag stands at when it is not given counts.

Reports:
${rulesInWords(CONTROL_PLANE_RULES)}

Where a file of settings or a variable may say what a flag does not (\`--authorization-config\`, \`--authentication-config\`, the scheduler's \`--config\`, etcd's \`--config-file\` and \`ETCD_…\`), nothing is said of that flag.

Can't see: control planes that do not run as pods of the cluster, as those of cloud providers and of k3s; what is in files (the encryption, the audit policy); kubelets and kube-proxy; the files of a node and who may read them. Tried against objects of the shape that kubeadm, minikube and RKE2 make; not against a live cluster.`,
  standalone: true,
  nightly: true,
  params: controlPlaneParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    return lookAtCluster(reader, params, context, { needs: ['Pod'] }, seeControlPlane);
  },

  judge(seen, { rules }) {
    return judgePosture(seen, chosenRules(CONTROL_PLANE_RULES, rules));
  },

  summary(seen) {
    const words = tallyWords(seen);
    return words ?? (seen.every(isTally) ? 'No pods of a control plane can be seen here.' : null);
  },
};

function seeControlPlane(scene: Scene): readonly Observation[] {
  const parts = scene
    .all('Pod')
    .filter(({ metadata }) => metadata.namespace === 'kube-system')
    .flatMap((pod) => {
      const flags = componentFlags(pod);
      return flags === null ? [] : [{ pod, flags }];
    });
  // Those that are as they should be are seen as well: that there is a control plane to be looked at is worth a word.
  return parts.map(({ pod, flags }) =>
    scene.see(pod, {
      object: { kind: 'Pod', namespace: pod.metadata.namespace ?? null, name: pod.metadata.name },
      ...problemsAsFacts([...flagProblems(flags), ...sharedCa(flags, parts)]),
    }),
  );
}

function flagProblems(flags: Flags): readonly Problem[] {
  return FLAG_RULES.filter(({ component }) => component === flags.component).flatMap(({ id, holds }) => {
    const fields = holds(flags);
    return fields === null ? [] : [{ rule: id, fields }];
  });
}

interface Part {
  readonly pod: Pod;
  readonly flags: Flags;
}

/** Where each says whom it trusts. */
const TRUST = { 'kube-apiserver': 'client-ca-file', etcd: 'trusted-ca-file' } as const;

function sharedCa(flags: Flags, parts: readonly Part[]): readonly Problem[] {
  const { component } = flags;
  if (component !== 'etcd' && component !== 'kube-apiserver') return [];
  const counterpart = component === 'etcd' ? 'kube-apiserver' : 'etcd';
  const mine = flags.value(TRUST[component]);
  const same = parts.find(
    (part) => mine !== null && part.flags.component === counterpart && part.flags.value(TRUST[counterpart]) === mine,
  );
  return same === undefined
    ? []
    : [
        {
          rule: SHARED_CA.id,
          about: counterpart,
          fields: [flags.field(TRUST[component]), same.flags.field(TRUST[counterpart])],
        },
      ];
}
