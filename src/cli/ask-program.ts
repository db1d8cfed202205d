import type { Command } from 'commander';
import type { CommandName } from './program.ts';
import { wholeNumber } from './whole-number.ts';

type Bind = (name: CommandName, command: Command) => Command;

const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** The commands that answer, and those about the models that may help with it. */
export function addAskCommands(program: Command, bind: Bind, failing: (command: Command) => Command): void {
  withModel(
    failing(
      bind(
        'ask',
        program
          .command('ask')
          .description('answer a question about what is live; with --maker, draft a change')
          .argument('<question>', '"are all pods healthy in namespace production?"'),
      ),
    ),
  )
    .option('--runbook <runbook>', 'look at what this runbook checks')
    .option('--context <name>', 'context of the kubeconfig; the current one by default')
    .option('-n, --namespace <pattern>', 'only this namespace (repeatable)', repeated, [])
    .option('--maker', 'seal the one change that the sentence asks for into a plan that waits')
    .option('--apply', 'with --maker: apply it at once if a pinned policy allows exactly that')
    .option('--policy <file>', 'with --maker: the policy that decides')
    .option('--policy-digest <digest>', 'believe the policy if it has this digest')
    .option('--policy-signature <file>', 'believe the policy if an allowed signer signed it')
    .option('--items', 'print the rows only, as a JSON array')
    .option('--trace', 'say on stderr what was called');

  withModel(
    failing(
      bind('research', program.command('research').description('look at everything that is connected, and report')),
    ),
  )
    .option('--scope <pattern>', 'a provider, a pattern of checks, or drift (repeatable)', repeated, [])
    .option('--context <name>', 'context of the kubeconfig; the current one by default');

  const models = program.command('models').description('models that explain, answer and draft');
  bind('models list', models.command('list', { isDefault: true }).description('list what could be asked'));
  bind(
    'models test',
    models
      .command('test')
      .description('ask a model a small suite, and keep its score')
      .argument('[model...]', 'provider/model; those of the configuration when none is named'),
  ).option('--local-only', 'no model elsewhere than on this machine');
  bind(
    'models use',
    models
      .command('use')
      .description('write a model into the configuration')
      .argument('<model>', 'provider/model, such as ollama/gemma4:e4b'),
  ).option('--escalate', 'as the stronger one that a runbook moves on to');

  const egress = program.command('egress').description('what left this machine for a model');
  bind('egress list', egress.command('list', { isDefault: true }).description('list it, latest first'))
    .option('-a, --all', 'what stayed on this machine as well')
    .option('-n, --limit <count>', 'how many', wholeNumber, 20);
  bind(
    'egress show',
    egress.command('show').description('one call, as it was sent').argument('<id>', 'call id, or the start of one'),
  );
}

function withModel(command: Command): Command {
  return command
    .option('--model <model>', 'provider/model, such as ollama/gemma4:e4b; models.default when none is named')
    .option('--no-model', 'ask no model')
    .option('--local-only', 'no model elsewhere than on this machine');
}
