import * as z from 'zod';
import type { Failure, Observation, ReadContext, Seen } from '../../domain/check.ts';
import type { JsonObject } from '../../domain/json.ts';
import { instantOf, type KindName, type KubeObject } from '../../providers/kubernetes/reader.ts';
import type { Problem } from './problems.ts';
import type { Named, Scene } from './scene.ts';

/** A condition of an object that matters once it has lasted, with the time since when it holds. */
export interface LastingProblem extends Problem {
  /**
   * Since when, milliseconds since the epoch, by the times in the objects. 0: the object should say and does not, so it
   * is as old as anything. null: objects of this kind have no time for it; earlier looks tell.
   */
  readonly since: number | null;
  /** Tells several findings of one rule on one object apart: the type of a condition, the name of a resource. */
  readonly apart?: string;
  /** Only earlier looks with the same mark saw the same: a generation, a revision. */
  readonly mark?: string;
  /** When something last moved: until it has stood still for a while, there is hope. */
  readonly moved?: number;
  /** The worse of the two kinds that the rule knows: nothing is left. null: what says so could not be read. */
  readonly worse?: boolean | null;
}

const lastingProblem = z.object({
  rule: z.string(),
  about: z.string().optional(),
  fields: z.array(z.object({ path: z.string(), value: z.union([z.string(), z.number(), z.boolean(), z.null()]) })),
  since: z.number().nullable(),
  apart: z.string().optional(),
  mark: z.string().optional(),
  moved: z.number().optional(),
  worse: z.boolean().nullable().optional(),
});
export type LastingFact = z.output<typeof lastingProblem>;

export const lastingFacts = z.object({
  object: z.object({
    context: z.string(),
    kind: z.string(),
    namespace: z.string().nullable(),
    name: z.string(),
    uid: z.string().nullable(),
  }),
  problems: z.array(lastingProblem),
  /** What earlier looks saw by rules that are blind now. */
  kept: z.array(z.string()).optional(),
});

/** Rules of an object that could not be looked at now, because a list that they need could not be read. */
export interface Blind {
  readonly rules: readonly string[];
  readonly failure: Failure;
}

/** What is remembered of an object: which conditions held, and of which object by that name. */
export const lastingSample = z.object({ uid: z.string().nullable(), holding: z.array(z.string()) });

/** The time of a condition or another field that should say when: 0 where it does not. */
export function timeOf(text: string | undefined): number {
  return instantOf(text) ?? 0;
}

/** Where an object of this kind has no time for a condition: null, but for one that bears no times at all. */
export function untold({ metadata }: KubeObject): number | null {
  return metadata.creationTimestamp === undefined ? 0 : null;
}

/** `status.conditions[?(@.type=="Ready")].reason`: as kubectl takes it. */
export function conditionPath(type: string, field: string): string {
  return `status.conditions[?(@.type=="${type}")].${field}`;
}

/**
 * The object with its problems; nothing where it has none, unless the last look saw one: then it is seen once more, so
 * that the memory of later looks does not reach over its recovery. What the last look saw by a rule that is blind now
 * is neither gone nor there: the object is hidden, too.
 */
export function seeLasting(
  scene: Scene,
  context: Pick<ReadContext, 'earlier'>,
  object: Named & { readonly metadata: { readonly uid?: string | undefined } },
  problems: readonly LastingProblem[],
  blind: readonly Blind[] = [],
): readonly Observation[] {
  const facts = lastingAsFacts(scene, object, problems);
  const seen = scene.see(object, facts);
  const before = lastingSample.safeParse(context.earlier(seen.resource)[0]?.values);
  const held = before.success ? before.data.holding : [];
  const [first, ...others] = blind.filter(({ rules }) => held.some((key) => rules.includes(ruleOf(key))));
  if (first === undefined) return problems.length > 0 || held.length > 0 ? [seen] : [];
  const lost = [first, ...others].flatMap(({ rules }) => rules);
  const kept = held.filter((key) => lost.includes(ruleOf(key)));
  const { resource, name } = seen;
  return [
    { ...seen, facts: { ...facts, kept } },
    { status: 'unknown', resource, name, failure: first.failure },
  ];
}

/** Why a list that a rule needs is not whole there; null: it is. */
export async function blindness(
  scene: Scene,
  kind: KindName,
  namespace: string | undefined,
  rules: readonly string[],
): Promise<Blind | null> {
  if (scene.knows(kind, namespace)) return null;
  const { hidden } = await scene.cluster.list(kind, scene.signal);
  const part = hidden.find((each) => each.namespace === null || each.namespace === namespace) ?? hidden[0];
  return part === undefined ? null : { rules, failure: part.failure };
}

/** How an observation holds lasting problems. */
export function lastingAsFacts(
  { cluster }: Pick<Scene, 'cluster'>,
  { kind, metadata }: Named & { readonly metadata: { readonly uid?: string | undefined } },
  problems: readonly LastingProblem[],
): JsonObject {
  return {
    object: {
      context: cluster.context,
      kind,
      namespace: metadata.namespace ?? null,
      name: metadata.name,
      uid: metadata.uid ?? null,
    },
    problems: problems.map(({ rule, about, fields, since, apart, mark, moved, worse }) => ({
      rule,
      ...(about === undefined ? {} : { about }),
      fields: fields.map(({ path, value }) => ({ path, value })),
      since,
      ...(apart === undefined ? {} : { apart }),
      ...(mark === undefined ? {} : { mark }),
      ...(moved === undefined ? {} : { moved }),
      ...(worse === undefined ? {} : { worse }),
    })),
  };
}

/** What a check of lasting problems remembers; null of what is no object. */
export function sampleLasting(seen: Seen): z.output<typeof lastingSample> | null {
  const facts = lastingFacts.safeParse(seen.facts);
  if (!facts.success) return null;
  const { object, problems, kept = [] } = facts.data;
  return { uid: object.uid, holding: [...problems.map(keyOf), ...kept].toSorted() };
}

/** Names a condition of an object from one look to the next. */
export function keyOf({ rule, apart, mark }: Pick<LastingFact, 'rule' | 'apart' | 'mark'>): string {
  return [rule, apart ?? '', mark ?? ''].join(' ').trimEnd();
}

function ruleOf(key: string): string {
  return key.split(' ', 1)[0] ?? key;
}
