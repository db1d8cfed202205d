import * as z from 'zod';
import { seen, type Looked } from '../../../domain/failure.ts';
import type { Account } from '../../../providers/aws/reader.ts';
import { getResources } from '../../../providers/aws/reads/money.ts';
import { regionParams } from './account.ts';
import type { At, Found } from './one-change.ts';

export const tagParams = {
  ...regionParams,
  resource: z
    .string()
    .max(1_000)
    .regex(/^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:\d*:[^*\s]+$/, 'a whole ARN')
    .describe('The ARN of the resource.'),
  key: z
    .string()
    .min(1)
    .max(128)
    .refine((key) => !/^aws:/i.test(key), 'keys that begin with aws: are of AWS')
    .describe('The key of the tag, exactly as it is written.'),
};

interface TagOf {
  readonly resource: string;
  readonly key: string;
}

export function tagSubject(_account: Pick<Account, 'id'>, { resource }: TagOf) {
  return { resource, name: resource };
}

/** A resource without any tag is not in the answer, and may be there all the same: its ARN is what it is. */
export async function lookAtTag({ place, signal }: At, { resource, key }: TagOf): Promise<Looked<Found | null>> {
  const { items, failure } = await place.list(getResources, { ResourceARNList: [resource] }, signal);
  if (failure !== null) return { status: 'unknown', failure };
  const tags = items.find(({ ResourceARN }) => ResourceARN === resource)?.Tags ?? [];
  const value = tags.find((tag) => tag.Key === key)?.Value ?? null;
  return seen({
    identity: { resource },
    rests: { value },
    shown: { Value: value ?? 'not set', 'Tags in all': tags.length },
  });
}
