import { formatDuration } from '../../domain/duration.ts';
import { dispositionOf, muteThatHolds, type Finding } from '../../domain/finding.ts';
import type { FindingHistoryEntry } from '../../domain/finding-history.ts';
import type { Style } from '../terminal.ts';
import { count, padEnd, WIDEST, wrap } from './layout.ts';
import { evidenceLines } from './run-human.ts';
import { severityLabel, worstFirst } from './severity.ts';
import { ago, localTime } from './when.ts';

const INDENT = 10;

/** All findings, worst first, two lines each. `idleRules` says which mute rules do nothing any more; null: none. */
export function findingsHuman(
  findings: readonly Finding[],
  idleRules: string | null,
  now: number,
  columns: number,
  style: Style,
): string {
  const rules =
    idleRules === null ? '' : `Mute rules: ${idleRules}. \`holdfast findings mute-rule list\` shows them.\n`;
  if (findings.length === 0)
    return `No open findings. \`holdfast run <runbook>\` looks; --all shows resolved ones.\n${rules}`;
  const width = Math.min(columns, WIDEST);
  const items = worstFirst(findings).map((finding) => {
    const label = finding.standing === 'resolved' ? style('green', 'RESOLVED') : severityLabel(finding.severity, style);
    const state = wrap(stateOf(finding, now).join(' · '), width, INDENT);
    return `${padEnd(label, INDENT)}${wrap(finding.title, width, INDENT)}\n${' '.repeat(INDENT)}${style('dim', state)}`;
  });
  return `${items.join('\n')}\n\n${count(findings.length, 'finding')}. \`holdfast findings show <id>\` tells the whole story.\n${rules}`;
}

function stateOf(finding: Finding, now: number): readonly string[] {
  const disposition = dispositionOf(finding, now);
  const mute = muteThatHolds(finding, now);
  return [
    finding.id,
    finding.check,
    finding.runbook,
    finding.standing === 'resolved'
      ? `resolved ${ago(finding.resolvedAt ?? now, now)}`
      : `for ${formatDuration(now - finding.firstSeen)}`,
    ...(mute === null
      ? []
      : [`muted${mute.rule === null ? '' : ` by ${mute.rule}`} until ${localTime(mute.until)}: ${mute.reason}`]),
    ...(disposition === 'acknowledged' ? ['acknowledged'] : []),
    ...(finding.flapping ? ['flapping'] : []),
  ];
}

/** One finding with its evidence and history. */
export function findingHuman(
  { finding, history }: { readonly finding: Finding; readonly history: readonly FindingHistoryEntry[] },
  now: number,
  columns: number,
  style: Style,
): string {
  const width = Math.min(columns, WIDEST);
  const line = (label: string, text: string): string =>
    `${padEnd(style('dim', label), INDENT)}${wrap(text, width, INDENT)}`;
  return [
    `${padEnd(severityLabel(finding.severity, style), INDENT)}${style('bold', wrap(finding.title, width, INDENT))}`,
    line('', stateOf(finding, now).join(' · ')),
    '',
    line('Why', finding.why),
    line('Next', finding.next),
    line('Resource', finding.resource),
    ...evidenceLines(finding).map((text, index) => line(index === 0 ? 'Seen' : '', text)),
    line('First', localTime(finding.firstSeen)),
    line('Last', `${localTime(finding.lastSeen)}, ${ago(finding.lastSeen, now)}`),
    '',
    ...history.map(({ at, kind, run, detail }) =>
      line(
        kind === history[0]?.kind && at === history[0].at ? 'History' : '',
        [
          localTime(at),
          kind,
          ...(detail === null ? [] : [detail]),
          ...(run === null ? ['by the operator'] : [run]),
        ].join('  '),
      ),
    ),
    '',
  ].join('\n');
}
