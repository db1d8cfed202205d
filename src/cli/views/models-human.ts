import type { ListedModel } from '../../app/model-list.ts';
import type { ModelTested } from '../../app/model-test.ts';
import { formatBytes } from '../../domain/bytes.ts';
import { hasPassed } from '../../domain/model-score.ts';
import { printable } from '../../domain/printable.ts';
import type { Style } from '../terminal.ts';
import { table } from './layout.ts';

export function modelsHuman(models: readonly ListedModel[], style: Style): string {
  const rows = models.map((one) => [
    style('bold', printable(one.model)),
    one.role ?? '',
    one.leavesMachine ? 'elsewhere' : 'here',
    one.failure === null
      ? [words(one), one.trust ?? ''].filter((word) => word !== '').join(' · ')
      : style('magenta', one.failure.message),
  ]);
  return `${table(rows)}\n`;
}

function words({ capabilities, contextTokens, size }: ListedModel): string {
  return [
    ...(capabilities === null ? [] : [capabilities.map(printable).join(', ')]),
    ...(contextTokens === null ? [] : [`${contextTokens} tokens`]),
    ...(size === null ? [] : [formatBytes(size)]),
  ].join(' · ');
}

export function modelTestHuman(tested: readonly ModelTested[], style: Style): string {
  return tested.map((one) => testLines(one, style)).join('\n');
}

function testLines({ model, score, failure }: ModelTested, style: Style): string {
  if (score === null) return `${style('magenta', 'NOT ASKED')}  ${model}: ${failure?.message ?? ''}\n`;
  const verdict = hasPassed(score) ? style('green', 'PASSED') : style('red', 'FAILED');
  const rows = score.cases.map(({ kind, name, passed, why }) => [
    `  ${passed ? style('green', 'ok') : style('red', 'no')}`,
    kind,
    why === null ? name : `${name}: ${why}`,
  ]);
  const passed = score.cases.filter((one) => one.passed).length;
  return `${verdict}  ${model}: ${passed} of ${score.cases.length}\n${table(rows)}\n`;
}
