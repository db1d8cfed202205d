import * as z from 'zod';
import type { Check, FindingDraft, History, Observation, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import type { Severity } from '../../domain/severity.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { listServerCertificates } from '../../providers/aws/reads/identity.ts';
import { listCertificates, type CertificateSummary } from '../../providers/aws/reads/watch.ts';
import { daysLeftParam } from '../days-left-param.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const certificatesParams = z.strictObject({
  ...regionShape,
  days: daysLeftParam().describe(
    'With fewer days left than these a certificate is reported as low, high and critical.',
  ),
});
type CertificatesParams = z.output<typeof certificatesParams>;

const certificateFacts = z.object({
  about: z.literal('certificate'),
  certificate: z.string(),
  from: z.enum(['acm', 'iam']),
  status: z.string(),
  notAfter: z.number().nullable(),
  /** null: IAM does not say. */
  inUse: z.boolean().nullable(),
  renews: z.boolean(),
  createdAt: z.number().nullable(),
});
type CertificateFacts = z.output<typeof certificateFacts>;

export const check: Check<AwsReader, CertificatesParams> = {
  id: 'aws/certificates',
  title: 'Certificates of ACM and IAM that run out',
  keywords: ['certificate', 'cert', 'acm', 'tls', 'ssl', 'expire', 'expiry'],
  description: `Looks at the certificates of Certificate Manager in each region, and at the server certificates of IAM.

Reports:
- **expiry** one that expires within \`days\` (low, high, critical), or has expired (critical). One that nothing uses is low at most; of IAM's nobody is told whether they are used. A managed one that ACM renews by itself is renewed 60 days before: that it is still here 30 days before means that it could not be.
- **issuing** (medium) one that could not be issued: failed, or not validated in time; or that has waited for its validation for a day.

All key types are asked for. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  params: certificatesParams,
  timeoutMs: 60_000,
  read: async (reader, params, context) => {
    const [regional, ofIam] = await Promise.all([
      lookAtAws(reader, params, context, 'regions', seeAcm),
      lookAtAws(reader, params, context, 'account', seeIam),
    ]);
    // Both looks tell of the account: once is enough.
    const known = new Set(regional.map(({ resource }) => resource));
    return [...regional, ...ofIam.filter(({ resource }) => !known.has(resource))];
  },
  judge: (seen, params, history) => {
    const facts = certificateFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data, params, history) : [];
  },
  summary: tallyWords,
};

/** ACM lists RSA keys of 1024 and 2048 bits alone, unless it is told all. */
const KEY_TYPES = [
  'RSA_1024',
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'EC_prime256v1',
  'EC_secp384r1',
  'EC_secp521r1',
] as const;

async function seeAcm(scene: Scene): Promise<readonly Observation[]> {
  const certificates = await scene.list(listCertificates, { Includes: { keyTypes: [...KEY_TYPES] } });
  return certificates.map((certificate) => seeOne(scene, certificate));
}

function seeOne(scene: Scene, certificate: CertificateSummary): Seen {
  const { CertificateArn: arn, DomainName, Status, NotAfter, InUse, Type, RenewalEligibility, CreatedAt } = certificate;
  const name = DomainName ?? 'unnamed';
  return scene.see(arn ?? scene.arn('acm', `certificate/${name}`), name, {
    about: 'certificate',
    certificate: printable(name),
    from: 'acm',
    status: Status ?? 'ISSUED',
    notAfter: NotAfter?.getTime() ?? null,
    inUse: InUse ?? null,
    renews: Type === 'AMAZON_ISSUED' && RenewalEligibility === 'ELIGIBLE',
    createdAt: CreatedAt?.getTime() ?? null,
  });
}

async function seeIam(scene: Scene): Promise<readonly Observation[]> {
  const certificates = await scene.list(listServerCertificates, {}, scene.globalArn('iam', 'server-certificate/*'));
  return certificates.map(({ Arn, ServerCertificateName, Expiration, UploadDate }) =>
    scene.see(
      Arn ?? scene.globalArn('iam', `server-certificate/${ServerCertificateName ?? ''}`),
      ServerCertificateName ?? 'unnamed',
      {
        about: 'certificate',
        certificate: printable(ServerCertificateName ?? 'unnamed'),
        from: 'iam',
        status: 'ISSUED',
        notAfter: Expiration?.getTime() ?? null,
        inUse: null,
        renews: false,
        createdAt: UploadDate?.getTime() ?? null,
      },
    ),
  );
}

const DAY_MS = 86_400_000;
const UNISSUED: Readonly<Record<string, string>> = {
  FAILED: 'could not be issued',
  VALIDATION_TIMED_OUT: 'was not validated within 72 hours',
};

function judge(
  { resource }: Seen,
  facts: CertificateFacts,
  { days }: CertificatesParams,
  { now }: History,
): readonly FindingDraft[] {
  const { certificate, from, status, notAfter, inUse, renews, createdAt } = facts;
  const source = from === 'acm' ? 'acm:ListCertificates' : 'iam:ListServerCertificates';
  const evidence = evidenceFrom(
    source,
    ['status', status],
    ['expires', notAfter === null ? null : new Date(notAfter).toISOString()],
    ['in use', inUse],
    ['renewed by ACM', renews],
  );
  const waited = createdAt === null ? 0 : now - createdAt;
  const unissued =
    UNISSUED[status] ??
    (status === 'PENDING_VALIDATION' && waited > DAY_MS
      ? `waits for its validation since ${formatDuration(waited)}`
      : null);
  if (unissued !== null)
    return [
      {
        discriminator: 'issuing',
        severity: 'medium',
        title: `The certificate for ${certificate} ${unissued}`,
        why: 'Whoever asked for it still has none.',
        next: `See why: ${lineOf(resource, from, certificate)}`,
        evidence,
      },
    ];
  if (notAfter === null || (status !== 'ISSUED' && status !== 'EXPIRED')) return [];
  const severity = severityOf(notAfter - now, days, inUse);
  if (severity === null) return [];
  const isOver = notAfter <= now;
  return [
    {
      discriminator: 'expiry',
      severity,
      evidenceClass: isOver ? 'expired' : 'expiring',
      title: `The certificate for ${certificate} ${isOver ? `expired ${formatDuration(now - notAfter)} ago` : `expires in ${formatDuration(notAfter - now)}`}${inUse === false ? '; nothing uses it' : ''}`,
      why:
        inUse === false
          ? 'Nothing uses it: it is only in the way.'
          : renews
            ? 'ACM renews it by itself, 60 days before, and has not: its validation (DNS records) no longer holds.'
            : 'Clients refuse to connect from then on.',
      next: `See it: ${lineOf(resource, from, certificate)}`,
      evidence,
    },
  ];
}

function severityOf(
  leftMs: number,
  [low, high, critical]: readonly [number, number, number],
  inUse: boolean | null,
): Severity | null {
  const left = leftMs / DAY_MS;
  if (left >= low) return null;
  if (inUse === false) return 'low';
  if (left < critical) return 'critical';
  return left < high ? 'high' : 'low';
}

function lineOf(resource: string, from: CertificateFacts['from'], name: string): string {
  return from === 'acm'
    ? awsLine(resource, 'acm', 'describe-certificate', '--certificate-arn', resource)
    : awsLine(resource, 'iam', 'get-server-certificate', '--server-certificate-name', name);
}
