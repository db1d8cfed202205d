import type { RunDocument } from '../../documents/run-schema.ts';
import { xml } from './xml.ts';

/**
 * Runs as JUnit XML, in the form that CI servers read: a suite per run, a case per check; an open,
 * unmuted finding is a failure, what could not be looked at is an error.
 */
export function runsJunit(runs: readonly RunDocument[]): string {
  const suites = runs.map(suite);
  const sum = (key: 'tests' | 'failures' | 'errors'): number => suites.reduce((total, item) => total + item[key], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="holdfast" tests="${sum('tests')}" failures="${sum('failures')}" errors="${sum('errors')}">`,
    ...suites.map((item) => item.text),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(run: RunDocument) {
  const cases = run.checks.map((check) => {
    const failures = run.findings.filter(
      (finding) => finding.check === check.id && finding.standing !== 'resolved' && finding.disposition !== 'muted',
    );
    const errors =
      check.outcome === 'unknown' && check.failure !== null && check.hidden.length === 0
        ? [check.failure]
        : check.hidden.map(({ failure }) => failure);
    return { check, failures, errors };
  });
  const tests = cases.length;
  const failures = cases.filter((item) => item.failures.length > 0).length;
  const errors = cases.filter((item) => item.failures.length === 0 && item.errors.length > 0).length;
  const seconds = ((run.durationMs ?? 0) / 1000).toFixed(3);
  const text = [
    `  <testsuite name="${xml(run.runbook)}" id="${run.id}" tests="${tests}" failures="${failures}" errors="${errors}" timestamp="${run.startedAt}" time="${seconds}">`,
    ...cases.map((item) => testCase(run, item)),
    '  </testsuite>',
  ].join('\n');
  return { text, tests, failures, errors };
}

function testCase(
  run: RunDocument,
  {
    check,
    failures,
    errors,
  }: {
    readonly check: RunDocument['checks'][number];
    readonly failures: RunDocument['findings'];
    readonly errors: readonly { readonly code: string; readonly message: string }[];
  },
): string {
  const open = `    <testcase classname="${xml(run.runbook)}" name="${xml(check.id)}" time="${(check.durationMs / 1000).toFixed(3)}"`;
  const inside = [
    ...failures.map(
      ({ title, severity, why, next, id }) =>
        `      <failure type="${severity}" message="${xml(title)}">${xml(`${why}\nNext: ${next}\nFinding: ${id}`)}</failure>`,
    ),
    ...(failures.length > 0
      ? []
      : errors.map(({ code, message }) => `      <error type="${xml(code)}" message="${xml(message)}"/>`)),
  ];
  return inside.length === 0 ? `${open}/>` : [`${open}>`, ...inside, '    </testcase>'].join('\n');
}
