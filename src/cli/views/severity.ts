import { SEVERITIES, type Severity } from '../../domain/severity.ts';
import type { Style } from '../terminal.ts';

/** Colour never stands alone: the word is always there. */
export function severityLabel(severity: Severity, style: Style): string {
  const word = severity.toUpperCase();
  switch (severity) {
    case 'critical':
      return style(['bold', 'red'], word);
    case 'high':
      return style('red', word);
    case 'medium':
      return style('yellow', word);
    case 'low':
      return style('cyan', word);
    case 'info':
      return style('dim', word);
  }
}

export function worstFirst<T extends { readonly severity: Severity }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}
