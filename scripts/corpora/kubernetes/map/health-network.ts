import type { JsonObject } from '../../../../src/domain/json.ts';
import type { AreaMap, RuleAnswer } from '../rule-map.ts';

/** Every rule, in every namespace, OpenShift's workloads included: what a peer is asked for. */
const ALL = { rules: ['all'], system: true, openshift: true };

function references(...discriminators: readonly string[]): readonly RuleAnswer[] {
  return [{ check: 'kubernetes/hygiene-references', params: ALL, discriminators }];
}

function policies(...discriminators: readonly string[]): readonly RuleAnswer[] {
  return [{ check: 'kubernetes/hygiene-network-policies', params: ALL, discriminators }];
}

function budgets(params: JsonObject, ...discriminators: readonly string[]): readonly RuleAnswer[] {
  return [{ check: 'kubernetes/disruption-budgets', params, discriminators }];
}

function autoscalers(params: JsonObject, ...discriminators: readonly string[]): readonly RuleAnswer[] {
  return [{ check: 'kubernetes/autoscalers', params, discriminators }];
}

const ROUTE_RULES = ['gateway-missing', 'namespace-not-allowed', 'service-missing', 'port-missing', 'route-refused:*'];

/** Traffic, what scales and what protects, and names of what is not there. */
export const healthNetwork: AreaMap = {
  k8sgpt: {
    ServiceAnalyzer: [{ check: 'kubernetes/services', discriminators: ['no-endpoints', 'scaled-to-zero'] }],
    IngressAnalyzer: [
      {
        check: 'kubernetes/ingresses',
        params: { secrets: true },
        discriminators: ['service-missing', 'class-missing', 'no-class', 'tls-secret-missing'],
      },
    ],
    HpaAnalyzer: autoscalers(
      {},
      'target-missing',
      'target-not-scalable',
      'requests-missing',
      'not-scaling:*',
      'maxed',
      'limited',
    ),
    PdbAnalyzer: budgets({}, 'blocked', 'short', 'never-allows', 'needs-all:*'),
    NetworkPolicyAnalyzer: policies('selects-nothing', 'allows-all-ingress'),
    ConfigMapAnalyzer: [
      {
        check: 'kubernetes/hygiene-unused',
        params: ALL,
        discriminators: ['config-map-unused', 'config-map-empty', 'config-map-large'],
      },
    ],
    ValidatingWebhookAnalyzer: [{ check: 'kubernetes/webhooks', discriminators: ['service-missing:*', 'not-ready:*'] }],
    MutatingWebhookAnalyzer: [{ check: 'kubernetes/webhooks', discriminators: ['service-missing:*', 'not-ready:*'] }],
    GatewayAnalyzer: [
      { check: 'kubernetes/gateways', discriminators: ['class-missing', 'not-accepted', 'not-programmed'] },
    ],
    GatewayClassAnalyzer: [{ check: 'kubernetes/gateways', discriminators: ['not-accepted'] }],
    HTTPRouteAnalyzer: [{ check: 'kubernetes/gateways', discriminators: ROUTE_RULES }],
  },
  polaris: {
    hpaMaxAvailability: autoscalers({ fixed: true }, 'fixed'),
    hpaMinAvailability: autoscalers({ fewerThan: 2 }, 'few-replicas'),
    pdbDisruptionsIsZero: budgets({}, 'never-allows'),
    pdbMinAvailableGreaterThanHPAMinReplicas: budgets({}, 'never-allows', 'needs-all:autoscaler'),
  },
  'kube-linter': {
    'dangling-horizontalpodautoscaler': autoscalers({}, 'target-missing'),
    'dangling-ingress': [{ check: 'kubernetes/ingresses', discriminators: ['service-missing', 'port-missing'] }],
    'dangling-networkpolicy': policies('selects-nothing'),
    'dangling-networkpolicypeer-podselector': policies('peer-selects-nothing:*'),
    'dangling-service': references('service-selects-nothing'),
    'dangling-servicemonitor': references('monitor-selects-nothing'),
    'hpa-minimum-replicas': autoscalers({ fewerThan: 3 }, 'few-replicas'),
    'hpa-minimum-three-replicas': autoscalers({ fewerThan: 3 }, 'few-replicas'),
    'invalid-target-ports': references('invalid-port'),
    'mismatching-selector': references('selector-mismatch'),
    'non-existent-service-account': references('account-missing'),
    'pdb-max-unavailable': budgets({}, 'never-allows'),
    'pdb-min-available': budgets({}, 'never-allows', 'needs-all:*'),
    'pdb-unhealthy-pod-eviction-policy': budgets({ evictionPolicy: true }, 'eviction-policy-unset'),
  },
  regolibrary: {
    'dangling-gateway-backend': [{ check: 'kubernetes/gateways', discriminators: ['service-missing'] }],
    'dangling-ingress-backend': [{ check: 'kubernetes/ingresses', discriminators: ['service-missing'] }],
    'dangling-networkpolicy': policies('selects-nothing'),
    'hpa-has-target': autoscalers({}, 'target-missing'),
    'mismatching-selector': references('selector-mismatch'),
    'non-existent-service-account': references('account-missing'),
    'service-with-no-workload': references('service-selects-nothing'),
  },
};
