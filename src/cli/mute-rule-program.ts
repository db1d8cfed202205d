import { Option, type Command } from 'commander';
import { UP_TO_UNLESS_SAID } from '../domain/mute-rule.ts';
import { SEVERITIES } from '../domain/severity.ts';
import type { CommandName } from './program.ts';

/** The commands around mute rules, under `findings`. */
export function addMuteRuleCommands(findings: Command, bind: (name: CommandName, command: Command) => Command): void {
  const rule = findings.command('mute-rule').description('mute findings of a kind, those to come as well');
  bind(
    'findings mute-rule list',
    rule.command('list', { isDefault: true }).description('list the rules, and what they do'),
  );
  bind('findings mute-rule add', rule.command('add').description('mute what fits all that is said, for a while'))
    .option('--check <pattern>', 'check id: host/disk, host/*')
    .option('--resource <pattern>', 'the whole resource id: host:*/mount//var/*')
    .option('--runbook <pattern>', 'name of the runbook that asks')
    .option('--environment <name>', "a name of the configuration's environments")
    .addOption(
      new Option('--up-to <severity>', 'what is worse is told all the same')
        .choices(SEVERITIES)
        .default(UP_TO_UNLESS_SAID),
    )
    .requiredOption('--reason <text>', 'why')
    .option('--for <duration>', 'how long: 30d, 12h')
    .option('--until <date>', 'until when: 2026-12-31');
  bind(
    'findings mute-rule remove',
    rule.command('remove').description('end a rule: what it muted is told again').argument('<id>', 'rule id'),
  );
}
