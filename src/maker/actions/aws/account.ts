import * as z from 'zod';
import type { ActionContext, StepInHand, StepOutcome, WriteContext } from '../../../domain/action.ts';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import type { Target } from '../../../domain/target.ts';
import type { Account, AwsReader, Place } from '../../../providers/aws/reader.ts';
import { openAwsWriter, type AwsWriter } from '../../../providers/aws/writer.ts';

/** Which account is meant, and where in it; its identity is sealed, so a profile that leads elsewhere later makes the plan stale. */
export const regionParams = {
  profile: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[^*]+$/, 'one profile, no pattern')
    .optional()
    .describe('A profile of the AWS tools; what the environment chooses when it is not given.'),
  region: z
    .string()
    .max(32)
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region, such as eu-central-1')
    .describe('The region that it is in; there is no default.'),
};

export interface InRegion {
  readonly profile?: string | undefined;
  readonly region: string;
}

/** The account in the region, looked at anew: nothing of an earlier look is remembered. */
export async function placeOf(
  reader: AwsReader,
  { profile, region }: InRegion,
  { signal }: Pick<ActionContext, 'signal'>,
): Promise<Looked<Place>> {
  const [opened, ...others] = await reader.accounts(
    { profiles: profile === undefined ? [] : [profile], regions: [region] },
    { signal },
  );
  if (opened === undefined || others.length > 0) return unknown('NO_SUCH_PROFILE', 'Not one account is meant.');
  return opened.status === 'closed' ? { status: 'unknown', failure: opened.failure } : seen(opened.account.in(region));
}

export function targetOf({ account, region }: Place): Target {
  return {
    provider: 'aws',
    id: account.id,
    name: `account ${account.id}`,
    details: { partition: account.partition, principal: steadyPrincipal(account), region },
  };
}

/** Without the name of the session, which is another one after each login. */
function steadyPrincipal({ principal }: Pick<Account, 'principal'>): string {
  return principal.replace(/(:assumed-role\/.+)\/[^/]+$/, '$1');
}

export type Opened =
  | { readonly status: 'open'; readonly writer: AwsWriter }
  | Extract<StepOutcome, { status: 'refused' }>;

/** The writer for a step; where it can't be had nothing was written. */
export async function openFor(
  { params, sealed }: Pick<StepInHand<InRegion>, 'params' | 'sealed'>,
  { provider, signal }: WriteContext,
): Promise<Opened> {
  // arn:partition:service:region:account:…, as it was sealed.
  const [, partition = '', , , account = ''] = sealed.resource.split(':');
  const opened = await openAwsWriter(
    provider,
    { profile: params.profile ?? null, region: params.region, partition, account },
    signal,
  );
  if (opened.status === 'seen') return { status: 'open', writer: opened.value };
  const because = opened.failure.code === 'ACCOUNT_SWITCHED' ? 'moved' : 'failed';
  return { status: 'refused', because, failure: opened.failure };
}
