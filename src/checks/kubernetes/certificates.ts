import * as z from 'zod';
import type { Check, FindingDraft, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable, printableStart } from '../../domain/printable.ts';
import type { Severity } from '../../domain/severity.ts';
import { conditionOf, instantOf, type Certificate, type KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { durationParam } from '../duration-param.ts';
import { clusterShape } from './cluster-params.ts';
import { kubectlLine } from './kubectl-line.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';

const certificatesParams = z.strictObject({
  ...clusterShape,
  expiresWithin: durationParam('0s', '365d')
    .prefault('14d')
    .describe('Medium from here on, unless its renewal is still to come.'),
  urgentWithin: durationParam('0s', '365d').prefault('3d').describe('High when it ends within this time.'),
  notReadyAfter: durationParam('0s', '7d').prefault('15m').describe('How long it may take to be issued.'),
});
type CertificatesParams = z.output<typeof certificatesParams>;

const certificateFacts = z.object({
  context: z.string(),
  namespace: z.string(),
  name: z.string(),
  secret: z.string().nullable(),
  notAfter: z.string().nullable(),
  renewalTime: z.string().nullable(),
  /** The condition Ready, where it is not True. */
  notReady: z
    .object({ status: z.string(), reason: z.string(), message: z.string(), since: z.string().nullable() })
    .nullable(),
});
type CertificateFacts = z.output<typeof certificateFacts>;

export const check: Check<KubernetesReader, CertificatesParams> = {
  id: 'kubernetes/certificates',
  title: 'Certificates of cert-manager',
  keywords: ['certificate', 'cert', 'tls', 'issuer', 'expire', 'expiry', 'cert-manager'],
  description: `Looks at the Certificates of cert-manager, where the cluster has it.

Reports:
- **not-ready** (high) its condition Ready is not True for \`notReadyAfter\`, by the condition's time.
- **expires** (medium within \`expiresWithin\`, high within \`urgentWithin\`, critical once expired) by status.notAfter. Until its renewal is due it is not reported: a certificate of a day or a week is always near its end.

Certificates that are not cert-manager's stand in Secrets, which are not read: ask net/tls at the door instead. Those of the kubelets can't be seen. Tried against objects of the documented shape; not against a live cluster.`,
  standalone: true,
  params: certificatesParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    return lookAtCluster(reader, params, context, { needs: ['Certificate'] }, (scene) =>
      scene.all('Certificate').map((certificate) => scene.see(certificate, factsOf(scene, certificate))),
    );
  },

  judge(seen, params, { now }) {
    const facts = certificateFacts.safeParse(seen.facts);
    if (!facts.success) return [];
    return [...notReady(seen, facts.data, params, now), ...expires(seen, facts.data, params, now)];
  },

  summary: tallyWords,
};

function factsOf({ cluster }: Scene, { metadata, spec, status }: Certificate): CertificateFacts {
  const ready = conditionOf(status?.conditions, 'Ready');
  return {
    context: cluster.context,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    secret: spec?.secretName ?? null,
    notAfter: status?.notAfter ?? null,
    renewalTime: status?.renewalTime ?? null,
    notReady:
      ready?.status === 'True'
        ? null
        : {
            status: ready?.status ?? 'absent',
            reason: ready?.reason ?? '',
            message: printableStart(ready?.message ?? '', 300),
            since: ready?.lastTransitionTime ?? metadata.creationTimestamp ?? null,
          },
  };
}

function notReady(
  seen: Seen,
  facts: CertificateFacts,
  { notReadyAfter }: CertificatesParams,
  now: number,
): readonly FindingDraft[] {
  if (facts.notReady === null) return [];
  const { status, reason, message, since } = facts.notReady;
  const at = instantOf(since ?? undefined);
  if (at !== null && now - at < notReadyAfter) return [];
  const source = printable(seen.name);
  return [
    {
      discriminator: 'not-ready',
      severity: 'high',
      title: `${seen.name} is not ready${reason === '' ? '' : `: ${printable(reason)}`}${at === null ? '' : `, for ${formatDuration(Math.max(0, now - at))}`}`,
      why: 'Its Secret holds no certificate, or one that will not be renewed.',
      next: `Follow it to its request, its order and its challenges: ${kubectlLine(facts.context, facts.namespace, 'describe', 'certificate', facts.name)}`,
      evidence: [
        { label: 'status.conditions[?(@.type=="Ready")].status', value: printable(status), source },
        { label: 'status.conditions[?(@.type=="Ready")].message', value: printable(message), source },
        ...(facts.secret === null ? [] : [{ label: 'spec.secretName', value: printable(facts.secret), source }]),
      ],
    },
  ];
}

function expires(
  seen: Seen,
  facts: CertificateFacts,
  params: CertificatesParams,
  now: number,
): readonly FindingDraft[] {
  const end = instantOf(facts.notAfter ?? undefined);
  if (end === null) return [];
  const left = end - now;
  const renewal = instantOf(facts.renewalTime ?? undefined);
  const severity = severityOf(left, renewal !== null && renewal > now, params);
  if (severity === null) return [];
  const source = printable(seen.name);
  return [
    {
      discriminator: 'expires',
      severity,
      title:
        left <= 0
          ? `${seen.name} expired ${formatDuration(-left)} ago`
          : `${seen.name} expires in ${formatDuration(left)}${renewal === null ? '' : ', and its renewal is overdue'}`,
      why: 'Whoever checks certificates stops to talk to what presents this one.',
      next: `See why it is not renewed: ${kubectlLine(facts.context, facts.namespace, 'describe', 'certificate', facts.name)}`,
      evidence: [
        { label: 'status.notAfter', value: printable(facts.notAfter ?? ''), source },
        ...(facts.renewalTime === null
          ? []
          : [{ label: 'status.renewalTime', value: printable(facts.renewalTime), source }]),
        ...(facts.secret === null ? [] : [{ label: 'spec.secretName', value: printable(facts.secret), source }]),
      ],
      evidenceClass: left <= 0 ? 'expired' : 'expiring',
    },
  ];
}

function severityOf(
  left: number,
  renewalIsToCome: boolean,
  { expiresWithin, urgentWithin }: CertificatesParams,
): Severity | null {
  if (left <= 0) return 'critical';
  if (renewalIsToCome) return null;
  if (left <= urgentWithin) return 'high';
  return left <= expiresWithin ? 'medium' : null;
}
