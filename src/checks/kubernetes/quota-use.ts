import * as z from 'zod';
import type { FindingDraft, History, Seen } from '../../domain/check.ts';
import type { JsonObject } from '../../domain/json.ts';
import { formatPercent } from '../../domain/percent.ts';
import { printable } from '../../domain/printable.ts';
import { quantityOf, type ResourceQuota } from '../../providers/kubernetes/reader.ts';
import { evidenceFrom } from '../evidence.ts';
import { kubectlLine } from './kubectl-line.ts';

const quotaFacts = z.object({
  about: z.literal('quota'),
  context: z.string(),
  namespace: z.string(),
  name: z.string(),
  uses: z.array(z.object({ resource: z.string(), used: z.string(), hard: z.string(), percent: z.number() })),
});
type Use = z.output<typeof quotaFacts>['uses'][number];

/** What is used less than this is never of interest, whatever the limit is. */
const PERCENT_MIN = 45;

/** null: nothing of it is used much. Where nothing may be had (a hard 0) and nothing is, that is meant. */
export function quotaAsFacts(context: string, { metadata, spec, status }: ResourceQuota): JsonObject | null {
  const uses = Object.entries(status?.hard ?? spec?.hard ?? {}).flatMap(([resource, hard]) => {
    const used = status?.used?.[resource] ?? 0;
    const [amount, limit] = [quantityOf(used), quantityOf(hard)];
    if (amount === null || limit === null || amount <= 0) return [];
    const percent = limit <= 0 ? OVER_NOTHING : (amount / limit) * 100;
    return percent < PERCENT_MIN ? [] : [{ resource, used: String(used), hard: String(hard), percent }];
  });
  if (uses.length === 0) return null;
  return { about: 'quota', context, namespace: metadata.namespace ?? '', name: metadata.name, uses };
}

/** Something of what nothing may be had of. */
const OVER_NOTHING = 1_000;
/** How much below the limit it must come before a finding that is open is over. */
const SLACK = 5;

export function judgeQuota(seen: Seen, limit: number, { open }: Pick<History, 'open'>): readonly FindingDraft[] {
  const facts = quotaFacts.safeParse(seen.facts);
  if (!facts.success) return [];
  const { context, namespace, name, uses } = facts.data;
  return uses.flatMap((use) => {
    const discriminator = `quota:${printable(use.resource)}`;
    const least = open.has(discriminator) ? limit - SLACK : limit;
    if (use.percent < least) return [];
    const { severity, words, evidenceClass } = stateOf(use);
    return [
      {
        discriminator,
        severity,
        evidenceClass,
        title: `${seen.name} ${words}: ${printable(use.resource)} ${printable(use.used)} of ${printable(use.hard)}`,
        why: 'Beyond its quota a namespace is refused new pods, also those that replace others in a rollout or after a crash.',
        next: `See what uses it up: ${kubectlLine(context, namespace, 'describe', 'resourcequota', name)}`,
        evidence: evidenceFrom(
          seen.name,
          [`status.used["${use.resource}"]`, use.used],
          [`status.hard["${use.resource}"]`, use.hard],
        ),
      },
    ];
  });
}

function stateOf({ percent }: Use): {
  readonly severity: 'low' | 'medium';
  readonly words: string;
  readonly evidenceClass: string;
} {
  if (percent > 100) return { severity: 'medium', words: 'is exceeded', evidenceClass: 'over' };
  if (percent === 100) return { severity: 'medium', words: 'is used up', evidenceClass: 'full' };
  return { severity: 'low', words: `is used to ${formatPercent(percent)}`, evidenceClass: 'near' };
}
