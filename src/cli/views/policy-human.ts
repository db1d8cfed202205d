import type { ExplainedDecision, PolicyTestReport } from '../../app/policy-commands.ts';
import type { Style } from '../terminal.ts';
import { count } from './layout.ts';

/** Why a policy says what it says. */
export function explainedHuman({ lines }: Pick<ExplainedDecision, 'lines'>, style: Style): string {
  const [head = '', ...rest] = lines;
  return `${style('bold', head)}\n${rest.join('\n')}\n`;
}

/** How a policy's own tests fared, and what they leave untested. */
export function policyTestHuman({ results, uncovered }: PolicyTestReport, style: Style): string {
  const lines = results.map(({ name, passed, expected, got }) =>
    passed
      ? `${style('green', 'ok')}      ${name}`
      : `${style('red', 'failed')}  ${name}: expected ${expected.effect}${expected.rule === null ? '' : ` by ${expected.rule}`}, got ${got === null ? 'nothing' : `${got.decision.effect} (${got.decision.why})`}`,
  );
  const holes = uncovered.map(({ rule, clause }) => (clause === null ? `  rule ${rule}` : `  rule ${rule}: ${clause}`));
  const untested = holes.length === 0 ? [] : ['', 'No test would notice if these were missing:', ...holes];
  return [...lines, ...untested, '', `${count(results.length, 'test')}.`, ''].join('\n');
}
