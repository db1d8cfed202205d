import type { Failure } from '../../domain/check.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { printable } from '../../domain/printable.ts';
import type { Place } from './reader.ts';
import { describeRegions } from './reads/ec2.ts';

/** The region of each partition in which what belongs to no region is asked. */
const HOMES: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-iso': 'us-iso-east-1',
  'aws-iso-b': 'us-isob-east-1',
  'aws-eusc': 'eusc-de-east-1',
};

export function homeRegionOf(partition: string): string {
  return HOMES[partition] ?? 'us-east-1';
}

export interface ChosenRegions {
  readonly names: readonly string[];
  readonly closed: readonly { readonly region: string; readonly failure: Failure }[];
}

/**
 * The regions that are meant: those that are named, those that are turned on in the account of what a pattern fits, and the
 * profile's own where nothing is said. Where the account may not list its regions, names are taken as they are.
 */
export async function chooseRegions(
  wanted: readonly string[],
  own: string | null,
  place: Place,
  signal: AbortSignal,
): Promise<ChosenRegions> {
  if (wanted.length === 0) return own === null ? NO_REGION : { names: [own], closed: [] };
  const looked = await place.ask(describeRegions, {}, signal);
  const patterns = wanted.filter(isPattern);
  const named = wanted.filter((each) => !isPattern(each));
  if (looked.status === 'unknown') {
    const { failure } = looked;
    return { names: unique(named), closed: patterns.map((region) => ({ region, failure })) };
  }
  const enabled = (looked.value?.Regions ?? []).flatMap(({ RegionName }) => RegionName ?? []).toSorted();
  const fitting = enabled.filter((name) => patterns.some((pattern) => matchesGlob(pattern, name)));
  const off = named.filter((name) => !enabled.includes(name));
  const unmet = patterns.filter((pattern) => !enabled.some((name) => matchesGlob(pattern, name)));
  return {
    names: unique([...named.filter((name) => enabled.includes(name)), ...fitting]),
    closed: [...off, ...unmet].map((region) => ({ region, failure: notEnabled(region) })),
  };
}

const NO_REGION: ChosenRegions = {
  names: [],
  closed: [
    {
      region: 'none',
      failure: {
        code: 'NO_REGION',
        message:
          'Neither the profile nor the environment says a region. Say one: "regions: [eu-central-1]", or all that are turned on: "regions: [\'*\']".',
      },
    },
  ],
};

function notEnabled(region: string): Failure {
  return {
    code: 'REGION_NOT_ENABLED',
    message: `There is no region ${printable(region)} that is turned on in this account. See those that are: aws ec2 describe-regions.`,
  };
}

function isPattern(text: string): boolean {
  return text.includes('*');
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
