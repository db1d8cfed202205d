import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import type { KubernetesReader, Service, WebhookConfiguration } from '../../providers/kubernetes/reader.ts';
import { durationParam } from '../duration-param.ts';
import { byName, canTell, type ByName } from './by-name.ts';
import { clusterShape } from './cluster-params.ts';
import { counted } from './counted.ts';
import { judgeLasting, type LastingRule } from './lasting-judgement.ts';
import { blindness, sampleLasting, seeLasting, untold, type Blind, type LastingProblem } from './lasting.ts';
import type { Field } from './problems.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';
import { ENDPOINT_LISTS, endpointsOf, isSelecting, noneReadySince, type EndpointsOf } from './service-endpoints.ts';

const webhooksParams = z.strictObject({
  ...clusterShape,
  after: durationParam('0s', '1d').prefault('2m').describe('How long nothing may be ready behind a webhook.'),
});
type WebhooksParams = z.output<typeof webhooksParams>;

export const check: Check<KubernetesReader, WebhooksParams> = {
  id: 'kubernetes/webhooks',
  title: 'Admission webhooks that do not answer',
  keywords: ['webhook', 'admission', 'validating', 'mutating'],
  description: `Looks at what stands behind each webhook of the validating and mutating configurations.

Reports, apart by the webhook's name, high, and critical where its failurePolicy is Fail (which is the default), as then nothing that it is asked about can be written:
- **service-missing:…** its Service does not exist.
- **port-missing:…** its Service does not have the port (443 unless it says another).
- **not-ready:…** nothing is ready behind its Service for \`after\`, by the times of the pods.

Webhooks at a URL are outside of the cluster, and are not asked. With \`namespaces\`, those whose Service is there. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  params: webhooksParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    return lookAtCluster(
      reader,
      params,
      context,
      { needs: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'], helps: ENDPOINT_LISTS },
      (scene) => seeWebhooks(scene, context),
    );
  },

  judge(seen, { after }, history) {
    return judgeLasting(seen, webhookRules(after), history);
  },

  sample: sampleLasting,
  summary: tallyWords,
};

async function seeWebhooks(scene: Scene, context: ReadContext): Promise<readonly Observation[]> {
  const services = byName(scene.all('Service'));
  const endpoints = await endpointsOf(scene);
  const configurations: readonly WebhookConfiguration[] = [
    ...scene.all('ValidatingWebhookConfiguration'),
    ...scene.all('MutatingWebhookConfiguration'),
  ];
  const seen = configurations.map(async (configuration) => {
    const problems = (configuration.webhooks ?? []).flatMap((webhook, index) =>
      webhookProblems({ webhook, index, configuration }, scene, services, endpoints),
    );
    return seeLasting(scene, context, configuration, problems, await blindFor(scene, configuration));
  });
  return (await Promise.all(seen)).flat();
}

interface Placed {
  readonly webhook: NonNullable<WebhookConfiguration['webhooks']>[number];
  readonly index: number;
  readonly configuration: WebhookConfiguration;
}

function webhookProblems(
  { webhook, index, configuration }: Placed,
  scene: Scene,
  services: ByName<Service>,
  endpoints: EndpointsOf,
): readonly LastingProblem[] {
  const { namespace, name, port = 443 } = webhook.clientConfig?.service ?? {};
  if (namespace === undefined || name === undefined || !canTell(scene, 'Service', namespace)) return [];
  const path = `webhooks[${index}]`;
  const worse = (webhook.failurePolicy ?? 'Fail') === 'Fail';
  const fields: readonly Field[] = [
    { path: `${path}.clientConfig.service`, value: `${namespace}/${name}` },
    { path: `${path}.failurePolicy`, value: webhook.failurePolicy ?? null },
    { path: `${path}.rules`, value: rulesInWords(webhook.rules) },
  ];
  const about = `${webhook.name} asks Service ${namespace}/${name}`;
  const base = { apart: webhook.name, worse, since: 0 };
  const service = services.get(namespace, name);
  if (service === undefined) return [{ ...base, rule: 'service-missing', about, fields }];
  const ports = service.spec?.ports ?? [];
  if (ports.length > 0 && !ports.some((each) => each.port === port))
    return [
      {
        ...base,
        rule: 'port-missing',
        about: `${about}, port ${port}`,
        fields: [...fields, { path: `${path}.clientConfig.service.port`, value: port }],
      },
    ];
  if (!isSelecting(service) || !ENDPOINT_LISTS.every((kind) => scene.knows(kind, namespace))) return [];
  const { ready, pods, changedAt } = endpoints.of(service);
  if (ready > 0) return [];
  return [
    {
      ...base,
      rule: 'not-ready',
      about: `${about} (0 of ${counted(pods.length, 'pod')} ready)`,
      since: noneReadySince(pods) ?? changedAt ?? untold(configuration),
      fields: [...fields, { path: 'pods of its Service that are ready', value: 0 }],
    },
  ];
}

function rulesInWords(rules: Placed['webhook']['rules']): string {
  return (rules ?? [])
    .map(({ operations, resources }) => `${(operations ?? []).join('/')} ${(resources ?? []).join(', ')}`)
    .join('; ');
}

async function blindFor(scene: Scene, { webhooks }: WebhookConfiguration): Promise<readonly Blind[]> {
  const namespaces = new Set((webhooks ?? []).flatMap(({ clientConfig }) => clientConfig?.service?.namespace ?? []));
  const blind = await Promise.all(
    [...namespaces].flatMap((namespace) =>
      ENDPOINT_LISTS.map((kind) => blindness(scene, kind, namespace, kind === 'Service' ? RULE_IDS : ['not-ready'])),
    ),
  );
  return blind.filter((each) => each !== null);
}

const RULE_IDS = ['service-missing', 'port-missing', 'not-ready'];

function webhookRules(afterMs: number): readonly LastingRule[] {
  const why =
    'Nothing that it is asked about can be written where it must not fail: no deployment, no restart, no repair.';
  const next = 'Is what it belongs to still installed, and does it run? {describe}';
  return [
    {
      id: 'service-missing',
      severity: 'high',
      worse: 'critical',
      afterMs: 0,
      title: 'has a webhook with nothing behind it: {about}, which does not exist',
      why,
      next,
    },
    {
      id: 'port-missing',
      severity: 'high',
      worse: 'critical',
      afterMs: 0,
      title: 'has a webhook with nothing behind it: {about}, which is not there',
      why,
      next,
    },
    {
      id: 'not-ready',
      severity: 'high',
      worse: 'critical',
      afterMs,
      looks: true,
      title: 'has a webhook that nobody answers: {about}',
      why,
      next,
    },
  ];
}
