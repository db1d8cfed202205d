import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import { kindInArn } from '../../domain/arn.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { asMonthlyCost, costFacts, inDollars, noPrice } from './priced.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';
import { LISTED_TYPES, taggables, type Taggable } from './taggables.ts';

const tagsParams = z.strictObject({
  ...regionShape,
  required: z
    .array(z.string().min(1))
    .default([])
    .describe('Keys that every resource must bear; by default it is enough to bear any tag.'),
  types: z
    .array(z.string().min(1))
    .default([])
    .describe('Types of resources as `ec2:volume`, or patterns over them (`ec2:*`); by default all that are seen.'),
});
type TagsParams = z.output<typeof tagsParams>;

const resourceFacts = z.object({
  about: z.literal('tags'),
  type: z.string(),
  called: z.string(),
  /** Keys of its tags, without those of AWS itself. */
  keys: z.array(z.string()),
  missing: z.array(z.string()),
  source: z.string(),
  cost: costFacts,
});
type ResourceFacts = z.output<typeof resourceFacts>;

export const check: Check<AwsReader, TagsParams> = {
  id: 'aws/tags',
  title: 'Resources without tags, or without those they need',
  keywords: ['tag', 'untagged', 'tagged', 'resource', 'label', 'owner'],
  description: `Looks for resources that bear no tags, or not all of the \`required\` keys.

Reports:
- **tags** it bears no tag at all (low), or lacks a required key (low). Tags of AWS itself (\`aws:…\`) do not count.

The Resource Groups Tagging API lists what bears tags, or did once: what never had one is not in it. So these types are also listed by their own services: ${LISTED_TYPES.map((type) => `\`${type}\``).join(', ')}. Of any other type only those are found that had a tag once. Security groups called default, which nobody can delete, are left out. What a resource costs is told of volumes, NAT gateways, balancers and unassociated addresses, by AWS's public price list (pricing:GetProducts, which costs nothing); of others it is not known, and never nought. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: tagsParams,
  timeoutMs: 300_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', (scene) => see(scene, params)),
  judge: (seen, { required }) => {
    const facts = resourceFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data, required) : [];
  },
  summary: tallyWords,
};

async function see(scene: Scene, { required, types }: TagsParams): Promise<readonly Observation[]> {
  const wants = (type: string): boolean => types.length === 0 || types.some((pattern) => matchesGlob(pattern, type));
  const all = await taggables(scene, wants);
  return Promise.all(
    all.flatMap((one) => {
      const missing = required.filter((key) => !one.keys.includes(key));
      const isBare = required.length === 0 && one.keys.length === 0;
      return isBare || missing.length > 0 ? [seeResource(scene, one, missing)] : [];
    }),
  );
}

async function seeResource(scene: Scene, one: Taggable, missing: readonly string[]): Promise<Seen> {
  return scene.see(one.arn, one.called, {
    about: 'tags',
    type: kindInArn(one.arn),
    called: printable(one.called),
    keys: one.keys.map(printable),
    missing: [...missing],
    source: one.source,
    cost: (await one.cost?.()) ?? noPrice('what a resource of this type costs is not looked up'),
  });
}

function judge({ resource }: Seen, facts: ResourceFacts, required: readonly string[]): readonly FindingDraft[] {
  const { type, called, keys, missing, source, cost } = facts;
  const lacks =
    keys.length === 0 ? 'bears no tags' : `lacks the tag${missing.length === 1 ? '' : 's'} ${missing.join(', ')}`;
  return [
    {
      discriminator: 'tags',
      severity: 'low',
      title: `${called} (${type}) ${lacks}${inDollars(cost)}`,
      why: 'Nobody can say whose it is, what it is for, and who pays for it.',
      next: `See what it is, and say whose: ${awsLine(resource, 'resourcegroupstaggingapi', 'tag-resources', '--resource-arn-list', resource, '--tags', 'owner=…')}`,
      evidence: evidenceFrom(source, ['type', type], ['tags', keys], ['required', required], ['missing', missing]),
      monthlyCost: asMonthlyCost(cost),
    },
  ];
}
