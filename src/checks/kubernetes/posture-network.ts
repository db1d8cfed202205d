import * as z from 'zod';
import type { Check, Observation } from '../../domain/check.ts';
import type { Ingress, KubernetesReader, Service } from '../../providers/kubernetes/reader.ts';
import { createWays, isReached, sshProblems, wayOfService, type Ways } from './exposure.ts';
import { createPolicies, type Policies } from './isolation.ts';
import { judgedWorkloads, workloadShape, workloadWants, type JudgedWorkload } from './judged-workloads.ts';
import { NETWORK_RULES } from './network-rules.ts';
import { judgePosture, seePosture } from './posture.ts';
import type { Problem } from './problems.ts';
import { chosenRules, isSystemNamespace, ruleChoiceShape, rulesInWords } from './rule-choice.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';

/** Interfaces that are set up without a login, or that let do anything behind it. */
const SENSITIVE = ['argo-server', 'jenkins', 'kubeflow', 'kubernetes-dashboard', 'nifi', 'prometheus', 'weave-scope'];

const networkParams = z.strictObject({
  ...workloadShape,
  ...ruleChoiceShape(NETWORK_RULES),
  sensitiveInterfaces: z
    .array(z.string().min(1))
    .default(SENSITIVE)
    .describe('Parts of the names of workloads that are interfaces for administrators.'),
});
type NetworkParams = z.output<typeof networkParams>;

