import type { Check, CheckCatalog, CheckId } from '../domain/check.ts';
import { CodedError } from '../domain/coded-error.ts';

/** One line per check, sorted. Nothing is imported before it is asked for: `--help` must not pay for zod. */
const CHECKS: Readonly<Record<CheckId, () => Promise<{ readonly check: Check }>>> = {
  'aws/alarms': () => import('./aws/alarms.ts'),
  'aws/audit-trail': () => import('./aws/audit-trail.ts'),
  'aws/auto-scaling': () => import('./aws/auto-scaling.ts'),
  'aws/certificates': () => import('./aws/certificates.ts'),
  'aws/cost': () => import('./aws/cost.ts'),
  'aws/databases': () => import('./aws/databases.ts'),
  'aws/ecs-services': () => import('./aws/ecs-services.ts'),
  'aws/eks': () => import('./aws/eks.ts'),
  'aws/exposure-analyzer': () => import('./aws/exposure-analyzer.ts'),
  'aws/exposure-data': () => import('./aws/exposure-data.ts'),
  'aws/exposure-endpoints': () => import('./aws/exposure-endpoints.ts'),
  'aws/exposure-policies': () => import('./aws/exposure-policies.ts'),
  'aws/exposure-security-groups': () => import('./aws/exposure-security-groups.ts'),
  'aws/functions': () => import('./aws/functions.ts'),
  'aws/health-checks': () => import('./aws/health-checks.ts'),
  'aws/hygiene-addresses': () => import('./aws/hygiene-addresses.ts'),
  'aws/hygiene-gateways': () => import('./aws/hygiene-gateways.ts'),
  'aws/hygiene-instances': () => import('./aws/hygiene-instances.ts'),
  'aws/hygiene-logs': () => import('./aws/hygiene-logs.ts'),
  'aws/hygiene-snapshots': () => import('./aws/hygiene-snapshots.ts'),
  'aws/hygiene-volumes': () => import('./aws/hygiene-volumes.ts'),
  'aws/identity-permissions': () => import('./aws/identity-permissions.ts'),
  'aws/identity-root': () => import('./aws/identity-root.ts'),
  'aws/identity-trust': () => import('./aws/identity-trust.ts'),
  'aws/identity-users': () => import('./aws/identity-users.ts'),
  'aws/instances': () => import('./aws/instances.ts'),
  'aws/load-balancers': () => import('./aws/load-balancers.ts'),
  'aws/queues': () => import('./aws/queues.ts'),
  'aws/quotas': () => import('./aws/quotas.ts'),
  'aws/tags': () => import('./aws/tags.ts'),
  'docker/containers': () => import('./docker/containers.ts'),
  'host/certificate-files': () => import('./host/certificate-files.ts'),
  'host/disk': () => import('./host/disk.ts'),
  'host/disk-health': () => import('./host/disk-health.ts'),
  'host/file-age': () => import('./host/file-age.ts'),
  'host/file-descriptors': () => import('./host/file-descriptors.ts'),
  'host/load': () => import('./host/load.ts'),
  'host/log-patterns': () => import('./host/log-patterns.ts'),
  'host/memory': () => import('./host/memory.ts'),
  'host/oom-kills': () => import('./host/oom-kills.ts'),
  'host/package-updates': () => import('./host/package-updates.ts'),
  'host/processes': () => import('./host/processes.ts'),
  'host/reboot-pending': () => import('./host/reboot-pending.ts'),
  'host/systemd-units': () => import('./host/systemd-units.ts'),
  'host/temperature': () => import('./host/temperature.ts'),
  'host/time-sync': () => import('./host/time-sync.ts'),
  'kubernetes/autoscalers': () => import('./kubernetes/autoscalers.ts'),
  'kubernetes/certificates': () => import('./kubernetes/certificates.ts'),
  'kubernetes/control-plane': () => import('./kubernetes/control-plane.ts'),
  'kubernetes/disruption-budgets': () => import('./kubernetes/disruption-budgets.ts'),
  'kubernetes/events': () => import('./kubernetes/events.ts'),
  'kubernetes/gateways': () => import('./kubernetes/gateways.ts'),
  'kubernetes/hygiene-network-policies': () => import('./kubernetes/hygiene-network-policies.ts'),
  'kubernetes/hygiene-references': () => import('./kubernetes/hygiene-references.ts'),
  'kubernetes/hygiene-unused': () => import('./kubernetes/hygiene-unused.ts'),
  'kubernetes/hygiene-workloads': () => import('./kubernetes/hygiene-workloads.ts'),
  'kubernetes/ingresses': () => import('./kubernetes/ingresses.ts'),
  'kubernetes/jobs': () => import('./kubernetes/jobs.ts'),
  'kubernetes/namespaces': () => import('./kubernetes/namespaces.ts'),
  'kubernetes/nodes': () => import('./kubernetes/nodes.ts'),
  'kubernetes/pods-crashlooping': () => import('./kubernetes/pods-crashlooping.ts'),
  'kubernetes/pods-not-ready': () => import('./kubernetes/pods-not-ready.ts'),
  'kubernetes/pods-not-starting': () => import('./kubernetes/pods-not-starting.ts'),
  'kubernetes/posture-control-plane': () => import('./kubernetes/posture-control-plane.ts'),
  'kubernetes/posture-images': () => import('./kubernetes/posture-images.ts'),
  'kubernetes/posture-namespaces': () => import('./kubernetes/posture-namespaces.ts'),
  'kubernetes/posture-network': () => import('./kubernetes/posture-network.ts'),
  'kubernetes/posture-placement': () => import('./kubernetes/posture-placement.ts'),
  'kubernetes/posture-rbac': () => import('./kubernetes/posture-rbac.ts'),
  'kubernetes/posture-secrets': () => import('./kubernetes/posture-secrets.ts'),
  'kubernetes/posture-service-accounts': () => import('./kubernetes/posture-service-accounts.ts'),
  'kubernetes/posture-workloads': () => import('./kubernetes/posture-workloads.ts'),
  'kubernetes/services': () => import('./kubernetes/services.ts'),
  'kubernetes/volumes': () => import('./kubernetes/volumes.ts'),
  'kubernetes/webhooks': () => import('./kubernetes/webhooks.ts'),
  'kubernetes/workloads': () => import('./kubernetes/workloads.ts'),
  'mcp/tool': () => import('./mcp/tool.ts'),
  'net/banner': () => import('./net/banner.ts'),
  'net/dns': () => import('./net/dns.ts'),
  'net/domain-expiry': () => import('./net/domain-expiry.ts'),
  'net/http': () => import('./net/http.ts'),
  'net/mysql': () => import('./net/mysql.ts'),
  'net/postgres': () => import('./net/postgres.ts'),
  'net/redis': () => import('./net/redis.ts'),
  'net/security-headers': () => import('./net/security-headers.ts'),
  'net/tcp': () => import('./net/tcp.ts'),
  'net/tls': () => import('./net/tls.ts'),
};

/** Earlier id -> current id. The check itself lists its earlier ids too, the oldest first. */
const ALIASES: Readonly<Record<CheckId, CheckId>> = {};

export const checkCatalog: CheckCatalog = {
  ids: Object.keys(CHECKS).filter(isCheckId).toSorted(),
  aliases: ALIASES,
  async load(id) {
    const current = ALIASES[id] ?? id;
    const load = Object.hasOwn(CHECKS, current) ? CHECKS[current] : undefined;
    if (load === undefined)
      throw new CodedError('NOT_FOUND', `There is no check "${id}".`, { next: 'See "holdfast checks list".' });
    return (await load()).check;
  },
};

function isCheckId(text: string): text is CheckId {
  return text.includes('/');
}
