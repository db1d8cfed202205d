import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import type { JsonObject } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import {
  describeEksCluster,
  describeNodegroup,
  listEksClusters,
  listNodegroups,
} from '../../providers/aws/reads/compute.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const eksParams = z.strictObject({ ...regionShape });
type EksParams = z.output<typeof eksParams>;

const issueFact = z.object({ code: z.string(), message: z.string(), resources: z.array(z.string()) });
const eksFacts = z.object({
  about: z.enum(['cluster', 'nodegroup']),
  name: z.string(),
  cluster: z.string(),
  status: z.string(),
  issues: z.array(issueFact),
});
type EksFacts = z.output<typeof eksFacts>;

export const check: Check<AwsReader, EksParams> = {
  id: 'aws/eks',
  title: 'Clusters and node groups of EKS with health issues',
  keywords: ['eks', 'nodegroup', 'cluster', 'node'],
  description: `Looks at what EKS itself says of its clusters and managed node groups; of what runs in them the checks of Kubernetes tell.

Reports:
- **status** a cluster that has failed (critical); a node group that is degraded, or that could not be made or deleted (high).
- **issue:** with its code: what EKS names as a health issue (high).

Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  params: eksParams,
  timeoutMs: 120_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', seeClusters),
  judge: (seen) => {
    const facts = eksFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data) : [];
  },
  summary: tallyWords,
};

async function seeClusters(scene: Scene): Promise<readonly Observation[]> {
  const names = await scene.list(listEksClusters, {});
  return (await Promise.all(names.map((name) => seeCluster(scene, name)))).flat();
}

async function seeCluster(scene: Scene, name: string): Promise<readonly Seen[]> {
  const arn = scene.arn('eks', `cluster/${name}`);
  const [answer, groups] = await Promise.all([
    scene.ask(describeEksCluster, { name }, arn),
    scene.list(listNodegroups, { clusterName: name }, scene.arn('eks', `nodegroup/${name}/*`)),
  ]);
  const cluster = answer?.cluster;
  const seen =
    cluster === undefined
      ? []
      : [scene.see(cluster.arn ?? arn, name, factsOf('cluster', name, name, cluster.status, cluster.health?.issues))];
  const seenGroups = await Promise.all(groups.map((group) => seeGroup(scene, name, group)));
  return [...seen, ...seenGroups.filter((each) => each !== null)];
}

async function seeGroup(scene: Scene, cluster: string, name: string): Promise<Seen | null> {
  const all = scene.arn('eks', `nodegroup/${cluster}/${name}/*`);
  const answer = await scene.ask(describeNodegroup, { clusterName: cluster, nodegroupName: name }, all);
  const group = answer?.nodegroup;
  if (group === undefined) return null;
  const facts = factsOf('nodegroup', name, cluster, group.status, group.health?.issues);
  return scene.see(group.nodegroupArn ?? `${all.slice(0, -1)}${name}`, `${cluster}/${name}`, facts);
}

interface Issue {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly resourceIds?: readonly string[] | undefined;
}

function factsOf(
  about: EksFacts['about'],
  name: string,
  cluster: string,
  status: string | undefined,
  issues: readonly Issue[] = [],
): JsonObject {
  return {
    about,
    name: printable(name),
    cluster: printable(cluster),
    status: status ?? 'unknown',
    issues: issues.map(({ code, message, resourceIds = [] }) => ({
      code: printable(code ?? 'unknown'),
      message: printable(message ?? '').slice(0, 500),
      resources: resourceIds.map(printable).toSorted().slice(0, 20),
    })),
  };
}

const BAD_STATUS: ReadonlySet<string> = new Set(['FAILED', 'DEGRADED', 'CREATE_FAILED', 'DELETE_FAILED']);

function judge({ resource }: Seen, { about, name, cluster, status, issues }: EksFacts): readonly FindingDraft[] {
  const what = about === 'cluster' ? `The EKS cluster ${name}` : `The node group ${name} of the EKS cluster ${cluster}`;
  const source = about === 'cluster' ? 'eks:DescribeCluster' : 'eks:DescribeNodegroup';
  const line =
    about === 'cluster'
      ? awsLine(resource, 'eks', 'describe-cluster', '--name', cluster)
      : awsLine(resource, 'eks', 'describe-nodegroup', '--cluster-name', cluster, '--nodegroup-name', name);
  const ofStatus: FindingDraft[] = BAD_STATUS.has(status)
    ? [
        {
          discriminator: 'status',
          severity: about === 'cluster' ? 'critical' : 'high',
          title: `${what} is ${status}`,
          why:
            about === 'cluster'
              ? 'Its control plane does not do its work.'
              : 'Its nodes do not come, or are not replaced.',
          next: `See why: ${line}`,
          evidence: evidenceFrom(source, ['status', status], ['issues', issues.map(({ code }) => code)]),
        },
      ]
    : [];
  const byCode = Map.groupBy(issues, ({ code }) => code);
  const ofIssues = [...byCode].map(
    ([code, some]): FindingDraft => ({
      discriminator: `issue:${code}`,
      severity: 'high',
      title: `${what} has the health issue ${code}`,
      why: some[0]?.message || 'EKS names it as what keeps it from working.',
      next: `See it: ${line}`,
      evidence: evidenceFrom(
        source,
        ['code', code],
        ['message', some[0]?.message ?? null],
        ['resources', [...new Set(some.flatMap(({ resources }) => resources))]],
      ),
    }),
  );
  return [...ofStatus, ...ofIssues];
}
