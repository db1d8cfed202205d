import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { surveyAnalyzer } from '../../providers/aws/surveys/analyzer.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';
import { hideUnread } from './surveyed.ts';

const analyzerParams = z.strictObject({ ...regionShape });
type AnalyzerParams = z.output<typeof analyzerParams>;

const accessFacts = z.object({
  about: z.literal('external-access'),
  ids: z.array(z.string()),
  type: z.string(),
});

export const check: Check<AwsReader, AnalyzerParams> = {
  id: 'aws/exposure-analyzer',
  title: 'What Access Analyzer finds shared with outsiders',
  keywords: ['analyzer', 'access', 'external', 'shared', 'public', 'exposed', 'exposure', 'security'],
  description: `Takes over the active findings of IAM Access Analyzer for external access, in regions where an analyzer of the account or its organisation is on.

Reports:
- **external-access** (medium) a resource that it finds shared with somebody outside. Archive it there when it is meant: what is archived is no finding.

Where no analyzer is on there is nothing to take over, which the report says: one for external access costs nothing. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: analyzerParams,
  timeoutMs: 120_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', seeFindings),
  judge: (seen) => {
    const facts = accessFacts.safeParse(seen.facts);
    return facts.success ? [judge(seen, facts.data)] : [];
  },
  summary: (seen) => {
    const off = seen.filter(({ facts }) => facts['about'] === 'analyzer-off').map(({ name }) => name);
    const words = [
      tallyWords(seen),
      off.length === 0 ? null : `No Access Analyzer for external access is on in ${off.join(', ')}.`,
    ];
    return words.filter((each) => each !== null).join(' ') || null;
  },
};

async function seeFindings(scene: Scene): Promise<readonly Observation[]> {
  const survey = await surveyAnalyzer(scene.account, scene.place, scene.signal);
  // What it would have found has ARNs of any service.
  hideUnread(scene, { hidden: survey.hidden.map((part) => ({ ...part, arn: scene.arn('*', '*') })) });
  const byResource = Map.groupBy(survey.seen, ({ resource }) => resource);
  const found = [...byResource].map(([resource, some]) =>
    scene.see(resource, resource, {
      about: 'external-access',
      ids: some.map(({ id }) => id).toSorted(),
      type: printable(some[0]?.type ?? 'unknown'),
    }),
  );
  const region = scene.place.region;
  return survey.on === false
    ? [...found, scene.see(scene.arn('access-analyzer', 'none'), region, { about: 'analyzer-off' })]
    : found;
}

function judge({ resource, name }: Seen, { ids, type }: z.output<typeof accessFacts>): FindingDraft {
  return {
    discriminator: 'external-access',
    severity: 'medium',
    title: `Access Analyzer finds ${name} shared with somebody outside`,
    why: 'Its policy lets in somebody who does not belong to the account, or to its organisation.',
    next: `See with whom; archive it there when it is meant: ${awsLine(resource, 'accessanalyzer', 'list-analyzers')}`,
    evidence: evidenceFrom('access-analyzer:ListFindings', ['type', type], ['findings', ids]),
  };
}
