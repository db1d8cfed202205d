import { Option, type Command } from 'commander';
import type { CommandName } from './program.ts';

type Bind = (name: CommandName, command: Command) => Command;

const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** The commands around plans: what may be done, what waits, what the operator says of it. */
export function addPlanCommands(program: Command, bind: Bind): void {
  const actions = program.command('actions').description('the changes there are');
  bind('actions list', actions.command('list', { isDefault: true }).description('list them'));
  bind(
    'actions show',
    actions.command('show').description('one action: what it does, its parameters').argument('<id>', 'action id'),
  );

  const plan = program.command('plan').description('changes that wait for you');
  const ofPlan = (name: CommandName, verb: string, description: string): Command =>
    bind(name, plan.command(verb).description(description).argument('<id>', 'plan id, or the start of one'));
  underPolicy(
    bind(
      'plan create',
      plan
        .command('create')
        .description('seal a change into a plan that waits')
        .argument('[action]', 'action id; none with --file'),
    )
      .option('-s, --set <key=value>', 'a parameter; the value is read as YAML (repeatable)', repeated, [])
      .option('-f, --file <file>', 'a plan file in YAML: why, expires, steps')
      .option('--why <text>', 'why')
      .option('--expires <duration>', 'how long it may wait (24h when nothing is said)'),
  )
    .option('--export <file>', 'write a plan that waits to a file')
    .option('--for <name>', 'the installation or CI job that the file is for');
  bind('plan list', plan.command('list', { isDefault: true }).description('list the plans that wait'))
    .option('-a, --all', 'those that have ended as well')
    .option('-n, --limit <count>', 'how many', '50');
  ofPlan('plan show', 'show', 'the card of a plan');
  ofPlan('plan diff', 'diff', 'what would change, line by line');
  ofPlan('plan approve', 'approve', 'let a plan be applied: shows its card and asks')
    .option('--digest <digest>', 'only if the plan has this digest')
    .option('--allow-destructive', 'consent to what can not be had back')
    .option('--code <code>', 'the short code of a plan that destroys, without a terminal')
    .option('--signature <file>', "an allowed signer's signature over its challenge")
    .option('--no-apply', 'leave applying to `holdfast up`');
  ofPlan('plan challenge', 'challenge', 'print what a signed approval signs').option(
    '--allow-destructive',
    'with the consent to what can not be had back',
  );
  const reason = '--reason <text>';
  ofPlan('plan reject', 'reject', 'say no to a plan').option(reason, 'why');
  ofPlan('plan revoke', 'revoke', 'take back a yes that was not used yet').option(reason, 'why');
  ofPlan('plan withdraw', 'withdraw', 'take back a plan that you made').option(reason, 'why');
  ofPlan('plan resume', 'resume', 'let a plan go on that was done in part, or read what came of it');
  ofPlan('plan abandon', 'abandon', 'leave a plan that was done in part as it is').option(reason, 'why');
  ofPlan('plan undo', 'undo', 'make the plan that takes another back');
  ofPlan('plan wait', 'wait', 'wait until a plan has ended; the exit code says how');
  ofPlan('plan export', 'export', 'write a plan to a file, to be reviewed and applied elsewhere')
    .argument('<file>', 'a new file')
    .option('--for <name>', 'the installation or CI job that it is for; this installation when none is named');
  underPolicy(
    bind(
      'plan import',
      plan.command('import').description('take an exported plan into the queue').argument('<file>', 'an exported plan'),
    ).option('--digest <digest>', 'only if the plan has this digest'),
  );

  bind('hold', program.command('hold').description('apply nothing until release')).option(reason, 'why');
  bind('release', program.command('release').description('end a hold'));
}

function underPolicy(command: Command): Command {
  return command
    .option('--policy <file>', 'the policy that decides')
    .option('--policy-digest <digest>', 'believe the policy if it has this digest')
    .option('--policy-signature <file>', 'believe the policy if an allowed signer signed it')
    .option('--apply', 'apply at once what the policy allows')
    .option('--ci', 'act as a CI job: by its ID token, or by --actor-name')
    .addOption(new Option('--actor-name <name>', 'the name of this runner, when it offers no ID token'));
}

/** The commands around policies. */
export function addPolicyCommands(program: Command, bind: Bind): void {
  const policy = program.command('policy').description('what may be applied without asking');
  bind('policy lint', policy.command('lint').description('find mistakes').argument('<file...>', 'policy files'));
  bind(
    'policy test',
    policy.command('test').description('play the tests in a policy').argument('<file>', 'policy file'),
  );
  bind(
    'policy explain',
    policy
      .command('explain')
      .description('why it would allow a plan, or not')
      .argument('<file>', 'policy file')
      .argument('<id>', 'plan id'),
  );
  bind(
    'policy trust',
    policy.command('trust').description('pin a policy as it is now').argument('<file>', 'policy file'),
  );
  bind('policy untrust', policy.command('untrust').description('take a pin back').argument('<file>', 'policy file'));
}
