import type { FindingDraft } from '../../domain/check.ts';
import { formatBytes } from '../../domain/bytes.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable, printableStart } from '../../domain/printable.ts';
import { evidenceFrom } from '../evidence.ts';
import { shellQuote } from '../shell-quote.ts';
import type { LinesFacts, PatternCount } from './log-patterns-facts.ts';

export function judgeLines(facts: LinesFacts): FindingDraft[] {
  return facts.patterns.filter(isReached).map((pattern) => found(facts, pattern));
}

export function isReached({ count, atLeast }: Pick<PatternCount, 'count' | 'atLeast'>): boolean {
  return count >= atLeast;
}

function found(facts: LinesFacts, { key, severity, count, last }: PatternCount): FindingDraft {
  const name = printable(facts.path);
  const often = count === 1 ? 'once' : `${count.toLocaleString('en-GB')} times`;
  return {
    discriminator: key,
    severity,
    title: `"${printableStart(key, 80)}" came ${often} in ${name} within the last ${formatDuration(facts.sinceMs)}`,
    why: 'It is what this runbook was told to look for in this log.',
    next: `See what stands around it: tail -n 200 ${shellQuote(facts.path)}`,
    evidence: [
      ...evidenceFrom(facts.path, ['lines', count], ...last.map((line) => ['line', line] as const)),
      ...evidenceFrom(
        'this look',
        ['new lines', facts.lines],
        ['read', formatBytes(facts.bytesRead)],
        ['not read, as it was too much', facts.bytesSkipped === 0 ? null : formatBytes(facts.bytesSkipped)],
        ['lines looked at in part', facts.cutLines === 0 ? null : facts.cutLines],
        ['since the last look the file was', facts.since === 'same' ? null : facts.since],
        ['its rest before that is not to be found', facts.isRestLost ? true : null],
      ),
    ],
  };
}
