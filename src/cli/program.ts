import { Command, Option } from 'commander';
import { AUDIT_VERBS } from '../domain/audit.ts';
import { SEVERITIES } from '../domain/severity.ts';
import { OUTPUTS, type SharedOptions } from './door.ts';
import { addAskCommands } from './ask-program.ts';
import { addMcpCommands } from './mcp-program.ts';
import { addMuteRuleCommands } from './mute-rule-program.ts';
import { addBaselineCommands } from './baseline-program.ts';
import { addPlanCommands, addPolicyCommands } from './plan-program.ts';
import { wholeNumber } from './whole-number.ts';

/** What a command does: arguments, its own options, the shared ones; resolves to an exit code. */
export type Act = (
  name: CommandName,
  args: readonly string[],
  options: Options,
  shared: SharedOptions,
) => Promise<void>;

/** Options of one command, as commander gives them. */
export type Options = Readonly<Record<string, unknown>>;

export type CommandName =
  | 'init'
  | 'run'
  | 'runs'
  | 'runs show'
  | 'findings'
  | 'findings show'
  | 'findings mute'
  | 'findings unmute'
  | 'findings ack'
  | 'findings mute-rule add'
  | 'findings mute-rule list'
  | 'findings mute-rule remove'
  | 'checks list'
  | 'checks show'
  | 'checks run'
  | 'runbook lint'
  | 'runbook list'
  | 'runbook show'
  | 'runbook new'
  | 'runbook next'
  | 'up'
  | 'status'
  | 'pause'
  | 'resume'
  | 'notify test'
  | 'actions list'
  | 'actions show'
  | 'plan create'
  | 'plan list'
  | 'plan show'
  | 'plan diff'
  | 'plan approve'
  | 'plan challenge'
  | 'plan reject'
  | 'plan revoke'
  | 'plan withdraw'
  | 'plan resume'
  | 'plan abandon'
  | 'plan undo'
  | 'plan wait'
  | 'plan export'
  | 'plan import'
  | 'hold'
  | 'release'
  | 'policy lint'
  | 'policy test'
  | 'policy explain'
  | 'policy trust'
  | 'policy untrust'
  | 'audit list'
  | 'audit show'
  | 'audit verify'
  | 'audit export'
  | 'ask'
  | 'research'
  | 'models list'
  | 'models test'
  | 'models use'
  | 'egress list'
  | 'egress show'
  | 'topology'
  | 'cost'
  | 'cost estimate'
  | 'baseline show'
  | 'baseline diff'
  | 'baseline accept'
  | 'baseline history'
  | 'mcp'
  | 'mcp config'
  | 'mcp token'
  | 'mcp token rotate'
  | 'mcp servers list'
  | 'mcp servers show'
  | 'mcp servers trust'
  | 'mcp servers untrust'
  | 'doctor'
  | 'backup'
  | 'restore'
  | 'completion'
  | 'complete';

/** The same everywhere, so that the build can write the page (bin/holdfast.js). */
const HELP_WIDTH = 80;

