import { formatDuration } from '../../domain/duration.ts';
import { muteRuleWords, type MuteRule, type MuteRuleState } from '../../domain/mute-rule.ts';
import { printable } from '../../domain/printable.ts';
import type { Style } from '../terminal.ts';
import { count, padEnd, WIDEST, wrap } from './layout.ts';
import { ago, localTime } from './when.ts';

export interface MuteRuleView {
  readonly rule: MuteRule;
  readonly state: MuteRuleState;
  readonly matches: number;
  readonly mutes: number;
}

const INDENT = 16;

/** Rules, oldest first: what each is about, why and until when, and what it does now. */
export function muteRulesHuman(rules: readonly MuteRuleView[], now: number, columns: number, style: Style): string {
  if (rules.length === 0) return 'No mute rules. `holdfast findings mute-rule add` makes one.\n';
  const width = Math.min(columns, WIDEST);
  const items = rules.map((view) => {
    const { rule } = view;
    const line = (label: string, text: string): string => `${padEnd(label, INDENT)}${wrap(text, width, INDENT)}`;
    return [
      line(style('bold', rule.id), `${printable(muteRuleWords(rule))}, up to ${rule.upTo}`),
      line('', style('dim', `${endOf(rule, now)}: ${printable(rule.reason)}`)),
      line('', doing(view, now, style)),
    ].join('\n');
  });
  return `${items.join('\n')}\n`;
}

export function muteRuleAdded({ rule, matches, mutes }: MuteRuleView): string {
  const worse =
    matches > mutes
      ? `; ${count(matches - mutes, 'other')} ${matches - mutes === 1 ? 'is' : 'are'} worse than ${rule.upTo} and told all the same`
      : '';
  return `${rule.id} mutes ${printable(muteRuleWords(rule))} until ${localTime(rule.until)}: ${count(mutes, 'finding')} open now${worse}.`;
}

export function muteRuleRemoved(rule: MuteRule): string {
  return `${rule.id} is removed: what it muted (${printable(muteRuleWords(rule))}) is told again at the next look.`;
}

function endOf({ until }: MuteRule, now: number): string {
  return until <= now ? `ended ${ago(until, now)}` : `until ${localTime(until)}`;
}

function doing({ rule, state, matches, mutes }: MuteRuleView, now: number, style: Style): string {
  const remove = `holdfast findings mute-rule remove ${rule.id}`;
  switch (state) {
    case 'expired':
      return style('yellow', `EXPIRED: it mutes nothing any more. \`${remove}\``);
    case 'no-environment':
      return style('yellow', `NO ENVIRONMENT "${rule.environment ?? ''}" in the configuration: it matches nothing.`);
    case 'unused':
      return style(
        'yellow',
        `UNUSED: it matched nothing for ${formatDuration(now - (rule.matchedAt ?? rule.at))}. \`${remove}\``,
      );
    case 'active':
      return `mutes ${mutes} of the ${count(matches, 'open finding')} that it matches${rule.matchedAt === null ? '' : `, last matched ${ago(rule.matchedAt, now)}`}`;
  }
}
