import type { Research } from '../domain/research.ts';
import type { ResearchDocument } from './research-schema.ts';
import { time } from './time.ts';

export function researchDocument(research: Research): ResearchDocument {
  const { at, findings, words, monthlyCost, missing, groups, checks, ...rest } = research;
  return {
    at: time(at),
    durationMs: rest.durationMs,
    scope: [...rest.scope],
    providers: [...rest.providers],
    missing: missing.map((one) => ({ ...one })),
    checks: checks.map((check) => ({ ...check })),
    findings: findings.map(
      ({ number, category, check, resource, name, severity, title, why, next, evidence, monthlyCost: cost }) => ({
        number,
        category,
        check,
        resource,
        name,
        severity,
        title,
        why,
        next,
        evidence: evidence.map(({ label, value, source }) => ({ label, value, source })),
        monthlyCost: cost,
      }),
    ),
    groups: groups.map((group) => ({ findings: [...group.findings], because: [...group.because] })),
    monthlyCost: monthlyCost.map((sum) => ({ ...sum })),
    summary: words?.summary ?? null,
    model: words?.model ?? null,
    failure: rest.failure,
    calls: [...(words?.calls ?? [])],
  };
}