/** The command line as data: names, arguments, options, help. What a command does is loaded when it is called. */
export function buildProgram(version: string, act: Act): Command {
  const program = new Command('holdfast')
    .description('Runbooks on a schedule, deterministic checks, and writes that wait for you.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false, helpWidth: HELP_WIDTH })
    .showHelpAfterError(false)
    .addOption(new Option('-o, --output <form>', 'form of the result').choices(OUTPUTS).default('human'))
    .addOption(new Option('-q, --quiet', 'say nothing but the result'))
    .addOption(new Option('--state-dir <path>', 'where runs and findings are kept'))
    .addOption(new Option('--config <file>', 'configuration file'))
    .addHelpText(
      'after',
      `
Start here:
  holdfast run runbooks/heartbeat.md     look at this machine, once
  holdfast findings                      what needs attention
  holdfast doctor                        is everything in order?

Exit codes: 0 done, 1 internal error, 2 usage or configuration, 3 findings with --fail-on,
4 unknown with --fail-on-unknown, 10-17 how a plan stands, 130 interrupted.`,
    );
  const bind = (name: CommandName, command: Command): Command =>
    command.action((...input: unknown[]) => {
      const { args, options } = split(input);
      return act(name, args, options, shared(program.opts(), options));
    });
  const failing = (command: Command): Command =>
    command
      .addOption(
        new Option('--fail-on <severity>', 'exit with 3 when an open, unmuted finding is at least this bad').choices(
          SEVERITIES,
        ),
      )
      .option('--fail-on-unknown', 'exit with 4 when something could not be looked at');

  bind(
    'init',
    program.command('init').description('look around on this machine, write a configuration and a first runbook'),
  )
    .option('-y, --yes', 'ask nothing, take the defaults')
    .option('--force', 'overwrite files that are there');

  failing(
    bind(
      'run',
      program
        .command('run')
        .description('run runbooks once, now')
        .argument('<runbook...>', 'file, or name of a runbook'),
    ),
  );

  bind(
    'up',
    program
      .command('up')
      .description('run the runbooks on their schedules, until stopped')
      .argument('[runbook...]', 'runbook files; all that are found when none is named'),
  )
    .option('--no-mcp', 'serve no MCP (docs/mcp.md)')
    .addOption(
      new Option('--log <form>', 'form of the log')
        .choices(['human', 'json'])
        .default('human on a terminal, else json'),
    );

  addAskCommands(program, bind, failing);

  bind('status', program.command('status').description('what runs, what is next, what waits'));

  bind(
    'pause',
    program.command('pause').description('skip the slots of a runbook').argument('<runbook>', 'name of the runbook'),
  ).option('--reason <text>', 'why');
  bind('resume', program.command('resume').description('end a pause').argument('<runbook>', 'name of the runbook'));

  const runs = bind('runs', program.command('runs').description('list what has run'))
    .option('-n, --limit <count>', 'how many', wholeNumber, 20)
    .option('--runbook <name>', 'of one runbook only');
  bind(
    'runs show',
    runs.command('show').description('one run, every check listed').argument('<id>', 'run id, or the start of one'),
  );

  const findings = failing(
    bind('findings', program.command('findings').description('list what needs attention')),
  ).option('-a, --all', 'resolved ones as well');
  bind(
    'findings show',
    findings
      .command('show')
      .description('one finding: evidence, why, next, history')
      .argument('<id>', 'finding id, or the start of one'),
  );
  bind(
    'findings mute',
    findings.command('mute').description('silence a finding for a while').argument('<id>', 'finding id'),
  )
    .requiredOption('--reason <text>', 'why')
    .option('--for <duration>', 'how long: 7d, 12h')
    .option('--until <date>', 'until when: 2026-12-31');
  bind('findings unmute', findings.command('unmute').description('end a mute').argument('<id>', 'finding id'));
  bind(
    'findings ack',
    findings.command('ack').description('acknowledge a finding until it changes').argument('<id>', 'finding id'),
  ).option('--reason <text>', 'a word about it');
  addMuteRuleCommands(findings, bind);

  const checks = program.command('checks').description('the checks there are');
  bind('checks list', checks.command('list', { isDefault: true }).description('list them'));
  bind(
    'checks show',
    checks.command('show').description('one check: what it asks, its parameters').argument('<id>', 'check id'),
  );
  failing(
    bind(
      'checks run',
      checks.command('run').description('look once, keep nothing').argument('<id>', 'check id'),
    ).option(
      '-s, --set <key=value>',
      'a parameter; the value is read as YAML (repeatable)',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    ),
  );

  const runbook = program.command('runbook').description('runbook files');
  bind(
    'runbook lint',
    runbook
      .command('lint')
      .description('find mistakes')
      .argument('[file...]', 'runbook files; all that are found when none is named'),
  );
  bind('runbook list', runbook.command('list', { isDefault: true }).description('list the runbooks there are'));
  bind(
    'runbook show',
    runbook.command('show').description('a runbook with every default filled in').argument('<runbook>', 'file or name'),
  );
  bind(
    'runbook new',
    runbook.command('new').description('write a starter runbook').argument('<name>', 'name of the runbook'),
  )
    .addOption(new Option('--form <form>', 'form of the file').choices(['markdown', 'yaml']).default('markdown'))
    .option('--dir <folder>', 'where to write it', 'runbooks');

  bind(
    'runbook next',
    runbook
      .command('next')
      .description('when runbooks will run next')
      .argument('[runbook]', 'file or name; all of them when none is given'),
  )
    .option('--from <time>', 'after this time: 2026-12-31T18:00')
    .option('-n, --count <count>', 'how many slots of each', wholeNumber);

  const notify = program.command('notify').description('notifications');
  bind(
    'notify test',
    notify
      .command('test')
      .description('send a test notification')
      .argument('[way]', 'one way out; all that are configured when none is named'),
  );

  const audit = program.command('audit').description('what was changed, by whom: a log that proves itself');
  bind('audit list', audit.command('list', { isDefault: true }).description('list what was changed, latest first'))
    .option('-n, --limit <count>', 'how many', wholeNumber, 20)
    .option('--object <id>', 'of one plan, finding or runbook only; the start of an id will do')
    .addOption(new Option('--verb <verb>', 'of one kind only').choices(AUDIT_VERBS));
  bind(
    'audit show',
    audit.command('show').description('one entry, all of it').argument('<id>', 'entry id, or the start of one'),
  );
  bind(
    'audit verify',
    audit
      .command('verify')
      .description('prove that the log is as it was written, or name the first entry that is not')
      .argument('[file]', 'an export; the log of this installation when none is named'),
  ).option('--key <fingerprint>', 'fail unless it is signed with this key');
  bind(
    'audit export',
    audit.command('export').description('write the log to a file that proves itself').argument('<file>', 'a new file'),
  );

  bind(
    'topology',
    program
      .command('topology')
      .description('who routes to, selects, mounts, scales and owns what in a cluster (also --output dot, mermaid)')
      .argument('[resource]', 'only what touches it: deployment/prod/web, prod/web or web'),
  )
    .option('--context <name>', 'context of the kubeconfig; the current one by default')
    .option(
      '-n, --namespace <pattern>',
      'only this namespace (repeatable)',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    );
  const cost = program
    .command('cost')
    .description('what was paid lately, what grew, and what stands out (Cost Explorer: $0.01 a request)');
  bind('cost', cost)
    .option('--days <count>', 'how many days, 1 to 35; 14 by default')
    .option('--by <what>', 'service (default), account, or tag:<key>')
    .option('--profile <name>', 'profile of the AWS tools')
    .option('--from <source>', 'a CSV or FOCUS file, or opencost');
  bind(
    'cost estimate',
    cost
      .command('estimate')
      .description('what more or fewer pods of a workload cost a month')
      .argument('<question>', '"2 additional checkout-api pods"'),
  )
    .option('--context <name>', 'context of the kubeconfig; the current one by default')
    .option('-n, --namespace <pattern>', 'only this namespace');
  addBaselineCommands(program, bind);
  addPlanCommands(program, bind);
  addPolicyCommands(program, bind);

  addMcpCommands(program, bind);

  bind('doctor', program.command('doctor').description('check this installation'));
  bind(
    'backup',
    program.command('backup').description('copy the database while it is in use').argument('<file>', 'a new file'),
  );
  bind(
    'restore',
    program
      .command('restore')
      .description('put a backup in the place of the database')
      .argument('<file>', 'a file made by backup'),
  );
  bind(
    'completion',
    program
      .command('completion')
      .description('print a completion script')
      .argument('<shell>', 'bash, zsh, fish or powershell'),
  );
  return program;
}

/** What the completion script calls at every tab; hidden from help, and not itself among what is completed. */
export function addComplete(program: Command, act: Act): void {
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action((words: readonly string[]) => act('complete', words, {}, shared({}, {})));
}

/** Commander calls with the arguments, then the options, then the command. */
function split(input: readonly unknown[]): { args: readonly string[]; options: Options } {
  const args = input
    .slice(0, -2)
    .flat()
    .filter((arg) => typeof arg === 'string');
  const options = input.at(-2);
  return { args, options: typeof options === 'object' && options !== null ? { ...options } : {} };
}

function shared(global: Options, own: Options): SharedOptions {
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    output: OUTPUTS.find((output) => output === global['output']) ?? 'human',
    quiet: global['quiet'] === true,
    stateDir: text(global['stateDir']),
    config: text(global['config']),
    failOn: SEVERITIES.find((severity) => severity === own['failOn']),
    failOnUnknown: own['failOnUnknown'] === true,
  };
}
