import * as z from 'zod';
import type { FindingDraft, Seen } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import { shellQuote } from '../shell-quote.ts';
import { judgeProblems, problemsAsFacts, type Problem, type Rule } from './problems.ts';
import type { Named, Scene } from './scene.ts';

const objectFacts = z.object({
  object: z.object({ kind: z.string(), namespace: z.string().nullable(), name: z.string() }),
});

/** An object with its problems, as an observation; nothing where it has none. */
export function seePosture(scene: Scene, object: Named, problems: readonly Problem[]): readonly Seen[] {
  if (problems.length === 0) return [];
  const { kind, metadata } = object;
  const facts = {
    object: { kind, namespace: metadata.namespace ?? null, name: metadata.name },
    ...problemsAsFacts(problems),
  };
  return [scene.see(object, facts)];
}

/** As `judgeProblems`; in `next`, `{object}` stands for the object as kubectl takes it: `deployment/web -n shop`. */
export function judgePosture(seen: Seen, rules: readonly Rule[]): readonly FindingDraft[] {
  const parsed = objectFacts.safeParse(seen.facts);
  if (!parsed.success) return [];
  const { kind, namespace, name } = parsed.data.object;
  const words = [`${kind.toLowerCase()}/${name}`, ...(namespace === null ? [] : ['-n', namespace])]
    .map((word) => shellQuote(printable(word)))
    .join(' ');
  return judgeProblems(seen, rules).map((draft) => ({
    ...draft,
    next: draft.next.replaceAll('{object}', () => words),
  }));
}
