import type { Command } from 'commander';
import type { CommandName } from './program.ts';

type Bind = (name: CommandName, command: Command) => Command;

const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** The commands around baselines: what was accepted, what differs from it, and to accept that. */
export function addBaselineCommands(program: Command, bind: Bind): void {
  const baseline = program.command('baseline').description('what was accepted as it is, and what drifted from it');
  const ofBaseline = (name: CommandName, verb: string, description: string, isDefault = false): Command =>
    bind(
      name,
      baseline
        .command(verb, { isDefault })
        .description(description)
        .argument('[name]', 'name of a baseline; the only one when none is named'),
    );
  ofBaseline('baseline show', 'show', 'the facts that were accepted', true);
  ofBaseline('baseline diff', 'diff', 'look now, and show what differs');
  ofBaseline('baseline accept', 'accept', 'accept what the last scan, or diff, saw')
    .option(
      '--only <pattern>',
      'only what fits: a kind, a resource or a name; * stands for anything (repeatable)',
      repeated,
      [],
    )
    .requiredOption('--reason <text>', 'why');
  ofBaseline('baseline history', 'history', 'who accepted what, when and why');
}
