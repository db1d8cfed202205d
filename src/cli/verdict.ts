import { dispositionOf, type Finding } from '../domain/finding.ts';
import type { Run } from '../domain/run.ts';
import { isAtLeast } from '../domain/severity.ts';
import { EXIT, type SharedOptions } from './door.ts';

/**
 * The exit code of what was found: 3 for an open finding at or above --fail-on that no mute
 * silences (an acknowledged one still counts), 4 for unknowns with --fail-on-unknown.
 */
export function verdict(
  found: { readonly findings: readonly Finding[]; readonly runs: readonly Run[] },
  options: Pick<SharedOptions, 'failOn' | 'failOnUnknown'>,
  now: number,
): number {
  const { failOn, failOnUnknown } = options;
  const bad = (finding: Finding): boolean =>
    failOn !== undefined &&
    finding.standing !== 'resolved' &&
    isAtLeast(finding.severity, failOn) &&
    dispositionOf(finding, now) !== 'muted';
  if (found.findings.some(bad)) return EXIT.findings;
  const unknown = found.runs.some((run) =>
    run.checks.some((check) => check.outcome === 'unknown' || check.hidden.length > 0),
  );
  return failOnUnknown && unknown ? EXIT.unknown : EXIT.done;
}
