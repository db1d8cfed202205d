import * as z from 'zod';
import type { JsonValue } from '../../../domain/json.ts';
import type { Risk } from '../../../domain/action.ts';

/** The four parts of S3's block of public access, as the API calls them. */
const PARTS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;
type Part = (typeof PARTS)[number];

/** A comma between them on the command line. */
export const blocksParam = z
  .preprocess(
    (given) => (typeof given === 'string' ? given.split(',').filter((part) => part !== '') : given),
    z.array(z.enum(PARTS)),
  )
  .default([...PARTS])
  .describe('Which parts are on afterwards; all four by default. The undo names those that were on before.');

export function blocksIn(configuration: Readonly<Partial<Record<Part, boolean | undefined>>> | undefined): string[] {
  return PARTS.filter((part) => configuration?.[part] === true);
}

export function configurationOf(blocks: readonly Part[]): Readonly<Record<Part, boolean>> {
  const isOn = (part: Part): boolean => blocks.includes(part);
  return {
    BlockPublicAcls: isOn('BlockPublicAcls'),
    IgnorePublicAcls: isOn('IgnorePublicAcls'),
    BlockPublicPolicy: isOn('BlockPublicPolicy'),
    RestrictPublicBuckets: isOn('RestrictPublicBuckets'),
  };
}

/** The parts in the one order that they are sealed in. */
export function ordered(blocks: readonly Part[]): string[] {
  return PARTS.filter((part) => blocks.includes(part));
}

/** To take a block away lets strangers in; to set one shuts out who relied on it. */
export function blockRisk(
  wanted: readonly string[],
  now: JsonValue | undefined,
  isPublic: JsonValue | undefined,
): Risk {
  const before = Array.isArray(now) ? now.map(String) : [];
  const lost = before.filter((part) => !wanted.includes(part));
  if (lost.length > 0) return { level: 'high', reasons: [`${lost.join(', ')} would not be blocked any more`] };
  if (isPublic === true)
    return { level: 'high', reasons: ['its policy is public: who reads it without an account is shut out'] };
  return { level: 'medium', reasons: ['who reads it by a public ACL or policy is shut out'] };
}
