import type { InventoryFact, InventorySource } from '../../domain/inventory.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { KubernetesReader, WebhookConfiguration } from '../../providers/kubernetes/reader.ts';
import { canonicalSelector } from './canonical-selector.ts';
import { scanCluster, sortedSet, type Scan } from './scan.ts';

export const source: InventorySource<KubernetesReader> = {
  id: 'kubernetes/webhooks',
  title: 'Admission webhooks',
  description: `Each webhook of a MutatingWebhookConfiguration or ValidatingWebhookConfiguration: where it sends what it is asked about (a Service, or an address without user and query), for which resources and operations, of which namespaces and objects, and what happens when it does not answer (\`failurePolicy\`). A mutating one sees and may change all that it is for, Secrets among it; one that validates may be all that keeps a policy up.

The value holds the uid of the configuration. Its certificate is left out, as it is renewed by itself. ValidatingAdmissionPolicies are not read.`,
  kinds: {
    webhook: { noun: 'an admission webhook', added: 'high', removed: 'medium', changed: 'high' },
  },
  timeoutMs: 30_000,

  read: (reader, context) =>
    scanCluster(
      reader,
      context,
      { webhook: { of: ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'], hides: 'all' } },
      (scan) => ({
        facts: [...scan.all('MutatingWebhookConfiguration'), ...scan.all('ValidatingWebhookConfiguration')].flatMap(
          (configuration) => webhooksOf(scan, configuration),
        ),
        hidden: [],
      }),
    ),
};

type Webhook = NonNullable<WebhookConfiguration['webhooks']>[number];

function webhooksOf(scan: Scan, { kind, metadata, webhooks }: WebhookConfiguration): readonly InventoryFact[] {
  return (webhooks ?? []).map((webhook) => {
    const value: JsonObject = {
      uid: metadata.uid ?? null,
      goesTo: goesTo(webhook),
      failurePolicy: webhook.failurePolicy ?? 'Fail',
      rules: sortedSet((webhook.rules ?? []).map(ruleText)),
      namespaces: canonicalSelector(webhook.namespaceSelector),
      objects: canonicalSelector(webhook.objectSelector),
      sideEffects: webhook.sideEffects ?? null,
    };
    return scan.fact('webhook', `${kind}/${metadata.name}/${webhook.name}`, value);
  });
}

function goesTo({ clientConfig }: Webhook): string | null {
  const { service, url } = clientConfig ?? {};
  if (service !== undefined)
    return `Service ${service.namespace ?? ''}/${service.name ?? ''}:${service.port ?? 443}${service.path ?? ''}`;
  if (url === undefined) return null;
  if (!URL.canParse(url)) return '(not an address)';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** `CREATE,UPDATE pods,deployments.apps (Namespaced)`: groups times resources, as a rule means them. */
function ruleText({ apiGroups, resources, operations, scope }: NonNullable<Webhook['rules']>[number]): string {
  const what = (apiGroups ?? []).flatMap((group) =>
    (resources ?? []).map((resource) => (group === '' ? resource : `${resource}.${group}`)),
  );
  return `${sortedSet(operations ?? []).join(',')} ${sortedSet(what).join(',')} (${scope ?? '*'})`;
}