/** Without one of these, what is open may be shut by a policy that can't be seen. */
const POLICY_KINDS = ['NetworkPolicy', 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'] as const;

export const check: Check<KubernetesReader, NetworkParams> = {
  id: 'kubernetes/posture-network',
  title: 'What can be reached, and what is shut off',
  keywords: [
    'security',
    'posture',
    'exposed',
    'public',
    'reachable',
    'network',
    'exposure',
    'endpoint',
    'loadbalancer',
  ],
  description: `Looks at the ways from outside to workloads (Services of the types LoadBalancer and NodePort or with external addresses, Ingresses, HTTPRoutes of the Gateway API), and at the network policies that shut workloads off from each other. A workload is told once, at the top of its owners.

Reports:
${rulesInWords(NETWORK_RULES)}

That something is reachable is worth knowing and no fault, so it is info; that something became reachable is told by the drift of a baseline. A load balancer that has no address yet does not make an interface sensitive. An Ingress whose certificate is named in an annotation of its controller (those of AWS and Google) has TLS.

Policies of Kubernetes and of Cilium count. Left out unless \`system\` is set: kube-system, kube-public and kube-node-lease. Can't see: policies of other network plug-ins (those of Calico's own API, for instance), whether the network plug-in enforces policies at all, firewalls in front of the cluster, routes of Istio, host networks (\`kubernetes/posture-workloads\` tells of those). Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  nightly: true,
  params: networkParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    const { needs, helps = [] } = workloadWants(params);
    return lookAtCluster(
      reader,
      params,
      context,
      {
        needs: [...needs, 'Service', 'Ingress', 'HTTPRoute', ...POLICY_KINDS],
        helps: [...helps, 'Namespace'],
      },
      (scene) => seeNetwork(scene, params),
    );
  },

  judge(seen, { rules }) {
    return judgePosture(seen, chosenRules(NETWORK_RULES, rules));
  },

  summary: tallyWords,
};

function seeNetwork(scene: Scene, params: NetworkParams): readonly Observation[] {
  const asked = new Set(chosenRules(NETWORK_RULES, params.rules).map(({ id }) => id));
  const only = (problems: readonly Problem[]): readonly Problem[] => problems.filter(({ rule }) => asked.has(rule));
  const isLookedAt = (namespace: string | undefined): boolean => params.system || !isSystemNamespace(namespace);
  const workloads = judgedWorkloads(scene, params);
  const ways = createWays(scene.all('Service'), scene.all('Ingress'), scene.all('HTTPRoute'));
  const policies = createPolicies(scene.all('NetworkPolicy'), [
    ...scene.all('CiliumNetworkPolicy'),
    ...scene.all('CiliumClusterwideNetworkPolicy'),
  ]);
  const inhabited = new Set(workloads.map(({ named }) => named.metadata.namespace ?? ''));
  return [
    ...workloads.flatMap((workload) =>
      seePosture(scene, workload.named, only(workloadProblems(scene, workload, ways, policies, params))),
    ),
    ...scene
      .all('Service')
      .filter(({ metadata }) => isLookedAt(metadata.namespace))
      .flatMap((service) => seePosture(scene, service, only(serviceProblems(service)))),
    ...scene
      .all('Ingress')
      .filter(({ metadata }) => isLookedAt(metadata.namespace))
      .flatMap((ingress) => seePosture(scene, ingress, only(ingressProblems(ingress)))),
    ...scene
      .all('Namespace')
      .filter(({ metadata }) => isLookedAt(metadata.name) && scene.cluster.includes(metadata.name))
      .flatMap((namespace) =>
        seePosture(
          scene,
          namespace,
          only(
            policies.hasAny(namespace.metadata.name) || !knowsPolicies(scene, namespace.metadata.name)
              ? []
              : unguarded(namespace.metadata.name, inhabited.has(namespace.metadata.name)),
          ),
        ),
      ),
  ];
}

function workloadProblems(
  scene: Scene,
  workload: JudgedWorkload,
  ways: Ways,
  policies: Policies,
  { sensitiveInterfaces }: NetworkParams,
): readonly Problem[] {
  const { named } = workload;
  const services = ways.servicesOf(workload);
  const isSensitive = sensitiveInterfaces.some((part) => named.metadata.name.includes(part));
  return [
    ...ways.to(workload),
    ...(isSensitive
      ? services
          .filter(isReached)
          .flatMap((service) => wayOfService(service) ?? [])
          .map((way) => ({ ...way, rule: 'sensitive-interface' }))
      : []),
    ...sshProblems(services),
    ...(knowsPolicies(scene, named.metadata.namespace ?? '') ? isolationProblems(workload, policies) : []),
    ...controllerProblems(workload),
  ];
}

function knowsPolicies(scene: Scene, namespace: string): boolean {
  return POLICY_KINDS.every((kind) => scene.knows(kind, namespace));
}

/** Policies do not hold for pods in the network of their node. */
function isolationProblems({ named, pods }: JudgedWorkload, policies: Policies): readonly Problem[] {
  if (pods.spec.hostNetwork === true) return [];
  const { selected, ingress, egress } = policies.of(named.metadata.namespace ?? '', pods.labels);
  const labels = Object.entries(pods.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const fields = [{ path: `${pods.path.replace(/spec$/, '')}metadata.labels`, value: labels.join(', ') || null }];
  const open = [...(ingress ? [] : ['what comes in']), ...(egress ? [] : ['what goes out'])];
  return [
    ...(selected ? [] : [{ rule: 'without-policy', fields }]),
    ...open.map((about) => ({ rule: 'open-one-way', about, fields })),
  ];
}

function controllerProblems({ containers }: JudgedWorkload): readonly Problem[] {
  return containers
    .filter(({ container }) => /(?:^|\/)ingress-nginx\/controller(?:-chroot)?(?:[:@]|$)/.test(container.image ?? ''))
    .map(({ container, path }) => ({
      rule: 'ingress-nginx',
      fields: [{ path: `${path}.image`, value: container.image ?? null }],
    }));
}

function serviceProblems(service: Service): readonly Problem[] {
  const way = wayOfService(service);
  const externalIPs = service.spec?.externalIPs ?? [];
  const type = service.spec?.type ?? 'ClusterIP';
  return [
    ...(way === null || type === 'ClusterIP'
      ? []
      : [{ rule: 'exposed-service', about: type, fields: [{ path: 'spec.type', value: type }] }]),
    ...(externalIPs.length === 0
      ? []
      : [
          {
            rule: 'external-ips',
            about: externalIPs.join(', '),
            fields: [{ path: 'spec.externalIPs', value: externalIPs.join(', ') }],
          },
        ]),
  ];
}

/** Where controllers of clouds are told of a certificate that they hold themselves. */
const CERTIFICATE_ANNOTATIONS = [
  'alb.ingress.kubernetes.io/certificate-arn',
  'networking.gke.io/managed-certificates',
  'ingress.gcp.kubernetes.io/pre-shared-cert',
] as const;

function ingressProblems({ metadata, spec }: Ingress): readonly Problem[] {
  const isElsewhere = CERTIFICATE_ANNOTATIONS.some((name) => (metadata.annotations?.[name] ?? '') !== '');
  if (isElsewhere || (spec?.tls ?? []).length > 0) return [];
  const hosts = [...new Set((spec?.rules ?? []).flatMap(({ host }) => host ?? []))];
  return [
    {
      rule: 'ingress-without-tls',
      about: hosts.length === 0 ? '' : ` for ${hosts.join(', ')}`,
      fields: [{ path: 'spec.tls', value: null }],
    },
  ];
}

function unguarded(namespace: string, isInhabited: boolean): readonly Problem[] {
  const fields = [{ path: 'metadata.name', value: namespace }];
  return [
    ...(isInhabited ? [{ rule: 'namespace-without-policy', fields }] : []),
    { rule: 'namespace-without-any-policy', fields },
  ];
}
