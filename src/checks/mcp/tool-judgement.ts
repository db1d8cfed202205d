import type { FindingDraft } from '../../domain/check.ts';
import { evidenceFrom } from '../evidence.ts';
import { shownScalar, type Scalar, type ToolFacts } from './tool-facts.ts';
import type { Condition, ToolParams } from './tool-params.ts';

type Told = Extract<ToolFacts, { by: 'tool' }>;
type Measured = Extract<ToolFacts, { by: 'conditions' }>;

/** What the tool itself says needs attention. */
export function judgeTold({ server, tool, findings }: Told): readonly FindingDraft[] {
  const source = `${server}/${tool}`;
  return findings.map(({ id, severity, title, why, next, evidence }) => ({
    discriminator: id,
    severity,
    title,
    why: why ?? `The tool "${tool}" of the MCP server "${server}" says so.`,
    next: next ?? `ask the tool "${tool}" of the MCP server "${server}" for more`,
    evidence: evidence.map(({ label, value }) => ({ label, value, source })),
  }));
}

/** A finding for each condition that does not hold, told apart by the place that it is about. */
export function judgeMeasured(name: string, facts: Measured, params: ToolParams): readonly FindingDraft[] {
  const { server, tool } = facts;
  return (params.healthyWhen ?? []).flatMap((condition): FindingDraft[] => {
    const value = facts.values.find(({ path }) => path === condition.path)?.value ?? null;
    if (holds(condition, value)) return [];
    return [
      {
        discriminator: condition.path,
        severity: params.severity,
        title: `${name}: ${condition.path} is ${JSON.stringify(value)}, and should be ${wanted(condition)}`,
        why: params.why ?? 'The runbook says when this is well, and it is not.',
        next: params.next ?? `ask the tool "${tool}" of the MCP server "${server}" for more`,
        evidence: evidenceFrom(`${server}/${tool}`, [condition.path, value]),
      },
    ];
  });
}

function holds({ equals, atMost, atLeast }: Condition, value: Scalar): boolean {
  if (equals !== undefined) return value === shownScalar(equals);
  if (typeof value !== 'number') return false;
  return (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);
}

function wanted({ equals, atMost, atLeast }: Condition): string {
  if (equals !== undefined) return JSON.stringify(equals);
  const bounds = [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ];
  return bounds.join(' and ');
}
